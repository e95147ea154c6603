//! An entry of the tail: what a record is found by, before a segment has it.
//!
//! Its bytes are the version of the analyzer and for each record its position, how many
//! terms it has, and these, front-coded; deflated where that is shorter. The first byte has
//! the version of the codec, and says what there is and whether it is deflated.

use miniz_oxide::{deflate, inflate};

use super::Position;
use super::segment::varint::{self, Reader};
use super::segment::{Corrupt, front_coding, positions};
use super::term::Term;

const VERSION: u8 = 1;
const DEFLATED: u8 = 0x10;
const HAS_ACTIVITY: u8 = 0x20;
const HAS_EVENT: u8 = 0x40;
const FLAGS: u8 = DEFLATED | HAS_ACTIVITY | HAS_EVENT;

const LEVEL: u8 = 6;
/// Shorter ones are deflated to hardly less, and to inflate them takes time in each search.
const MIN_DEFLATED_BYTES: usize = 256;
/// What an entry takes at most when it is inflated.
const MAX_INFLATED_BYTES: usize = 1 << 20;

/// What one write is found by: an activity with its audit event, or an event alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub activity: Option<EntryPart>,
    pub event: Option<EntryPart>,
    /// The version of the analyzer that the words are of.
    pub analyzer: u32,
}

/// What a record of one collection is found by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryPart {
    pub position: Position,
    /// Sorted and distinct.
    pub terms: Vec<Term>,
}

impl EntryPart {
    /// A record that is found by these terms.
    #[must_use]
    pub fn new(position: Position, mut terms: Vec<Term>) -> Self {
        terms.sort_unstable();
        terms.dedup();
        Self { position, terms }
    }

    fn put(&self, bytes: &mut Vec<u8>) {
        positions::put_one(bytes, self.position);
        varint::put(bytes, self.terms.len() as u64);
        let mut before: &[u8] = &[];
        for term in &self.terms {
            front_coding::put(bytes, before, term.as_bytes());
            before = term.as_bytes();
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Corrupt> {
        let position = positions::read_one(reader)?;
        let (count, mut terms, mut term) = (reader.number()?, Vec::new(), Vec::new());
        for _ in 0..count {
            front_coding::read(reader, &mut term)?;
            terms.push(Term::new(term.as_slice()).ok_or(Corrupt("no term"))?);
        }
        Ok(Self { position, terms })
    }
}

impl Entry {
    /// Its bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut plain = vec![VERSION];
        varint::put(&mut plain, u64::from(self.analyzer));
        for (part, flag) in [(&self.activity, HAS_ACTIVITY), (&self.event, HAS_EVENT)] {
            if let Some(part) = part {
                plain[0] |= flag;
                part.put(&mut plain);
            }
        }
        if !(MIN_DEFLATED_BYTES..=MAX_INFLATED_BYTES).contains(&plain.len()) {
            return plain;
        }
        let mut deflated = deflate::compress_to_vec(&plain[1..], LEVEL);
        deflated.insert(0, plain[0] | DEFLATED);
        if deflated.len() < plain.len() { deflated } else { plain }
    }

    /// Reads what [`Self::encode`] wrote.
    pub fn decode(bytes: &[u8]) -> Result<Self, Corrupt> {
        let (head, rest) = bytes.split_first().ok_or(Corrupt("bytes are missing"))?;
        if head & !FLAGS != VERSION {
            return Err(Corrupt("another version of the codec"));
        }
        let inflated;
        let plain = if head & DEFLATED == 0 {
            rest
        } else {
            inflated = inflate::decompress_to_vec_with_limit(rest, MAX_INFLATED_BYTES)
                .map_err(|_| Corrupt("what is deflated can't be inflated"))?;
            &inflated
        };
        let mut reader = Reader::new(plain);
        let analyzer = reader.small()?;
        let mut part = |flag| (head & flag != 0).then(|| EntryPart::read(&mut reader)).transpose();
        let (activity, event) = (part(HAS_ACTIVITY)?, part(HAS_EVENT)?);
        if !reader.is_at_end() {
            return Err(Corrupt("there is more than an entry"));
        }
        Ok(Self { activity, event, analyzer })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::domain::clock::Timestamp;

    fn part(id: u128, terms: &[&str]) -> EntryPart {
        let time = Timestamp::from_millis(1_772_357_400_000).unwrap();
        let position = Position { time, id: Uuid::from_u128(id) };
        let terms = terms.iter().map(|term| Term::new(term.as_bytes()).unwrap());
        EntryPart::new(position, terms.collect())
    }

    fn words(count: usize) -> Entry {
        let words: Vec<_> = (0..count).map(|n| format!("wword{n}")).collect();
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        Entry { activity: Some(part(1, &words)), event: None, analyzer: 3 }
    }

    #[test]
    fn terms_are_sorted_and_distinct() {
        assert_eq!(part(1, &["b", "a", "b"]), part(1, &["a", "b"]));
        assert!(part(1, &["b", "a"]).terms.is_sorted());
    }

    #[test]
    fn an_entry_is_deflated_where_that_is_shorter() {
        for (count, is_deflated) in [(1, false), (300, true)] {
            let bytes = words(count).encode();
            assert_eq!(bytes[0] & DEFLATED != 0, is_deflated);
            assert_eq!(Entry::decode(&bytes), Ok(words(count)));
        }
        // Nothing is shared by what is random.
        let mut random = 1u128;
        let terms = (0..40).map(|_| {
            random = random.wrapping_mul(0xda94_2042_e4dd_58b5) ^ random >> 64;
            Term::new(random.to_be_bytes()).unwrap()
        });
        let position = part(1, &[]).position;
        let event = Some(EntryPart::new(position, terms.collect()));
        let entry = Entry { activity: None, event, analyzer: 0 };
        let bytes = entry.encode();
        assert_eq!(bytes[0] & DEFLATED, 0);
        assert_eq!(Entry::decode(&bytes), Ok(entry));
    }

    #[test]
    fn what_inflates_to_more_than_an_entry_takes_is_corrupt() {
        let zeros = deflate::compress_to_vec(&vec![0; MAX_INFLATED_BYTES + 1], LEVEL);
        assert!(zeros.len() < 2_000);
        assert!(Entry::decode(&[&[VERSION | DEFLATED], &zeros[..]].concat()).is_err());
        let terms = (0..5_000u32).map(|n| [&n.to_be_bytes()[..], &[b'x'; 240]].concat());
        let terms = terms.map(|term| Term::new(term).unwrap());
        let event = Some(EntryPart::new(part(1, &[]).position, terms.collect()));
        let long = Entry { activity: None, event, analyzer: 0 };
        assert_eq!(long.encode()[0] & DEFLATED, 0);
        assert_eq!(Entry::decode(&long.encode()), Ok(long));
    }

    #[test]
    fn a_damaged_entry_is_corrupt() {
        for entry in [words(3), words(300)] {
            let bytes = entry.encode();
            for len in 0..bytes.len() {
                assert!(Entry::decode(&bytes[..len]).is_err(), "{len}");
            }
        }
        let plain = words(3).encode();
        assert!(Entry::decode(&[&plain[..], &[0]].concat()).is_err());
        for head in [0, VERSION + 1, plain[0] | 0x80, plain[0] | HAS_EVENT, plain[0] | DEFLATED] {
            let damaged = [&[head], &plain[1..]].concat();
            assert!(Entry::decode(&damaged).is_err(), "{head}");
        }
    }

    fn parts() -> impl Strategy<Value = Option<EntryPart>> {
        let terms = prop::collection::vec(prop::collection::vec(any::<u8>(), 1..40), 0..40);
        let time = (0..=Timestamp::MAX.as_millis()).prop_map(Timestamp::from_millis);
        prop::option::of((time, any::<u128>(), terms).prop_map(|(time, id, terms)| {
            let position = Position { time: time.unwrap(), id: Uuid::from_u128(id) };
            let terms = terms.into_iter().map(|term| Term::new(term).unwrap());
            EntryPart::new(position, terms.collect())
        }))
    }

    proptest! {
        #[test]
        fn any_entry_reads_back(activity in parts(), event in parts(), analyzer in any::<u32>()) {
            let entry = Entry { activity, event, analyzer };
            prop_assert_eq!(Entry::decode(&entry.encode()), Ok(entry));
        }

        #[test]
        fn any_bytes_are_an_entry_or_corrupt(
            flags in any::<u8>(),
            mut bytes in prop::collection::vec(any::<u8>(), 0..200),
            (at, bit) in (0usize..300, 0u8..8),
        ) {
            bytes.insert(0, VERSION | flags & FLAGS);
            let _ = Entry::decode(&bytes);
            let mut bytes = words(300).encode();
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
            let _ = Entry::decode(&bytes);
        }
    }
}
