//! What a piece of work costs in the table: calls, how often it waited for them one
//! after the other, and the units that they consumed.
//!
//! A call is counted for the work whose account it is made on, and for nobody where
//! there is none: commands of operators, and the opening of connections.
//!
//! Deliberately absent: what failed calls consumed, since DynamoDB does not tell.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

tokio::task_local! {
    static USAGE: Usage;
}

/// The account of a piece of work.
#[derive(Clone, Debug, Default)]
pub struct Usage(Arc<Mutex<Account>>);

/// What was used so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Used {
    /// Calls to the table.
    pub table_calls: u64,
    /// How often the work had to wait for the table before it could go on: the longest
    /// chain of calls in which each began when the one before had ended.
    pub round_trips: u64,
    pub read_units: f64,
    pub write_units: f64,
}

#[derive(Debug, Default)]
struct Account {
    used: Used,
    /// Logical time: it goes on when a call begins or ends.
    now: u64,
    /// When the last call of the chain ended. Taking the call that ends first, time and
    /// again, makes the longest one.
    chain_end: u64,
}

impl Usage {
    /// Does some work on this account.
    pub async fn of<T>(&self, work: impl Future<Output = T>) -> T {
        USAGE.scope(self.clone(), work).await
    }

    /// Some work on the account of the work that it is part of, for a task of its own.
    pub fn carry<T>(work: impl Future<Output = T>) -> impl Future<Output = T> {
        let usage = USAGE.try_with(Self::clone).ok();
        async move {
            match usage {
                Some(usage) => usage.of(work).await,
                None => work.await,
            }
        }
    }

    /// What was used so far.
    #[must_use]
    pub fn used(&self) -> Used {
        self.account().used
    }

    fn account(&self) -> MutexGuard<'_, Account> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, kind: Kind, units: f64) {
        let used = &mut self.account().used;
        match kind {
            Kind::Read => used.read_units += units,
            Kind::Write => used.write_units += units,
        }
    }

    fn begin(&self) -> Waiting {
        let mut account = self.account();
        account.used.table_calls += 1;
        account.now += 1;
        Waiting { usage: self.clone(), began: account.now }
    }
}

/// A call that is waited for. However that ends, and if only by a time limit, it has
/// ended when this is dropped.
struct Waiting {
    usage: Usage,
    began: u64,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut account = self.usage.account();
        account.now += 1;
        if self.began > account.chain_end {
            account.used.round_trips += 1;
            account.chain_end = account.now;
        }
    }
}

/// What a call does to the table, and so which units it consumes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Read,
    Write,
}

impl Kind {
    /// Waits for a call of this kind, and counts it and the units that it tells of.
    pub async fn count<T, E>(
        self,
        call: impl Future<Output = Result<T, E>>,
        units: impl FnOnce(&T) -> f64,
    ) -> Result<T, E> {
        // Where there is no account, nobody asks.
        let Ok(usage) = USAGE.try_with(Usage::clone) else { return call.await };
        let waiting = usage.begin();
        let answer = call.await;
        drop(waiting);
        if let Ok(answer) = &answer {
            usage.add(self, units(answer));
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The round trips of calls, each from a moment to another.
    fn round_trips(calls: &[(u32, u32)]) -> u64 {
        let usage = Usage::default();
        let end = calls.iter().map(|call| call.1).max().unwrap_or(0);
        let mut waiting = Vec::new();
        for moment in 0..=end {
            // What ends at a moment is waited for by what begins then.
            waiting.retain(|(ends, _)| *ends != moment);
            let begun = calls.iter().filter(|call| call.0 == moment);
            waiting.extend(begun.map(|call| (call.1, usage.begin())));
        }
        assert_eq!(usage.used().table_calls, calls.len() as u64);
        usage.used().round_trips
    }

    #[test]
    fn calls_side_by_side_are_one_round_trip() {
        assert_eq!(round_trips(&[]), 0);
        assert_eq!(round_trips(&[(0, 1), (1, 2), (3, 4)]), 3);
        assert_eq!(round_trips(&[(0, 3), (0, 1), (0, 2)]), 1);
        // Two after each other beside a long one.
        assert_eq!(round_trips(&[(0, 9), (0, 1), (2, 3)]), 2);
        // The third begins when the first has ended, the fourth when all have.
        assert_eq!(round_trips(&[(0, 2), (1, 5), (3, 4), (6, 7)]), 3);
    }

    #[tokio::test]
    async fn units_are_counted_of_calls_that_are_answered_on_an_account() {
        let usage = Usage::default();
        let answer = async |units| Kind::Read.count(async { units }, |units| *units).await;
        assert_eq!(answer(Ok::<_, ()>(1.0)).await, Ok(1.0));
        let work = async {
            let write = Kind::Write.count(async { Ok::<_, ()>(3.0) }, |units| *units);
            (answer(Ok(2.0)).await, answer(Err(())).await, write.await)
        };
        assert_eq!(usage.of(work).await, (Ok(2.0), Err(()), Ok(3.0)));
        let expected = Used { table_calls: 3, round_trips: 3, read_units: 2.0, write_units: 3.0 };
        assert_eq!(usage.used(), expected);
    }
}
