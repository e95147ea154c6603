//! `events.jsonl`: a line a leaf, with what is disclosed of it.
//!
//! A line has one form, made of bytes that are known: so it is compared and not parsed.

use std::fs::File;
use std::io::BufReader;

use memchr::{memchr, memrchr};

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
        let (line, index) = index_at_the_end(line)?;
        if let Some(rest) = line.strip_prefix(br#"{"disclosures":["#) {
            let (disclosures, rest) = disclosures(rest)?;
            let entry = rest.strip_prefix(br#","entry":"#)?;
            return Some(Self::Whole { disclosures, entry, index });
        }
        let id = line.strip_prefix(br#"{"id":""#)?.strip_suffix(b"\"")?;
        let id = std::str::from_utf8(id).ok()?;
        super::times::uuid(id).map(|_| Self::Missing { id, index })
    }

    fn index(&self) -> u64 {
        match self {
            Self::Whole { index, .. } | Self::Missing { index, .. } => *index,
        }
    }
}

/// The texts of a list up to its end, and what follows. Whether each is a disclosure is
/// looked at with its digest.
fn disclosures(mut rest: &[u8]) -> Option<(Vec<&str>, &[u8])> {
    let mut all = Vec::with_capacity(8);
    if let Some(rest) = rest.strip_prefix(b"]") {
        return Some((all, rest));
    }
    loop {
        let text = rest.strip_prefix(b"\"")?;
        let (text, behind) = text.split_at_checked(memchr(b'"', text)?)?;
        all.push(std::str::from_utf8(text).ok()?);
        rest = match behind.strip_prefix(b"\",") {
            Some(rest) => rest,
            None => return Some((all, behind.strip_prefix(b"\"]")?)),
        };
    }
}

/// What stands before `,"index":<number>}`, and the number.
fn index_at_the_end(line: &[u8]) -> Option<(&[u8], u64)> {
    let line = line.strip_suffix(b"}")?;
    let (before, digits) = line.split_at_checked(memrchr(b':', line)? + 1)?;
    let is_written_so = !digits.is_empty()
        && digits.iter().all(u8::is_ascii_digit)
        && (digits.len() == 1 || digits[0] != b'0');
    let number = std::str::from_utf8(digits).ok().filter(|_| is_written_so)?.parse().ok()?;
    Some((before.strip_suffix(br#","index":"#)?, number))
}

/// The lines of an export, beside its leaves.
pub(super) struct EventLines {
    lines: Lines<BufReader<File>>,
    file: String,
    /// The line that was read last.
    line: Vec<u8>,
    /// It is of a later leaf than that at which it was read.
    is_ahead: bool,
    /// It can't be read on.
    is_ended: bool,
}

impl EventLines {
    pub(super) fn open(folder: &Folder) -> Result<Self, FileError> {
        Ok(Self {
            lines: folder.lines(EVENTS)?,
            file: folder.name(EVENTS),
            line: Vec::new(),
            is_ahead: false,
            is_ended: false,
        })
    }

    /// Goes to the next line. Whether there is one.
    fn next(&mut self, report: &mut Report) -> bool {
        if std::mem::take(&mut self.is_ahead) {
            return true;
        }
        if self.is_ended {
            return false;
        }
        match self.lines.read(MAX_LINE_BYTES, &mut self.line) {
            None => false,
            Some(Ok(())) => true,
            Some(Err(error)) => {
                // What follows a line without an end is nothing.
                self.is_ended = !matches!(error, LineError::Cut);
                report.add(error.finding(self.lines.number()).file(&self.file));
                false
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
        while self.next(report) {
            let Some(line) = Line::parse(&self.line) else {
                let finding = Finding::new(Code::EventLineMalformed).file(&self.file).index(index);
                report.add(finding.found(format_args!("line {}", self.lines.number())));
                return;
            };
            if line.index() > index {
                self.is_ahead = true;
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
        while self.next(report) {
            let mut finding = Finding::new(Code::EventLineExtra).file(&self.file);
            finding.index = Line::parse(&self.line).map(|line| line.index());
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
