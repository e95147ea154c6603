//! Histories on the embedded engine, each in a file of its own.

use std::time::Instant;

use activity_log_core::index::compact::Limits;
use activity_log_tests::engine::Engine;
use activity_log_tests::history::{Past, Template, past};
use activity_log_tests::measured::{MeasuredStack, TENANT};
use activity_log_tests::stack::Stack;
use anyhow::{Context, Result};
use dynoxide::Database;

use crate::folder;

/// What is measured on.
pub(crate) const COUNTS: [usize; 3] = [1_000, 10_000, 100_000];
/// Ten words and more.
const SUMMARY_CHARS: usize = 60;
/// Another layout of the table or other texts are another file.
const VERSION: &str = "3";
/// So many are logged between two runs of the compactor, so that a long history is made
/// quickly.
const ROWS_A_RUN: usize = 1_000;
const TABLE: &str = "activity-log";

/// A history, and two stacks on it.
pub(crate) struct History {
    /// Its calls are counted; it stands behind a proxy.
    pub(crate) measured: MeasuredStack,
    /// Nothing stands between it and the engine.
    pub(crate) direct: Stack,
    /// A key for `direct`.
    pub(crate) key: String,
}

/// The activities of a history, newest first.
pub(crate) fn rows(count: usize) -> impl Iterator<Item = Past> {
    past(count, SUMMARY_CHARS)
}

/// Opens a history, and makes it at first.
pub(crate) async fn open(count: usize) -> Result<History> {
    let folder = folder("BENCH_HISTORY")?;
    std::fs::create_dir_all(&folder)?;
    let path = folder.join(format!("{VERSION}-{count}.sqlite3"));
    if !path.exists() {
        // A file under this name is whole.
        let unfinished = folder.join(format!("{VERSION}-{count}.unfinished"));
        for suffix in ["", "-wal", "-shm"] {
            let file = folder.join(format!("{VERSION}-{count}.unfinished{suffix}"));
            if file.exists() {
                std::fs::remove_file(file)?;
            }
        }
        let started = Instant::now();
        let database = open_database(&unfinished)?;
        let engine = Engine::on(database.clone()).await;
        let endpoint = engine.endpoint.clone();
        let measured = MeasuredStack::start_on(engine, TABLE).await;
        let MeasuredStack { stack, key, client, .. } = &measured;
        let template = Template::record(stack, key, client).await;
        let compactor = Stack::start_on(&endpoint, TABLE, |_| {}).await;
        let rows: Vec<Past> = rows(count).collect();
        for oldest in rows.rchunks(ROWS_A_RUN) {
            template.write_history(&database, TABLE, oldest.iter().rev().cloned());
            compactor.compact(TENANT, &Limits::default()).await?;
        }
        compactor.settle(TENANT).await?;
        drop((measured, compactor));
        drop(database);
        std::fs::rename(&unfinished, &path)?;
        eprintln!("made a history of {count} in {:.0} s", started.elapsed().as_secs_f64());
    }
    let engine = Engine::on(open_database(&path)?).await;
    let endpoint = engine.endpoint.clone();
    let measured = MeasuredStack::start_on(engine, TABLE).await;
    let direct = Stack::start_on(&endpoint, TABLE, |_| {}).await;
    let key = direct.service_key(TENANT).await;
    Ok(History { measured, direct, key })
}

fn open_database(path: &std::path::Path) -> Result<Database> {
    let database = Database::new(path.to_str().context("the path is UTF-8")?)
        .with_context(|| path.display().to_string())?;
    // Its larger cache is for reading, too.
    database.enable_bulk_loading()?;
    Ok(database)
}
