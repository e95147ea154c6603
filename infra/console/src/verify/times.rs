//! Times and ids as entries have them, in the one form of each, read quickly.

use uuid::Uuid;

/// Reads `2026-03-01T09:30:00.000Z`, and no other form of it: milliseconds since 1970.
pub(super) fn millis(text: &str) -> Option<i64> {
    let bytes: &[u8; 24] = text.as_bytes().try_into().ok()?;
    let separators = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (19, b'.')];
    if separators.iter().any(|(at, byte)| bytes[*at] != *byte) || bytes[23] != b'Z' {
        return None;
    }
    let number = |from: usize, to: usize| {
        bytes[from..to].iter().try_fold(0_i64, |number, byte| {
            byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0'))
        })
    };
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days_of_month = match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    let is_time = year >= 1970 && (1..=days_of_month).contains(&day);
    if !is_time || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    // Years begin in March, so that the day of a leap year is the last one.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    let days = year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - 719_468;
    let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second;
    Some(seconds * 1_000 + number(20, 23)?)
}

/// Reads a UUID in its one form: small letters, with hyphens.
pub(super) fn uuid(text: &str) -> Option<Uuid> {
    let is_small = text.len() == 36 && !text.bytes().any(|byte| byte.is_ascii_uppercase());
    is_small.then(|| Uuid::try_parse(text).ok()).flatten()
}

/// The time in a UUID version 7: milliseconds since 1970.
pub(super) fn time_of(id: Uuid) -> Option<i64> {
    let is_version_7 = id.get_version_num() == 7 && id.get_variant() == uuid::Variant::RFC4122;
    is_version_7.then(|| (id.as_u128() >> 80) as i64)
}

#[cfg(test)]
mod tests {
    use activity_log_core::domain::clock::Timestamp;

    use super::*;

    #[test]
    fn every_time_that_is_written_is_read() {
        let mut time = 0_i64;
        let mut step = 1_i64;
        while let Some(written) = Timestamp::from_millis(time) {
            assert_eq!(millis(&written.to_string()), Some(time), "{written}");
            // Steps of all sizes up to some days, for all months and leap years.
            step = (step * 48_271) % 2_147_483_647;
            time += step;
        }
        for time in [Timestamp::MIN, Timestamp::MAX] {
            assert_eq!(millis(&time.to_string()), Some(time.as_millis()));
        }
    }

    #[test]
    fn another_form_of_a_time_is_none() {
        for text in [
            "",
            "2026-03-01T09:30:00Z",
            "2026-03-01T09:30:00.0000Z",
            "2026-03-01t09:30:00.000Z",
            "2026-03-01 09:30:00.000Z",
            "2026-02-29T09:30:00.000Z",
            "2100-02-29T09:30:00.000Z",
            "2026-13-01T09:30:00.000Z",
            "2026-00-01T09:30:00.000Z",
            "2026-04-31T09:30:00.000Z",
            "2026-03-00T09:30:00.000Z",
            "2026-03-01T24:30:00.000Z",
            "2026-03-01T09:60:00.000Z",
            "2026-03-01T09:30:60.000Z",
            "2026-03-01T09:30:+0.000Z",
            "1969-12-31T23:59:59.999Z",
            "2026-03-01T09:30:00.000z",
        ] {
            assert_eq!(millis(text), None, "{text}");
        }
    }

    #[test]
    fn an_id_has_one_form_and_a_time() {
        let text = "01a0c450-6d4b-7951-9d9d-c9f81818e811";
        let id = uuid(text).unwrap();
        assert_eq!(id.to_string(), text);
        assert_eq!(time_of(id), Some(0x01a0_c450_6d4b));
        for other in [&text.to_uppercase(), &text.replace('-', ""), &format!("{{{text}}}"), "x"] {
            assert_eq!(uuid(other), None, "{other}");
        }
        assert_eq!(time_of(uuid(&text.replace("-7951", "-4951")).unwrap()), None);
        assert_eq!(time_of(uuid(&text.replace("-9d9d", "-cd9d")).unwrap()), None);
    }
}
