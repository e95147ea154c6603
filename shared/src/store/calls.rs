//! The table, and the calls that all of the store makes: one item, batches of
//! them, the pages of a partition.

use std::ops::RangeInclusive;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeValue, DeleteRequest, KeysAndAttributes, Put, PutRequest, ReturnValue,
    ReturnValuesOnConditionCheckFailure, WriteRequest,
};
use futures_util::future::try_join_all;
use futures_util::stream::{TryStreamExt, iter};
use tokio::sync::mpsc::Receiver;
use tokio::time::{Duration, Instant};

use super::failure::{DeadlinePassed, classify, to_error};
use super::index_memory::IndexMemory;
use super::item::{Item, Key};
use super::layout::SeenLayout;
use super::measured::Measured as _;
use super::new_events::{NewEvent, NewEvents};
use crate::domain::clock::Timestamp;
use crate::domain::error::{Result, chain};
use crate::platform::backoff::Backoff;

/// The keys that one BatchGetItem takes.
const BATCH_KEYS: usize = 100;
/// How long unprocessed keys are asked for again.
const BATCH_DEADLINE: Duration = Duration::from_secs(10);
/// The items that one BatchWriteItem takes.
const BATCH_ITEMS: usize = 25;
/// Batches in flight: 400 items are well under what a partition takes a
/// second, and the lists of one record spread over many partitions.
const BATCHES_IN_FLIGHT: usize = 16;
/// The condition that guards every item that is written once.
pub(super) const IF_ABSENT: &str = "attribute_not_exists(pk)";

/// The table.
#[derive(Clone, Debug)]
pub struct Store {
    pub(super) client: Client,
    pub(super) table_name: String,
    pub(super) memory: Arc<IndexMemory>,
    /// Where new audit events are handed on, in a process that seals them itself.
    pub(super) new_events: Arc<NewEvents>,
    /// Whether it was seen to have this build's layout.
    pub(super) layout: SeenLayout,
}

/// Some items of a partition, and where the next ones begin if there are more.
pub(super) struct ItemPage {
    items: Vec<Item>,
    next: Option<Item>,
}

impl Store {
    /// A store on a table that exists.
    #[must_use]
    pub fn new(client: Client, table_name: &str) -> Self {
        Self {
            client,
            table_name: table_name.to_owned(),
            memory: Arc::default(),
            new_events: Arc::default(),
            layout: SeenLayout::default(),
        }
    }

    /// The table's name.
    #[must_use]
    pub fn table_name(&self) -> &str {
        &self.table_name
    }

    /// The events that this process writes from now on, for it to seal; `None` where they
    /// are handed to somebody already.
    #[must_use]
    pub fn new_events(&self) -> Option<Receiver<NewEvent>> {
        self.new_events.receive()
    }

    pub(super) async fn get(&self, key: Key) -> Result<Option<Item>> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table_name)
            .set_key(Some(key.into_item()))
            .consistent_read(true)
            .measured()
            .await
            .map_err(|error| to_error("GetItem", &error))?;
        Ok(answer.item)
    }

    /// An update that notes a time, `:now` in its expression, and answers the whole
    /// item.
    pub(super) fn note_time(
        &self,
        key: Key,
        expression: &str,
        now: Timestamp,
    ) -> UpdateItemFluentBuilder {
        self.client
            .update_item()
            .table_name(&self.table_name)
            .set_key(Some(key.into_item()))
            .update_expression(expression)
            .expression_attribute_values(":now", AttributeValue::S(now.to_string()))
            .return_values(ReturnValue::AllNew)
    }

    /// The items that exist of some keys, up to 100 a call, side by side. Only
    /// a key that was answered is taken as absent: unprocessed keys are asked
    /// for again.
    pub(super) async fn batch_get(
        &self,
        keys: Vec<Key>,
        projection: Option<&str>,
    ) -> Result<Vec<Item>> {
        let batches = keys.chunks(BATCH_KEYS).map(|batch| {
            let keys = batch.iter().cloned().map(Key::into_item).collect();
            self.batch_get_one(keys, projection)
        });
        Ok(try_join_all(batches).await?.into_iter().flatten().collect())
    }

    async fn batch_get_one(
        &self,
        mut keys: Vec<Item>,
        projection: Option<&str>,
    ) -> Result<Vec<Item>> {
        let mut found = Vec::with_capacity(keys.len());
        let mut backoff = Backoff::until(Instant::now() + BATCH_DEADLINE);
        while !keys.is_empty() {
            let request = KeysAndAttributes::builder()
                .set_keys(Some(keys))
                .consistent_read(true)
                .set_projection_expression(projection.map(str::to_owned))
                .build()?;
            let answer = self
                .client
                .batch_get_item()
                .request_items(&self.table_name, request)
                .measured()
                .await
                .map_err(|error| to_error("BatchGetItem", &error))?;
            let items = answer.responses.and_then(|mut tables| tables.remove(&self.table_name));
            found.extend(items.unwrap_or_default());
            keys = answer
                .unprocessed_keys
                .and_then(|mut tables| tables.remove(&self.table_name))
                .map(|unprocessed| unprocessed.keys)
                .unwrap_or_default();
            if !keys.is_empty() && !backoff.wait().await {
                return Err(DeadlinePassed("reading unprocessed keys again").into());
            }
        }
        Ok(found)
    }

    /// A put of what is not there yet, which tells what is in its way.
    pub(super) fn put_once(&self, item: Item) -> Result<Put, BuildError> {
        Put::builder()
            .table_name(&self.table_name)
            .set_item(Some(item))
            .condition_expression(IF_ABSENT)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
    }

    /// The items of a partition whose sort keys come after `start`, at most `limit`, and
    /// whether there may be more. A megabyte of them ends a page earlier.
    pub(super) async fn items_after(
        &self,
        pk: String,
        start: String,
        limit: usize,
    ) -> Result<(Vec<Item>, bool)> {
        let query = self
            .query_of(pk, "pk = :pk AND sk > :start")
            .expression_attribute_values(":start", AttributeValue::S(start))
            .limit(i32::try_from(limit).unwrap_or(i32::MAX));
        let page = page_of(query, None).await?;
        Ok((page.items, page.next.is_some()))
    }

    /// A page of a partition, whose size DynamoDB decides.
    pub(super) async fn partition_page(
        &self,
        pk: String,
        projection: Option<String>,
        start: Option<Item>,
    ) -> Result<ItemPage> {
        let query = self.query_of(pk, "pk = :pk").set_projection_expression(projection);
        page_of(query, start).await
    }

    /// A page of what stands in a partition from one sort key to another.
    pub(super) async fn page_between(
        &self,
        pk: String,
        sks: RangeInclusive<String>,
        start: Option<Item>,
    ) -> Result<ItemPage> {
        let (from, last) = sks.into_inner();
        let query = self
            .query_of(pk, "pk = :pk AND sk BETWEEN :from AND :last")
            .expression_attribute_values(":from", AttributeValue::S(from))
            .expression_attribute_values(":last", AttributeValue::S(last));
        page_of(query, start).await
    }

    /// A query of what is in a partition now, where a condition has it as `:pk`.
    fn query_of(&self, pk: String, condition: &str) -> QueryFluentBuilder {
        self.client
            .query()
            .table_name(&self.table_name)
            .key_condition_expression(condition)
            .expression_attribute_values(":pk", AttributeValue::S(pk))
            .consistent_read(true)
    }

    /// Puts the items that `item` makes of some things.
    pub(super) async fn batch_put<T>(
        &self,
        items: &[T],
        item: impl Fn(&T) -> Item + Copy,
        deadline: Instant,
    ) -> Result<()> {
        let put = |of: &T| {
            let put = PutRequest::builder().set_item(Some(item(of))).build()?;
            Ok(WriteRequest::builder().put_request(put).build())
        };
        self.batch_write(items, put, deadline).await
    }

    /// Removes the items of some keys, those that exist.
    pub(super) async fn batch_delete(&self, keys: &[Item], deadline: Instant) -> Result<()> {
        let delete = |key: &Item| {
            let delete = DeleteRequest::builder().set_key(Some(key.clone())).build()?;
            Ok(WriteRequest::builder().delete_request(delete).build())
        };
        self.batch_write(keys, delete, deadline).await
    }

    async fn batch_write<T>(
        &self,
        items: &[T],
        request: impl Fn(&T) -> Result<WriteRequest, BuildError> + Copy,
        deadline: Instant,
    ) -> Result<()> {
        let all = iter(items.chunks(BATCH_ITEMS).map(Ok))
            .try_for_each_concurrent(BATCHES_IN_FLIGHT, |batch| {
                self.batch_write_one(batch, request, deadline)
            });
        match tokio::time::timeout_at(deadline, all).await {
            Ok(result) => result,
            Err(_) => Err(DeadlinePassed("writing a batch").into()),
        }
    }

    async fn batch_write_one<T>(
        &self,
        items: &[T],
        request: impl Fn(&T) -> Result<WriteRequest, BuildError>,
        deadline: Instant,
    ) -> Result<()> {
        let mut backoff = Backoff::until(deadline);
        // What is left to write; everything as long as nothing was answered. The
        // client takes requests for good, and most batches need just one.
        let mut unprocessed: Option<Vec<WriteRequest>> = None;
        loop {
            let batch = match &unprocessed {
                None => items.iter().map(&request).collect::<Result<_, _>>()?,
                Some(rest) => rest.clone(),
            };
            let answer = self
                .client
                .batch_write_item()
                .request_items(&self.table_name, batch)
                .measured()
                .await;
            match answer {
                Ok(answer) => {
                    let rest = answer
                        .unprocessed_items
                        .and_then(|mut tables| tables.remove(&self.table_name))
                        .unwrap_or_default();
                    if rest.is_empty() {
                        return Ok(());
                    }
                    unprocessed = Some(rest);
                }
                // A put or a delete of the same item is the same however often
                // it is done.
                Err(error) if classify(&error).is_passing() => {
                    tracing::debug!(error = %chain(&to_error("BatchWriteItem", &error)), "retrying");
                }
                Err(error) => return Err(to_error("BatchWriteItem", &error)),
            }
            if !backoff.wait().await {
                return Err(DeadlinePassed("writing unprocessed items again").into());
            }
        }
    }
}

async fn page_of(query: QueryFluentBuilder, start: Option<Item>) -> Result<ItemPage> {
    let answer = query.set_exclusive_start_key(start).measured().await;
    let answer = answer.map_err(|error| to_error("Query", &error))?;
    Ok(ItemPage { items: answer.items.unwrap_or_default(), next: answer.last_evaluated_key })
}

/// The items of all pages, where there are few. `read` reads the page that begins
/// at a key, or the first one.
pub(super) async fn pages<F>(mut read: impl FnMut(Option<Item>) -> F) -> Result<Vec<Item>>
where
    F: Future<Output = Result<ItemPage>>,
{
    let mut items = Vec::new();
    let mut start = None;
    loop {
        let page = read(start).await?;
        items.extend(page.items);
        start = page.next;
        if start.is_none() {
            return Ok(items);
        }
    }
}
