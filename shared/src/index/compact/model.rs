//! Runs beside a plain model: what was logged and not struck is found at every moment, and in
//! the end nothing else is there.
//!
//! Three processes flush and merge, a fourth one sweeps and a fifth one strikes records, while
//! entries are logged. They take turns at every call for an item; any of them ends anywhere,
//! loses answers, repeats calls, or has them done much later. Clocks jump by an hour.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use uuid::{Builder, Uuid};

use super::memory::{Fault, Memory, Records};
use super::{Limits, operate, run, settle_within, sweep};
use crate::domain::clock::{ClockOutOfRange, Environment, Timestamp};
use crate::index::Position;
use crate::index::entry::{Entry, EntryPart};
use crate::index::manifest::{Manifest, TailKey};
use crate::index::segment::{Collection, PartName};
use crate::index::store::IndexStore;
use crate::index::term::Term;

/// A clock that is moved by hand, or with each look at it, and randomness that is the same
/// each time.
pub(super) struct TestEnvironment {
    millis: AtomicI64,
    tick_millis: AtomicI64,
    random: AtomicU64,
}

impl TestEnvironment {
    pub(super) fn new() -> Self {
        Self {
            millis: AtomicI64::new(1_790_000_000_000),
            tick_millis: AtomicI64::new(0),
            random: AtomicU64::new(1),
        }
    }

    /// Lets so much time pass with each look at the clock.
    pub(super) fn tick(&self, millis: i64) {
        self.tick_millis.store(millis, Ordering::Relaxed);
    }

    pub(super) fn pass(&self, time: Duration) {
        self.millis.fetch_add(i64::try_from(time.as_millis()).unwrap(), Ordering::Relaxed);
    }
}

impl Environment for TestEnvironment {
    fn now(&self) -> Result<Timestamp, ClockOutOfRange> {
        let tick = self.tick_millis.load(Ordering::Relaxed);
        Timestamp::from_millis(self.millis.fetch_add(tick, Ordering::Relaxed))
            .ok_or(ClockOutOfRange)
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        let random = self.random.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let len = bytes.len();
        bytes.fill(0);
        bytes[len - random.len()..].copy_from_slice(&random);
    }
}

/// What is logged: at which time, with what, and in which shard.
#[derive(Clone, Debug)]
struct Log {
    millis: i64,
    has_activity: bool,
    has_event: bool,
    analyzer: u32,
    words: BTreeSet<u16>,
    shard: u8,
}

/// What happens next.
#[derive(Clone, Copy, Debug)]
enum Act {
    /// A process goes on by some calls, and begins anew where it had ended.
    Step { process: usize, calls: usize },
    /// The next entry is put into the tail.
    Log,
    /// A put of an entry is done once more.
    LogAgain(usize),
    /// A process ends.
    Crash(usize),
    /// One of the next calls of a process goes wrong.
    Fault { process: usize, ahead: usize, fault: Fault },
    /// A call that was late is done.
    BeLate(usize),
    /// A record is struck, from its first call on.
    Strike(usize),
    /// An hour passes.
    Hour,
}

const RUNS: usize = 3;
const SWEEPER: usize = RUNS;
const STRIKER: usize = RUNS + 1;
const PROCESSES: usize = RUNS + 2;

type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

struct Model {
    env: Arc<TestEnvironment>,
    limits: Limits,
    memory: Memory,
    processes: Vec<Memory>,
    work: Vec<Option<Work>>,
    entries: Vec<(TailKey, Entry)>,
    logged: usize,
    expected: Records,
    /// What is being struck, and may be found or not.
    being_struck: Option<(Collection, Position)>,
    struck: BTreeSet<(Collection, Position)>,
}

impl Model {
    fn new(logs: &[Log], shards: u8, limits: Limits) -> Self {
        let memory = Memory::new();
        let manifest = Manifest { shards, ..Manifest::default() };
        block_on(memory.put_manifest(None, &manifest)).unwrap().unwrap();
        let entry = |(at, log): (usize, &Log)| {
            let (key, entry) = entry(at, log);
            (TailKey { shard: log.shard % shards, ..key }, entry)
        };
        Self {
            env: Arc::new(TestEnvironment::new()),
            limits,
            processes: (0..PROCESSES).map(|_| memory.pausing()).collect(),
            memory,
            work: (0..PROCESSES).map(|_| None).collect(),
            entries: logs.iter().enumerate().map(entry).collect(),
            logged: 0,
            expected: Records::new(),
            being_struck: None,
            struck: BTreeSet::new(),
        }
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Step { process, calls } => (0..calls).for_each(|_| self.step(process)),
            Act::Log => {
                if let Some((key, entry)) = self.entries.get(self.logged) {
                    self.memory.log(key.shard, entry);
                    self.logged += 1;
                    for (collection, analyzer, part) in parts(entry) {
                        let terms = part.terms.iter().map(|term| (analyzer, term.clone()));
                        let name = (collection, part.position);
                        self.expected.entry(name).or_default().extend(terms);
                    }
                }
            }
            Act::LogAgain(which) => {
                let Some((key, entry)) = self.logged_entry(which) else { return };
                // Whoever strikes a record does so long after it was logged.
                let is_struck = parts(&entry).any(|(collection, _, part)| {
                    let name = (collection, part.position);
                    self.struck.contains(&name) || self.being_struck == Some(name)
                });
                if !is_struck {
                    self.memory.log(key.shard, &entry);
                }
            }
            Act::Crash(process) => {
                self.work[process] = None;
                self.processes[process] = self.memory.pausing();
            }
            Act::Fault { process, ahead, fault } => {
                let process = &self.processes[process];
                process.plan(process.steps() + ahead, fault);
            }
            Act::BeLate(which) => self.memory.be_late(which),
            Act::Strike(which) => self.begin_to_strike(which),
            Act::Hour => self.env.pass(Duration::from_secs(61 * 60)),
        }
    }

    fn logged_entry(&self, which: usize) -> Option<(TailKey, Entry)> {
        self.entries[..self.logged].get(which.checked_rem(self.logged)?).cloned()
    }

    /// One call of a process for one item.
    fn step(&mut self, process: usize) {
        self.env.pass(Duration::from_millis(1));
        if self.work[process].is_none() && process != STRIKER {
            self.work[process] = Some(self.begin(process));
        }
        let Some(work) = &mut self.work[process] else { return };
        if let Poll::Ready(()) = work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            self.work[process] = None;
            if self.processes[process].is_dead() {
                self.processes[process] = self.memory.pausing();
            }
            if process == STRIKER {
                self.struck.extend(self.being_struck.take());
            }
        }
    }

    fn begin(&self, process: usize) -> Work {
        let (env, limits, memory) =
            (self.env.clone(), self.limits, self.processes[process].clone());
        if process == SWEEPER {
            let found: Vec<PartName> = self.memory.table().parts.keys().copied().collect();
            let now = env.now().unwrap();
            return Box::pin(async move { drop(sweep::sweep(&memory, found, now).await) });
        }
        if process == 0 {
            return Box::pin(async move { drop(settle_within(&memory, &*env, &limits).await) });
        }
        Box::pin(async move { drop(run(&memory, &*env, &limits).await) })
    }

    fn begin_to_strike(&mut self, which: usize) {
        let Some((_, entry)) = self.logged_entry(which) else { return };
        if self.work[STRIKER].is_some() {
            return;
        }
        let Some((collection, _, part)) = parts(&entry).next() else { return };
        let (memory, position) = (self.processes[STRIKER].clone(), part.position);
        self.being_struck = Some((collection, position));
        self.expected.remove(&(collection, position));
        self.work[STRIKER] = Some(Box::pin(async move {
            operate::strike(&memory, collection, position).await.unwrap();
        }));
    }

    /// What is logged is found, and nothing else but what is being struck.
    fn check(&self) -> Result<(), TestCaseError> {
        let mut found = self.memory.records();
        if let Some(name) = &self.being_struck {
            found.remove(name);
        }
        prop_assert_eq!(&found, &self.expected);
        Ok(())
    }

    /// All ends, everything late comes, and somebody settles and sweeps.
    fn check_end(&mut self) -> Result<(), TestCaseError> {
        while self.work[STRIKER].is_some() {
            self.step(STRIKER);
        }
        self.work.clear();
        for _ in 0..1_000 {
            self.memory.be_late(0);
        }
        let now = self.env.now().unwrap();
        for _ in 0..2 {
            block_on(settle_within(&self.memory, &*self.env, &self.limits)).unwrap();
            self.act(Act::Hour);
        }
        let found: Vec<PartName> = self.memory.table().parts.keys().copied().collect();
        let later = now.plus(Duration::from_secs(2 * 60 * 60));
        block_on(sweep::sweep(&self.memory, found, later)).unwrap();
        self.check()?;

        let Manifest { segments, pending, garbage, merge, mut struck, .. } =
            self.memory.manifest_now();
        let listed: BTreeSet<PartName> = segments
            .iter()
            .flat_map(|segment| segment.parts().map(|part| segment.name(part)))
            .collect();
        let table = self.memory.table();
        prop_assert!(table.tail.is_empty());
        let there: BTreeSet<PartName> = table.parts.keys().copied().collect();
        prop_assert_eq!(there, listed);
        prop_assert!(pending.is_empty() && garbage.is_empty() && merge.is_none());
        // The last one stays, but is in no segment.
        struck.pop();
        prop_assert!(struck.is_empty());
        drop(table);
        let mut manifest = self.memory.manifest_now();
        manifest.struck.clear();
        let version = self.memory.table().manifest.as_ref().map(|(version, _)| *version);
        block_on(self.memory.put_manifest(version, &manifest)).unwrap().unwrap();
        self.check()
    }
}

pub(super) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

fn id(millis: i64, number: usize) -> Uuid {
    let random = (number as u128).to_be_bytes();
    let millis = u64::try_from(1_780_000_000_000 + millis).unwrap();
    Builder::from_unix_timestamp_millis(millis, random[6..].try_into().unwrap()).into_uuid()
}

/// The n-th entry: its activity happened at some time, and its event when it was logged.
fn entry(number: usize, log: &Log) -> (TailKey, Entry) {
    let time = |millis| Timestamp::from_millis(millis).unwrap();
    let logged = i64::try_from(number).unwrap();
    let part = |position, words: &mut dyn Iterator<Item = String>| {
        let terms: BTreeSet<Term> =
            words.map(|word| Term::new(word.into_bytes()).unwrap()).collect();
        EntryPart { position, terms: terms.into_iter().collect() }
    };
    let activity = Position { time: time(log.millis), id: id(logged, number) };
    let event = Position { time: time(1_780_000_000_000 + logged), id: id(logged, 1_000 + number) };
    let mut words = log.words.iter().map(|word| format!("w{word}"));
    let mut filters = log.words.iter().map(|word| format!("a{}", word % 3));
    let has_event = log.has_event || !log.has_activity;
    let entry = Entry {
        activity: log.has_activity.then(|| part(activity, &mut words)),
        event: has_event.then(|| part(event, &mut filters)),
        analyzer: log.analyzer,
    };
    let position = if log.has_activity { activity } else { event };
    (TailKey { shard: 0, position }, entry)
}

/// The parts of an entry, with their collection and analyzer.
fn parts(entry: &Entry) -> impl Iterator<Item = (Collection, u32, &EntryPart)> {
    let activity = entry.activity.iter().map(|part| (Collection::Activities, entry.analyzer, part));
    activity.chain(entry.event.iter().map(|part| (Collection::AuditEvents, 0, part)))
}

fn logs() -> impl Strategy<Value = Vec<Log>> {
    let words = prop::collection::btree_set(0_u16..30, 0..6);
    let log = (0_i64..40, any::<bool>(), any::<bool>(), 1_u32..3, words, 0_u8..4);
    let log = log.prop_map(|(millis, has_activity, has_event, analyzer, words, shard)| Log {
        millis,
        has_activity,
        has_event,
        analyzer,
        words,
        shard,
    });
    prop::collection::vec(log, 1..40)
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let process = 0..PROCESSES;
    let fault = prop::sample::select(vec![
        Fault::Refused,
        Fault::Unanswered,
        Fault::Late,
        Fault::Repeated,
        Fault::Dead,
    ]);
    let act = prop_oneof![
        40 => (process, 1_usize..12).prop_map(|(process, calls)| Act::Step { process, calls }),
        12 => Just(Act::Log),
        2 => any::<usize>().prop_map(Act::LogAgain),
        2 => (0..STRIKER).prop_map(Act::Crash),
        5 => (0..STRIKER, 0_usize..12, fault)
            .prop_map(|(process, ahead, fault)| Act::Fault { process, ahead, fault }),
        2 => any::<usize>().prop_map(Act::BeLate),
        1 => any::<usize>().prop_map(Act::Strike),
        1 => Just(Act::Hour),
    ];
    prop::collection::vec(act, 0..200)
}

/// Limits under which everything happens within a few entries.
fn limits() -> impl Strategy<Value = Limits> {
    let sizes = (1_usize..4, 2_usize..4, prop::sample::select(vec![0_usize, 150, 4_000]));
    sizes.prop_map(|(least_entries, fan, slice_bytes)| Limits {
        flush_bytes: 400,
        least_entries,
        max_tail_bytes: 600,
        max_flushed_entries: 5,
        fan,
        slice_bytes,
        max_positions: 30,
        garbage_parts: 3,
        run: Duration::from_millis(80),
        busy: Duration::from_millis(20),
        attempts: 3,
    })
}

fn check_case(
    logs: &[Log],
    acts: &[Act],
    shards: u8,
    limits: Limits,
    is_unconditional: bool,
) -> Result<(), TestCaseError> {
    let mut model = Model::new(logs, shards, limits);
    model.memory.table().is_unconditional = is_unconditional;
    for act in acts {
        model.act(*act);
        model.check()?;
    }
    while model.logged < model.entries.len() {
        model.act(Act::Log);
    }
    model.check_end()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_was_logged_is_found_at_every_moment_and_nothing_else_in_the_end(
        logs in logs(),
        acts in acts(),
        shards in 1_u8..4,
        limits in limits(),
    ) {
        check_case(&logs, &acts, shards, limits, false)?;
    }
}

/// The check can fail: it finds what a table does wrong that looks at no conditions.
#[test]
fn without_conditions_rows_are_lost() {
    let config = ProptestConfig { max_shrink_iters: 0, ..ProptestConfig::default() };
    let mut runner =
        TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let cases = (logs(), acts(), 1_u8..4, limits());
    let outcome = runner.run(&cases, |(logs, acts, shards, limits)| {
        let case = || check_case(&logs, &acts, shards, limits, true);
        let quiet = std::panic::catch_unwind(std::panic::AssertUnwindSafe(case));
        quiet.unwrap_or_else(|_| Err(TestCaseError::fail("a part is absent")))
    });
    outcome.unwrap_err();
}
