//! A reference model: whatever is logged and searched for, in whatever order, the stack
//! answers as a vector in memory does, from two processes, while the index is compacted
//! between any two steps and beside them, and while calls of the table fail.
//!
//! The model filters and sorts, and knows nothing of entries, segments, cursors or the
//! analyzer. What counts as the same word is written down by hand ([`texts`]), and all
//! texts are made of it. Lists of the trail by its filters are held against the list of
//! all of it, which is no part of the index.
//!
//! `ACTIVITY_LOG_TEST_CASES` asks for more cases than the ordinary run has.

mod case;
mod generators;
mod lane;
mod operations;
mod suggestions;
mod texts;
mod trail;

use std::thread;

use futures_util::stream::{StreamExt, iter};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestCaseResult, TestError, TestRunner};

use self::case::Case;
use self::generators::{log, search, steps};
use self::lane::{Lane, of_a_longer_history};
use self::operations::{Log, RELATED, Related, Search, UNKNOWN, WRITERS};
use self::texts::{Clause, Item, LEXICON, Part};

/// Cases of the ordinary run, of each test.
const CASES: u32 = 256;
/// A case waits for answers most of the time, so two run side by side.
const LANES: u32 = 2;
/// More cases than the ordinary run has.
const CASES_VARIABLE: &str = "ACTIVITY_LOG_TEST_CASES";

/// Runs the cases, each lane its share.
fn run_cases<S: Strategy, L: Send>(
    lanes: impl Fn() -> L,
    strategy: impl Fn() -> S + Sync,
    test: impl Fn(&L, S::Value) -> TestCaseResult + Sync,
    check: impl Fn(&L, u32) + Sync,
) {
    let asked = std::env::var(CASES_VARIABLE).ok();
    let cases = asked.map_or(CASES, |text| text.parse().expect("the number of cases is a number"));
    // A failing case is printed whole, as what was called.
    let config =
        Config { cases: cases.div_ceil(LANES), failure_persistence: None, ..Config::default() };
    let run_lane = |lane: L| {
        let run = TestRunner::new(config.clone()).run(&strategy(), |value| test(&lane, value));
        match run {
            Ok(()) => check(&lane, config.cases),
            Err(TestError::Fail(reason, case)) => {
                panic!("{reason}\nthe smallest case:\n{case:#?}")
            }
            Err(error) => panic!("{error}"),
        }
    };
    let run_lane = &run_lane;
    thread::scope(|scope| {
        for _ in 0..LANES {
            let lane = lanes();
            scope.spawn(move || run_lane(lane));
        }
    });
}

fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(2).enable_all().build().expect("a runtime can be started")
}

#[test]
fn the_stack_answers_as_the_model() {
    let runtime = runtime();
    run_cases(
        || runtime.block_on(Lane::start()),
        steps,
        |lane, steps| {
            runtime.block_on(async {
                let mut case = Case::start(lane).await;
                for step in &steps {
                    case.perform(step).await?;
                }
                case.finish().await
            })
        },
        |lane, cases| {
            let merges = lane.merges();
            assert!(merges > cases as usize / 4, "only {merges} merges in {cases} cases");
        },
    );
}

/// Long enough that segments have several buckets and blocks of positions, and that a rare
/// term and a common one are searched for together.
#[test]
fn a_longer_history_is_searched_as_the_model_does() {
    const ACTIVITIES: usize = 600;
    const SIDE_BY_SIDE: usize = 8;
    /// After so many activities comes a run.
    const A_RUN: usize = 50;
    /// Two activities a millisecond.
    const HALVES: u32 = 600;
    const COMMON: Item = Item { entry: &LEXICON[0], way: 0 };
    const RARE: Related = RELATED[3];
    /// Another actor than that of the other activities.
    const RARE_WRITER: usize = 3;
    let runtime = runtime();
    let lane = runtime.block_on(Lane::start());
    // The same history in each run; the searches differ.
    let mut generator = TestRunner::deterministic();
    let logs: Vec<Log> = (0..ACTIVITIES)
        .map(|n| {
            let tree = log(HALVES, 1).new_tree(&mut generator).expect("a log is made");
            let writer = if n % 150 == 11 { RARE_WRITER } else { 0 };
            let mut log = Log { tenant: 0, writer, key: None, ..tree.current() };
            log.related = log.related.filter(|related| *related != UNKNOWN && *related != RARE);
            if n % 120 == 7 {
                log.related = Some(RARE);
            }
            if n % 10 != 0 {
                log.summary.0.push((COMMON, "."));
            }
            log
        })
        .collect();
    let mut case = runtime.block_on(Case::start(&lane));
    case.activities = runtime.block_on(async {
        let (case, lane, limits) = (&case, &lane, &of_a_longer_history());
        let answers = iter(logs.iter().enumerate()).map(|(n, log)| async move {
            let logged = case.log_plainly(log, n % 2).await.expect("it is logged as sent");
            // The last ones stay in the tail.
            if n % A_RUN == A_RUN - 1 && n < ACTIVITIES - A_RUN {
                let ran = lane.processes[n % 2].compact(case.tenant(), limits).await;
                ran.expect("the index is compacted");
            }
            logged
        });
        answers.buffered(SIDE_BY_SIDE).collect().await
    });
    let searches = || {
        let common = || Clause::Any(vec![Part::Word(COMMON)]);
        let rare_and_common = search(HALVES).prop_map(move |mut search| {
            search.query.truncate(1);
            search.query.push(common());
            Search { related: Some(RARE), category: None, ..search }
        });
        let rare_actor = search(HALVES).prop_map(|mut search| {
            search.query.truncate(1);
            let actor = Some(WRITERS[RARE_WRITER].actors[0]);
            Search { actor, actor_type: None, related: None, ..search }
        });
        prop_oneof![3 => search(HALVES), 1 => rare_and_common, 1 => rare_actor]
    };
    run_cases(
        || (),
        || (searches(), 1..6_usize, 0..2_usize),
        |(), (search, max_pages, process)| {
            let search = Search { tenant: 0, ..search };
            runtime.block_on(case.search(&search, process, max_pages))
        },
        |(), _| {},
    );
}
