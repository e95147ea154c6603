//! The shape of the code: which shelf of the common crate may name which, and
//! that no files stand in a circle, neither there nor in any other crate.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The shelves, from the bottom up, each with those that it may name.
const SHELVES: [(&str, &[&str]); 9] = [
    ("domain", &[]),
    ("text", &[]),
    ("trail", &["domain"]),
    ("index", &["domain", "text"]),
    ("platform", &["domain"]),
    ("store", &["domain", "text", "index", "platform", "trail"]),
    ("app", &["domain", "text", "index", "platform", "store", "trail"]),
    ("http", &["domain", "index", "platform", "app", "trail"]),
    ("lambda", &["domain", "platform", "store", "app", "http"]),
];

/// Crates that only some shelves may be built on.
const FOREIGN: [(&str, &[&str]); 5] = [
    ("aws_sdk_dynamodb", &["store"]),
    ("aws_config", &["platform"]),
    // Logging names a target of it.
    ("lambda_runtime", &["lambda", "platform"]),
    ("lambda_http", &["lambda"]),
    ("http", &["http", "lambda", "platform"]),
];

/// A module: the way to it within its crate.
type Module = Vec<String>;

/// The files of a crate, by the modules that they are.
struct Sources(BTreeMap<Module, String>);

impl Sources {
    fn read(src: &Path) -> Self {
        let mut files = BTreeMap::new();
        let mut folders = vec![src.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).expect("the folder can be read") {
                let path = entry.expect("the entry can be read").path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|ending| ending == "rs") {
                    let code = std::fs::read_to_string(&path).expect("the file can be read");
                    files.insert(module_of(src, &path), without_comments_and_tests(&code));
                }
            }
        }
        Self(files)
    }

    /// The file that a path leads into. A macro that is exported stands at the
    /// root, wherever it is written.
    fn resolve(&self, path: &[String]) -> Option<&Module> {
        if let [name] = path
            && !self.0.contains_key(path)
            && let Some((home, _)) =
                self.0.iter().find(|(_, code)| code.contains(&format!("macro_rules! {name} ")))
        {
            return Some(home);
        }
        let prefixes = (0..=path.len()).rev().map(|end| path[..end].to_vec());
        prefixes.filter_map(|prefix| self.0.get_key_value(&prefix)).map(|(known, _)| known).next()
    }

    /// The files that each file names.
    fn arrows(&self) -> BTreeMap<&Module, BTreeSet<&Module>> {
        let arrows = self.0.iter().map(|(module, code)| {
            let is_child =
                |name: &str| self.0.contains_key(&[module, &[name.to_owned()][..]].concat());
            let paths = paths_in(code, module, is_child);
            let named = paths.iter().filter_map(|path| self.resolve(path));
            (module, named.filter(|named| *named != module).collect())
        });
        arrows.collect()
    }
}

fn module_of(src: &Path, file: &Path) -> Module {
    let way = file.strip_prefix(src).expect("the file is in the folder").with_extension("");
    let mut way: Module =
        way.iter().map(|part| part.to_str().expect("a name of ASCII").to_owned()).collect();
    way.pop_if(|last| ["mod", "lib", "main"].contains(&last.as_str()));
    way
}

fn without_comments_and_tests(code: &str) -> String {
    let code = code.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let lines = code.lines().map(|line| match line.find("//") {
        Some(0) => "",
        Some(at) if !line[..at].contains('"') => &line[..at],
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The paths within the crate that a file names, but for re-exports.
fn paths_in(code: &str, module: &Module, is_child: impl Fn(&str) -> bool) -> Vec<Module> {
    let absolute = |path| absolute(path, module, &is_child);
    let mut paths = Vec::new();
    for statement in code.split(';') {
        let statement = statement.trim_start();
        let used = statement.rsplit_once("\nuse ").map(|(_, used)| used);
        let used = used.or_else(|| statement.strip_prefix("use "));
        if let Some(used) = used {
            paths.extend(expand(used).into_iter().filter_map(absolute));
        }
    }
    let inline = code.match_indices("crate::").map(|(at, _)| {
        let path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
        let rest = &code[at..];
        rest[..rest.find(|c| !path(c)).unwrap_or(rest.len())].to_owned()
    });
    // How far something is seen names nothing.
    let is_statement = |at: usize| code[..at].ends_with("use ") || code[..at].ends_with("pub(in ");
    let places = code.match_indices("crate::").map(|(at, _)| at);
    for (path, at) in inline.zip(places) {
        if !is_statement(at) {
            let path = path.split("::").map(str::to_owned).filter(|part| !part.is_empty());
            paths.extend(absolute(path.collect()));
        }
    }
    paths
}

/// Every path of a tree of a `use`.
fn expand(tree: &str) -> Vec<Module> {
    let (head, group) = match tree.split_once('{') {
        Some((head, rest)) => (head, rest.rsplit_once('}').map(|(group, _)| group)),
        None => (tree, None),
    };
    let head: Module = head
        .split("::")
        .map(|part| part.split(" as ").next().unwrap_or_default().trim().to_owned())
        .filter(|part| !part.is_empty() && part != "*")
        .collect();
    let Some(group) = group else { return vec![head] };
    let mut parts = vec![String::new()];
    let mut depth = 0;
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if c == ',' && depth == 0 {
            parts.push(String::new());
        } else {
            parts.last_mut().expect("there is one").push(c);
        }
    }
    let parts = parts.iter().filter(|part| !part.trim().is_empty());
    let tails = parts.flat_map(|part| expand(part));
    let whole = |mut tail: Module| {
        tail.retain(|part| part != "self");
        [head.clone(), tail].concat()
    };
    tails.map(whole).collect()
}

/// The way from the root of the crate; nothing for a path of another crate.
fn absolute(path: Module, module: &Module, is_child: impl Fn(&str) -> bool) -> Option<Module> {
    match path.first()?.as_str() {
        "crate" => Some(path[1..].to_vec()),
        "super" => {
            let ups = path.iter().take_while(|part| *part == "super").count();
            let parent = module.len().checked_sub(ups)?;
            Some([&module[..parent], &path[ups..]].concat())
        }
        "self" => Some([&module[..], &path[1..]].concat()),
        child if is_child(child) => Some([&module[..], &path[..]].concat()),
        _ => None,
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[test]
fn a_shelf_names_only_those_beneath_it() {
    let sources = Sources::read(&root().join("shared/src"));
    let mut seen = BTreeSet::new();
    for (module, named) in sources.arrows() {
        let Some(shelf) = module.first() else { continue };
        let (_, allowed) = SHELVES
            .iter()
            .find(|(name, _)| name == shelf)
            .unwrap_or_else(|| panic!("{shelf} is no shelf"));
        for other in named {
            // The root of the crate is for those who use it.
            let other_shelf = other.first().unwrap_or_else(|| panic!("{module:?} names the root"));
            let beneath = other_shelf == shelf || allowed.contains(&other_shelf.as_str());
            assert!(beneath, "{} must not name {}", module.join("/"), other.join("/"));
            seen.insert((shelf.clone(), other_shelf.clone()));
        }
    }
    for (shelf, allowed) in SHELVES {
        for other in allowed {
            let arrow = (shelf.to_owned(), (*other).to_owned());
            assert!(seen.contains(&arrow), "{shelf} needs {other} no more");
        }
    }
}

#[test]
fn what_a_shelf_knows_of_the_world_is_listed() {
    let sources = Sources::read(&root().join("shared/src"));
    for (foreign, allowed) in FOREIGN {
        let path = format!("{foreign}::");
        let names = |code: &str| {
            code.match_indices(&path).any(|(at, _)| {
                !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':')
            })
        };
        let users = sources.0.iter().filter(|(_, code)| names(code));
        let shelves: BTreeSet<&str> =
            users.filter_map(|(module, _)| module.first()).map(String::as_str).collect();
        let allowed: BTreeSet<&str> = allowed.iter().copied().collect();
        assert!(shelves.is_subset(&allowed), "{foreign} is named on {shelves:?}");
    }
}

/// The sources of the functions.
fn functions() -> Vec<PathBuf> {
    let functions = std::fs::read_dir(root().join("functions")).expect("the folder can be read");
    functions.map(|entry| entry.expect("it can be read").path().join("src")).collect()
}

#[test]
fn what_operators_do_with_the_table_is_for_the_console_alone() {
    let names = |src: &Path| {
        let sources = Sources::read(src);
        let outside =
            sources.0.into_iter().filter(|(way, _)| !way.iter().any(|it| it == "operator"));
        outside.filter(|(_, code)| code.contains("operator::")).count()
    };
    assert!(names(&root().join("infra/console/src")) > 0);
    for src in functions().into_iter().chain([root().join("shared/src")]) {
        assert_eq!(names(&src), 0, "{} names it", src.display());
    }
}

#[test]
fn no_files_stand_in_a_circle() {
    let mut crates = vec![root().join("shared/src"), root().join("infra/console/src")];
    crates.extend(functions());
    assert!(crates.len() > 2);
    for src in crates {
        let sources = Sources::read(&src);
        let arrows = sources.arrows();
        assert!(!arrows.is_empty());
        let mut open: BTreeMap<&Module, BTreeSet<&Module>> = arrows;
        // What names nothing that is left can't be in a circle.
        while let Some(done) =
            open.iter().find(|(_, named)| named.is_empty()).map(|(module, _)| *module)
        {
            open.remove(done);
            open.values_mut().for_each(|named| {
                named.remove(done);
            });
        }
        let names: Vec<String> = open.keys().map(|module| module.join("/")).collect();
        assert!(open.is_empty(), "{}: in a circle, or above one: {names:?}", src.display());
    }
}

#[test]
fn paths_are_read_from_every_form_of_use() {
    let module: Module = ["http", "v1", "log"].map(str::to_owned).to_vec();
    let code = "use std::fmt;\nuse child::One;\nuse self::child::{Two, three::Four};\n\
        use crate::domain::{self, clock::{Bound, Timestamp as T}};\n\
        use super::super::body;\npub use crate::app::input::any_text;\n\
        fn f() { crate::text::index_terms(x); $crate::index::join!() }\n";
    let paths: BTreeSet<String> = paths_in(code, &module, |name| name == "child")
        .into_iter()
        .map(|path| path.join("::"))
        .collect();
    let expected = [
        "app::input::any_text",
        "domain",
        "domain::clock::Bound",
        "domain::clock::Timestamp",
        "http::body",
        "http::v1::log::child::One",
        "http::v1::log::child::Two",
        "http::v1::log::child::three::Four",
        "index::join",
        "text::index_terms",
    ];
    // The path of a re-export is no arrow of this file.
    let expected: BTreeSet<String> =
        expected.iter().skip(1).map(|path| (*path).to_owned()).collect();
    assert_eq!(paths, expected);
}
