//! What is logged: the texts of the suites' histories, oldest first.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use activity_log_core::domain::clock::{ClockOutOfRange, Environment, Rounding, Timestamp};
use activity_log_core::index::entry::Entry;
use activity_log_tests::engine::Engine;
use activity_log_tests::faulty_engine::scramble;
use activity_log_tests::history::{Past, Template, Vocabulary};
use activity_log_tests::measured::MeasuredStack;

/// A clock and random numbers that are the same in each run.
#[derive(Debug, Default)]
pub(crate) struct Simulated {
    pub(crate) now_ms: AtomicI64,
    drawn: AtomicU64,
}

impl Environment for Simulated {
    fn now(&self) -> Result<Timestamp, ClockOutOfRange> {
        Timestamp::from_millis(self.now_ms.load(Ordering::Relaxed)).ok_or(ClockOutOfRange)
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let drawn = self.drawn.fetch_add(1, Ordering::Relaxed);
            chunk.copy_from_slice(&scramble(99, drawn).to_le_bytes()[..chunk.len()]);
        }
    }
}

/// Entries as logs write them.
pub(crate) struct Entries {
    template: Template,
    vocabulary: Vocabulary,
    count: usize,
    /// How many are still to come.
    left: usize,
    summary_chars: usize,
    body_chars: usize,
}

/// An entry, and what it was made of.
pub(crate) struct Logged {
    /// The n-th newest of all.
    pub(crate) n: u64,
    pub(crate) entry: Entry,
    pub(crate) at_ms: i64,
}

impl Entries {
    /// Those of so many activities. What an entry has beside words is taken from a real one.
    pub(crate) async fn new(count: usize, summary_chars: usize, body_chars: usize) -> Self {
        let measured = MeasuredStack::start(Engine::fresh().await).await;
        let MeasuredStack { stack, key, client, .. } = &measured;
        let template = Template::record(stack, key, client).await;
        let vocabulary = Vocabulary::new(1);
        Self { template, vocabulary, count, left: count, summary_chars, body_chars }
    }
}

impl Iterator for Entries {
    type Item = Logged;

    fn next(&mut self) -> Option<Logged> {
        self.left = self.left.checked_sub(1)?;
        let past = Past::nth(self.left, self.count, self.vocabulary.text(self.summary_chars));
        let past = Past { body: self.vocabulary.text(self.body_chars), ..past };
        let at = Timestamp::parse(&past.logged_at, Rounding::Down).expect("it is a time");
        let entry = self.template.entry_of(&past);
        Some(Logged { n: self.left as u64, entry, at_ms: at.as_millis() })
    }
}
