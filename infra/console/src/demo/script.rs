//! What happens in the demo tenant's week, as `week.json` has it, and when.

use std::collections::HashMap;

use activity_log_core::domain::clock::Timestamp;
use activity_log_core::domain::principal::{Actor, Scope};
use serde::Deserialize;
use serde_json::Value;

/// All of it.
const WEEK: &str = include_str!("week.json");
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
const WORKING_DAYS: usize = 5;

#[derive(Debug, Deserialize)]
pub(super) struct Week {
    pub(super) callers: Vec<Caller>,
    pub(super) resources: Vec<Resource>,
    #[serde(rename = "type")]
    pub(super) own_type: Value,
    pub(super) activities: Vec<Happened>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Caller {
    pub(super) actor: String,
    pub(super) name: String,
    pub(super) scopes: Option<Vec<Scope>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Resource {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) id: String,
    pub(super) display_name: String,
}

/// Something that happened.
#[derive(Debug, Deserialize)]
pub(super) struct Happened {
    /// Which working day of the five, from 1 on.
    pub(super) day: usize,
    /// Hours and minutes.
    pub(super) at: String,
    pub(super) by: String,
    /// Of the built-in types.
    #[serde(rename = "type")]
    pub(super) category: Option<String>,
    /// The fields of a visit, by their names.
    pub(super) visit: Option<HashMap<String, String>>,
    pub(super) about: String,
    /// A further record that a visit was about.
    pub(super) and: Option<String>,
    pub(super) summary: Option<String>,
    pub(super) body: Option<String>,
    pub(super) notes: Option<String>,
    /// The caller lacks the scope.
    #[serde(default)]
    pub(super) refused: bool,
}

/// Those whose activities make a week.
pub(super) fn actors() -> Vec<Actor> {
    week().callers.iter().map(|caller| actor(&caller.actor)).collect()
}

pub(super) fn week() -> Week {
    serde_json::from_str(WEEK).expect("the week is written as it is read")
}

pub(super) fn actor(text: &str) -> Actor {
    Actor::parse(text).expect("the actor is valid")
}

/// The beginnings of the last working days before today, the oldest first, in UTC.
pub(super) fn working_days_before(now: Timestamp) -> Vec<i64> {
    let today = now.as_millis().div_euclid(DAY_MS);
    // 1970 began on a Thursday; 0 is a Monday.
    let is_working = |day: &i64| (day + 3).rem_euclid(7) < 5;
    let mut days: Vec<i64> =
        (0..today).rev().filter(is_working).take(WORKING_DAYS).map(|day| day * DAY_MS).collect();
    days.reverse();
    days
}

pub(super) fn time_of(days: &[i64], happened: &Happened) -> Timestamp {
    let minutes = happened.at.split_once(':').and_then(|(hours, minutes)| {
        Some(hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?)
    });
    let minutes = minutes.expect("hours and minutes are numbers");
    // A clock of the first days of 1970 has no week behind it.
    let day = days.get(happened.day - 1).copied().unwrap_or_default();
    Timestamp::from_millis(day + minutes * 60_000).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use activity_log_core::domain::clock::Rounding;

    use super::*;

    #[test]
    fn the_days_are_the_five_working_days_before_today() {
        for (now, expected) in [
            ("2026-03-04T12:00:00Z", ["02-25", "02-26", "02-27", "03-02", "03-03"]),
            ("2026-03-02T00:00:00Z", ["02-23", "02-24", "02-25", "02-26", "02-27"]),
            ("2026-03-01T23:59:59Z", ["02-23", "02-24", "02-25", "02-26", "02-27"]),
        ] {
            let now = Timestamp::parse(now, Rounding::Down).unwrap();
            let days = working_days_before(now);
            let days: Vec<String> = days
                .into_iter()
                .map(|day| Timestamp::from_millis(day).unwrap().to_string())
                .collect();
            assert_eq!(days.iter().map(|day| &day[5..10]).collect::<Vec<_>>(), expected);
        }
        assert_eq!(working_days_before(Timestamp::MIN), [0_i64; 0]);
    }

    #[test]
    fn the_week_is_in_order_and_at_working_hours() {
        let week = week();
        assert!((36..=45).contains(&week.activities.len()));
        let times: Vec<(usize, &str)> =
            week.activities.iter().map(|it| (it.day, it.at.as_str())).collect();
        assert!(times.is_sorted_by(|one, other| one < other), "{times:?}");
        for (day, at) in times {
            assert!((1..=WORKING_DAYS).contains(&day) && ("08:00".."18:00").contains(&at));
        }
    }
}
