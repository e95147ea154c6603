//! Words that are written as one: `e-mail`, `O'Brien`, `jane.doe@globex.com`, `1,299.99`.
//!
//! A compound is a chain of words with a single character between two of them. It is
//! found by its words, and as a whole by *keys*: what it is without what stands between
//! them, so that `e-mail` meets `email`. Index and query take the same keys from here.
//!
//! Guarantees: the time for a text and the number of its keys grow with its length; a
//! key is at most as long as a term.
//!
//! Left out on purpose: spellings that only a dictionary tells, but for those of
//! [`closed_compound`](super::closed_compound).

use std::ops::Range;

use super::closed_compound::{closed_compound, compound_of};
use super::hangul::letters;
use super::numbers::{amount, digit_keys, is_date};
use super::term::MAX_TERM_BYTES;
use super::token::{Gap, Kind, Token};

/// The most words of a compound. What is longer is a path or data, and falls into several.
const MAX_PARTS: usize = 12;
/// The most words that are written as one word by anybody.
const MAX_JOINED_PARTS: usize = 6;
/// The longest ending of host names that are not one's own.
const MAX_SUFFIX_CHARS: usize = 5;
/// The most letters on each side of an ampersand, as in `AT&T`.
const MAX_AMPERSAND_CHARS: usize = 4;

/// A word with a sign in front of it.
pub(super) const DOT_NET: &str = ".net";

/// A word of a compound.
#[derive(Clone, Debug)]
struct Part {
    text: Range<usize>,
    /// As others spell it.
    other: Option<Range<usize>>,
    /// What stands in front of it within the compound.
    joiner: u8,
    /// Where it stands in the text.
    span: Range<usize>,
}

/// Words with a single character between two of them; mostly, it is one word.
#[derive(Clone, Debug, Default)]
pub(super) struct Compound {
    chars: String,
    parts: Vec<Part>,
    /// What stands in front of it.
    pub(super) lead: Gap,
    /// What stands behind it.
    pub(super) trail: Gap,
}

/// What some words of a compound are found as, together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) parts: Range<usize>,
    pub(super) text: String,
    /// Whether it is inflected as a word is.
    pub(super) is_word: bool,
    is_amount: bool,
    pub(super) asked: Asked,
}

impl Key {
    fn new(parts: Range<usize>, text: String, asked: Asked) -> Self {
        Self { parts, text, is_word: false, is_amount: false, asked }
    }

    fn word(parts: Range<usize>, text: String, asked: Asked) -> Self {
        Self { is_word: true, ..Self::new(parts, text, asked) }
    }
}

/// What a query does with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// Nothing: it is there for those who ask for a part.
    Never,
    /// It asks for the key in place of the words.
    Alone,
    /// The same, or for the words behind each other.
    OrPhrase,
}

impl Compound {
    pub(super) fn clear(&mut self) {
        self.chars.clear();
        self.parts.clear();
    }

    pub(super) fn len(&self) -> usize {
        self.parts.len()
    }

    /// Adds a word behind what [`joiner`](Self::joiner) found in front of it.
    pub(super) fn push(&mut self, text: &str, other: Option<&str>, joiner: u8, span: Range<usize>) {
        let mut add = |text: &str| {
            let start = self.chars.len();
            self.chars.push_str(text);
            start..self.chars.len()
        };
        let (text, other) = (add(text), other.map(&mut add));
        self.parts.push(Part { text, other, joiner, span });
    }

    /// What joins a word to the compound, where it goes on with it.
    pub(super) fn joiner(&self, gap: Gap, next: &str) -> Option<u8> {
        let before = self.text(self.len().checked_sub(1)?);
        let joiner = match gap.chars()? {
            [single] => *single,
            b" & " if before.len() <= 2 && next.len() <= 2 => b'&',
            _ => return None,
        };
        let joins = match joiner {
            b'\'' | b'-' | b'.' | b'_' | b'&' | b'/' | b'@' | b':' | b',' | b'+' => true,
            // In Hebrew it marks an abbreviation.
            b'"' => is_hebrew(before) && is_hebrew(next),
            _ => false,
        };
        (joins && self.len() < MAX_PARTS).then_some(joiner)
    }

    /// A word as it is written, folded.
    pub(super) fn text(&self, part: usize) -> &str {
        &self.chars[self.parts[part].text.clone()]
    }

    /// A word as others spell it.
    pub(super) fn other(&self, part: usize) -> Option<&str> {
        Some(&self.chars[self.parts[part].other.clone()?])
    }

    /// Where a word stands in the text.
    pub(super) fn span(&self, part: usize) -> Range<usize> {
        self.parts[part].span.clone()
    }

    pub(super) fn token(&self, part: usize) -> Token<'_> {
        Token { text: self.text(part), kind: Kind::Word }
    }

    fn joiner_of(&self, part: usize) -> u8 {
        self.parts[part].joiner
    }

    fn joined(&self, parts: Range<usize>) -> String {
        parts.map(|part| self.text(part)).collect()
    }

    /// Whether all words of it are numbers.
    pub(super) fn is_digits(&self) -> bool {
        (0..self.len()).all(|part| is_digits(self.text(part)))
    }

    /// The words of it that are numbers, with what stands between them.
    pub(super) fn digit_groups(&self, parts: Range<usize>) -> Vec<(u8, &str)> {
        parts.map(|part| (self.joiner_of(part), self.text(part))).collect()
    }

    /// Where the word begins whose beginning the compound ends with, or the address.
    pub(super) fn beginning(&self) -> usize {
        let starts_word = |part: &usize| match self.joiner_of(*part) {
            b'@' | b'+' => false,
            joiner => is_strong(joiner),
        };
        let is_number = self.is_digits();
        (1..self.len()).rev().find(|part| starts_word(part) && !is_number).unwrap_or(0)
    }

    /// What keys begin with that it is the beginning of.
    pub(super) fn beginnings(&self) -> Vec<String> {
        let parts = self.beginning()..self.len();
        let at = parts.clone().find(|part| self.joiner_of(*part) == b'@');
        let joined = match at.filter(|at| *at > parts.start) {
            Some(at) => format!("{}@{}", self.joined(parts.start..at), self.joined(at..parts.end)),
            None => self.joined(parts.clone()),
        };
        let mut beginnings = vec![joined];
        if self.is_digits() {
            beginnings.extend(amount(&self.digit_groups(0..self.len())));
        } else if parts.len() == 1 {
            beginnings.extend(self.other(parts.start).map(str::to_owned));
        }
        beginnings.dedup();
        beginnings
    }

    /// How many letters that has.
    pub(super) fn letters_of_beginning(&self) -> usize {
        (self.beginning()..self.len()).map(|part| letters(self.text(part))).sum()
    }

    /// Whether a word means nothing without what it stands beside, as a letter of an acronym
    /// or the cents of an amount: found in phrases, and else by the whole alone.
    pub(super) fn is_hidden(&self, part: usize, keys: &[Key]) -> bool {
        let text = self.text(part);
        let is_of_amount = |key: &Key| key.is_amount && key.parts.contains(&part);
        if is_digits(text) {
            return keys.iter().any(is_of_amount);
        }
        if self.symbol_key(part).is_some_and(|key| key == DOT_NET) {
            return true;
        }
        if text.len() > 1 || !text.as_bytes()[0].is_ascii_lowercase() {
            return false;
        }
        let hides = |joiner| matches!(joiner, b'\'' | b'.' | b'&');
        let is_joined = (part > 0 && hides(self.joiner_of(part)))
            || (part + 1 < self.len() && hides(self.joiner_of(part + 1)));
        self.symbol_key(part).is_some()
            || is_joined && keys.iter().any(|key| key.parts.contains(&part))
            || self.is_clitic(part)
    }

    /// Whether it says nothing of the host whose name it begins.
    pub(super) fn is_www(&self, part: usize) -> bool {
        part == 0 && self.len() > 1 && self.text(0) == "www" && self.joiner_of(1) == b'.'
    }

    /// A possessive, and what English makes of pronouns and verbs: `we're` is not `were`.
    fn is_clitic(&self, part: usize) -> bool {
        part > 0
            && matches!(self.text(part), "s" | "re" | "ll" | "ve" | "d" | "m")
            && self.joiner_of(part) == b'\''
            && (part + 1 == self.len() || self.joiner_of(part + 1) != b'\'')
    }

    /// Whether it is nothing but a word of letters from a to z.
    pub(super) fn is_plain(&self) -> bool {
        self.len() == 1
            && self.other(0).is_none()
            && self.text(0).bytes().all(|b| b.is_ascii_lowercase())
            && !self.may_have_sign()
    }

    fn may_have_sign(&self) -> bool {
        [b"+", b"#", b"."]
            .into_iter()
            .any(|sign| self.lead.ends_with(sign) || self.trail.starts_with(sign))
    }

    /// `C++`, `C#`, `.NET`: a word with a sign that is part of it.
    fn symbol_key(&self, part: usize) -> Option<String> {
        if !self.may_have_sign() {
            return None;
        }
        let text = self.text(part);
        if part + 1 == self.len() {
            let trail = &self.trail;
            if trail.starts_with(b"++") && text.bytes().all(|b| b.is_ascii_lowercase()) {
                return Some(format!("{text}++"));
            }
            if trail.starts_with(b"#") && text.len() == 1 && text.as_bytes()[0] > b'9' {
                return Some(format!("{text}#"));
            }
        }
        let is_dotted = part == 0 && self.lead.ends_with(b".");
        (is_dotted && DOT_NET[1..] == *text).then(|| DOT_NET.to_owned())
    }

    /// How many characters in front of it and behind it are part of a word.
    pub(super) fn sign_chars(&self) -> (usize, usize) {
        let before = self.symbol_key(0).map_or(0, |key| usize::from(key.starts_with('.')));
        let last = self.symbol_key(self.len() - 1);
        (before, last.map_or(0, |key| key.bytes().filter(|b| matches!(b, b'+' | b'#')).count()))
    }

    /// Widens the words that such signs are part of.
    pub(super) fn widen(&mut self, start: usize, end: usize) {
        if let Some(first) = self.parts.first_mut() {
            first.span.start = start;
        }
        if let Some(last) = self.parts.last_mut() {
            last.span.end = end;
        }
    }

    /// What it is found as, in the order of the ends.
    pub(super) fn keys(&self) -> Vec<Key> {
        let mut keys = Vec::new();
        if self.len() > 1 {
            self.add_digits(&mut keys);
            self.add_addresses(&mut keys);
            self.add_ampersands(&mut keys);
            let host_end = self.host_end();
            for segment in self.segments() {
                if segment.start < host_end {
                    self.add_segment(segment, &mut keys);
                }
            }
        }
        for part in 0..self.len() {
            self.add_part(part, &mut keys);
        }
        keys.sort_by_key(|key| key.parts.end);
        keys
    }

    /// Where the path of a URL begins; its words are found one by one.
    fn host_end(&self) -> usize {
        let is_url = self.lead.ends_with(b"://") || self.text(0) == "www";
        let path = (1..self.len()).find(|part| is_url && self.joiner_of(*part) == b'/');
        path.unwrap_or(self.len())
    }

    /// Ranges of words without `/`, `:`, `@`, `,`, `+`, `&` between them.
    fn segments(&self) -> Vec<Range<usize>> {
        let mut segments = Vec::new();
        let mut start = 0;
        let is_number = self.is_number_with_letters();
        for part in 1..=self.len() {
            if part == self.len() || is_strong(self.joiner_of(part)) && !is_number {
                segments.push(start..part);
                start = part;
            }
        }
        segments
    }

    /// Whether it is one number with all its words: `INV/2024/00317`.
    fn is_number_with_letters(&self) -> bool {
        let joins = |part| matches!(self.joiner_of(part), b'/' | b'-' | b'_');
        let count = (0..self.len()).filter(|part| is_digits(self.text(*part))).count();
        (1..self.len()).all(joins) && count > 0 && count + 1 == self.len()
    }

    /// Numbers that no letter is joined to.
    fn add_digits(&self, keys: &mut Vec<Key>) {
        let mut start = 0;
        while start < self.len() {
            let is_number = |part: &usize| is_digits(self.text(*part));
            let end = (start..self.len()).find(|part| !is_number(part)).unwrap_or(self.len());
            let is_apart =
                |part: usize| part == 0 || part == self.len() || is_strong(self.joiner_of(part));
            // `INV-2024-0317` is asked for without its letters as well.
            let is_tail = start > 0 && !is_apart(start) && end == self.len();
            let is_tail = is_tail
                && (start..end).all(|part| matches!(self.joiner_of(part), b'-' | b'/' | b'_'));
            if end - start > 1 && is_tail {
                let number = digit_keys(&self.digit_groups(start..end), false).pop();
                keys.extend(number.map(|it| Key::new(start..end, it, Asked::Never)));
            }
            if end - start > 1 && is_apart(start) {
                // `2.4.0-beta.2` is a version as well.
                let is_version = end < self.len()
                    && self.joiner_of(end) == b'-'
                    && (start + 1..end).all(|part| self.joiner_of(part) == b'.');
                if is_apart(end) {
                    self.add_number(start..end, keys);
                } else if let Some(day) = self.day_before_time(end) {
                    let mut groups = self.digit_groups(start..end);
                    groups.push((self.joiner_of(end), day));
                    if is_date(&groups) {
                        let date = digit_keys(&groups, false).pop();
                        keys.extend(date.map(|it| Key::new(start..end + 1, it, Asked::Never)));
                    }
                } else if is_version {
                    let version = digit_keys(&self.digit_groups(start..end), false).pop();
                    keys.extend(version.map(|it| Key::new(start..end, it, Asked::Never)));
                }
            }
            start = end + 1;
        }
    }

    /// The day of a date with a time behind it, as in `2024-05-12T10:30`.
    fn day_before_time(&self, part: usize) -> Option<&str> {
        let (day, hour) = self.parts.get(part).and_then(|_| self.text(part).split_once('t'))?;
        (is_digits(day) && is_digits(hour) && day.len() == 2 && hour.len() == 2).then_some(day)
    }

    fn add_number(&self, parts: Range<usize>, keys: &mut Vec<Key>) {
        let groups = self.digit_groups(parts.clone());
        if let Some(amount) = amount(&groups) {
            // Who asks for it may leave out the cents.
            if let Some((whole, _)) = amount.split_once('.') {
                keys.push(Key::new(parts.clone(), whole.to_owned(), Asked::Never));
            }
            keys.push(Key { is_amount: true, ..Key::new(parts, amount, Asked::Alone) });
            return;
        }
        // The month of a day, the minute of a second.
        let is_time = groups.len() == 3 && groups[1..].iter().all(|(mark, _)| *mark == b':');
        if is_time || is_date(&groups) && groups[0].1.len() == 4 {
            let key = digit_keys(&groups[..2], false).pop();
            keys.extend(key.map(|it| Key::new(parts.start..parts.start + 2, it, Asked::Never)));
        }
        // `10,000-15,000`: two amounts.
        let split = (1..groups.len()).find(|at| matches!(groups[*at].0, b'-' | b'/'));
        if let Some((first, second)) = split.map(|at| groups.split_at(at))
            && let (Some(one), Some(other)) = (amount(first), amount(second))
        {
            let middle = parts.start + first.len();
            keys.push(Key::new(parts.start..middle, one, Asked::Never));
            keys.push(Key::new(middle..parts.end, other, Asked::Never));
        }
        let mut texts = digit_keys(&groups, parts.start == 0 && self.has_plus());
        let asked = texts.pop();
        keys.extend(texts.into_iter().map(|text| Key::new(parts.clone(), text, Asked::Never)));
        keys.extend(asked.map(|text| Key::new(parts, text, Asked::Alone)));
    }

    /// Whether a plus stands in front of it.
    pub(super) fn has_plus(&self) -> bool {
        self.lead.ends_with(b"+") || self.lead.ends_with(b"+(")
    }

    fn add_addresses(&self, keys: &mut Vec<Key>) {
        for at in (1..self.len()).filter(|part| self.joiner_of(*part) == b'@') {
            let ends_local = |joiner| is_strong(joiner) && joiner != b'+';
            let start = (1..at).rev().find(|part| ends_local(self.joiner_of(*part))).unwrap_or(0);
            let end = (at + 1..self.len()).find(|part| is_strong(self.joiner_of(*part)));
            // `jane@globex.com's`
            let end = end.unwrap_or(self.len() - usize::from(self.is_clitic(self.len() - 1)));
            if end <= at {
                continue;
            }
            let text = format!("{}@{}", self.joined(start..at), self.joined(at..end));
            if text.len() <= MAX_TERM_BYTES {
                keys.push(Key::new(start..end, text, Asked::Alone));
            }
        }
    }

    fn add_ampersands(&self, keys: &mut Vec<Key>) {
        for part in (1..self.len()).filter(|part| self.joiner_of(*part) == b'&') {
            let (first, second) = (self.text(part - 1), self.text(part));
            let is_short = |text: &str| {
                text.len() <= MAX_AMPERSAND_CHARS && !text.bytes().any(|b| b.is_ascii_digit())
            };
            if !is_short(first) || !is_short(second) {
                continue;
            }
            let parts = part - 1..part + 1;
            let text = format!("{first}&{second}");
            keys.push(Key::new(parts.clone(), text, Asked::Alone));
            if first.len() + second.len() > 2 {
                let text = [first, second].concat();
                keys.push(Key::word(parts, text, Asked::Never));
            }
        }
    }

    fn add_segment(&self, mut parts: Range<usize>, keys: &mut Vec<Key>) {
        if parts.len() > 1 && self.is_clitic(parts.end - 1) {
            parts.end -= 1;
        }
        if self.is_www(parts.start) {
            parts.start += 1;
        }
        if parts.len() < 2 || parts.clone().all(|part| is_digits(self.text(part))) {
            return;
        }
        if let Some(version) = self.version(parts.clone()) {
            keys.push(Key::new(parts, version, Asked::Alone));
            return;
        }
        if parts.len() > MAX_JOINED_PARTS {
            return;
        }
        let is_acronym = parts.clone().all(|part| self.text(part).len() == 1)
            && parts.clone().skip(1).all(|part| self.joiner_of(part) == b'.');
        // A text that has it with spaces is filed under the key as well.
        let is_closed = closed_compound(&self.joined(parts.clone())).is_some();
        let asked = if is_acronym || is_closed { Asked::Alone } else { Asked::OrPhrase };
        self.add_joined(parts.clone(), asked, keys);
        self.add_labels(parts.clone(), keys);
        self.add_inner(parts, keys);
    }

    fn add_joined(&self, parts: Range<usize>, asked: Asked, keys: &mut Vec<Key>) {
        let text = self.joined(parts.clone());
        if text.len() <= MAX_TERM_BYTES {
            keys.push(Key::word(parts.clone(), text, asked));
        }
        if parts.clone().any(|part| self.other(part).is_some()) {
            let spelled = |part| self.other(part).unwrap_or_else(|| self.text(part));
            let text: String = parts.clone().map(spelled).collect();
            if text.len() <= MAX_TERM_BYTES {
                keys.push(Key::word(parts, text, Asked::Never));
            }
        }
    }

    /// `v2.3.1`, without its letter.
    fn version(&self, parts: Range<usize>) -> Option<String> {
        let first = self.text(parts.start).strip_prefix('v').filter(|rest| is_digits(rest))?;
        let mut groups = vec![(0, first)];
        groups.extend(self.digit_groups(parts.start + 1..parts.end));
        let is_version =
            groups[1..].iter().all(|(joiner, text)| *joiner == b'.' && is_digits(text));
        if !is_version {
            return None;
        }
        amount(&groups).or_else(|| digit_keys(&groups, false).pop())
    }

    /// What stands between the dots of a name, and all behind one of its dots: the domain
    /// of a host.
    fn add_labels(&self, parts: Range<usize>, keys: &mut Vec<Key>) {
        let mut starts = vec![parts.start];
        let further = parts.clone().skip(1);
        starts.extend(further.filter(|part| self.joiner_of(*part) == b'.'));
        if starts.len() == 1 {
            return;
        }
        let ends = starts[1..].iter().copied().chain([parts.end]);
        for (start, end) in starts.iter().copied().zip(ends) {
            if end - start > 1 && !is_digits(self.text(start)) {
                self.add_joined(start..end, Asked::Never, keys);
            }
        }
        let last = self.text(parts.end - 1);
        let is_name = last.len() > 1 && !last.bytes().any(|b| b.is_ascii_digit());
        if is_name {
            for start in &starts[1..starts.len() - 1] {
                // `co.uk` is nobody's.
                if self.joined(*start..parts.end).len() > MAX_SUFFIX_CHARS {
                    self.add_joined(*start..parts.end, Asked::Never, keys);
                }
            }
        }
    }

    /// What is one word within a longer compound: `O'Brien-Mueller`, `e-mail-address`.
    fn add_inner(&self, parts: Range<usize>, keys: &mut Vec<Key>) {
        let mut start = parts.start;
        for part in parts.start + 1..=parts.end {
            let goes_on = part < parts.end && self.joiner_of(part) == b'\'';
            if !goes_on {
                if part - start > 1 && part - start < parts.len() {
                    self.add_joined(start..part, Asked::Never, keys);
                }
                start = part;
            }
            let is_pair = part < parts.end && self.joiner_of(part) == b'-' && parts.len() > 2;
            if is_pair && let Some(word) = compound_of(self.text(part - 1), self.text(part)) {
                keys.push(Key::word(part - 1..part + 1, word.to_owned(), Asked::Never));
            }
        }
    }

    fn add_part(&self, part: usize, keys: &mut Vec<Key>) {
        if let Some(text) = self.symbol_key(part) {
            keys.push(Key::new(part..part + 1, text, Asked::Alone));
        }
    }
}

/// Whether it parts what is written as one word by nobody.
fn is_strong(joiner: u8) -> bool {
    matches!(joiner, b'/' | b':' | b'@' | b',' | b'+' | b'&')
}

/// Whether a word is a number.
pub(super) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_hebrew(text: &str) -> bool {
    text.chars().all(|c| matches!(c, '\u{590}'..='\u{5FF}'))
}
