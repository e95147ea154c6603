//! `events.jsonl`: a line a leaf, with what is disclosed of it.
//!
//! A line has one form, made of bytes that are known: so it is compared and not parsed.

use std::fs::File;
use std::io::BufReader;

use super::code::Code;
use super::files::{FileError, Folder, LineError, Lines};
use super::report::{Finding, Report};

pub(super) const EVENTS: &str = "events.jsonl";
/// An entry has up to 65,535 bytes, and its disclosures less.
const MAX_LINE_BYTES: usize = 1024 * 1024;

/// A line.
#[derive(Debug, PartialEq, Eq)]
enum Line<'a> {
    /// An event that is there.
    Whole { disclosures: Vec<&'a str>, entry: &'a [u8], index: u64 },
    /// One that is missing from the table.
    Missing { id: &'a str, index: u64 },
}

impl<'a> Line<'a> {
    fn parse(line: &'a [u8]) -> Option<Self> {
        if let Some(rest) = line.strip_prefix(br#"{"disclosures":["#) {
            let (disclosures, rest) = disclosures(rest)?;
            let rest = rest.strip_prefix(br#","entry":"#)?;
            let (entry, index) = index_at_the_end(rest)?;
            return Some(Self::Whole { disclosures, entry, index });
        }
        let rest = line.strip_prefix(br#"{"id":""#)?;
        let (id, index) = index_at_the_end(rest)?;
        let id = std::str::from_utf8(id.strip_suffix(b"\"")?).ok()?;
        super::times::uuid(id).map(|_| Self::Missing { id, index })
    }

    fn index(&self) -> u64 {
        match self {
            Self::Whole { index, .. } | Self::Missing { index, .. } => *index,
        }
    }
}

/// The texts of a list up to its end, and what follows.
fn disclosures(mut rest: &[u8]) -> Option<(Vec<&str>, &[u8])> {
    let mut all = Vec::new();
    if let Some(rest) = rest.strip_prefix(b"]") {
        return Some((all, rest));
    }
    loop {
        rest = rest.strip_prefix(b"\"")?;
        let is_end = |byte: &u8| !(byte.is_ascii_alphanumeric() || b"-_".contains(byte));
        let (text, behind) = rest.split_at(rest.iter().position(is_end)?);
        all.push(std::str::from_utf8(text).ok()?);
        rest = behind.strip_prefix(b"\"")?;
        let (separator, behind) = rest.split_first()?;
        rest = behind;
        match separator {
            b',' => {}
            b']' => return Some((all, rest)),
            _ => return None,
        }
    }
}

/// What stands before `,"index":<number>}`, and the number.
fn index_at_the_end(line: &[u8]) -> Option<(&[u8], u64)> {
    const NAME: &[u8] = br#","index":"#;
    let line = line.strip_suffix(b"}")?;
    let digits = line.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (before, digits) = line.split_at(line.len() - digits);
    let digits = std::str::from_utf8(digits).ok()?;
    let number = digits.parse().ok().filter(|number: &u64| number.to_string() == digits)?;
    Some((before.strip_suffix(NAME)?, number))
}

/// The lines of an export, beside its leaves.
pub(super) struct EventLines {
    lines: Lines<BufReader<File>>,
    file: String,
    /// The line that was read and is of a later leaf, if any.
    ahead: Option<Vec<u8>>,
    /// It can't be read on.
    is_ended: bool,
}

impl EventLines {
    pub(super) fn open(folder: &Folder) -> Result<Self, FileError> {
        let lines = folder.lines(EVENTS)?;
        Ok(Self { lines, file: folder.name(EVENTS), ahead: None, is_ended: false })
    }

    /// The next line, as it is read from the file or was read before.
    fn next(&mut self, report: &mut Report) -> Option<Vec<u8>> {
        if let Some(line) = self.ahead.take() {
            return Some(line);
        }
        if self.is_ended {
            return None;
        }
        match self.lines.next(MAX_LINE_BYTES) {
            None => None,
            Some(Ok(line)) => Some(line.to_vec()),
            Some(Err(error)) => {
                // What follows a line without an end is nothing.
                self.is_ended = !matches!(error, LineError::Cut);
                report.add(error.finding(self.lines.number()).file(&self.file));
                None
            }
        }
    }

    /// What the line of a leaf discloses of its entry, given to `take`. The entry is `None`
    /// where it is missing. Findings name the leaf.
    pub(super) fn disclosures_of(
        &mut self,
        index: u64,
        entry: Option<&[u8]>,
        report: &mut Report,
        take: impl FnOnce(&[&str], &mut Report),
    ) {
        while let Some(bytes) = self.next(report) {
            let Some(line) = Line::parse(&bytes) else {
                let finding = Finding::new(Code::EventLineMalformed).file(&self.file).index(index);
                report.add(finding.found(format_args!("line {}", self.lines.number())));
                return;
            };
            if line.index() > index {
                self.ahead = Some(bytes);
                break;
            }
            if line.index() < index {
                let finding = Finding::new(Code::EventLineExtra).file(&self.file);
                report.add(finding.index(line.index()));
                continue;
            }
            let differs = Finding::new(Code::EventLineDiffers).file(&self.file).index(index);
            match (line, entry) {
                (Line::Whole { disclosures, entry: theirs, .. }, Some(ours)) => {
                    if theirs == ours {
                        take(&disclosures, report);
                    } else {
                        report.add(differs.expected("the entry of the bundle"));
                    }
                }
                (Line::Missing { id, .. }, None) => {
                    report.add(Finding::new(Code::EventMissing).index(index).id(id));
                }
                (Line::Missing { id, .. }, Some(_)) => {
                    report.add(differs.id(id).expected("the entry of the bundle"));
                }
                (Line::Whole { entry: theirs, .. }, None) => {
                    let theirs = String::from_utf8_lossy(theirs);
                    report.add(differs.expected("an event that is missing").found(theirs));
                }
            }
            return;
        }
        report.add(Finding::new(Code::EventLineMissing).file(&self.file).index(index));
    }

    /// Reports what is behind the last leaf.
    pub(super) fn finish(&mut self, report: &mut Report) {
        while let Some(line) = self.next(report) {
            let mut finding = Finding::new(Code::EventLineExtra).file(&self.file);
            finding.index = Line::parse(&line).map(|line| line.index());
            report.add(finding.found(format_args!("line {}", self.lines.number())));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_one_form() {
        let line = br#"{"disclosures":["a_-Z","b"],"entry":{"index":[1]},"index":70}"#;
        let disclosures = vec!["a_-Z", "b"];
        let entry = &br#"{"index":[1]}"#[..];
        assert_eq!(Line::parse(line), Some(Line::Whole { disclosures, entry, index: 70 }));
        let none = br#"{"disclosures":[],"entry":{},"index":0}"#;
        let none = Line::parse(none).unwrap();
        assert_eq!(none, Line::Whole { disclosures: vec![], entry: b"{}", index: 0 });
        let id = "01a0c450-6d4b-7951-9d9d-c9f81818e811";
        let missing = format!(r#"{{"id":"{id}","index":5}}"#);
        assert_eq!(Line::parse(missing.as_bytes()), Some(Line::Missing { id, index: 5 }));
        for line in [
            r#"{"disclosures":["a"],"entry":{},"index":01}"#,
            r#"{"disclosures":["a"],"entry":{},"index":}"#,
            r#"{"disclosures":["a"],"entry":{},"index":1} "#,
            r#"{"disclosures":["a",],"entry":{},"index":1}"#,
            r#"{"disclosures":["a" ,"b"],"entry":{},"index":1}"#,
            r#"{"disclosures":["a+"],"entry":{},"index":1}"#,
            r#"{"disclosures":["a"],"Entry":{},"index":1}"#,
            r#"{"disclosures":["a"],"entry":{}, "index":1}"#,
            r#"{"entry":{},"index":1}"#,
            r#"{"id":"x","index":1}"#,
            r#" {"id":"x","index":1}"#,
            "",
        ] {
            assert_eq!(Line::parse(line.as_bytes()), None, "{line}");
        }
    }
}
