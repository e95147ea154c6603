//! Finding phrases in a text.
//!
//! All phrases of a query are one bit-parallel automaton (Shift-And): a bit for
//! each token of each phrase, set while the text read so far ends with the
//! phrase up to that token. Each token of a text is looked up once, and only
//! the 64-bit blocks that hold it are touched. So a text is read in one pass,
//! whatever it repeats, and the memory grows with the query alone.
//!
//! Left out on purpose: where a phrase stands. Only whether it does is asked.

use std::collections::HashMap;

use super::token::{Kind, Token, tokens};

const BLOCK_BITS: usize = u64::BITS as usize;

/// The phrases that a text must contain.
#[derive(Clone, Debug, Default)]
pub(super) struct Phrases {
    /// For each token the blocks that hold it, ascending, and its bits there.
    places: HashMap<String, Vec<(usize, u64)>>,
    /// By block.
    marks: Vec<Marks>,
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
    /// other kinds take any.
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
        }
    }

    /// Whether there is nothing to look for.
    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether each phrase stands within one of the texts.
    pub(super) fn are_in(&self, texts: impl IntoIterator<Item: AsRef<str>>) -> bool {
        let mut missing: Vec<u64> = self.marks.iter().map(|marks| marks.ends).collect();
        let mut missing_count: u32 = missing.iter().map(|ends| ends.count_ones()).sum();
        for text in texts {
            let mut state = vec![0; self.marks.len()];
            // Blocks of `state` with bits set are among these.
            let mut touched: &[(usize, u64)] = &[];
            let mut next = state.clone();
            let mut tokens = tokens(text.as_ref());
            while missing_count > 0 {
                let Some(token) = tokens.next_token() else { break };
                let places = self.places.get(token.text).map_or(&[][..], Vec::as_slice);
                for &(block, bits) in places {
                    let marks = self.marks[block];
                    // The last bit of a block moves on into the next block.
                    let carried = block.checked_sub(1).map_or(0, |b| state[b] >> (BLOCK_BITS - 1));
                    let mut reached = ((state[block] << 1) | carried | marks.starts) & bits;
                    if token.kind != Kind::RunOn {
                        reached &= !marks.run_ons;
                    }
                    next[block] = reached;
                    missing_count -= (reached & missing[block]).count_ones();
                    missing[block] &= !reached;
                }
                for &(block, _) in touched {
                    state[block] = 0;
                }
                std::mem::swap(&mut state, &mut next);
                touched = places;
            }
        }
        missing_count == 0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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

    /// What [`Phrases::are_in`] promises, in the plainest way.
    fn stands_in(phrase: &str, text: &str) -> bool {
        let (phrase, text) = (all_tokens(phrase), all_tokens(text));
        phrase.is_empty()
            || text.windows(phrase.len()).any(|window| {
                window.iter().zip(&phrase).enumerate().all(|(i, (found, asked))| {
                    found.0 == asked.0
                        && (i == 0 || asked.1 != Kind::RunOn || found.1 == Kind::RunOn)
                })
            })
    }

    #[test]
    fn a_phrase_stands_within_one_text() {
        let phrases = phrases(&["a b".to_owned(), "b c".to_owned()]);
        assert!(phrases.are_in(["a b c"]));
        assert!(phrases.are_in(["b, c", "x a-b"]));
        assert!(!phrases.are_in(["a", "b c"]));
        assert!(!phrases.are_in(["a x b c"]));
        assert!(!phrases.are_in(["a x y b c"]));
        assert!(!phrases.are_in([""; 0]));
    }

    #[test]
    fn a_phrase_longer_than_a_block_is_found_across_it() {
        let phrase = "値".repeat(200);
        let one = phrases(std::slice::from_ref(&phrase));
        assert!(one.are_in([phrase.as_str()]));
        assert!(one.are_in([format!("x{phrase}値").as_str()]));
        assert!(!one.are_in(["値".repeat(199).as_str()]));
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
            texts in prop::collection::vec(few_letters(30), 0..3),
        ) {
            let found = phrases(&asked).are_in(texts.iter().map(String::as_str));
            let expected = asked.iter().all(|phrase| {
                all_tokens(phrase).is_empty() || texts.iter().any(|text| stands_in(phrase, text))
            });
            prop_assert_eq!(found, expected);
        }
    }
}
