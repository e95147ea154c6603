//! Commands, calls and JSON as the documents print them.

use std::collections::BTreeMap;

use activity_log::demo::{self, Content};
use activity_log_core::lambda::Invocation;
use activity_log_tests::client::Answer;
use activity_log_tests::markdown::{Document, files, read, root};
use activity_log_tests::shell::{Command, all_commands, commands, within};
use activity_log_tests::stack::Stack;
use http::Method;
use serde_json::Value;
use serde_json::value::RawValue;

/// The folders whose files are printed.
const FOLDERS: [&str; 7] =
    [".ci/", "docs/", "examples/", "functions/", "infra/", "shared/", "tests/"];
/// Where the documents have the local server.
const SERVER: &str = "http://127.0.0.1:8080";
/// Told of a time before today.
const CHANGELOG: &str = "CHANGELOG.md";

/// The commands that a document prints, those within others too.
fn printed(document: &Document) -> Vec<Command> {
    document.blocks("bash").flat_map(|block| all_commands(&block.code)).collect()
}

#[test]
fn every_printed_json_is_json() {
    let mut blocks = 0;
    for document in Document::all() {
        for block in document.blocks("json") {
            let json = serde_json::from_str::<Value>(&block.code);
            assert!(json.is_ok(), "{}: {json:?} in {}", document.path.display(), block.code);
            blocks += 1;
        }
    }
    assert!(blocks > 4, "{blocks} blocks");
}

/// A path of this repository: without what stands for something else.
fn is_path(word: &str) -> bool {
    FOLDERS.iter().any(|folder| word.starts_with(folder))
        && word.chars().all(|c| c.is_ascii_alphanumeric() || "./_-".contains(c))
}

#[test]
fn every_printed_path_is_there() {
    let mut paths = 0;
    for document in Document::all().iter().filter(|document| !document.path.ends_with(CHANGELOG)) {
        let commands = printed(document);
        let words = commands.iter().flat_map(|command| &command.words).map(String::as_str);
        for path in words.chain(document.code_spans()).filter(|word| is_path(word)) {
            let place = document.path.display();
            assert!(root().join(path).exists(), "{place} names {path}, which is not there");
            paths += 1;
        }
    }
    assert!(paths > 40, "{paths} paths");
}

/// The arguments of the console, where a command runs it.
fn console_arguments(command: &Command) -> Option<&[String]> {
    let words = command.words.as_slice();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["activity-log", ..] => Some(&words[1..]),
        ["cargo", "run", "--", ..] => Some(&words[3..]),
        ["cargo", "run", "-q", "--", ..] => Some(&words[4..]),
        _ => None,
    }
}

#[test]
fn every_printed_command_of_the_console_parses() {
    let mut parsed = 0;
    for document in Document::all() {
        for command in printed(&document) {
            let Some(arguments) = console_arguments(&command) else { continue };
            let arguments =
                std::iter::once("activity-log").chain(arguments.iter().map(String::as_str));
            let place = document.path.display();
            if let Err(error) = activity_log::cli::definition().try_get_matches_from(arguments) {
                panic!("{place} prints {:?}: {error}", command.words);
            }
            parsed += 1;
        }
    }
    assert!(parsed > 15, "{parsed} commands");
}

/// In a sentence a command may be named without what it needs, as in
/// `activity-log types put`.
#[test]
fn every_command_of_the_console_that_a_sentence_names_is_there() {
    for document in Document::all() {
        for span in document.code_spans() {
            let Some(arguments) = span.strip_prefix("activity-log ") else { continue };
            let mut definition = activity_log::cli::definition();
            definition.build();
            let mut command = &definition;
            for word in arguments.split(' ') {
                let place = document.path.display();
                if let Some(option) = word.strip_prefix("--") {
                    let known =
                        command.get_arguments().any(|known| known.get_long() == Some(option));
                    assert!(known, "{place}: `{span}`: there is no --{option}");
                } else if command.has_subcommands() {
                    let found = command.find_subcommand(word);
                    command = found.unwrap_or_else(|| panic!("{place}: `{span}`: no {word}"));
                }
            }
        }
    }
}

#[test]
fn every_command_of_the_console_is_on_its_page() {
    let page = Document::read("docs/console.md");
    let spans = page.code_spans();
    for name in names_of(&activity_log::cli::definition()) {
        assert!(spans.contains(&name.as_str()), "docs/console.md does not have {name}");
    }
}

/// The commands that do something, by all their words.
fn names_of(command: &clap::Command) -> Vec<String> {
    let beneath = command.get_subcommands().flat_map(|command| {
        let (name, beneath) = (command.get_name(), names_of(command));
        match beneath.is_empty() {
            true => vec![name.to_owned()],
            false => beneath.iter().map(|rest| format!("{name} {rest}")).collect(),
        }
    });
    beneath.collect()
}

#[test]
fn every_printed_binary_and_recipe_is_there() {
    let manifests: String = files("toml").iter().map(read).collect();
    let recipes = read("justfile");
    let mut named = 0;
    for document in Document::all() {
        let spans = document.code_spans();
        let mut commands = printed(&document);
        commands.extend(spans.into_iter().flat_map(all_commands));
        for command in commands {
            let place = document.path.display();
            let words: Vec<&str> = command.words.iter().map(String::as_str).collect();
            if let ["just", recipe, ..] = words.as_slice() {
                let is_recipe = |line: &str| {
                    line.strip_prefix(recipe).is_some_and(|rest| rest.starts_with([':', ' ']))
                };
                assert!(recipes.lines().any(is_recipe), "{place}: `just {recipe}`");
                named += 1;
            }
            if let Some(flag) = words.iter().position(|word| *word == "--bin") {
                let name = words.get(flag + 1).copied().unwrap_or_default();
                let in_manifest = manifests.contains(&format!("name = \"{name}\""));
                let own_file = root().join(format!("tests/src/bin/{name}.rs")).exists();
                assert!(in_manifest || own_file, "{place}: there is no binary {name}");
                named += 1;
            }
        }
    }
    assert!(named > 10, "{named} binaries and recipes");
}

/// A reader at a terminal who does what a document prints, beside a server with
/// the demo tenant.
struct Reader {
    stack: Stack,
    key: String,
    variables: BTreeMap<String, String>,
    calls: usize,
}

impl Reader {
    async fn sit_down() -> Self {
        let stack = Stack::start().await;
        let key = demo::make(&stack.ctx, Content::Week).await.expect("the tenant is made");
        Self { stack, key: key.reveal(), variables: BTreeMap::new(), calls: 0 }
    }

    async fn run(&mut self, command: &Command) {
        for (name, value) in &command.assignments {
            let value = match within(value).first() {
                Some(script) => self.output_of(script).await,
                None => value.clone(),
            };
            self.variables.insert(name.clone(), value);
        }
        if command.program() == "curl" {
            drop(self.curl(&command.words).await);
        }
    }

    /// What `$(cat FILE)` and `$(curl ... | sed ...)` print.
    async fn output_of(&mut self, script: &str) -> String {
        let mut output = String::new();
        for command in commands(script) {
            output = match command.program() {
                "cat" => self.key.clone(),
                "curl" => String::from_utf8_lossy(&self.curl(&command.words).await.body).into(),
                "sed" => captured(&command.words[1], &output).to_owned(),
                other => panic!("{other} is not known here"),
            };
        }
        output
    }

    /// A word with what its variables stand for, and of an array all words.
    fn expand(&self, word: &str) -> Vec<String> {
        let array = word.strip_prefix("${").and_then(|rest| rest.strip_suffix("[@]}"));
        if let Some(name) = array {
            let words = self.variables[name].trim_matches(['(', ')']);
            return commands(words)[0].words.iter().flat_map(|word| self.expand(word)).collect();
        }
        let mut text = word.to_owned();
        for (name, value) in &self.variables {
            text = text.replace(&format!("${name}"), value);
        }
        vec![text]
    }

    async fn curl(&mut self, words: &[String]) -> Answer {
        let words: Vec<String> = words[1..].iter().flat_map(|word| self.expand(word)).collect();
        let mut words = words.into_iter();
        let (mut path, mut headers, mut body) = (String::new(), Vec::new(), None);
        while let Some(word) = words.next() {
            match word.as_str() {
                "-sS" => {}
                "-H" => headers.extend(words.next()),
                "-d" => body = words.next(),
                _ => word
                    .strip_prefix(SERVER)
                    .expect("it calls the local server")
                    .clone_into(&mut path),
            }
        }
        let method = if body.is_some() { Method::POST } else { Method::GET };
        let mut call = self.stack.anonymous(method, &path);
        for header in &headers {
            let (name, value) = header.split_once(": ").expect("a header has a value");
            call = call.header(name, value);
        }
        let answer = call.body(body.unwrap_or_default()).send().await;
        assert!(answer.status.is_success(), "{path} {headers:?}: {answer:?}");
        assert_found(&answer, &path);
        self.calls += 1;
        answer
    }
}

/// What `sed 's/.*BEFORE\([^"]*\)".*/\1/'` leaves of a line.
fn captured<'a>(script: &str, line: &'a str) -> &'a str {
    let before = script.strip_prefix("s/.*").and_then(|rest| rest.split_once("\\("));
    let before = before.expect("it is such a script").0.replace("\\[", "[");
    let found = line.rsplit_once(&before).unwrap_or_else(|| panic!("no {before} in {line}"));
    found.1.split('"').next().unwrap_or_default()
}

/// A search that is printed finds something, and a tool that is called does not
/// fail.
fn assert_found(answer: &Answer, place: &str) {
    let body = answer.json();
    let lists = ["/activities", "/results", "/result/structuredContent/activities"];
    for list in lists.iter().filter_map(|list| body.pointer(list)) {
        assert_ne!(list, &Value::Array(Vec::new()), "{place} finds nothing");
    }
    assert_ne!(body.pointer("/result/isError"), Some(&Value::Bool(true)), "{place}: {body}");
}

/// All documents in one sitting, so that a call of one is not right only before
/// those of another were made.
#[tokio::test]
async fn every_printed_call_is_answered() {
    let mut reader = Reader::sit_down().await;
    for path in ["README.md", "docs/api/v1.md", "docs/api/logged-activity.md", "docs/api/mcp.md"] {
        let calls_before = reader.calls;
        for block in Document::read(path).blocks("bash") {
            for command in commands(&block.code) {
                reader.run(&command).await;
            }
        }
        assert!(reader.calls > calls_before, "{path} has no call");
    }
}

#[tokio::test]
async fn every_printed_event_is_taken() {
    let stack = Stack::start().await;
    let document = Document::read("docs/events/in.md");
    let mut events = 0;
    for block in document.blocks("json") {
        let payload = RawValue::from_string(block.code.trim().to_owned()).expect("it is JSON");
        let request_id = format!("invocation {events}");
        let invocation = Invocation { payload, request_id, deadline: None };
        let answer = fn_ingest::handle(&stack.ctx, invocation).await;
        assert!(answer.is_ok(), "{answer:?} to {}", block.code);
        events += 1;
    }
    assert_eq!(events, 3);
}
