//! The one home of time and randomness.
//!
//! Everything that asks for the time, an id or a secret asks an
//! [`Environment`], so that a test can hold them still. The crate's
//! `clippy.toml` forbids the ambient sources elsewhere.

use std::fmt;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// A moment in UTC, to the millisecond.
///
/// Written as RFC 3339 with exactly three decimals and `Z`
/// (`2026-03-01T09:30:00.000Z`): 24 characters whose order as text is their
/// order in time, which is what the registry's condition on `changed_at` relies on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// An hour.
pub const HOUR: Duration = Duration::from_secs(60 * 60);

/// What becomes of digits beyond the millisecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// Cut off: how a record's own time is stored.
    Down,
    /// To the next millisecond: a bound compared with stored times, so that
    /// `09:00:00.0005` excludes `09:00:00.000` from below and includes it from
    /// above.
    Up,
}

impl Timestamp {
    /// 1970-01-01T00:00:00.000Z, the earliest time that a record can have.
    pub const MIN: Self = Self(0);
    /// 9999-12-31T23:59:59.999Z, the latest time with a four-digit year.
    pub const MAX: Self = Self(253_402_300_799_999);

    /// From milliseconds since 1970, where that is within [`Self::MIN`] and
    /// [`Self::MAX`].
    #[must_use]
    pub fn from_millis(millis: i64) -> Option<Self> {
        (Self::MIN.0..=Self::MAX.0).contains(&millis).then_some(Self(millis))
    }

    /// What a clock tells. `None` outside [`Self::MIN`] and [`Self::MAX`], where
    /// `DateTime::from` and `Utc::now` would panic.
    fn of(clock: SystemTime) -> Option<Self> {
        let since_1970 = clock.duration_since(SystemTime::UNIX_EPOCH).ok()?;
        Self::from_millis(i64::try_from(since_1970.as_millis()).ok()?)
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, as the expiry of a record is counted.
    #[must_use]
    pub fn as_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Reads RFC 3339 with an offset, and what others write for it: an offset
    /// `±hhmm` or `±hh`, and no seconds. `None` for any other text, and for times
    /// outside [`Self::MIN`] and [`Self::MAX`].
    #[must_use]
    pub fn parse(text: &str, rounding: Rounding) -> Option<Self> {
        let time = parse_date_time(text)?;
        let beyond = time.timestamp_subsec_nanos() % 1_000_000 != 0;
        let up = i64::from(beyond && rounding == Rounding::Up);
        Self::from_millis(time.timestamp_millis() + up)
    }

    /// The second that it is in, as HTTP writes dates
    /// ([RFC 9110](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7)).
    #[must_use]
    pub fn to_http_date(self) -> String {
        self.to_date_time().format("%a, %d %b %Y %H:%M:%S GMT").to_string()
    }

    /// This time plus `duration`, at most [`Self::MAX`].
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(millis).min(Self::MAX.0))
    }

    /// This time minus `duration`, at least [`Self::MIN`].
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Self(self.0.saturating_sub(millis).max(Self::MIN.0))
    }

    /// The last time that is a multiple of `step` since 1970: the minute, or the hour.
    #[must_use]
    pub fn start_of(self, step: Duration) -> Self {
        let step = i64::try_from(step.as_millis()).unwrap_or(i64::MAX).max(1);
        Self(self.0 - self.0 % step)
    }

    fn to_rfc3339(self) -> String {
        self.to_date_time().to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    fn to_date_time(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0)
            .expect("a Timestamp is within the years 1970 to 9999")
    }
}

/// Reads RFC 3339 as its grammar has it, which is what `date-time` stands for in
/// JSON Schema: chrono also takes a space for the `T` and U+2212 for the minus.
/// Beside it, the offsets and the times without seconds of ISO 8601 that clients
/// write.
pub(crate) fn parse_date_time(text: &str) -> Option<DateTime<Utc>> {
    if !text.is_ascii() || !matches!(text.as_bytes().get(10), Some(b'T' | b't')) {
        return None;
    }
    let (date, rest) = text.split_at(11);
    let (time, offset) = rest.split_at(rest.find(['Z', 'z', '+', '-'])?);
    let seconds = if time.len() == "hh:mm".len() { ":00" } else { "" };
    let offset = match offset.len() {
        // `±hh`, and `±hhmm`.
        3 => format!("{offset}:00"),
        5 if offset.bytes().skip(1).all(|byte| byte.is_ascii_digit()) => {
            format!("{}:{}", &offset[..3], &offset[3..])
        }
        _ => offset.to_owned(),
    };
    let whole = format!("{date}{time}{seconds}{offset}");
    Some(DateTime::parse_from_rfc3339(&whole).ok()?.with_timezone(&Utc))
}

/// A bound of a range of time, as a caller wrote it.
///
/// Bounds are ordered as they were written, to the nanosecond: two within one
/// millisecond make a range that no record is in, which is no one's mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bound {
    exact: DateTime<Utc>,
    time: Timestamp,
}

impl Bound {
    /// Reads what [`Timestamp::parse`] reads.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Some(Self { exact: parse_date_time(text)?, time: Timestamp::parse(text, Rounding::Up)? })
    }

    /// The bound to be compared with stored times.
    #[must_use]
    pub fn time(self) -> Timestamp {
        self.time
    }
}

impl schemars::JsonSchema for Bound {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Bound".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(schemas: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Timestamp::json_schema(schemas)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_rfc3339())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_rfc3339())
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text, Rounding::Down)
            .ok_or_else(|| serde::de::Error::custom("not an RFC 3339 time"))
    }
}

impl schemars::JsonSchema for Timestamp {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date-time" })
    }
}

/// A clock that tells no time that a record can have. Nothing is done by such a
/// clock: a wrong time would be kept for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the clock of this machine is not within the years 1970 to 9999")]
pub struct ClockOutOfRange;

/// Where time and randomness come from.
pub trait Environment: Send + Sync {
    /// The current time.
    fn now(&self) -> Result<Timestamp, ClockOutOfRange>;

    /// Fills `bytes` from a cryptographically secure source.
    fn fill_random(&self, bytes: &mut [u8]);

    /// A new UUID version 7 (RFC 9562) minted at [`Self::now`].
    fn new_uuid(&self) -> Result<Uuid, ClockOutOfRange> {
        let mut random = [0; 10];
        self.fill_random(&mut random);
        let millis = u64::try_from(self.now()?.as_millis()).expect("a Timestamp is not negative");
        Ok(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// The same, for what has to have a name even if the clock tells no time: one
    /// that is random alone (version 4) then. Nothing is ordered by it.
    fn new_name(&self) -> Uuid {
        self.new_uuid().unwrap_or_else(|ClockOutOfRange| {
            let mut random = [0; 16];
            self.fill_random(&mut random);
            uuid::Builder::from_random_bytes(random).into_uuid()
        })
    }
}

/// The machine's clock and the operating system's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEnvironment;

impl Environment for SystemEnvironment {
    fn now(&self) -> Result<Timestamp, ClockOutOfRange> {
        #[expect(clippy::disallowed_methods, reason = "this is the one home of time")]
        let now = SystemTime::now();
        Timestamp::of(now).ok_or(ClockOutOfRange)
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system has randomness");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_reads_and_writes_in_utc_with_milliseconds() {
        for (text, written) in [
            ("2026-03-01T09:30:00Z", "2026-03-01T09:30:00.000Z"),
            ("2026-03-01T09:30:00.5+02:00", "2026-03-01T07:30:00.500Z"),
            ("1970-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z"),
            ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999Z"),
            // As Salesforce and Jira write it, and as people and ISO 8601 do.
            ("2026-03-01T09:30:00.000+0000", "2026-03-01T09:30:00.000Z"),
            ("2026-03-01T09:30:00-0330", "2026-03-01T13:00:00.000Z"),
            ("2026-03-01T09:30:00+02", "2026-03-01T07:30:00.000Z"),
            ("2026-03-01T09:30Z", "2026-03-01T09:30:00.000Z"),
            ("2026-03-01t09:30z", "2026-03-01T09:30:00.000Z"),
            ("2026-03-01T09:30+02:00", "2026-03-01T07:30:00.000Z"),
            ("2026-03-01T09:30-0530", "2026-03-01T15:00:00.000Z"),
            ("2026-03-01T00:15+01", "2026-02-28T23:15:00.000Z"),
        ] {
            let time = Timestamp::parse(text, Rounding::Down).unwrap();
            assert_eq!(time.to_string(), written);
        }
    }

    #[test]
    fn a_date_of_http_has_the_second_and_its_day() {
        for (text, date) in [
            ("1994-11-06T08:49:37.999Z", "Sun, 06 Nov 1994 08:49:37 GMT"),
            ("2024-02-29T00:00:00Z", "Thu, 29 Feb 2024 00:00:00 GMT"),
        ] {
            assert_eq!(Timestamp::parse(text, Rounding::Down).unwrap().to_http_date(), date);
        }
    }

    #[test]
    fn the_order_of_the_texts_is_that_of_the_times() {
        let all = [0, 1, 999, 1_000, 86_400_000, 1_772_357_400_000, Timestamp::MAX.as_millis()];
        let texts = all.map(|millis| Timestamp::from_millis(millis).unwrap().to_string());
        assert!(texts.is_sorted() && texts.iter().all(|text| text.len() == 24), "{texts:?}");
    }

    #[test]
    fn a_time_without_offset_or_out_of_range_is_none() {
        for text in [
            "",
            "2026-03-01",
            "2026-03-01T09:30:00",
            "1969-12-31T23:59:59.999Z",
            "1970-01-01T00:00:00+01:00",
            "9999-12-31T23:59:59-01:00",
            "2026-02-30T00:00:00Z",
            "2026-03-01 09:30:00Z",
            "2026-03-01T09:30:00\u{2212}05:00",
            "2026-03-01T09:30",
            "2026-03-01T09Z",
            "2026-03-01T09:30:Z",
            "2026-03-01T09:30.5Z",
            "2026-03-01T09:30:00+2",
            "2026-03-01T09:30:00+020",
            "2026-03-01T09:30:00+02:0",
            "2026-03-01T09:30:00+02:",
            "2026-03-01T09:30:00+2:00",
            "2026-03-01T09:30:00+02000",
            "2026-03-01T09:30:00+2400",
            "2026-03-01T09:30:00+0260",
            "2026-03-01T09:30:00Z+02",
            "2026-03-01T09:30:00ZZZ",
            "2026-03-01T09:30:00 +02:00",
            "2026-03-01T09:30:00 02:00",
            "2026-03-01T+09:30:00Z",
            "20260301T093000Z",
            "yesterday",
        ] {
            assert_eq!(Timestamp::parse(text, Rounding::Down), None, "{text}");
        }
    }

    #[test]
    fn a_bound_rounds_up_and_a_record_rounds_down() {
        let text = "2026-03-01T09:30:00.0001Z";
        let down = Timestamp::parse(text, Rounding::Down).unwrap();
        let up = Timestamp::parse(text, Rounding::Up).unwrap();
        assert_eq!(up.as_millis() - down.as_millis(), 1);
        let exact = Timestamp::parse("2026-03-01T09:30:00.001Z", Rounding::Up).unwrap();
        assert_eq!(exact, up);
    }

    #[test]
    fn bounds_are_ordered_to_the_nanosecond_and_compared_to_the_millisecond() {
        let bound = |text| Bound::parse(text).unwrap();
        let early = bound("2026-03-01T09:30:00.0001Z");
        let late = bound("2026-03-01T10:30:00.0002+01:00");
        assert!(early < late);
        assert_eq!(early.time(), late.time());
        assert_eq!(Bound::parse("9999-12-31T23:59:59.9999Z"), None);
        assert_eq!(bound("2026-03-01T10:30+01"), bound("2026-03-01T04:00:00-0530"));
    }

    #[test]
    fn a_clock_that_is_out_of_range_tells_no_time() {
        let at = |millis| SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(millis));
        let last = u64::try_from(Timestamp::MAX.as_millis()).unwrap();
        assert_eq!(Timestamp::of(SystemTime::UNIX_EPOCH), Some(Timestamp::MIN));
        assert_eq!(Timestamp::of(at(last).unwrap()), Some(Timestamp::MAX));
        let before_1970 = [1, 1_000_000_000, u64::from(u32::MAX) * 1_000_000_000]
            .map(|nanos| SystemTime::UNIX_EPOCH.checked_sub(Duration::from_nanos(nanos)).unwrap());
        let after_9999 = [at(last + 1), at(last * 2), at(last * 900)].map(Option::unwrap);
        for clock in before_1970.into_iter().chain(after_9999) {
            assert_eq!(Timestamp::of(clock), None, "{clock:?}");
        }
    }

    #[test]
    fn no_sum_of_times_leaves_the_range() {
        for duration in [Duration::ZERO, Duration::from_millis(1), Duration::MAX] {
            for time in [Timestamp::MIN, Timestamp::from_millis(1).unwrap(), Timestamp::MAX] {
                for sum in [time.plus(duration), time.minus(duration)] {
                    assert!((Timestamp::MIN..=Timestamp::MAX).contains(&sum));
                    assert_eq!(sum.to_string().len(), 24);
                }
            }
        }
    }

    /// A clock that tells nothing.
    struct Stopped;

    impl Environment for Stopped {
        fn now(&self) -> Result<Timestamp, ClockOutOfRange> {
            Err(ClockOutOfRange)
        }
        fn fill_random(&self, bytes: &mut [u8]) {
            SystemEnvironment.fill_random(bytes);
        }
    }

    #[test]
    fn a_name_needs_no_clock() {
        assert_eq!(Stopped.new_uuid(), Err(ClockOutOfRange));
        let names = [Stopped.new_name(), Stopped.new_name()];
        assert_ne!(names[0], names[1]);
        assert_eq!(names[0].get_version_num(), 4);
        assert_eq!(SystemEnvironment.new_name().get_version_num(), 7);
    }

    #[test]
    fn ids_carry_the_time_they_were_minted_at() {
        let before = SystemEnvironment.now().unwrap();
        let id = SystemEnvironment.new_uuid().unwrap();
        assert_eq!(id.get_version_num(), 7);
        let (seconds, _) = id.get_timestamp().unwrap().to_unix();
        assert!(seconds >= u64::try_from(before.as_seconds()).unwrap());
    }
}
