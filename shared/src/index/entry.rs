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

/// More is not deflated further for texts of some 1,000 characters.
const LEVEL: u8 = 6;
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
        let mut deflated = deflate::compress_to_vec(&plain[1..], LEVEL);
        if 1 + deflated.len() < plain.len() && plain.len() <= MAX_INFLATED_BYTES {
            deflated.insert(0, plain[0] | DEFLATED);
            return deflated;
        }
        plain
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
