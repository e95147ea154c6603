//! The three clocks of an event, held against each other.
//!
//! ```text
//! id's time ≈ occurred_at   the writer's clock: within 60 s
//!           → written_at    the table's: 61 s before to 121 s behind it, since clocks
//!                           differ by 60 s, a commit follows its id by up to 60 s, and
//!                           the table's time has whole seconds
//!           → sealed_at     the sealer's: it never falls, and is at most 5 min behind
//! ```

use activity_log_core::domain::clock::HOUR;
use activity_log_core::trail::entry::{BACKFILL, Entry};
use serde_json::Value;
use uuid::Uuid;

use super::code::Code;
use super::report::{Finding, Report};
use super::times::{millis, time_of};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
/// How far the time of an id may be from when it occurred.
pub(super) const ID_DIFFERS_BY: i64 = MINUTE;
const WRITTEN_BEFORE: i64 = 61 * SECOND;
const WRITTEN_BEHIND: i64 = 121 * SECOND;
/// A sealer whose clock is further behind stops.
const SEALER_IS_BEHIND_BY: i64 = 5 * MINUTE;
/// What is sealed later than this is told.
pub(super) const LATE_AFTER: i64 = 15 * MINUTE;

/// The times of an event, in milliseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) occurred_at: i64,
    pub(super) written_at: Option<i64>,
    pub(super) sealed_at: i64,
}

impl Times {
    fn of(entry: &Entry<'_>) -> Option<Self> {
        let written_at = entry.written_at.as_deref();
        Some(Self {
            occurred_at: millis(&entry.occurred_at)?,
            written_at: match written_at {
                Some(text) => Some(millis(text).filter(|time| time % SECOND == 0)?),
                None => None,
            },
            sealed_at: millis(&entry.sealed_at)?,
        })
    }

    /// The best clock that tells when it was written, in whole seconds.
    pub(super) fn written_second(&self) -> i64 {
        self.written_at.unwrap_or(self.occurred_at).div_euclid(SECOND)
    }

    /// When it was written at the latest, in whole seconds: where the table's clock does not
    /// speak for it, when it was sealed.
    pub(super) fn latest_second(&self) -> i64 {
        self.written_at.unwrap_or(self.sealed_at).div_euclid(SECOND)
    }
}

/// A checkpoint that somebody remembered at a time.
#[derive(Clone, Copy, Debug)]
pub(super) struct RememberedAt {
    pub(super) size: u64,
    pub(super) time: i64,
}

/// What was seen of the clocks before.
#[derive(Default)]
pub(super) struct Clocks {
    newest_sealed_at: Option<i64>,
    remembered: Vec<RememberedAt>,
}

impl Clocks {
    pub(super) fn new(remembered: Vec<RememberedAt>) -> Self {
        Self { newest_sealed_at: None, remembered }
    }

    pub(super) fn newest_sealed_at(&self) -> Option<i64> {
        self.newest_sealed_at
    }

    /// Holds the times of a leaf; the times, where they are some.
    pub(super) fn check(
        &mut self,
        index: u64,
        id: Option<Uuid>,
        entry: &Entry<'_>,
        report: &mut Report,
    ) -> Option<Times> {
        let finding = |code| Finding::new(code).index(index).id(&entry.id);
        let Some(times) = Times::of(entry) else {
            report.add(finding(Code::TimeMalformed));
            return None;
        };
        let Times { occurred_at, written_at, sealed_at } = times;
        if let Some(problem) = id.and_then(|id| wrong_id_time(id, occurred_at, entry)) {
            report.add(finding(Code::IdTimeDiffers).expected(problem).found(&entry.occurred_at));
        }
        let says_backfill = entry.data.get(BACKFILL) == Some(&Value::Bool(true));
        if says_backfill != written_at.is_none() {
            let expected = "either written_at or backfill in data";
            report.add(finding(Code::BackfillUnmarked).expected(expected));
        } else if says_backfill {
            report.add(finding(Code::Backfilled));
        }
        if let (Some(written_at), Some(text)) = (written_at, &entry.written_at) {
            let behind = written_at - occurred_at;
            if !(-WRITTEN_BEFORE..=WRITTEN_BEHIND).contains(&behind) {
                let finding = finding(Code::WrittenTimeDiffers);
                report.add(
                    finding
                        .expected(format_args!("a time near {}", entry.occurred_at))
                        .found(format_args!("written_at {text}")),
                );
            }
            if sealed_at - written_at > LATE_AFTER {
                let told = finding(Code::SealedLate);
                report.add(told.found(format_args!("{text}, sealed {}", entry.sealed_at)));
            }
        }
        if sealed_at < written_at.unwrap_or(occurred_at) - SEALER_IS_BEHIND_BY {
            report.add(finding(Code::SealedBeforeWritten).found(&entry.sealed_at));
        }
        if self.newest_sealed_at.is_some_and(|newest| sealed_at < newest) {
            report.add(finding(Code::SealedTimeFell).found(&entry.sealed_at));
        }
        self.newest_sealed_at = self.newest_sealed_at.max(Some(sealed_at));
        let too_early = |remembered: &&RememberedAt| {
            index >= remembered.size && sealed_at < remembered.time - SEALER_IS_BEHIND_BY
        };
        if let Some(remembered) = self.remembered.iter().find(too_early) {
            let finding = finding(Code::SealedBeforeRemembered).found(&entry.sealed_at);
            report.add(finding.expected(format_args!(
                "a later time than that of the checkpoint of {} events",
                remembered.size
            )));
        }
        Some(times)
    }
}

/// What the time of an id should be, where it is another. Those of merged events are the
/// beginning of what they tell of.
fn wrong_id_time(id: Uuid, occurred_at: i64, entry: &Entry<'_>) -> Option<&'static str> {
    let Some(time) = time_of(id) else { return Some("an id of version 7") };
    let told = |name: &str| entry.data.get(name).and_then(Value::as_str).and_then(millis);
    match entry.action.as_ref() {
        "audit_event.read" if entry.data.contains_key("hour") => {
            let hour = i64::try_from(HOUR.as_millis()).unwrap_or(i64::MAX);
            let is_hour = told("hour") == Some(time) && time == occurred_at - occurred_at % hour;
            (!is_hour).then_some("an id of the hour that it tells of")
        }
        "key.refusals_counted" => {
            let of_minute =
                |told: Option<i64>| told.is_some_and(|told| told - told % MINUTE == time);
            let (first, last) = (told("first_at"), told("last_at"));
            let is_minute = of_minute(first) && of_minute(last) && first <= last;
            let is_behind = last.is_some_and(|last| occurred_at >= last - ID_DIFFERS_BY);
            (!(is_minute && is_behind)).then_some("an id of the minute that it tells of")
        }
        // What somebody did to the table may be told much later.
        "trail.item_removed" | "trail.item_changed" => {
            let first = told("first_at");
            let is_then = first == Some(time) && occurred_at >= time - ID_DIFFERS_BY;
            (!is_then).then_some("an id of the time that it tells of")
        }
        _ => {
            let differs = (time - occurred_at).abs() > ID_DIFFERS_BY;
            differs.then_some("the time of the id")
        }
    }
}
