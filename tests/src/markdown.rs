//! The documents of this repository, as far as suites read them: headings,
//! links, tables and code.
//!
//! What is read is what the documents use: fences of three backticks, inline
//! links, and spans of code in single backticks.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Folders that are made and not written.
const GENERATED: [&str; 3] = ["target", "node_modules", "__pycache__"];

/// The folder of this repository.
#[must_use]
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the suites are a folder below it")
}

/// Every file of this repository with an extension, by its path within it.
/// Hidden folders and generated ones are left out.
#[must_use]
pub fn files(extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder can be read") {
            let path = entry.expect("its entries can be read").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if path.is_dir() {
                if !name.starts_with('.') && !GENERATED.contains(&name.as_ref()) {
                    folders.push(path);
                }
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path.strip_prefix(root()).expect("it is below the root").to_owned());
            }
        }
    }
    found.sort();
    found
}

/// The text of a file of this repository.
///
/// # Panics
///
/// When there is no such file.
#[must_use]
pub fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub struct Document {
    /// Its path within this repository.
    pub path: PathBuf,
    prose: Vec<String>,
    blocks: Vec<Block>,
}

/// A block of code.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// What stands behind the fence.
    pub language: String,
    /// The code, without the indentation of the fence.
    pub code: String,
}

impl Document {
    /// Every document of this repository.
    #[must_use]
    pub fn all() -> Vec<Self> {
        files("md").into_iter().map(Self::read).collect()
    }

    /// One document.
    ///
    /// # Panics
    ///
    /// When there is none, or a block of code does not end.
    #[must_use]
    pub fn read(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let mut document = Self { path, prose: Vec::new(), blocks: Vec::new() };
        let mut fence: Option<usize> = None;
        for line in read(&document.path).lines() {
            let indentation = line.len() - line.trim_start().len();
            match (line.trim_start().strip_prefix("```"), fence) {
                (Some(language), None) => {
                    fence = Some(indentation);
                    let language = language.to_owned();
                    document.blocks.push(Block { language, code: String::new() });
                }
                (Some(_), Some(_)) => fence = None,
                (None, Some(fence)) => {
                    let block = document.blocks.last_mut().expect("a fence begins one");
                    block.code += line.get(fence..).unwrap_or_default();
                    block.code.push('\n');
                }
                (None, None) => document.prose.push(line.to_owned()),
            }
        }
        assert_eq!(fence, None, "a block of {} does not end", document.path.display());
        document
    }

    /// The lines that are no code.
    pub fn prose(&self) -> impl Iterator<Item = &str> {
        self.prose.iter().map(String::as_str)
    }

    /// The blocks of code in a language.
    pub fn blocks(&self, language: &str) -> impl Iterator<Item = &Block> {
        self.blocks.iter().filter(move |block| block.language == language)
    }

    /// The spans of code in its prose.
    #[must_use]
    pub fn code_spans(&self) -> Vec<&str> {
        self.prose().flat_map(|line| line.split('`').skip(1).step_by(2)).collect()
    }

    /// Where its links and pictures lead.
    #[must_use]
    pub fn links(&self) -> Vec<String> {
        let mut links = Vec::new();
        for line in self.prose() {
            let text: String = line.split('`').step_by(2).collect();
            let targets = text.split("](").skip(1);
            links.extend(targets.filter_map(|rest| Some(rest.split_once(')')?.0.to_owned())));
        }
        links
    }

    /// The anchors of its headings, as GitHub makes them.
    #[must_use]
    pub fn anchors(&self) -> BTreeSet<String> {
        let mut anchors = BTreeSet::new();
        for line in self.prose() {
            let text = line.trim_start_matches('#');
            if text.len() == line.len() || !text.starts_with(' ') {
                continue;
            }
            let anchor = anchor(text.trim());
            let numbered = (1..).map(|number| format!("{anchor}-{number}"));
            let mut candidates = std::iter::once(anchor.clone()).chain(numbered);
            let free = candidates.find(|candidate| !anchors.contains(candidate));
            anchors.extend(free);
        }
        anchors
    }

    /// The rows of its tables by their cells, without heads and rules.
    #[must_use]
    pub fn rows(&self) -> Vec<Vec<&str>> {
        let lines: Vec<&str> = self.prose().collect();
        let is_rule = |line: &str| line.starts_with("| ---");
        lines
            .iter()
            .enumerate()
            .filter(|(_, line)| line.starts_with("| ") && !is_rule(line))
            .filter(|(number, _)| !lines.get(number + 1).is_some_and(|next| is_rule(next)))
            .map(|(_, line)| line.trim_matches(['|', ' ']).split('|').map(str::trim).collect())
            .collect()
    }
}

/// The anchor of a heading: its letters and digits, with hyphens for spaces.
fn anchor(heading: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    heading.to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_anchor_is_made_as_github_makes_it() {
        assert_eq!(anchor("What `/v1` shows, and why"), "what-v1-shows-and-why");
        assert_eq!(anchor("The dead letters of `ingest`"), "the-dead-letters-of-ingest");
        assert_eq!(anchor("1. The row"), "1-the-row");
    }
}
