//! A list of English words with what stands for each.
//!
//! It is one string, since a slice of pairs takes 32 bytes a pair and as many relocations
//! at the start of a process, several times the words themselves. Every word of a text is
//! looked up, so where each pair begins is known, and a word is compared with those of its
//! first letter alone.

use std::cmp::Ordering;

const LETTERS: usize = 26;

/// Words from a to z in order, each with what stands for it.
pub(super) struct Lexicon<const PAIRS: usize> {
    pairs: &'static str,
    /// Where each pair begins.
    places: [u16; PAIRS],
    /// Of each letter, how many pairs stand in front of its words.
    counts: [u16; LETTERS + 1],
}

/// How many pairs there are in such a string.
pub(super) const fn count(pairs: &str) -> usize {
    let bytes = pairs.as_bytes();
    let (mut count, mut at) = (0, 0);
    while at < bytes.len() {
        count += (bytes[at] == b'=') as usize;
        at += 1;
    }
    count
}

impl<const PAIRS: usize> Lexicon<PAIRS> {
    /// Pairs such as `bought=buy broke=break`, with one space between them.
    pub(super) const fn new(pairs: &'static str) -> Self {
        assert!(pairs.len() <= u16::MAX as usize);
        let bytes = pairs.as_bytes();
        let mut places = [0; PAIRS];
        let mut counts = [0; LETTERS + 1];
        let (mut count, mut at) = (0, 0);
        while at < bytes.len() {
            if at == 0 || bytes[at - 1] == b' ' {
                places[count] = at as u16;
                count += 1;
                let mut letter = (bytes[at] - b'a') as usize + 1;
                while letter <= LETTERS {
                    counts[letter] = count as u16;
                    letter += 1;
                }
            }
            at += 1;
        }
        Self { pairs, places, counts }
    }

    /// What stands for a word.
    pub(super) fn get(&self, word: &str) -> Option<&'static str> {
        let letter = usize::from(word.bytes().next()?.checked_sub(b'a')?);
        let (from, to) = (*self.counts.get(letter)?, *self.counts.get(letter + 1)?);
        let places = &self.places[usize::from(from)..usize::from(to)];
        let pair_at = |place: u16| &self.pairs.as_bytes()[usize::from(place)..];
        let found = places.binary_search_by(|place| {
            let pair = pair_at(*place);
            // The `=` behind a shorter word is less than any letter.
            pair[..word.len().min(pair.len())].cmp(word.as_bytes()).then_with(|| {
                if pair.get(word.len()) == Some(&b'=') {
                    Ordering::Equal
                } else {
                    Ordering::Greater
                }
            })
        });
        let value = usize::from(places[found.ok()?]) + word.len() + 1;
        self.pairs[value..].split(' ').next()
    }

    /// The pairs.
    #[cfg(test)]
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let pairs = self.pairs.split(' ').filter(|pair| !pair.is_empty());
        pairs.map(|pair| pair.split_once('=').expect("a value stands behind its word"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_has_just<const PAIRS: usize>(words: &Lexicon<PAIRS>, pairs: &[(&str, &str)]) {
        assert_eq!(words.pairs().collect::<Vec<_>>(), pairs);
        for (word, value) in pairs {
            assert_eq!(words.get(word), Some(*value), "{word}");
        }
        for word in ["", " ", "=", "a=b", "A", "aa", "abcde", "az", "bz", "é", "z", "1", "{", "zaa"]
        {
            assert_eq!(words.get(word), None, "{word}");
        }
    }

    #[test]
    fn a_word_is_found_among_those_with_its_letter() {
        const ONE: &str = "a=b";
        const SOME: &str = "ab=x abc=yy abcd=z b=w bb= za=1 zb=2";
        assert_has_just(&Lexicon::<{ count(ONE) }>::new(ONE), &[("a", "b")]);
        let some = [("ab", "x"), ("abc", "yy"), ("abcd", "z"), ("b", "w"), ("bb", "")];
        let some = [&some[..], &[("za", "1"), ("zb", "2")]].concat();
        assert_has_just(&Lexicon::<{ count(SOME) }>::new(SOME), &some);
        assert_has_just(&Lexicon::<0>::new(""), &[]);
    }
}
