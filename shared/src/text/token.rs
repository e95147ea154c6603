//! Splitting a text into tokens.
//!
//! Guarantees: every letter, digit and kept mark of the folded text is in
//! exactly one token, in order; a token is never empty; a text is walked once,
//! and only the part of it up to the next ASCII white space is held folded. Each token
//! knows what stands in front of it, since that may make one word of two.
//!
//! Where a token stands in the text is found only where it is asked for, in a walk that
//! folds one cluster of characters after the other.
//!
//! Left out on purpose: there is no dictionary. A run of a script that is
//! written without spaces falls into units, and where its words begin and end
//! is not decided here or anywhere.

use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use super::fold::{ZERO_WIDTH_SPACE, first_cluster_len, first_part_len, fold_into};
use super::respelling::respelled;
use super::script::is_unspaced;

/// A piece of a folded text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    /// The folded characters, not inflected and not shortened.
    pub(super) text: &'a str,
    /// What kind of token it is.
    pub(super) kind: Kind,
}

/// The kinds of token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word of a script that puts something between words.
    Word,
    /// The first unit of a run: one character of an unspaced script with the
    /// marks that stand on it.
    RunStart,
    /// A further unit of a run, with nothing between it and the one before.
    RunOn,
}

/// What stands between two tokens, or in front of the first and behind the last: a few
/// characters of ASCII, or more than tells anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Gap {
    /// The first of them.
    chars: [u8; Gap::MAX_CHARS],
    /// The last of them, at the end.
    last: [u8; Gap::MAX_CHARS],
    len: usize,
}

impl Gap {
    const MAX_CHARS: usize = 4;

    /// Its characters. `None` where there are more than tell anything.
    pub(super) fn chars(&self) -> Option<&[u8]> {
        self.chars.get(..self.len)
    }

    /// The character, where it is a single one.
    pub(super) fn single(&self) -> Option<u8> {
        (self.len == 1).then_some(self.chars[0])
    }

    /// Whether it begins with these, of which there are few.
    pub(super) fn starts_with(&self, chars: &[u8]) -> bool {
        self.chars[..self.len.min(Self::MAX_CHARS)].starts_with(chars)
    }

    /// Whether it ends with these, of which there are few.
    pub(super) fn ends_with(&self, chars: &[u8]) -> bool {
        self.last[Self::MAX_CHARS - self.len.min(Self::MAX_CHARS)..].ends_with(chars)
    }

    fn push(&mut self, c: u8) {
        self.last.rotate_left(1);
        self.last[Self::MAX_CHARS - 1] = c;
        if let Some(place) = self.chars.get_mut(self.len) {
            *place = c;
        }
        self.len = (self.len + 1).min(Self::MAX_CHARS + 1);
    }
}

/// The tokens of one text. It lends each token, which is why it is no
/// [`Iterator`].
pub(super) struct Tokens<'t> {
    text: &'t str,
    /// What is not folded yet.
    rest: &'t str,
    /// The part that is being split, folded.
    part: String,
    /// The last token in `part`.
    last: Range<usize>,
    kind: Kind,
    /// The part in another spelling, with as many tokens, where there is one, and the last
    /// token in it.
    respelled: Option<(String, Range<usize>)>,
    gap: Gap,
    in_run: bool,
    clusters: Option<Clusters>,
}

/// Where the clusters of the part that is being split stand.
#[derive(Default)]
struct Clusters {
    /// Where the part begins in the text.
    start: usize,
    /// Of each cluster its end in the folded part, and its end in the text.
    ends: Vec<(usize, usize)>,
}

/// Splits a text.
pub(super) fn tokens(text: &str) -> Tokens<'_> {
    Tokens {
        text,
        rest: text,
        part: String::new(),
        last: 0..0,
        kind: Kind::Word,
        respelled: None,
        gap: Gap::default(),
        in_run: false,
        clusters: None,
    }
}

/// Splits a text into the same tokens, more slowly, and knows where they stand.
pub(super) fn tokens_with_spans(text: &str) -> Tokens<'_> {
    Tokens { clusters: Some(Clusters::default()), ..tokens(text) }
}

impl Tokens<'_> {
    /// The bytes of the text that the last token was made of. Several tokens that were
    /// made of one character have the same. Empty before the first token, and for
    /// [`tokens`].
    pub(super) fn span(&self) -> Range<usize> {
        let Some(Clusters { start, ends }) = &self.clusters else { return 0..0 };
        let before = ends.partition_point(|(folded, _)| *folded <= self.last.start);
        let last = ends.partition_point(|(folded, _)| *folded < self.last.end);
        let start = before.checked_sub(1).map_or(*start, |before| ends[before].1);
        start..ends.get(last).map_or(start, |(_, end)| *end)
    }

    /// A span with so many characters in front of it and behind it. Without spans, it is
    /// empty.
    pub(super) fn widened(&self, span: Range<usize>, before: usize, behind: usize) -> Range<usize> {
        if self.clusters.is_none() {
            return span;
        }
        let len = |c: char| c.len_utf8();
        let before: usize = self.text[..span.start].chars().rev().take(before).map(len).sum();
        let behind: usize = self.text[span.end..].chars().take(behind).map(len).sum();
        span.start - before..span.end + behind
    }

    /// The last token.
    pub(super) fn last(&self) -> Token<'_> {
        Token { text: &self.part[self.last.clone()], kind: self.kind }
    }

    /// What stands in front of the last token, or at the end of the text.
    pub(super) fn gap(&self) -> Gap {
        self.gap
    }

    /// The last token as others spell it, folded, where it has a letter that is also
    /// written as two.
    pub(super) fn other_spelling(&self) -> Option<&str> {
        let (part, last) = self.respelled.as_ref()?;
        let other = &part[last.clone()];
        (other != &self.part[self.last.clone()]).then_some(other)
    }

    /// The next token, valid until the next call.
    pub(super) fn next_token(&mut self) -> Option<Token<'_>> {
        self.gap = Gap::default();
        let start = loop {
            let rest = &self.part[self.last.end..];
            let mut separators = rest.char_indices();
            let word = separators.find(|(_, c)| {
                let separates = separates(*c);
                if separates {
                    // A zero width space invites a line break; a run goes on beyond it.
                    self.in_run &= *c == ZERO_WIDTH_SPACE;
                    self.gap.push(u8::try_from(*c).unwrap_or(b' '));
                }
                !separates
            });
            if let Some((word, _)) = word {
                break self.last.end + word;
            }
            self.fold_next_part()?;
        };
        let (end, is_unit) = end_of_token(&self.part, start);
        let kind = match (is_unit, self.in_run) {
            (false, _) => Kind::Word,
            (true, false) => Kind::RunStart,
            (true, true) => Kind::RunOn,
        };
        self.last = start..end;
        self.kind = kind;
        self.in_run = is_unit;
        if let Some((part, last)) = &mut self.respelled {
            let word = part[last.end..].find(|c| !separates(c));
            let start = word.map_or(part.len(), |word| last.end + word);
            *last = start..end_of_token(part, start).0;
        }
        Some(self.last())
    }

    /// Goes on to the next part of the text, if there is one.
    fn fold_next_part(&mut self) -> Option<()> {
        self.part.clear();
        self.last = 0..0;
        self.respelled = None;
        if self.rest.is_empty() {
            return None;
        }
        let (part, rest) = self.rest.split_at(first_part_len(self.rest));
        match &mut self.clusters {
            None => fold_into(&mut self.part, part),
            Some(clusters) => clusters.fold_into(&mut self.part, part),
        }
        self.respelled = respelled(part).map(|other| {
            let mut folded = String::new();
            fold_into(&mut folded, &other);
            (folded, 0..0)
        });
        self.rest = rest;
        Some(())
    }
}

impl Clusters {
    /// Folds the next part of the text.
    fn fold_into(&mut self, folded: &mut String, mut part: &str) {
        let mut end = self.ends.last().map_or(self.start, |(_, end)| *end);
        self.start = end;
        self.ends.clear();
        while !part.is_empty() {
            let (cluster, rest) = part.split_at(first_cluster_len(part));
            fold_into(folded, cluster);
            end += cluster.len();
            self.ends.push((folded.len(), end));
            part = rest;
        }
    }
}

/// Where a token ends, and whether it is a unit of a run.
fn end_of_token(part: &str, start: usize) -> (usize, bool) {
    let Some(first) = part[start..].chars().next() else { return (start, false) };
    let behind_first = start + first.len_utf8();
    let is_unit = !first.is_ascii() && is_unspaced(first);
    if is_unit {
        let len = part[behind_first..].find(|c| !is_mark(c));
        return (len.map_or(part.len(), |len| behind_first + len), true);
    }
    // Nearly all words are of ASCII, to their end or to the first letter that is none.
    let of_ascii = part.bytes().skip(behind_first).take_while(u8::is_ascii_alphanumeric).count();
    let from = behind_first + of_ascii;
    if part.as_bytes().get(from).is_none_or(u8::is_ascii) {
        return (from, false);
    }
    let len = part[from..].find(ends_word);
    (len.map_or(part.len(), |len| from + len), false)
}

fn separates(c: char) -> bool {
    c == ZERO_WIDTH_SPACE || c.is_ascii() && !c.is_ascii_alphanumeric()
}

fn is_mark(c: char) -> bool {
    !c.is_ascii() && is_combining_mark(c)
}

fn ends_word(c: char) -> bool {
    separates(c) || (is_unspaced(c) && !is_mark(c))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::any_text;
    use super::*;

    /// Words as they are, the units of a run joined by `+`.
    fn split(text: &str) -> String {
        let mut split = String::new();
        let mut tokens = tokens(text);
        while let Some(token) = tokens.next_token() {
            split.push_str(if token.kind == Kind::RunOn { "+" } else { " " });
            split.push_str(token.text);
        }
        split.trim_start().to_owned()
    }

    #[test]
    fn words_end_at_everything_that_is_no_letter_digit_or_mark() {
        assert_eq!(split("Jane's con_123: 1,000.50 v2.3"), "jane s con 123 1 000 50 v2 3");
        assert_eq!(split("a.b@example.com"), "a b example com");
        assert_eq!(split("…!? -- 🙂"), "");
    }

    #[test]
    fn runs_part_from_their_neighbours_and_fall_into_units() {
        assert_eq!(split("iPhone値下げ2024年"), "iphone 値+下+げ 2024 年");
        assert_eq!(split("東京、大阪"), "東+京 大+阪");
        assert_eq!(split("人々のデーター"), "人+々+の+デ+ー+タ+ー");
        assert_eq!(split("ไม่ดี"), "ไ+ม+ดี");
    }

    #[test]
    fn a_zero_width_space_parts_words_but_not_a_run() {
        assert_eq!(split("ab\u{200B}cd"), "ab cd");
        assert_eq!(split("ដំ\u{200B}បូង"), "ដំ+បូ+ង");
        assert_eq!(split("ដំ \u{200B}បូ"), "ដំ បូ");
    }

    #[test]
    fn spaced_scripts_keep_their_words_whole() {
        assert_eq!(split("हिन्दी में"), "हिंदी में");
        assert_eq!(split("회의를 했다"), "회의를 했다");
        assert_eq!(split("мʼята м’ята"), "м ята м ята");
    }

    /// Each token with what it was made of.
    fn spans(text: &str) -> Vec<(String, &str)> {
        let mut spans = Vec::new();
        let mut tokens = tokens_with_spans(text);
        while let Some(token) = tokens.next_token() {
            let token = token.text.to_owned();
            spans.push((token, &text[tokens.span()]));
        }
        spans
    }

    #[test]
    fn a_token_stands_where_its_characters_stand() {
        for (text, expected) in [
            ("Jane’s  CAFÉ!", "jane=Jane s=s cafe=CAFÉ"),
            ("cafe\u{301} fi\u{AD}sh", "cafe=cafe\u{301} fish=fi\u{AD}sh"),
            ("新型iPhone値下げ。", "新=新 型=型 iphone=iPhone 値=値 下=下 げ=げ"),
            ("ｶﾞｰﾄﾞ", "ガ=ｶﾞ ー=ｰ ド=ﾄﾞ"),
            ("Acme™ 2½", "acme=Acme tm=™ 2=2 1=½ 2=½"),
            ("ﬁn Straße", "fin=ﬁn strasse=Straße"),
            ("한국어 ㄱㅏ", "한국어=한국어 가=ㄱㅏ"),
            ("א🙂ב", "א=א ב=ב"),
            ("\u{301}\u{200D}a ㍿", "a=a 株=㍿ 式=㍿ 会=㍿ 社=㍿"),
        ] {
            let found: Vec<String> =
                spans(text).iter().map(|(token, part)| format!("{token}={part}")).collect();
            assert_eq!(found.join(" "), expected);
        }
        assert_eq!(tokens_with_spans("a").span(), 0..0);
        let mut without = tokens("a");
        assert!(without.next_token().is_some());
        assert_eq!(without.span(), 0..0);
    }

    proptest! {
        #[test]
        fn a_token_with_its_span_is_the_same_and_is_made_of_what_stands_there(text in any_text()) {
            let (mut plain, mut spanned) = (tokens(&text), tokens_with_spans(&text));
            let mut start = 0;
            while let Some(token) = plain.next_token() {
                prop_assert_eq!(spanned.next_token(), Some(token));
                let span = spanned.span();
                prop_assert!(span.start >= start, "{:?}", span);
                start = span.start;
                let part = &text[span];
                let mut alone = tokens(part);
                let mut is_there = false;
                while let Some(found) = alone.next_token() {
                    is_there |= found.text == token.text;
                }
                prop_assert!(is_there, "{} in {}", token.text, part);
            }
            prop_assert_eq!(spanned.next_token(), None);
        }
    }
}
