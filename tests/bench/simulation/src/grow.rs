//! A history that grows, with a run of the compactor whenever an entry asks for one: what is
//! written for it, and what searches of it read.

use std::sync::atomic::Ordering;

use activity_log_core::index::Position;
use activity_log_core::index::compact::{self, Limits};
use activity_log_core::index::entry::Entry;
use activity_log_core::index::manifest::TailKey;
use activity_log_tests::growing::asks_for_run;
use anyhow::{Context, Result, ensure};

use crate::reader::Reader;
use crate::searches;
use crate::table::{Table, drive};
use crate::texts::{Entries, Logged, Simulated};
use crate::units::{Numbers, Units};

/// So many states of a history are looked at, in the second half of it.
const STATES: usize = 30;

/// The tenant of a history.
#[derive(Default)]
struct Tenant {
    table: Table,
    env: Simulated,
    logged: usize,
}

impl Tenant {
    fn log(&mut self, logged: Logged) -> Result<()> {
        let Logged { n, entry, at_ms } = logged;
        self.env.now_ms.store(at_ms, Ordering::Relaxed);
        self.logged += 1;
        let bytes = entry.encode().len();
        let key = TailKey { shard: 0, position: position_of(&entry)? };
        self.table.items().log(key, entry, bytes);
        if asks_for_run(n, bytes) {
            let (ran, _) = drive(compact::run(&self.table, &self.env, &Limits::default()));
            ran?;
        }
        Ok(())
    }

    fn written(&self) -> Units {
        self.table.items().written.clone()
    }
}

/// Where an entry stands in the tail.
pub(crate) fn position_of(entry: &Entry) -> Result<Position> {
    let activity = entry.activity.as_ref().context("each entry has an activity")?;
    Ok(activity.position)
}

/// Prints what the index writes for each log.
pub(crate) fn write(entries: Entries, count: usize) -> Result<()> {
    let mut tenant = Tenant::default();
    let mut at_a_quarter = None;
    for logged in entries {
        tenant.log(logged)?;
        if tenant.logged == count / 4 {
            at_a_quarter = Some(tenant.written());
        }
    }
    let at_a_quarter = at_a_quarter.context("a history has at least four activities")?;
    let all = tenant.written();
    let mean = |units: &Units, logs: usize| units.values().sum::<u64>() as f64 / logs as f64;
    let (first, all_units) = (mean(&at_a_quarter, count / 4), mean(&all, count));
    println!("write units of the index a log, of {count}: {all_units:.2}");
    for (what, units) in &all {
        println!("    {what:?}: {:.2}", *units as f64 / count as f64);
    }
    println!("a fourfold history adds {:.2}", all_units - first);
    let stored = tenant.table.items().stored_bytes();
    println!("bytes stored of segments a log: {:.0}", stored as f64 / count as f64);
    Ok(())
}

/// What a kind of search cost in each state.
#[derive(Default)]
struct Costs {
    units: Numbers,
    round_trips: Numbers,
}

impl Costs {
    fn search(&mut self, reader: &Reader<'_>, query: &str) -> Result<()> {
        let cost = reader.page(searches::expression(query)?)?;
        self.units.add(cost.units);
        self.round_trips.add(cost.round_trips);
        Ok(())
    }

    fn cells(&self) -> String {
        let Self { units, round_trips } = self;
        let (mean, most) = (units.mean(), units.most());
        format!("{mean:.0} | {most:.0} | {:.1} | {:.0}", round_trips.mean(), round_trips.most())
    }
}

/// Prints what searches read, of a process that knows nothing, and of one that knows the
/// manifest and where terms are.
pub(crate) fn search(entries: Entries, count: usize) -> Result<()> {
    let step = count / 2 / STATES;
    ensure!(step > 0, "a history has at least {} activities", 2 * STATES);
    let searches = searches::all();
    let mut costs: Vec<[Costs; 2]> = searches.iter().map(|_| Default::default()).collect();
    let mut tenant = Tenant::default();
    for logged in entries {
        tenant.log(logged)?;
        if tenant.logged < count / 2 || !tenant.logged.is_multiple_of(step) {
            continue;
        }
        for ((_, query), [cold, warm]) in searches.iter().zip(&mut costs) {
            cold.search(&Reader::cold(&tenant.table), query)?;
            warm.search(&Reader::warm(&tenant.table), query)?;
        }
    }
    println!(
        "| search, page of 20 of {count} | warm: units | most | round trips | most | cold: units | most | round trips | most |"
    );
    println!("| --- |{}", " ---: |".repeat(8));
    for ((name, _), [cold, warm]) in searches.iter().zip(&costs) {
        println!("| {name} | {} | {} |", warm.cells(), cold.cells());
    }
    Ok(())
}
