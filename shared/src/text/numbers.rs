//! Numbers that are written in several ways: amounts, telephone numbers, bank accounts.
//!
//! Guarantees: an amount is the same in the conventions of English, German, French and
//! Swiss writers; a telephone number is the same with spaces and signs, with its country's
//! code, and with the zero that stands for it.
//!
//! Left out on purpose: which country a number without a code is in, and which of day and
//! month comes first in a date.

/// Digits that are a number by which somebody or something is known, at least.
pub(super) const MIN_NUMBER_DIGITS: usize = 7;
/// The same, where they are written with hyphens or slashes.
const MIN_JOINED_DIGITS: usize = 5;
/// With a zero in front, a telephone number has so many digits at least.
const MIN_NATIONAL_DIGITS: usize = 9;
/// The longest of them: the number of a bank card.
pub(super) const MAX_NUMBER_DIGITS: usize = 19;
/// A telephone number with its country's code, without the zeros in front (ITU-T E.164).
const MAX_INTERNATIONAL_DIGITS: usize = 15;
/// More digits behind a point are no decimals, but a number with points in it.
const MAX_DECIMALS: usize = 4;
/// Digits, and the character in front of them.
pub(super) type Group<'a> = (u8, &'a str);

/// An amount without the marks between its thousands, with a point before its decimals.
/// `None` where the groups are no amount. Three digits behind a single mark are thousands.
pub(super) fn amount(groups: &[Group<'_>]) -> Option<String> {
    let [(_, first), rest @ ..] = groups else { return None };
    let (last_mark, last) = *rest.last()?;
    let is_decimal_mark = matches!(last_mark, b'.' | b',');
    let are_thousands = |groups: &[Group<'_>]| {
        let mark = groups.first().map_or(b' ', |(mark, _)| *mark);
        let is_group = |(other, group): &Group<'_>| *other == mark && group.len() == 3;
        matches!(mark, b'.' | b',' | b'\'' | b' ')
            && first.len() <= 3
            && !first.starts_with('0')
            && groups.iter().all(is_group)
    };
    let (thousands, decimals) = if are_thousands(rest) {
        (rest, "")
    } else {
        let before = &rest[..rest.len() - 1];
        let is_other_mark = before.iter().all(|(mark, _)| *mark != last_mark);
        let is_amount = is_decimal_mark
            && is_other_mark
            && last.len() <= MAX_DECIMALS
            && (first.len() == 1 || !first.starts_with('0'))
            && (before.is_empty() || are_thousands(before));
        (is_amount.then_some(before)?, last)
    };
    let mut amount = first.trim_start_matches('0').to_owned();
    amount.extend(thousands.iter().map(|(_, group)| *group));
    if amount.is_empty() {
        amount.push('0');
    }
    let decimals = decimals.trim_end_matches('0');
    if !decimals.is_empty() {
        amount.push('.');
        amount.push_str(decimals);
    }
    Some(amount)
}

/// What groups of digits are found as, of which a query asks for the last: a number of a
/// few digits with points between them, a longer one without anything, and a telephone
/// number without what is in front of it for those who call from afar.
pub(super) fn digit_keys(groups: &[Group<'_>], has_plus: bool) -> Vec<String> {
    let count: usize = groups.iter().map(|(_, group)| group.len()).sum();
    if count < MIN_NUMBER_DIGITS {
        // A time, a fraction, a version; what is between the numbers tells which.
        let mut few = String::new();
        for (at, (mark, group)) in groups.iter().enumerate() {
            if at > 0 {
                few.push(if matches!(mark, b':' | b'/') { char::from(*mark) } else { '.' });
            }
            few.push_str(group);
        }
        let mut marks = groups.iter().skip(1).map(|(mark, _)| *mark);
        let is_number = groups.len() > 1
            && count >= MIN_JOINED_DIGITS
            && marks.all(|it| matches!(it, b'-' | b'/' | b'_'));
        let joined = is_number.then(|| groups.iter().map(|(_, group)| *group).collect());
        return [few].into_iter().chain(joined).collect();
    }
    if count > MAX_NUMBER_DIGITS {
        return Vec::new();
    }
    // `+44 (0)20`: the zero is for those who don't dial the code.
    let is_dialed = |at: usize, group: &str| !(has_plus && at > 0 && group == "0");
    let dialed = groups.iter().enumerate().filter(|(at, (_, group))| is_dialed(*at, group));
    let digits: String = dialed.map(|(_, (_, group))| *group).collect();
    let national = national(&digits, has_plus).map(str::to_owned);
    [digits].into_iter().chain(national).collect()
}

/// A telephone number without its country's code, or the zero in front of it.
fn national(digits: &str, has_plus: bool) -> Option<&str> {
    let international = if has_plus { Some(digits) } else { digits.strip_prefix("00") };
    if let Some(digits) = international.filter(|it| it.len() <= MAX_INTERNATIONAL_DIGITS) {
        let national = digits.get(country_code_len(digits)..)?;
        return Some(national.strip_prefix('0').unwrap_or(national));
    }
    digits.strip_prefix('0').filter(|_| digits.len() >= MIN_NATIONAL_DIGITS)
}

/// How many digits a country's code has (ITU-T E.164; none is the beginning of another).
fn country_code_len(digits: &str) -> usize {
    let mut digits = digits.bytes();
    match (digits.next(), digits.next()) {
        (Some(b'1' | b'7'), _) => 1,
        (Some(b'2'), Some(b'0' | b'7'))
        | (Some(b'3'), Some(b'0'..=b'4' | b'6' | b'9'))
        | (Some(b'4'), Some(b'0' | b'1' | b'3'..=b'9'))
        | (Some(b'5'), Some(b'1'..=b'8'))
        | (Some(b'6'), Some(b'0'..=b'6'))
        | (Some(b'8'), Some(b'1' | b'2' | b'4' | b'6'))
        | (Some(b'9'), Some(b'0'..=b'5' | b'8')) => 2,
        _ => 3,
    }
}

/// Whether three groups are a year, a month and a day, in whatever order.
pub(super) fn is_date(groups: &[Group<'_>]) -> bool {
    let [(_, first), (_, second), (_, third)] = groups else { return false };
    let is_year = |group: &str| group.len() == 4 && matches!(&group[..2], "19" | "20");
    second.len() <= 2 && (is_year(first) && third.len() <= 2 || first.len() <= 2 && is_year(third))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(text: &str) -> Vec<Group<'_>> {
        let mut groups = Vec::new();
        let mut mark = 0;
        for group in text.split_inclusive(|c: char| !c.is_ascii_digit()) {
            let digits = group.trim_end_matches(|c: char| !c.is_ascii_digit());
            groups.push((mark, digits));
            mark = group.bytes().next_back().unwrap_or(0);
        }
        groups
    }

    #[test]
    fn an_amount_is_one_in_all_conventions() {
        for (expected, spellings) in [
            (
                "1299.99",
                ["1,299.99", "1.299,99", "1299.99", "1299,99", "1 299,99", "1'299.99"].as_slice(),
            ),
            ("1299", &["1,299", "1.299", "1 299", "1'299", "1,299.00", "1299.00", "1299,0"]),
            ("1234567.5", &["1,234,567.50", "1.234.567,5", "1 234 567,50"]),
            ("0.299", &["0.299", "0,299", "0.2990"]),
            ("2.3", &["2.3", "2,30"]),
        ] {
            for spelling in spellings {
                assert_eq!(amount(&groups(spelling)).as_deref(), Some(expected), "{spelling}");
            }
        }
        for none in [
            "1299",
            "2.3.1",
            "192.168.1.1",
            "2024-03-01",
            "1,29,99.5",
            "1.299.99",
            "10:30",
            "030.901820",
            "01.05",
        ] {
            assert_eq!(amount(&groups(none)), None, "{none}");
        }
    }

    #[test]
    fn a_telephone_number_is_asked_for_without_what_is_dialed_from_afar() {
        let asked = |text: &str| {
            let digits = text.trim_start_matches('+');
            digit_keys(&groups(digits), digits.len() < text.len()).pop().unwrap_or_default()
        };
        for text in [
            "+44 20 7946 0958",
            "0044 20 7946 0958",
            "020 7946 0958",
            "+44 0 20 7946 0958",
            "02079460958",
            "+442079460958",
        ] {
            assert_eq!(asked(text), "2079460958", "{text}");
        }
        assert_eq!(asked("+1 555 010 9999"), "5550109999");
        assert_eq!(asked("555-010-9999"), "5550109999");
        assert_eq!(asked("+358 9 1234 567"), "91234567");
        assert_eq!(asked("2.3.1"), "2.3.1");
        assert_eq!(asked("12-345"), "12345");
        assert_eq!(asked("10/2026"), "102026");
        assert_eq!(asked("24/7"), "24/7");
        assert_eq!(asked("10.20.30"), "10.20.30");
        assert_eq!(asked("4111 1111 1111 1111"), "4111111111111111");
        assert_eq!(asked("4111 1111 1111 1111 1111"), "");
        assert_eq!(asked("+3"), "3");
    }
}
