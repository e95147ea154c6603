//! What a text is read as: its words as they are written, and what else they are found as.
//!
//! Index and query are told the same, so they cannot disagree. A reader is told of a word
//! first, and then of all that ends with it.

use std::ops::Range;

use super::closed_compound::compound_of;
use super::compound::{Compound, Key};
use super::hangul;
use super::number_run::{NumberRun, RunKeys};
use super::numbers::digit_keys;
use super::token::{Kind, Token, Tokens};

/// Who is told what a text is read as.
pub(super) trait Reader {
    /// The next word or unit as it is written. A hidden one is found in phrases alone.
    fn token(&mut self, token: Token<'_>, is_hidden: bool, span: Range<usize>);
    /// What the last words are also found as.
    fn also(&mut self, found_as: FoundAs<'_>, words: usize);
    /// Whether it needs to be told of no more.
    fn is_done(&self) -> bool {
        false
    }
}

/// What words are found as, beside themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FoundAs<'a> {
    /// A word, which is inflected.
    Word(&'a str),
    /// Just this.
    Exactly(&'a str),
}

/// Who is told of the compounds of a text, and of the units of its runs.
pub(super) trait Visitor {
    /// The next compound; mostly, it is one word.
    fn compound(&mut self, compound: &Compound);
    /// The next unit of a run.
    fn unit(&mut self, unit: Token<'_>, span: Range<usize>);
    /// Whether it needs to be told of no more.
    fn is_done(&self) -> bool {
        false
    }
}

/// Parts a text into compounds and units.
pub(super) fn visit(mut tokens: Tokens<'_>, visitor: &mut impl Visitor) {
    let mut compound = Compound::default();
    while tokens.next_token().is_some() && !visitor.is_done() {
        let (token, gap, span) = (tokens.last(), tokens.gap(), tokens.span());
        if token.kind == Kind::Word
            && let Some(joiner) = compound.joiner(gap, token.text)
        {
            compound.push(token.text, tokens.other_spelling(), joiner, span);
            continue;
        }
        compound.trail = gap;
        end_compound(&mut compound, &tokens, visitor);
        if token.kind == Kind::Word {
            compound.lead = gap;
            compound.push(token.text, tokens.other_spelling(), 0, span);
        } else {
            visitor.unit(token, span);
        }
    }
    compound.trail = tokens.gap();
    end_compound(&mut compound, &tokens, visitor);
}

fn end_compound(compound: &mut Compound, tokens: &Tokens<'_>, visitor: &mut impl Visitor) {
    if compound.len() > 0 {
        let (before, behind) = compound.sign_chars();
        if before + behind > 0 {
            let span = compound.span(0).start..compound.span(compound.len() - 1).end;
            let span = tokens.widened(span, before, behind);
            compound.widen(span.start, span.end);
        }
        visitor.compound(compound);
        compound.clear();
    }
}

/// Reads a text.
pub(super) fn read(tokens: Tokens<'_>, reader: &mut impl Reader) {
    let mut telling = Telling { reader, run: NumberRun::default(), before: String::new() };
    visit(tokens, &mut telling);
    telling.end_run();
}

/// Tells a reader of what a text has.
struct Telling<'r, R> {
    reader: &'r mut R,
    run: NumberRun,
    /// The word before, where a space alone parts it from what follows.
    before: String,
}

impl<R: Reader> Visitor for Telling<'_, R> {
    fn compound(&mut self, compound: &Compound) {
        if compound.is_plain() && self.run.is_empty() {
            self.reader.token(compound.token(0), false, compound.span(0));
            return self.tell_closed(compound);
        }
        let ended = self.run.add(compound);
        self.tell(ended);
        let mut keys = compound.keys();
        if self.run.ends_amount() {
            // Its end by itself is none.
            keys.clear();
        }
        let mut keys_left = &keys[..];
        for part in 0..compound.len() {
            let is_hidden = compound.is_hidden(part, &keys);
            self.reader.token(compound.token(part), is_hidden, compound.span(part));
            self.tell_word(compound, part);
            let ended = keys_left.iter().take_while(|key| key.parts.end == part + 1).count();
            for Key { parts, text, is_word, .. } in &keys_left[..ended] {
                let found_as = if *is_word { FoundAs::Word(text) } else { FoundAs::Exactly(text) };
                self.reader.also(found_as, parts.len());
            }
            keys_left = &keys_left[ended..];
        }
        self.tell(self.run.ended_account());
    }

    fn unit(&mut self, unit: Token<'_>, span: Range<usize>) {
        self.end_run();
        self.before.clear();
        self.reader.token(unit, false, span);
    }

    fn is_done(&self) -> bool {
        self.reader.is_done()
    }
}

impl<R: Reader> Telling<'_, R> {
    fn end_run(&mut self) {
        let ended = self.run.end();
        self.tell(ended);
    }

    fn tell(&mut self, keys: Option<RunKeys>) {
        let Some(RunKeys { texts, words }) = keys else { return };
        texts.iter().for_each(|text| self.reader.also(FoundAs::Exactly(text), words));
    }

    fn tell_word(&mut self, compound: &Compound, part: usize) {
        let Self { reader, before, .. } = self;
        let word = compound.text(part);
        if let Some(other) = compound.other(part) {
            reader.also(FoundAs::Word(other), 1);
        }
        for piece in pieces(word) {
            reader.also(FoundAs::Word(piece), 1);
        }
        if hangul::is_korean(word) {
            hangul::pairs(hangul::filed_part(word))
                .for_each(|pair| reader.also(FoundAs::Exactly(&pair), 1));
            hangul::other_words(word).for_each(|other| reader.also(FoundAs::Word(other), 1));
            if let Some(noun) = hangul::without_particles(word, 1) {
                reader.also(FoundAs::Word(noun), 1);
            }
        }
        if compound.len() > 1 {
            return before.clear();
        }
        if compound.is_digits() {
            let keys = digit_keys(&[(0, word)], compound.has_plus());
            // The first is the word.
            keys.iter().skip(1).for_each(|key| reader.also(FoundAs::Exactly(key), 1));
        }
        self.tell_closed(compound);
    }

    /// What a word is together with the one before.
    fn tell_closed(&mut self, compound: &Compound) {
        let word = compound.text(0);
        if compound.lead.single() == Some(b' ')
            && let Some(closed) = compound_of(&self.before, word)
        {
            self.reader.also(FoundAs::Word(closed), 2);
        }
        self.before.clear();
        self.before.push_str(word);
    }
}

/// The letters and the digits of a word that has a number: `iphone15`, `16gb`. What is
/// mixed further is an identifier, and single letters and endings of ordinals say nothing.
pub(super) fn pieces(word: &str) -> impl Iterator<Item = &str> {
    const MAX_DIGITS: usize = 12;
    let is_digit = |c: char| c.is_ascii_digit();
    let mut pieces = [""; 3];
    let (mut count, mut rest) = (0, word);
    while !rest.is_empty() && count < pieces.len() && word.contains(is_digit) {
        let of_digits = rest.starts_with(is_digit);
        let end = rest.find(|c| is_digit(c) != of_digits).unwrap_or(rest.len());
        (pieces[count], rest) = rest.split_at(end);
        count += 1;
    }
    let says_something = |piece: &&str| match piece.starts_with(is_digit) {
        true => piece.len() <= MAX_DIGITS,
        false => piece.len() > 1 && !matches!(*piece, "st" | "nd" | "rd" | "th"),
    };
    let is_mixed = !rest.is_empty() || count == 3 && pieces[0].starts_with(is_digit);
    if count < 2 || is_mixed || !pieces[..count].iter().all(says_something) {
        count = 0;
    }
    pieces.into_iter().take(count)
}

#[cfg(test)]
mod tests {
    use super::super::token::tokens_with_spans;
    use super::*;

    /// What a text is found as beside its words, and where in it.
    fn also(text: &str) -> String {
        #[derive(Default)]
        struct Also {
            spans: Vec<Range<usize>>,
            found: Vec<(String, Range<usize>)>,
        }
        impl Reader for Also {
            fn token(&mut self, _: Token<'_>, _: bool, span: Range<usize>) {
                self.spans.push(span);
            }
            fn also(&mut self, found_as: FoundAs<'_>, words: usize) {
                let (FoundAs::Word(found) | FoundAs::Exactly(found)) = found_as;
                let spans = &self.spans[self.spans.len() - words..];
                self.found.push((found.to_owned(), spans[0].start..spans[words - 1].end));
            }
        }
        let mut reader = Also::default();
        read(tokens_with_spans(text), &mut reader);
        let found = reader.found.iter().map(|(found, at)| format!("{found}={}", &text[at.clone()]));
        found.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn words_are_told_of_with_what_they_are_together() {
        for (text, expected) in [
            ("a word, and others.", ""),
            ("an e-mail", "email=e-mail"),
            ("in C++, C#", "c++=C++, c#=C#"),
            (".NET!", ".net=.NET"),
            ("follow up on it", "followup=follow up"),
            ("follow. up", ""),
            ("O’Brien’s", "obrien=O’Brien"),
            ("M\u{fc}ller", "mueller=M\u{fc}ller"),
            ("1,299.99 \u{20ac}", "1299=1,299.99, 1299.99=1,299.99"),
            ("1 299,99", "1299.99=1 299,99"),
            ("at +44 (0)20 7946 now", "44207946=44 (0)20 7946, 207946=44 (0)20 7946"),
        ] {
            assert_eq!(also(text), expected, "{text}");
        }
    }

    #[test]
    fn a_word_with_a_number_has_pieces_where_these_say_something() {
        for (word, expected) in [
            ("iphone15", "iphone 15"),
            ("iphone15pro", "iphone 15 pro"),
            ("16gb", "16 gb"),
            ("covid19", "covid 19"),
            ("v2", ""),
            ("3rd", ""),
            ("h2o", ""),
            ("01hzx3", ""),
            ("de89370400440532013000", ""),
            ("2024", ""),
            ("word", ""),
        ] {
            assert_eq!(pieces(word).collect::<Vec<_>>().join(" "), expected, "{word}");
        }
    }
}
