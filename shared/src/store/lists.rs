//! The lists of all records of a collection, newest first.
//!
//! They are what is listed without any filter: the timeline of everything, and the feed of
//! the trail. A page of one costs little more than its rows; by segments it would cost
//! twice that. All other lists would cost every write a unit for what is asked for rarely.

use aws_sdk_dynamodb::operation::query::QueryOutput;
use aws_sdk_dynamodb::types::AttributeValue;

use super::calls::Store;
use super::failure::to_error;
use super::item::{Item, SK};
use super::items::tail_entry::read_position;
use super::keys;
use super::measured::Measured as _;
use crate::domain::error::Result;
use crate::domain::principal::TenantId;
use crate::index::search::{Progress, Step};
use crate::index::segment::Collection;
use crate::index::{Position, Range};

impl Store {
    /// The newest positions of all records within a range, at most `limit`.
    pub async fn listed(
        &self,
        tenant: &TenantId,
        collection: Collection,
        range: Range,
        limit: usize,
    ) -> Result<Step> {
        let list = keys::list(tenant, collection);
        let mut start = None;
        loop {
            let answer = self.query_list(&list, range, limit, start).await?;
            let items = answer.items.unwrap_or_default();
            let matches = items.iter().map(read_position).collect::<Result<Vec<_>, _>>()?;
            let progress = match answer.last_evaluated_key {
                None => Progress::Finished,
                // A page can be empty and still not be the last.
                Some(key) if matches.is_empty() => {
                    start = Some(key);
                    continue;
                }
                Some(key) => Progress::DecidedTo(read_position(&key)?),
            };
            return Ok(Step { matches, progress, is_exact: true });
        }
    }

    async fn query_list(
        &self,
        list: &str,
        range: Range,
        limit: usize,
        start: Option<Item>,
    ) -> Result<QueryOutput> {
        self.query_range(list, Some(range), start)
            .projection_expression(SK)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .measured()
            .await
            .map_err(|error| to_error("Query", &error))
    }

    /// A query of a partition whose sort keys are positions, newest first.
    pub(super) fn query_range(
        &self,
        pk: &str,
        range: Option<Range>,
        start: Option<Item>,
    ) -> aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder {
        let range = range.unwrap_or(Range { newest: Position::NEWEST, oldest: Position::OLDEST });
        let text = |text: String| AttributeValue::S(text);
        self.client
            .query()
            .table_name(&self.table_name)
            .key_condition_expression("pk = :pk AND sk BETWEEN :oldest AND :newest")
            .expression_attribute_values(":pk", text(pk.to_owned()))
            .expression_attribute_values(":oldest", text(range.oldest.encode()))
            .expression_attribute_values(":newest", text(range.newest.encode()))
            .scan_index_forward(false)
            .consistent_read(true)
            .set_exclusive_start_key(start)
    }
}
