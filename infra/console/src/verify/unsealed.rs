//! `unsealed.jsonl`: the events that were in no seal when the export was made. Nobody signed
//! the file; what is in it is held against the log.

use std::collections::HashMap;

use serde::Deserialize;
use uuid::Uuid;

use super::clocks::LATE_AFTER;
use super::code::Code;
use super::files::{FileError, Folder};
use super::ids::Ids;
use super::report::{Finding, Report};
use super::times::{millis, uuid};

pub(super) const UNSEALED: &str = "unsealed.jsonl";
const MAX_LINE_BYTES: usize = 256;
/// The stream has an event for a day. What is older, while later ones were sealed, never
/// was in the stream, or was lost from it.
const STREAM_HAS_FOR: i64 = 24 * 60 * 60 * 1_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    id: &'a str,
    occurred_at: &'a str,
}

/// Events that wait to be sealed, with the times at which they occurred.
#[derive(Debug, Default)]
pub(super) struct Unsealed(HashMap<Uuid, i64>);

impl Unsealed {
    pub(super) fn read(folder: &Folder, report: &mut Report) -> Self {
        let mut events = HashMap::new();
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
                let line: Line = serde_json::from_slice(line).ok()?;
                Some((uuid(line.id)?, millis(line.occurred_at)?))
            });
            let number = lines.number();
            match read {
                Ok(Some((id, occurred_at))) => {
                    events.insert(id, occurred_at);
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
        Self(events)
    }

    pub(super) fn contains(&self, id: Uuid) -> bool {
        self.0.contains_key(&id)
    }

    /// How many of them occurred at each time.
    pub(super) fn times(&self) -> HashMap<i64, u64> {
        let mut times = HashMap::new();
        for time in self.0.values() {
            *times.entry(*time).or_default() += 1;
        }
        times
    }

    /// Holds them against the log.
    pub(super) fn check(&self, ids: &Ids, newest_sealed_at: Option<i64>, report: &mut Report) {
        let mut events: Vec<_> = self.0.iter().collect();
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
