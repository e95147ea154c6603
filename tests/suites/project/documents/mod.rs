//! The documents are true: links lead somewhere, promises have their tests, and
//! what is printed is there, parses, and is answered.

mod printed;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use activity_log_core::domain::error::ErrorCode;
use activity_log_core::http::routes::{Function, ROUTES};
use activity_log_core::http::status::status;
use activity_log_tests::markdown::{self, Document, root};

const README_LINES: usize = 150;
const PROMISES: &str = "docs/design/promises.md";

/// A path without `.` and `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => assert!(plain.pop(), "{} leads outside", path.display()),
            Component::CurDir => {}
            other => plain.push(other),
        }
    }
    plain
}

/// The names of all tests of this repository.
fn tests() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for path in markdown::files("rs") {
        let text = markdown::read(path);
        let mut lines = text.lines().map(str::trim_start);
        while let Some(line) = lines.next() {
            if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
                let signature = lines.find(|line| line.contains("fn ")).unwrap_or_default();
                let name = signature.split("fn ").nth(1).unwrap_or_default();
                names.extend(name.split_once('(').map(|(name, _)| name.to_owned()));
            }
        }
    }
    // Those in a browser are called by sentences.
    for path in markdown::files("ts").into_iter().filter(|path| path.starts_with("tests/pages")) {
        let text = markdown::read(path);
        let titles = text.split("test(").skip(1).filter_map(|rest| {
            rest.trim_start().strip_prefix('"')?.split_once('"').map(|(title, _)| title)
        });
        names.extend(titles.map(str::to_owned));
    }
    names
}

#[test]
fn every_promise_names_tests_that_there_are() {
    let tests = tests();
    assert!(tests.contains("every_promise_names_tests_that_there_are"));
    let page = Document::read(PROMISES);
    let rows = page.rows();
    assert!(rows.len() > 50, "{} promises", rows.len());
    for row in rows {
        let [promise, held_by] = row.as_slice() else { panic!("a promise and its tests: {row:?}") };
        let names: Vec<&str> = held_by.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "nothing holds that {promise:?}");
        for name in names {
            assert!(tests.contains(name), "there is no test {name}, which is to hold {promise:?}");
        }
    }
}

#[test]
fn every_link_leads_to_a_file_and_a_heading() {
    let documents = Document::all();
    let anchors: BTreeMap<&Path, BTreeSet<String>> =
        documents.iter().map(|document| (document.path.as_path(), document.anchors())).collect();
    let mut links = 0;
    for document in &documents {
        for link in document.links() {
            if link.contains("://") {
                continue;
            }
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = match (path, document.path.parent()) {
                ("", _) | (_, None) => document.path.clone(),
                (path, Some(folder)) => plain(&folder.join(path)),
            };
            let place = document.path.display();
            assert!(root().join(&target).exists(), "{place} has a dead link to {link}");
            assert!(
                anchor.is_empty() || anchors[target.as_path()].contains(anchor),
                "{place} has a link to {link}, which has no such heading"
            );
            links += 1;
        }
    }
    assert!(links > 100, "{links} links");
}

#[test]
fn the_readme_stays_short() {
    let lines = markdown::read("README.md").lines().count();
    assert!(lines <= README_LINES, "README.md has {lines} lines; its pages are in docs");
}

#[test]
fn the_summary_lists_every_page_once() {
    let listed: Vec<PathBuf> =
        Document::read("docs/SUMMARY.md").links().into_iter().map(PathBuf::from).collect();
    let pages: BTreeSet<PathBuf> = markdown::files("md")
        .into_iter()
        .filter_map(|path| Some(path.strip_prefix("docs").ok()?.to_owned()))
        .filter(|page| page != Path::new("SUMMARY.md"))
        .collect();
    assert_eq!(listed.iter().cloned().collect::<BTreeSet<_>>(), pages);
    assert_eq!(listed.len(), pages.len(), "a page is listed once");
}

#[test]
fn every_route_is_on_a_page_of_the_api() {
    let pages: String = ["v1", "keys", "logged-activity", "mcp"]
        .map(|page| markdown::read(format!("docs/api/{page}.md")))
        .concat();
    let for_people = markdown::read("docs/pages.md");
    for route in ROUTES {
        let page = if route.function == Function::Web { &for_people } else { &pages };
        let route = format!("`{} {}`", route.method, route.template);
        assert!(page.contains(&route), "{route} is on no page");
    }
}

#[test]
fn every_error_code_is_on_the_page_of_errors_with_its_status() {
    let page = Document::read("docs/api/errors.md");
    let described: BTreeSet<(String, String)> = page
        .rows()
        .iter()
        .map(|row| (row[0].to_owned(), row[1].trim_matches('`').to_owned()))
        .collect();
    let codes = ErrorCode::ALL.iter();
    let expected = codes.map(|code| (status(*code).as_str().to_owned(), code.as_str().to_owned()));
    assert_eq!(described, expected.collect());
}

/// The names in quotes, of capital letters, that the configuration reads.
fn variables() -> BTreeSet<String> {
    let is_config = |path: &PathBuf| path.ends_with("config.rs") && path.starts_with("shared");
    let text: String =
        markdown::files("rs").iter().filter(|p| is_config(p)).map(markdown::read).collect();
    let product = text.split("#[cfg(test)]").next().unwrap_or_default();
    let quoted = product.split('"').skip(1).step_by(2);
    let is_name =
        |text: &&str| text.len() > 3 && text.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    quoted.filter(is_name).map(str::to_owned).collect()
}

#[test]
fn every_variable_and_every_parameter_of_the_stack_is_documented() {
    let variables = variables();
    assert!(variables.contains("ACTIVITY_LOG_TABLE"), "{variables:?}");
    let template = markdown::read("infra/template.yaml");
    let parameters: Vec<&str> = template
        .lines()
        .skip_while(|line| *line != "Parameters:")
        .skip(1)
        .take_while(|line| line.is_empty() || line.starts_with(' '))
        .filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':'))
        .filter(|name| !name.starts_with(' '))
        .collect();
    assert!(parameters.contains(&"Stage"), "{parameters:?}");
    let names = [("docs/configuration.md", variables.iter().map(String::as_str).collect())];
    for (path, names) in names.into_iter().chain([("docs/deploy/aws.md", parameters)]) {
        let page = Document::read(path);
        let spans = page.code_spans();
        for name in names {
            assert!(spans.contains(&name), "{path} does not have {name}");
        }
    }
}
