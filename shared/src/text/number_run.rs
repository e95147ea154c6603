//! Numbers that are written in groups with spaces between them: telephone numbers,
//! amounts, numbers of bank accounts.
//!
//! Guarantees: a text is walked once, and what is kept of it is as long as such a number.

use super::compound::Compound;
use super::numbers::{Group, MAX_NUMBER_DIGITS, MIN_NUMBER_DIGITS, amount, digit_keys, is_date};
use super::token::Gap;

/// The length of an IBAN (ISO 13616).
const ACCOUNT_CHARS: std::ops::RangeInclusive<usize> = 15..=34;
/// An IBAN is written in groups of four.
const ACCOUNT_GROUP_CHARS: usize = 4;

/// A number that is written in groups with spaces between them, while a text is read.
#[derive(Debug, Default)]
pub(super) struct NumberRun {
    digits: Groups,
    account: Groups,
    has_plus: bool,
}

/// Groups behind each other.
#[derive(Debug, Default)]
struct Groups {
    chars: String,
    /// The mark in front of each, and its end.
    ends: Vec<(u8, usize)>,
    /// Of how many compounds they are.
    compounds: usize,
    /// Whether nothing goes on with them.
    is_ended: bool,
}

/// What the last words of a text are found as, of which a query asks for the last.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RunKeys {
    pub(super) texts: Vec<String>,
    /// How many words.
    pub(super) words: usize,
}

impl Groups {
    fn clear(&mut self) {
        self.chars.clear();
        self.ends.clear();
        self.compounds = 0;
        self.is_ended = false;
    }

    fn push(&mut self, mark: u8, group: &str) {
        self.chars.push_str(group);
        self.ends.push((mark, self.chars.len()));
    }

    fn groups(&self) -> Vec<Group<'_>> {
        let starts = [0].into_iter().chain(self.ends.iter().map(|(_, end)| *end));
        starts
            .zip(&self.ends)
            .map(|(start, (mark, end))| (*mark, &self.chars[start..*end]))
            .collect()
    }
}

impl NumberRun {
    /// Whether a word of letters ends nothing and begins nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.digits.compounds + self.account.compounds == 0
    }

    /// Goes on with a compound, and tells what ended in front of it.
    pub(super) fn add(&mut self, compound: &Compound) -> Option<RunKeys> {
        self.add_to_account(compound);
        if !compound.is_digits() {
            return self.end_digits();
        }
        let groups = compound.digit_groups(0..compound.len());
        let count: usize = groups.iter().map(|(_, group)| group.len()).sum();
        let is_amount = amount(&groups).is_some();
        let is_time = groups.iter().any(|(mark, _)| *mark == b':');
        // `299,99` goes on with `1` and ends it.
        let is_apart = is_date(&groups) || is_amount && !self.goes_on_as_amount(&groups);
        let goes_on = self.digits.compounds > 0
            && !is_apart
            && !self.digits.is_ended
            && !is_time
            && (may_stand_in_number(compound.lead) || self.is_area_code_before(compound.lead))
            && self.digits.chars.len() + count <= MAX_NUMBER_DIGITS;
        let ended = if goes_on { None } else { self.end_digits() };
        if is_apart || is_time || count > MAX_NUMBER_DIGITS {
            return ended;
        }
        self.digits.is_ended = is_amount;
        if self.digits.compounds == 0 {
            self.has_plus = compound.has_plus();
        }
        for (mark, group) in groups {
            self.digits.push(if mark == 0 { b' ' } else { mark }, group);
        }
        self.digits.compounds += 1;
        ended
    }

    /// Whether the last compound ends an amount with spaces between its thousands.
    pub(super) fn ends_amount(&self) -> bool {
        self.digits.compounds > 1 && amount(&self.digits.groups()).is_some()
    }

    /// What ends with the last compound: an IBAN, whose check digits tell it.
    pub(super) fn ended_account(&self) -> Option<RunKeys> {
        let Groups { chars, ends, compounds, .. } = &self.account;
        let is_account = *compounds > 1 && ACCOUNT_CHARS.contains(&chars.len()) && is_valid(chars);
        is_account.then(|| RunKeys { texts: vec![chars.clone()], words: ends.len() })
    }

    /// Ends what goes on with nothing.
    pub(super) fn end(&mut self) -> Option<RunKeys> {
        self.account.clear();
        self.end_digits()
    }

    /// `030 / 901820`; behind a longer number another one follows.
    fn is_area_code_before(&self, gap: Gap) -> bool {
        gap.chars() == Some(b" / ") && self.digits.chars.len() < MIN_NUMBER_DIGITS
    }

    fn goes_on_as_amount(&self, groups: &[Group<'_>]) -> bool {
        let mut all = self.digits.groups();
        let are_thousands = all.iter().all(|(mark, _)| *mark == b' ');
        all.extend(
            groups.iter().map(|(mark, group)| (if *mark == 0 { b' ' } else { *mark }, *group)),
        );
        are_thousands && self.digits.compounds > 0 && amount(&all).is_some()
    }

    fn end_digits(&mut self) -> Option<RunKeys> {
        let keys = (self.digits.compounds > 1).then(|| {
            let groups = self.digits.groups();
            let mut texts = Vec::from_iter(amount(&groups));
            if self.digits.chars.len() >= MIN_NUMBER_DIGITS {
                texts.extend(digit_keys(&groups, self.has_plus));
            }
            texts.dedup();
            RunKeys { texts, words: groups.len() }
        });
        self.digits.clear();
        keys.filter(|keys| !keys.texts.is_empty())
    }

    fn add_to_account(&mut self, compound: &Compound) {
        if compound.len() != 1 {
            return self.account.clear();
        }
        let text = compound.text(0);
        let begins = text.len() == ACCOUNT_GROUP_CHARS
            && text.as_bytes()[..2].iter().all(u8::is_ascii_lowercase)
            && text.as_bytes()[2..].iter().all(u8::is_ascii_digit);
        let goes_on = self.account.compounds > 0
            && compound.lead.single() == Some(b' ')
            && text.len() <= ACCOUNT_GROUP_CHARS
            && text.bytes().all(|b| b.is_ascii_alphanumeric())
            && self.account.chars.len() + text.len() <= *ACCOUNT_CHARS.end();
        if begins || !goes_on {
            self.account.clear();
        }
        if begins || goes_on {
            self.account.push(b' ', text);
            self.account.compounds += 1;
        }
    }
}

/// Whether what stands between two groups of digits may be part of a number.
fn may_stand_in_number(gap: Gap) -> bool {
    let stands =
        |gap: &[u8]| matches!(gap, b" " | b"-" | b"(" | b")" | b" (" | b") " | b")-" | b" - ");
    gap.chars().is_some_and(stands)
}

/// Whether the check digits of an IBAN fit (ISO 7064, MOD 97-10).
fn is_valid(account: &str) -> bool {
    let (head, body) = account.split_at(ACCOUNT_GROUP_CHARS);
    let digits = body.bytes().chain(head.bytes()).map(|b| match b {
        b'0'..=b'9' => (u32::from(b - b'0'), 10),
        _ => (u32::from(b - b'a') + 10, 100),
    });
    digits.fold(0, |rest, (value, base)| (rest * base + value) % 97) == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digits_of_an_account_tell_it() {
        for valid in
            ["de89370400440532013000", "gb29nwbk60161331926819", "fr1420041010050500013m02606"]
        {
            assert!(is_valid(valid));
            assert!(!is_valid(&valid.replacen('0', "1", 1)));
        }
    }
}
