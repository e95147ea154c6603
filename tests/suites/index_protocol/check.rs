//! A search through every state of a model, breadth first, so that the first
//! violation that it meets has a shortest way.
//!
//! Of a state that was seen, 64 bits of a hash are kept. That two of a million
//! states share them, so that one is not looked at, happens once in some 37
//! million walks. The way to a violation is found again by walking it.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::hash::{Hash, Hasher};

/// What is walked through.
pub(super) trait Model {
    type State: Copy + Hash;
    type Step: fmt::Display;

    fn initial(&self) -> Self::State;

    /// Every step that somebody can take in `state`, and where it leads.
    fn steps(&self, state: &Self::State, out: &mut Vec<(Self::Step, Self::State)>);

    /// What is wrong in `state`, if anything is.
    fn violation(&self, state: &Self::State) -> Option<String>;
}

/// What came of a walk.
pub(super) enum Outcome {
    /// Nothing is wrong in any state. There were so many.
    Holds {
        states: usize,
    },
    Violated(Violation),
}

pub(super) struct Violation {
    pub(super) what: String,
    pub(super) steps: Vec<String>,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, after:", self.what)?;
        self.steps.iter().enumerate().try_for_each(|(at, step)| write!(f, "\n{:4}. {step}", at + 1))
    }
}

/// Walks through all states of `model`, or to the first violation.
pub(super) fn walk<M: Model>(model: &M) -> Outcome {
    let initial = model.initial();
    // Each state that was met, in order: its hash, and the one it was met from.
    let mut met = vec![(fingerprint(&initial), 0)];
    let mut seen = HashSet::from([met[0].0]);
    let mut queue = VecDeque::from([initial]);
    let mut steps = Vec::new();
    let mut at = 0;
    while let Some(state) = queue.pop_front() {
        if let Some(what) = model.violation(&state) {
            return Outcome::Violated(Violation { what, steps: way(model, &met, at) });
        }
        model.steps(&state, &mut steps);
        for (_, next) in steps.drain(..) {
            let print = fingerprint(&next);
            if seen.insert(print) {
                met.push((print, at));
                queue.push_back(next);
            }
        }
        at += 1;
    }
    Outcome::Holds { states: at }
}

/// The steps to the state that was met as number `end`.
fn way<M: Model>(model: &M, met: &[(u64, usize)], end: usize) -> Vec<String> {
    let mut prints = Vec::new();
    let mut at = end;
    while at > 0 {
        prints.push(met[at].0);
        at = met[at].1;
    }
    let mut state = model.initial();
    let mut steps = Vec::new();
    let mut taken = Vec::new();
    while let Some(print) = prints.pop() {
        model.steps(&state, &mut steps);
        let (step, next) = steps
            .drain(..)
            .find(|(_, next)| fingerprint(next) == print)
            .expect("the same state has the same steps");
        taken.push(step.to_string());
        state = next;
    }
    taken
}

fn fingerprint(state: &impl Hash) -> u64 {
    let mut hasher = Mixed::default();
    state.hash(&mut hasher);
    hasher.finish()
}

/// Gathers small fields into words, and mixes these by the finalizer of
/// SplitMix64. Nobody chooses the fields to collide, and the standard hasher
/// would be most of the time of a check that is not optimized.
#[derive(Default)]
struct Mixed {
    mixed: u64,
    word: u64,
    bits: u32,
}

impl Mixed {
    fn gather(&mut self, value: u64, bits: u32) {
        if self.bits + bits > u64::BITS {
            self.mixed = mix(self.mixed ^ self.word);
            (self.word, self.bits) = (0, 0);
        }
        self.word |= value << self.bits;
        self.bits += bits;
    }
}

fn mix(value: u64) -> u64 {
    let mut word = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

impl Hasher for Mixed {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.gather(u64::from(byte), 8);
        }
    }

    fn write_u8(&mut self, value: u8) {
        self.gather(u64::from(value), 8);
    }

    fn write_u16(&mut self, value: u16) {
        self.gather(u64::from(value), 16);
    }

    /// A variant of an enumeration: none has more than 256.
    fn write_isize(&mut self, value: isize) {
        self.gather(value as u64 & 0xff, 8);
    }

    /// The length of an array, which is the same in every state.
    fn write_usize(&mut self, _: usize) {}

    fn finish(&self) -> u64 {
        mix(self.mixed ^ self.word)
    }
}
