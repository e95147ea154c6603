//! Going through the whole table, which operators' commands do and functions
//! never.

use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::future::try_join_all;
use tokio::time::Instant;

use crate::domain::error::{Error, Result};
use crate::platform::backoff::Backoff;
use crate::store::calls::Store;
use crate::store::failure::{is_passing, to_error};
use crate::store::item::{Item, keys_only};

/// Parts of the table that are gone through side by side.
const SEGMENTS: i32 = 4;
/// How long a call that is throttled is made again, on top of the SDK's own
/// attempts: a table on demand grows with what is asked of it.
const THROTTLED_DEADLINE: Duration = Duration::from_secs(60);
/// The same for a call that fails. It is short, since a command can be run again
/// when the table is back.
const UNAVAILABLE_DEADLINE: Duration = Duration::from_secs(5);

/// What is read of a table.
#[derive(Clone, Debug, Default)]
pub(super) struct Scan {
    /// What an item has to satisfy; it costs the same when it does not.
    filter: Option<String>,
    values: Vec<(&'static str, AttributeValue)>,
    /// Everything where it is absent.
    projection: Option<String>,
}

impl Scan {
    /// Every key.
    pub(super) fn keys() -> Self {
        Self { projection: Some(keys_only()), ..Self::default() }
    }

    /// Of those, the items that satisfy a filter.
    pub(super) fn only(self, filter: impl Into<String>) -> Self {
        Self { filter: Some(filter.into()), ..self }
    }

    /// Sets a value of the filter.
    pub(super) fn with(mut self, name: &'static str, value: AttributeValue) -> Self {
        self.values.push((name, value));
        self
    }
}

/// What is known so far, of pages that are worked on side by side.
#[derive(Debug, Default)]
pub(super) struct Tally<T>(Mutex<T>);

impl<T: Clone> Tally<T> {
    /// Changes it. Tells how it is then.
    pub(super) fn update(&self, change: impl FnOnce(&mut T)) -> T {
        let mut tally = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut tally);
        tally.clone()
    }

    /// How it is at the end.
    pub(super) fn into_inner(self) -> T {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Some items, and how many were looked at to find them.
#[derive(Debug)]
pub(super) struct ScanPage {
    pub(super) items: Vec<Item>,
    pub(super) scanned: usize,
}

/// One page, of the whole table or of a segment, and where the next begins.
pub(super) async fn read_page(
    store: &Store,
    scan: &Scan,
    segment: Option<i32>,
    start: Option<Item>,
) -> Result<(ScanPage, Option<Item>)> {
    let values = scan.values.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
    let answer = store
        .client
        .scan()
        .table_name(&store.table_name)
        .set_filter_expression(scan.filter.clone())
        .set_expression_attribute_values((!scan.values.is_empty()).then(|| values.collect()))
        .set_projection_expression(scan.projection.clone())
        .set_segment(segment)
        .set_total_segments(segment.map(|_| SEGMENTS))
        .consistent_read(true)
        .set_exclusive_start_key(start)
        .send()
        .await
        .map_err(|error| to_error("Scan", &error))?;
    let scanned = usize::try_from(answer.scanned_count).unwrap_or_default();
    let page = ScanPage { items: answer.items.unwrap_or_default(), scanned };
    Ok((page, answer.last_evaluated_key))
}

/// Does some work for every page of the table, a few pages side by side.
/// The first failure that stays one is the end.
pub(super) async fn each_page<F>(
    store: &Store,
    scan: &Scan,
    work: impl Fn(ScanPage) -> F,
) -> Result<()>
where
    F: Future<Output = Result<()>>,
{
    let work = &work;
    let segments = (0..SEGMENTS).map(|segment| async move {
        let mut start = None;
        loop {
            let read = || read_page(store, scan, Some(segment), start.clone());
            let (page, next) = insist(read).await?;
            work(page).await?;
            start = next;
            if start.is_none() {
                return Ok(());
            }
        }
    });
    try_join_all(segments).await.map(drop)
}

/// Does something again that the table could not do now, for a bounded time. It
/// has to be something that can be done again.
pub(super) async fn insist<T, F>(mut attempt: impl FnMut() -> F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    let (mut throttled, mut unavailable) = (None, None);
    loop {
        let error = match attempt().await {
            Err(error) if is_passing(&error) => error,
            result => return result,
        };
        let (backoff, patience) = match error {
            Error::RateLimited(_) => (&mut throttled, THROTTLED_DEADLINE),
            _ => (&mut unavailable, UNAVAILABLE_DEADLINE),
        };
        if !backoff.get_or_insert_with(|| Backoff::until(Instant::now() + patience)).wait().await {
            return Err(error);
        }
    }
}
