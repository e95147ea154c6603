//! Commands as documents print them, read without a shell.
//!
//! Read are words with their quotes taken off, pipes and lists, here-documents,
//! and commands within other commands. Left out is everything that runs: words
//! keep `$NAME`, `$(command)` and `<(command)` as they are written, for the suite
//! to say what they stand for.

use std::iter::Peekable;
use std::str::Chars;

/// A simple command: `NAME=value program argument...`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Command {
    /// What is assigned before the program, or instead of one.
    pub assignments: Vec<(String, String)>,
    /// The program and its arguments.
    pub words: Vec<String>,
}

impl Command {
    /// The program, empty where something is only assigned.
    #[must_use]
    pub fn program(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }

    fn of(words: Vec<String>) -> Self {
        let mut command = Self::default();
        let begins = |word: &String| KEYWORDS.contains(&word.as_str());
        for word in words.into_iter().skip_while(begins) {
            match word.split_once('=') {
                Some((name, value)) if command.words.is_empty() && is_name(name) => {
                    command.assignments.push((name.to_owned(), value.to_owned()));
                }
                _ => command.words.push(word),
            }
        }
        command
    }

    fn is_empty(&self) -> bool {
        self.words.is_empty() && self.assignments.is_empty()
    }
}

/// What stands before a command without being one.
const KEYWORDS: [&str; 8] = ["do", "then", "else", "while", "until", "if", "!", "{"];

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The commands of a script in their order, without those within others.
#[must_use]
pub fn commands(script: &str) -> Vec<Command> {
    Reader::new(script).commands()
}

/// The same, and before each command those within its words.
#[must_use]
pub fn all_commands(script: &str) -> Vec<Command> {
    let mut all = Vec::new();
    for command in commands(script) {
        let values = command.assignments.iter().map(|(_, value)| value);
        for word in values.chain(&command.words) {
            all.extend(within(word).into_iter().flat_map(all_commands));
        }
        all.push(command);
    }
    all
}

/// The scripts that stand in `$(...)` and `<(...)` of a word.
#[must_use]
pub fn within(word: &str) -> Vec<&str> {
    let mut scripts = Vec::new();
    let mut rest = word;
    while let Some(start) = [rest.find("$("), rest.find("<(")].into_iter().flatten().min() {
        let inner = &rest[start + 2..];
        let mut script = String::new();
        Reader::new(inner).parenthesis(&mut script);
        let (script, after) = inner.split_at(script.len());
        scripts.push(script.strip_suffix(')').unwrap_or(script));
        rest = after;
    }
    scripts
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    commands: Vec<Command>,
    words: Vec<String>,
    /// The word that is being read; `''` is one, too.
    word: Option<String>,
    /// The next word is where a redirection leads, and no argument.
    redirected: bool,
    /// The next word ends a here-document, and these are those that were begun.
    here_document: bool,
    delimiters: Vec<String>,
}

impl<'a> Reader<'a> {
    fn new(script: &'a str) -> Self {
        Self {
            rest: script.chars().peekable(),
            commands: Vec::new(),
            words: Vec::new(),
            word: None,
            redirected: false,
            here_document: false,
            delimiters: Vec::new(),
        }
    }

    fn commands(mut self) -> Vec<Command> {
        while let Some(c) = self.rest.next() {
            match c {
                '\n' => {
                    self.end_command();
                    self.skip_here_documents();
                }
                ';' | '|' | '&' => self.end_command(),
                '(' if self.word.as_ref().is_some_and(|word| word.ends_with('=')) => {
                    self.raw_parenthesis("(");
                }
                '(' | ')' => self.end_command(),
                ' ' | '\t' => self.end_word(),
                '#' if self.word.is_none() => self.skip_line(),
                '<' => self.less_than(),
                '>' => {
                    // `2>` and `>>`.
                    self.word.take_if(|word| word.chars().all(|c| c.is_ascii_digit()));
                    self.end_word();
                    self.redirected = true;
                }
                _ => self.part_of_word(c),
            }
        }
        self.end_command();
        self.commands
    }

    fn push(&mut self, text: &str) {
        self.word.get_or_insert_default().push_str(text);
    }

    fn part_of_word(&mut self, c: char) {
        match c {
            '\'' => {
                let text = self.until('\'');
                self.push(&text);
            }
            '"' => self.double_quoted(),
            '\\' => match self.rest.next() {
                None | Some('\n') => {}
                Some(escaped) => self.push(&escaped.to_string()),
            },
            '$' if self.rest.next_if_eq(&'(').is_some() => self.raw_parenthesis("$("),
            _ => self.push(&c.to_string()),
        }
    }

    fn double_quoted(&mut self) {
        self.push("");
        while let Some(c) = self.rest.next() {
            match c {
                '"' => return,
                '\\' => match self.rest.next() {
                    Some(escaped @ ('"' | '\\' | '$' | '`')) => self.push(&escaped.to_string()),
                    Some('\n') | None => {}
                    Some(other) => self.push(&format!("\\{other}")),
                },
                '$' if self.rest.next_if_eq(&'(').is_some() => self.raw_parenthesis("$("),
                _ => self.push(&c.to_string()),
            }
        }
    }

    /// `<(command)`, `<<END`, `<<<word`, `<file`, or `<what to fill in>`.
    fn less_than(&mut self) {
        if self.rest.next_if_eq(&'(').is_some() {
            self.raw_parenthesis("<(");
            return;
        }
        let line: String = self.rest.clone().take_while(|c| *c != '\n').collect();
        if let Some((placeholder, _)) = line.split_once('>')
            && placeholder.chars().all(|c| c.is_ascii_alphabetic() || c == ' ')
            && placeholder.trim() == placeholder
        {
            self.until('>');
            self.push(&format!("<{placeholder}>"));
            return;
        }
        self.end_word();
        self.redirected = true;
        if self.rest.next_if_eq(&'<').is_some() && self.rest.next_if_eq(&'<').is_none() {
            self.here_document = true;
        }
    }

    /// The text until a character, which is taken as well.
    fn until(&mut self, end: char) -> String {
        self.rest.by_ref().take_while(|c| *c != end).collect()
    }

    fn raw_parenthesis(&mut self, opening: &str) {
        let mut raw = opening.to_owned();
        self.parenthesis(&mut raw);
        self.push(&raw);
    }

    /// Copies the text until the parenthesis that closes, with it.
    fn parenthesis(&mut self, raw: &mut String) {
        while let Some(c) = self.rest.next() {
            raw.push(c);
            match c {
                ')' => return,
                '(' => self.parenthesis(raw),
                '\'' => raw.push_str(&format!("{}'", self.until('\''))),
                '"' => self.raw_double_quoted(raw),
                '\\' => raw.extend(self.rest.next()),
                _ => {}
            }
        }
    }

    fn raw_double_quoted(&mut self, raw: &mut String) {
        while let Some(c) = self.rest.next() {
            raw.push(c);
            match c {
                '"' => return,
                '\\' => raw.extend(self.rest.next()),
                '$' => {
                    if let Some(opening) = self.rest.next_if_eq(&'(') {
                        raw.push(opening);
                        self.parenthesis(raw);
                    }
                }
                _ => {}
            }
        }
    }

    fn skip_line(&mut self) {
        while self.rest.next_if(|c| *c != '\n').is_some() {}
    }

    fn skip_here_documents(&mut self) {
        for delimiter in std::mem::take(&mut self.delimiters) {
            while self.rest.peek().is_some() && self.until('\n') != delimiter {}
        }
    }

    fn end_word(&mut self) {
        let Some(word) = self.word.take() else { return };
        if std::mem::take(&mut self.here_document) {
            self.delimiters.push(word);
            self.redirected = false;
        } else if !std::mem::take(&mut self.redirected) {
            self.words.push(word);
        }
    }

    fn end_command(&mut self) {
        self.end_word();
        let command = Command::of(std::mem::take(&mut self.words));
        if !command.is_empty() {
            self.commands.push(command);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(script: &str) -> Vec<Vec<String>> {
        all_commands(script).into_iter().map(|command| command.words).collect()
    }

    #[test]
    fn quotes_are_taken_off_and_lines_go_on() {
        let script =
            "curl -H \"Bearer $KEY\" \\\n  -d '{\"a\": \"it''s\"}' # a comment\necho a\\ b ''";
        assert_eq!(
            words(script),
            [vec!["curl", "-H", "Bearer $KEY", "-d", "{\"a\": \"its\"}"], vec!["echo", "a b", ""]]
        );
    }

    #[test]
    fn pipes_and_lists_part_commands_and_redirections_are_no_arguments() {
        assert_eq!(
            words("do a 1 > out 2>/dev/null && b <in >out; c | d <<<\"x y\" & e"),
            [vec!["a", "1"], vec!["b"], vec!["c"], vec!["d"], vec!["e"]]
        );
    }

    #[test]
    fn commands_within_words_come_first() {
        assert_eq!(
            words(
                "ID=$(curl \"$(output $(a))/x\" | sed 's/)//') tool <(sed \"s/<key>/$KEY/\" file)"
            ),
            [
                vec!["a"],
                vec!["output", "$(a)"],
                vec!["curl", "$(output $(a))/x"],
                vec!["sed", "s/)//"],
                vec!["sed", "s/<key>/$KEY/", "file"],
                vec!["tool", "<(sed \"s/<key>/$KEY/\" file)"],
            ]
        );
    }

    #[test]
    fn here_documents_placeholders_and_arrays_are_read_over() {
        let script = "cat > a.json <<'END'\n{ \"not\": \"a command\" }\nEND\nH=(-H 'a: b')\n\
                      A=1 B=2 keys revoke <key id>\n";
        let commands = commands(script);
        assert_eq!(commands[0].words, ["cat"]);
        assert_eq!(commands[1].assignments, [("H".to_owned(), "(-H 'a: b')".to_owned())]);
        assert_eq!(commands[2].words, ["keys", "revoke", "<key id>"]);
        assert_eq!(commands[2].assignments.len(), 2);
        assert_eq!(commands.len(), 3);
    }
}
