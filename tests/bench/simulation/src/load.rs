//! A tenant that logs steadily and fast: how much is written to each partition, and how many
//! runs of the compactor there are.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll, Waker};

use activity_log_core::domain::clock::Timestamp;
use activity_log_core::domain::error::Result as TableResult;
use activity_log_core::index::Position;
use activity_log_core::index::compact::{self, Limits, Ran};
use activity_log_core::index::entry::Entry;
use activity_log_core::index::manifest::TailKey;
use activity_log_tests::faulty_engine::scramble;
use activity_log_tests::growing::asks_for_run;
use activity_log_tests::history::COMMON;
use anyhow::{Context as _, Result};
use uuid::Builder;

use crate::grow::position_of;
use crate::reader::Reader;
use crate::searches;
use crate::table::Table;
use crate::texts::{Entries, Simulated};
use crate::units::{Numbers, Partition};

/// A call of the table takes so long.
const TICK_MS: i64 = 5;
/// From the entry that asks for a run to its beginning: the stream, `publish` and the bus.
const UNTIL_RUN_MS: i64 = 500;
/// What came before it is settled is left out of what is told.
const SETTLED_MS: i64 = 20_000;
/// Writers look so often, in logs of all of them, how many shards there are.
const LOGS_A_LOOK: usize = 640;
/// A search each so many milliseconds.
const SEARCH_MS: i64 = 1_985;

/// A run that begins at a time.
type Run<'a> = (i64, Pin<Box<dyn Future<Output = TableResult<Ran>> + 'a>>);

#[derive(Default)]
struct Told {
    busiest: BTreeMap<Partition, u64>,
    longest_tail: usize,
    runs: usize,
    ended_for_another: usize,
    side_by_side: usize,
    units: Numbers,
    round_trips: Numbers,
}

/// Prints what `rate` logs a second come to.
pub(crate) fn run(entries: Entries, rate: usize, count: usize) -> Result<()> {
    let table = Table::that_takes_time();
    let (env, limits) = (Simulated::default(), Limits::default());
    let mut entries = entries.enumerate();
    let mut runs: Vec<Run<'_>> = Vec::new();
    let mut told = Told::default();
    let (mut shards, mut logged, mut now_ms) = (1, 0, 0);
    let begun_ms = 1_767_225_600_000;
    while logged < count {
        now_ms += TICK_MS;
        env.now_ms.store(begun_ms + now_ms, Ordering::Relaxed);
        let due = rate * now_ms as usize / 1_000 - logged;
        for (n, next) in entries.by_ref().take(due) {
            logged += 1;
            if n % LOGS_A_LOOK == 0 {
                let items = table.items();
                shards = items.manifest.as_ref().map_or(1, |current| current.manifest.shards);
            }
            let entry = logged_at(next.entry, begun_ms + now_ms, n as u64)?;
            let bytes = entry.encode().len();
            let shard = (scramble(71, n as u64) % u64::from(shards)) as u8;
            let key = TailKey { shard, position: position_of(&entry)? };
            table.items().log(key, entry, bytes);
            if asks_for_run(next.n, bytes) {
                let run = compact::run(&table, &env, &limits);
                runs.push((now_ms + UNTIL_RUN_MS, Box::pin(run)));
            }
        }
        go_on(&mut runs, now_ms, &mut told)?;
        if now_ms % 1_000 == 0 {
            look(&table, now_ms, &mut told);
        }
        if now_ms > SETTLED_MS && now_ms % SEARCH_MS == 0 {
            let cost = Reader::warm(&table).page(searches::expression(COMMON)?)?;
            told.units.add(cost.units);
            told.round_trips.add(cost.round_trips);
        }
    }
    let items = table.items();
    let manifest = items.manifest.as_ref().context("something was compacted")?;
    println!("{rate} logs a second, {} seconds:", now_ms / 1_000);
    println!("    shards of the tail: {}", manifest.manifest.shards);
    let written = items.written.values().sum::<u64>() as f64 / logged as f64;
    println!("    write units of the index a log: {written:.2}");
    println!("    write units in the busiest second: {:?}", told.busiest);
    println!("    entries in the tail: {} now, {} at most", items.tail.len(), told.longest_tail);
    println!(
        "    runs: {}, of which {} ended for another; {} side by side at most",
        told.runs, told.ended_for_another, told.side_by_side
    );
    println!(
        "    a search for a common word: {:.0} units, {:.0} at most; {:.0} round trips at most",
        told.units.mean(),
        told.units.most(),
        told.round_trips.most()
    );
    Ok(())
}

/// An entry as of a record that is logged at a time: how fast a tenant logs is read from ids.
fn logged_at(mut entry: Entry, now_ms: i64, n: u64) -> Result<Entry> {
    let time = Timestamp::from_millis(now_ms).context("it is after 1970")?;
    for (salt, part) in (80..).step_by(2).zip(entry.activity.iter_mut().chain(&mut entry.event)) {
        let mut random = [0; 10];
        random[..8].copy_from_slice(&scramble(salt, n).to_le_bytes());
        random[8..].copy_from_slice(&scramble(salt + 1, n).to_le_bytes()[..2]);
        let id = Builder::from_unix_timestamp_millis(now_ms.unsigned_abs(), &random).into_uuid();
        part.position = Position { time, id };
    }
    Ok(entry)
}

/// Lets each run make its next call.
fn go_on(runs: &mut Vec<Run<'_>>, now_ms: i64, told: &mut Told) -> Result<()> {
    let mut context = Context::from_waker(Waker::noop());
    let mut at_work = 0;
    let mut failed = Ok(());
    runs.retain_mut(|(from_ms, run)| {
        if *from_ms > now_ms {
            return true;
        }
        at_work += 1;
        match run.as_mut().poll(&mut context) {
            Poll::Pending => true,
            Poll::Ready(Ok(ran)) => {
                told.runs += 1;
                told.ended_for_another += usize::from(ran.ended_for_another);
                false
            }
            Poll::Ready(Err(error)) => {
                failed = Err(error);
                false
            }
        }
    });
    told.side_by_side = told.side_by_side.max(at_work);
    Ok(failed?)
}

/// Looks at what a second came to.
fn look(table: &Table, now_ms: i64, told: &mut Told) {
    let mut items = table.items();
    let second = std::mem::take(&mut items.by_partition);
    told.longest_tail = told.longest_tail.max(items.tail.len());
    if now_ms > SETTLED_MS {
        for (partition, units) in second {
            let busiest = told.busiest.entry(partition).or_default();
            *busiest = units.max(*busiest);
        }
    }
}
