//! Finding phrases in a text.
//!
//! All phrases of a query are one bit-parallel automaton (Shift-And): a bit for
//! each token of each phrase, set while the text read so far ends with the
//! phrase up to that token. Each token of a text is looked up once, and only
//! the 64-bit blocks that hold it are touched. So a text is read in one pass,
//! whatever it repeats, and the memory grows with the query alone.
//!
//! Left out on purpose: where a phrase begins. Who reads the text knows, from how many
//! tokens a phrase has.

use std::collections::HashMap;

use super::token::{Kind, Token};

const BLOCK_BITS: usize = u64::BITS as usize;

/// Phrases to look for in a text.
#[derive(Clone, Debug, Default)]
pub(super) struct Phrases {
    /// For each token the blocks that hold it, ascending, and its bits there.
    places: HashMap<String, Vec<(usize, u64)>>,
    /// By block.
    marks: Vec<Marks>,
    /// For each phrase the bit of its last token, ascending, and its number of tokens.
    ends: Vec<(usize, usize)>,
    /// Bits in use.
    len: usize,
}

/// What the bits of one block mean.
#[derive(Clone, Copy, Debug, Default)]
struct Marks {
    /// First tokens of phrases.
    starts: u64,
    /// Last tokens of phrases.
    ends: u64,
    /// Tokens that must follow the one before without anything between.
    run_ons: u64,
}

impl Phrases {
    /// Adds a phrase. A [`Kind::RunOn`] token asks for one in the text; the
    /// other kinds take any. Phrases are numbered as they are added.
    pub(super) fn add<'a>(&mut self, phrase: impl IntoIterator<Item = Token<'a>>) {
        let start = self.len;
        for token in phrase {
            let (block, bit) = (self.len / BLOCK_BITS, 1 << (self.len % BLOCK_BITS));
            self.marks.resize(block + 1, Marks::default());
            if self.len == start {
                self.marks[block].starts |= bit;
            } else if token.kind == Kind::RunOn {
                self.marks[block].run_ons |= bit;
            }
            let places = self.places.entry(token.text.to_owned()).or_default();
            match places.last_mut() {
                Some((last, bits)) if *last == block => *bits |= bit,
                _ => places.push((block, bit)),
            }
            self.len += 1;
        }
        if let Some(last) = self.len.checked_sub(1).filter(|last| *last >= start) {
            self.marks[last / BLOCK_BITS].ends |= 1 << (last % BLOCK_BITS);
            self.ends.push((last, self.len - start));
        }
    }

    /// Begins to read a text.
    pub(super) fn reader(&self) -> Reader<'_> {
        let state = vec![0; self.marks.len()];
        Reader { phrases: self, next: state.clone(), state, touched: &[] }
    }
}

/// How far the phrases stand at a place of a text.
pub(super) struct Reader<'p> {
    phrases: &'p Phrases,
    state: Vec<u64>,
    /// All zero between two tokens.
    next: Vec<u64>,
    /// Blocks of `state` with bits set are among these.
    touched: &'p [(usize, u64)],
}

impl Reader<'_> {
    /// Reads the next token, and tells of each phrase that ends with it its number and
    /// how many tokens it has.
    pub(super) fn read(&mut self, token: Token<'_>, mut found: impl FnMut(usize, usize)) {
        let Phrases { places, marks, ends, .. } = self.phrases;
        let places = places.get(token.text).map_or(&[][..], Vec::as_slice);
        for &(block, bits) in places {
            let marks = marks[block];
            // The last bit of a block moves on into the next block.
            let carried = block.checked_sub(1).map_or(0, |b| self.state[b] >> (BLOCK_BITS - 1));
            let mut reached = ((self.state[block] << 1) | carried | marks.starts) & bits;
            if token.kind != Kind::RunOn {
                reached &= !marks.run_ons;
            }
            self.next[block] = reached;
            let mut ended = reached & marks.ends;
            while ended != 0 {
                let bit = block * BLOCK_BITS + ended.trailing_zeros() as usize;
                let phrase = ends.partition_point(|(end, _)| *end < bit);
                found(phrase, ends[phrase].1);
                ended &= ended - 1;
            }
        }
        for &(block, _) in self.touched {
            self.state[block] = 0;
        }
        std::mem::swap(&mut self.state, &mut self.next);
        self.touched = places;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::token::tokens;
    use super::*;

    fn phrases(texts: &[String]) -> Phrases {
        let mut phrases = Phrases::default();
        for text in texts {
            let owned = all_tokens(text);
            phrases.add(owned.iter().map(|(text, kind)| Token { text, kind: *kind }));
        }
        phrases
    }

    fn all_tokens(text: &str) -> Vec<(String, Kind)> {
        let mut all = Vec::new();
        let mut tokens = tokens(text);
        while let Some(token) = tokens.next_token() {
            all.push((token.text.to_owned(), token.kind));
        }
        all
    }

    /// The phrases that end with each token.
    fn ends_in(phrases: &Phrases, text: &str) -> Vec<Vec<(usize, usize)>> {
        let mut reader = phrases.reader();
        let mut tokens = tokens(text);
        let mut all = Vec::new();
        while let Some(token) = tokens.next_token() {
            let mut ends = Vec::new();
            reader.read(token, |phrase, len| ends.push((phrase, len)));
            all.push(ends);
        }
        all
    }

    fn are_in<'t>(phrases: &Phrases, texts: impl IntoIterator<Item = &'t str>) -> bool {
        let ends = texts.into_iter().flat_map(|text| ends_in(phrases, text)).flatten();
        let found: std::collections::BTreeSet<usize> = ends.map(|(phrase, _)| phrase).collect();
        found.len() == phrases.ends.len()
    }

    /// What a [`Reader`] promises, in the plainest way.
    fn ends_with(phrase: &[(String, Kind)], text: &[(String, Kind)]) -> bool {
        text.len().checked_sub(phrase.len()).is_some_and(|start| {
            text[start..].iter().zip(phrase).enumerate().all(|(i, (found, asked))| {
                found.0 == asked.0 && (i == 0 || asked.1 != Kind::RunOn || found.1 == Kind::RunOn)
            })
        })
    }

    #[test]
    fn a_phrase_stands_within_one_text() {
        let phrases = phrases(&["a b".to_owned(), "b c".to_owned()]);
        assert!(are_in(&phrases, ["a b c"]));
        assert!(are_in(&phrases, ["b, c", "x a-b"]));
        assert!(!are_in(&phrases, ["a", "b c"]));
        assert!(!are_in(&phrases, ["a x b c"]));
        assert!(!are_in(&phrases, ["a x y b c"]));
        assert!(!are_in(&phrases, [""; 0]));
    }

    #[test]
    fn a_phrase_longer_than_a_block_is_found_across_it() {
        let phrase = "値".repeat(200);
        let one = phrases(std::slice::from_ref(&phrase));
        assert!(are_in(&one, [phrase.as_str()]));
        assert!(are_in(&one, [format!("x{phrase}値").as_str()]));
        assert!(!are_in(&one, ["値".repeat(199).as_str()]));
    }

    /// Texts so poor in letters that phrases stand in them by chance.
    fn few_letters(max_chars: usize) -> impl Strategy<Value = String> {
        let char = prop::sample::select("ab値下  ".chars().collect::<Vec<_>>());
        prop::collection::vec(char, 0..=max_chars).prop_map(String::from_iter)
    }

    proptest! {
        #[test]
        fn the_automaton_agrees_with_plain_comparison(
            asked in prop::collection::vec(few_letters(5), 0..4),
            text in few_letters(30),
        ) {
            let found = ends_in(&phrases(&asked), &text);
            let asked: Vec<_> =
                asked.iter().map(|it| all_tokens(it)).filter(|it| !it.is_empty()).collect();
            let text = all_tokens(&text);
            for (at, found) in found.iter().enumerate() {
                let expected: Vec<_> = (0..asked.len())
                    .filter(|phrase| ends_with(&asked[*phrase], &text[..=at]))
                    .map(|phrase| (phrase, asked[phrase].len()))
                    .collect();
                prop_assert_eq!(found, &expected);
            }
        }
    }
}
