//! `unsealed.jsonl`: the events that were in no seal when the export was made. Nobody signed
//! the file; what is in it is held against the log.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;
use uuid::Uuid;

use super::clocks::LATE_AFTER;
use super::code::Code;
use super::files::{FileError, Folder};
use super::ids::Ids;
use super::report::{Finding, Report};
use super::times::{millis, time_of, uuid};

pub(super) const UNSEALED: &str = "unsealed.jsonl";
const MAX_LINE_BYTES: usize = 256;
/// The stream has an event for a day. What is older, while later ones were sealed, never
/// was in the stream, or was lost from it.
const STREAM_HAS_FOR: i64 = 24 * 60 * 60 * 1_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    id: &'a str,
    /// None where the event can't be read.
    occurred_at: Option<&'a str>,
    /// The activity that it tells of as logged.
    #[serde(default)]
    activity: Option<&'a str>,
}

/// Events that wait to be sealed.
#[derive(Debug, Default)]
pub(super) struct Unsealed {
    /// When each occurred.
    events: HashMap<Uuid, i64>,
    /// The activities that they tell of.
    activities: HashSet<String>,
}

impl Unsealed {
    pub(super) fn read(folder: &Folder, report: &mut Report) -> Self {
        let mut unsealed = Self::default();
        let mut lines = match folder.lines(UNSEALED) {
            Ok(lines) => lines,
            Err(FileError::Missing) => return Self::default(),
            Err(error) => {
                report.add(error.finding().file(folder.name(UNSEALED)));
                return Self::default();
            }
        };
        while let Some(line) = lines.next(MAX_LINE_BYTES) {
            let read = line.map(|line| {
                let line: Line<'_> = serde_json::from_slice(line).ok()?;
                let id = uuid(line.id)?;
                let occurred_at = line.occurred_at.map_or_else(|| time_of(id), millis)?;
                Some((id, occurred_at, line.activity.map(str::to_owned)))
            });
            let number = lines.number();
            match read {
                Ok(Some((id, occurred_at, activity))) => {
                    unsealed.events.insert(id, occurred_at);
                    unsealed.activities.extend(activity);
                }
                Ok(None) => report.add(
                    Finding::new(Code::FileMalformed)
                        .file(folder.name(UNSEALED))
                        .found(format_args!("line {number}")),
                ),
                Err(error) => {
                    report.add(error.finding(number).file(folder.name(UNSEALED)));
                    break;
                }
            }
        }
        unsealed
    }

    pub(super) fn contains(&self, id: Uuid) -> bool {
        self.events.contains_key(&id)
    }

    /// Whether one of them tells of an activity.
    pub(super) fn tells_of(&self, activity: &str) -> bool {
        self.activities.contains(activity)
    }

    /// Holds them against the log.
    pub(super) fn check(&self, ids: &Ids, newest_sealed_at: Option<i64>, report: &mut Report) {
        let mut events: Vec<_> = self.events.iter().collect();
        events.sort_unstable_by_key(|(id, time)| (**time, **id));
        for (id, occurred_at) in events {
            let behind = newest_sealed_at.map_or(0, |newest| newest - occurred_at);
            let finding = |code| Finding::new(code).file(UNSEALED).id(id);
            if ids.contains(*id) {
                report.add(
                    finding(Code::UnsealedContradicts).expected("an event that no leaf is of"),
                );
            } else if behind > STREAM_HAS_FOR {
                report.add(finding(Code::UnsealedTooLong).found(format_args!(
                    "it is {} hours older than the newest seal",
                    behind / (60 * 60 * 1_000)
                )));
            } else if behind > LATE_AFTER {
                report.add(finding(Code::NotSealedYet).found(format_args!(
                    "it is {} minutes older than the newest seal",
                    behind / (60 * 1_000)
                )));
            }
        }
    }
}
