//! What a verification found, bounded however much there is: the first
//! [`MAX_SHOWN`] of each kind, and how many there are of each code.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Write as _};

use activity_log_core::domain::clock::Timestamp;
use serde_json::{Map, Value, json};

use super::code::{Code, Weight};

/// How many findings are kept, and how many things that are told.
pub const MAX_SHOWN: usize = 1_000;
/// How many of each kind are kept in any case: many of one kind hide no other.
const ALWAYS_SHOWN: u64 = 5;
/// How much of a text from the export is shown.
const MAX_TEXT_CHARS: usize = 600;

/// What a verification comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All that was checked holds.
    Proved,
    /// Something was changed, removed or put in.
    Tampered,
    /// It can't be told.
    Unknown,
}

impl Outcome {
    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proved => "proved",
            Self::Tampered => "tampered",
            Self::Unknown => "unknown",
        }
    }

    /// The status that the command ends with.
    #[must_use]
    pub fn exit_status(self) -> u8 {
        match self {
            Self::Proved => 0,
            Self::Tampered => 1,
            Self::Unknown => 2,
        }
    }
}

/// One thing that was found, or is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub code: Code,
    /// The log that it is about, where that is an earlier generation.
    pub origin: Option<String>,
    /// The file.
    pub file: Option<String>,
    /// The leaf.
    pub index: Option<u64>,
    /// The event, or the activity.
    pub id: Option<String>,
    /// What there should be.
    pub expected: Option<String>,
    /// What there is.
    pub found: Option<String>,
}

impl Finding {
    /// One of which nothing more is known.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self { code, origin: None, file: None, index: None, id: None, expected: None, found: None }
    }

    pub(super) fn file(mut self, file: impl Display) -> Self {
        self.file = Some(shown(file));
        self
    }

    pub(super) fn index(mut self, index: u64) -> Self {
        self.index = Some(index);
        self
    }

    pub(super) fn id(mut self, id: impl Display) -> Self {
        self.id = Some(shown(id));
        self
    }

    pub(super) fn expected(mut self, expected: impl Display) -> Self {
        self.expected = Some(shown(expected));
        self
    }

    pub(super) fn found(mut self, found: impl Display) -> Self {
        self.found = Some(shown(found));
        self
    }

    fn json(&self) -> Value {
        let texts = [
            ("origin", &self.origin),
            ("file", &self.file),
            ("id", &self.id),
            ("expected", &self.expected),
            ("found", &self.found),
        ];
        let mut json = Map::from_iter([("code".to_owned(), json!(self.code.as_str()))]);
        let texts = texts.into_iter().filter_map(|(name, text)| Some((name, text.as_ref()?)));
        json.extend(texts.map(|(name, text)| (name.to_owned(), json!(text))));
        if let Some(index) = self.index {
            json.insert("index".to_owned(), json!(index));
        }
        Value::Object(json)
    }
}

/// A line: the code, where it is, and what there should be.
impl Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())?;
        if let Some(origin) = &self.origin {
            write!(f, " in {origin}")?;
        }
        if let Some(file) = &self.file {
            write!(f, " {file}")?;
        }
        if let Some(index) = self.index {
            write!(f, " index {index}")?;
        }
        if let Some(id) = &self.id {
            write!(f, " id {id}")?;
        }
        if let Some(expected) = &self.expected {
            write!(f, ": expected {expected}")?;
        }
        if let Some(found) = &self.found {
            let found_behind = if self.expected.is_some() { ", found" } else { ":" };
            write!(f, "{found_behind} {found}")?;
        }
        Ok(())
    }
}

/// A text of the export as it is shown: bounded, and nothing that a terminal would obey.
fn shown(text: impl Display) -> String {
    let text = text.to_string();
    let mut shown = String::with_capacity(text.len().min(MAX_TEXT_CHARS));
    for (n, char) in text.chars().enumerate() {
        if n == MAX_TEXT_CHARS {
            shown.push('\u{2026}');
            break;
        }
        if char.is_control() || turns_text(char) {
            let _ = write!(shown, "{}", char.escape_default());
        } else {
            shown.push(char);
        }
    }
    shown
}

/// Whether a sign has others shown in another order ([Unicode TR9](https://www.unicode.org/reports/tr9/)).
fn turns_text(char: char) -> bool {
    matches!(
        char,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    )
}

/// Some of what was found, and how much there is of each code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bounded {
    first: Vec<Finding>,
    counts: BTreeMap<Code, u64>,
}

impl Bounded {
    fn add(&mut self, finding: Finding) {
        let count = self.counts.entry(finding.code).or_default();
        *count += 1;
        if self.first.len() < MAX_SHOWN || *count <= ALWAYS_SHOWN {
            self.first.push(finding);
        }
    }

    /// The first of them.
    #[must_use]
    pub fn first(&self) -> &[Finding] {
        &self.first
    }

    /// How many there are of each code.
    #[must_use]
    pub fn counts(&self) -> &BTreeMap<Code, u64> {
        &self.counts
    }

    /// How many there are.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts.values().sum()
    }

    /// Writes them, at most so many of each code.
    fn write(&self, text: &mut String, title: &str, most: u64) {
        if self.first.is_empty() {
            return;
        }
        let _ = write!(text, "\n{title}:\n");
        let mut written: BTreeMap<Code, u64> = BTreeMap::new();
        for finding in &self.first {
            let count = written.entry(finding.code).or_default();
            if *count < most {
                *count += 1;
                let _ = writeln!(text, "  {finding}");
            }
        }
        let more = self.total() - written.values().sum::<u64>();
        if more > 0 {
            let counts: Vec<String> =
                self.counts.iter().map(|(code, count)| format!("{code} {count}")).collect();
            let _ = writeln!(text, "  and {more} more; in all: {}", counts.join(", "));
        }
    }

    fn json(&self) -> (Value, Value) {
        let first: Vec<Value> = self.first.iter().map(Finding::json).collect();
        let counts: BTreeMap<&str, u64> =
            self.counts.iter().map(|(code, count)| (code.as_str(), *count)).collect();
        (json!(first), json!(counts))
    }
}

/// How much was checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// The logs, the newest generation first.
    pub origins: Vec<String>,
    /// Leaves.
    pub events: u64,
    /// Disclosures of theirs.
    pub disclosures: u64,
    /// Records of activities.
    pub activities: u64,
    /// Files of hashes.
    pub tiles: u64,
    /// Signed notes, those that were remembered included.
    pub checkpoints: u64,
    /// Checkpoints that somebody remembered.
    pub remembered: u64,
    /// Cosignatures of witnesses that were given.
    pub cosignatures: u64,
    /// Events of a saved listing.
    pub listed_events: u64,
    /// When the newest leaf was sealed.
    pub newest_sealed_at: Option<Timestamp>,
}

/// All that a verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How much was checked.
    pub checked: Checked,
    /// What is wrong, or can't be told.
    pub findings: Bounded,
    /// What is right, and worth to be told.
    pub listed: Bounded,
    /// What was not checked, in sentences.
    pub not_checked: Vec<String>,
    /// The log that findings are about, where it is an earlier generation.
    pub(super) earlier: Option<String>,
}

impl Report {
    /// Adds what was found.
    pub(super) fn add(&mut self, mut finding: Finding) {
        finding.origin.clone_from(&self.earlier);
        match finding.code.weight() {
            Weight::Told => self.listed.add(finding),
            Weight::Tampered | Weight::Unknown => self.findings.add(finding),
        }
    }

    /// What it comes to. Where something was tampered with, that counts.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let any = |weight| self.findings.counts.keys().any(|code| code.weight() == weight);
        if any(Weight::Tampered) {
            Outcome::Tampered
        } else if any(Weight::Unknown) {
            Outcome::Unknown
        } else {
            Outcome::Proved
        }
    }

    /// As one JSON object.
    #[must_use]
    pub fn json(&self) -> Value {
        let (findings, finding_counts) = self.findings.json();
        let (listed, listed_counts) = self.listed.json();
        let checked = &self.checked;
        json!({
            "result": self.outcome().as_str(),
            "checked": {
                "origins": checked.origins,
                "events": checked.events,
                "disclosures": checked.disclosures,
                "activities": checked.activities,
                "tiles": checked.tiles,
                "checkpoints": checked.checkpoints,
                "remembered": checked.remembered,
                "cosignatures": checked.cosignatures,
                "listed_events": checked.listed_events,
                "newest_sealed_at": checked.newest_sealed_at,
            },
            "findings": findings,
            "finding_counts": finding_counts,
            "listed": listed,
            "listed_counts": listed_counts,
            "not_checked": self.not_checked,
        })
    }

    /// For people.
    #[must_use]
    pub fn text(&self) -> String {
        let checked = &self.checked;
        let mut text = match self.outcome() {
            Outcome::Proved => "proved".to_owned(),
            Outcome::Tampered => "TAMPERED".to_owned(),
            Outcome::Unknown => "can't tell".to_owned(),
        };
        let _ = writeln!(text, ": {}", checked.origins.join(", "));
        let _ = writeln!(
            text,
            "{} events, {} disclosures, {} activities, {} tiles, {} checkpoints ({} remembered), \
             {} cosignatures, {} events of a listing",
            checked.events,
            checked.disclosures,
            checked.activities,
            checked.tiles,
            checked.checkpoints,
            checked.remembered,
            checked.cosignatures,
            checked.listed_events,
        );
        if let Some(time) = checked.newest_sealed_at {
            let _ = writeln!(text, "the newest event was sealed at {time}");
        }
        self.findings.write(&mut text, "found", u64::MAX);
        self.listed.write(&mut text, "to be known", ALWAYS_SHOWN);
        if !self.not_checked.is_empty() {
            text.push_str("\nnot checked:\n");
            for sentence in &self.not_checked {
                let _ = writeln!(text, "  {sentence}");
            }
        }
        text.truncate(text.trim_end().len());
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_counts_more_than_what_cannot_be_told() {
        let mut report = Report::default();
        assert_eq!(report.outcome(), Outcome::Proved);
        report.add(Finding::new(Code::SealedTwice));
        assert_eq!(report.outcome(), Outcome::Proved);
        report.add(Finding::new(Code::EntryUnknown));
        assert_eq!(report.outcome(), Outcome::Unknown);
        report.add(Finding::new(Code::EventChanged));
        assert_eq!(report.outcome(), Outcome::Tampered);
    }

    #[test]
    fn many_findings_are_counted_and_the_first_are_shown() {
        let mut report = Report::default();
        for index in 0..MAX_SHOWN as u64 + 5 {
            report.add(Finding::new(Code::EventMissing).index(index));
        }
        // What comes late still counts.
        report.add(Finding::new(Code::RolledBack));
        assert_eq!(report.findings.first().len(), MAX_SHOWN + 1);
        assert_eq!(report.json()["finding_counts"]["event_missing"], json!(MAX_SHOWN + 5));
        let text = report.text();
        assert!(text.contains("\n  rolled_back\n"), "many of one kind hide no other");
        assert!(text.contains("and 5 more; in all: rolled_back 1, event_missing 1005"));
    }

    #[test]
    fn of_what_is_only_told_the_text_has_a_few_of_each_kind() {
        let mut report = Report::default();
        for index in 0..61 {
            report.add(Finding::new(Code::Backfilled).index(index));
        }
        report.add(Finding::new(Code::Restored));
        let text = report.text();
        assert_eq!(text.matches("\n  backfilled").count() as u64, ALWAYS_SHOWN);
        assert!(text.contains("\n  restored\n  and 56 more; in all: backfilled 61, restored 1"));
        assert_eq!(report.json()["listed"].as_array().map(Vec::len), Some(62));
    }

    #[test]
    fn a_text_of_the_export_can_do_nothing_to_a_terminal() {
        let finding = Finding::new(Code::EntryMalformed).found("\u{1b}[2J\n\u{9b}").index(3);
        assert_eq!(finding.to_string(), "entry_malformed index 3: \\u{1b}[2J\\n\\u{9b}");
        let long = Finding::new(Code::EntryMalformed).found("x".repeat(10_000));
        assert_eq!(long.found.unwrap().chars().count(), MAX_TEXT_CHARS + 1);
    }
}
