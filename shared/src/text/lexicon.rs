//! A list of English words with what stands for each.
//!
//! It is one string, since a slice of pairs takes 32 bytes a pair and as many relocations
//! at the start of a process, several times the words themselves. A word is looked up among
//! those with its first letter, since every word of a text is.

use std::cmp::Ordering;

const LETTERS: usize = 26;

/// Words from a to z in order, each with what stands for it.
pub(super) struct Lexicon {
    pairs: &'static str,
    /// Where the words of each letter begin.
    starts: [usize; LETTERS + 1],
}

impl Lexicon {
    /// Pairs such as `bought=buy broke=break`, with one space between them.
    pub(super) const fn new(pairs: &'static str) -> Self {
        let bytes = pairs.as_bytes();
        let mut starts = [bytes.len(); LETTERS + 1];
        let mut at = bytes.len();
        while at > 0 {
            at -= 1;
            if at == 0 || bytes[at - 1] == b' ' {
                starts[(bytes[at] - b'a') as usize] = at;
            }
        }
        // A letter without words begins where the next one does.
        let mut letter = LETTERS;
        while letter > 0 {
            letter -= 1;
            if starts[letter] > starts[letter + 1] {
                starts[letter] = starts[letter + 1];
            }
        }
        Self { pairs, starts }
    }

    /// What stands for a word.
    pub(super) fn get(&self, word: &str) -> Option<&'static str> {
        let letter = usize::from(word.bytes().next()?.checked_sub(b'a')?);
        let (mut start, mut end) = (*self.starts.get(letter)?, *self.starts.get(letter + 1)?);
        while start < end {
            let middle = start.midpoint(end);
            let pair_start =
                self.pairs[start..middle].rfind(' ').map_or(start, |at| start + at + 1);
            let pair_end = self.pairs[middle..end].find(' ').map_or(end, |at| middle + at);
            let (known, value) = self.pairs[pair_start..pair_end].split_once('=')?;
            match known.cmp(word) {
                Ordering::Equal => return Some(value),
                Ordering::Less => start = pair_end + 1,
                Ordering::Greater => end = pair_start.saturating_sub(1),
            }
        }
        None
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

    #[test]
    fn a_word_is_found_among_those_with_its_letter() {
        for pairs in ["a=b", "a=b b=c", "a=b bb=c c=", "ab=x abc=yy abcd=z b=w ba=v za=1 zb=2"] {
            let words = Lexicon::new(pairs);
            for (word, value) in words.pairs() {
                assert_eq!(words.get(word), Some(value), "{word} in {pairs}");
            }
            for word in ["", " ", "=", "a=b", "A", "aa", "abcde", "az", "bz", "é", "z", "1", "{"] {
                assert_eq!(words.get(word), None, "{word} in {pairs}");
            }
        }
        assert_eq!(Lexicon::new("").get("a"), None);
        assert_eq!(Lexicon::new("").pairs().count(), 0);
    }
}
