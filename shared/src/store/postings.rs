//! Posting lists, as the index reads them.

use std::collections::HashSet;

use aws_sdk_dynamodb::operation::query::QueryOutput;
use aws_sdk_dynamodb::types::AttributeValue;

use super::calls::Store;
use super::failure::{CorruptItem, to_error};
use super::item::{Item, SK};
use super::keys::{self, Index};
use super::measured::Measured as _;
use crate::domain::error::Result;
use crate::domain::principal::TenantId;
use crate::index::{Extent, Position, PostingLists, PostingPage, Range, Term};

/// The lists of a tenant in one of the two indexes.
#[derive(Clone, Copy, Debug)]
pub struct Postings<'a> {
    /// The table.
    pub store: &'a Store,
    pub tenant: &'a TenantId,
    /// Whether they are of activities or of audit events.
    pub index: Index,
}

impl Postings<'_> {
    /// The newest postings of a list within a range, from `start` on.
    async fn query(
        &self,
        list: &str,
        range: Range,
        limit: usize,
        start: Option<Item>,
    ) -> Result<QueryOutput> {
        let text = |text: String| AttributeValue::S(text);
        self.store
            .client
            .query()
            .table_name(&self.store.table_name)
            .key_condition_expression("pk = :list AND sk BETWEEN :oldest AND :newest")
            .expression_attribute_values(":list", text(list.to_owned()))
            .expression_attribute_values(":oldest", text(range.oldest.encode()))
            .expression_attribute_values(":newest", text(range.newest.encode()))
            .projection_expression(SK)
            .scan_index_forward(false)
            .consistent_read(true)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .set_exclusive_start_key(start)
            .measured()
            .await
            .map_err(|error| to_error("Query", &error))
    }
}

impl PostingLists for Postings<'_> {
    async fn page(&self, term: &Term, range: Range, limit: usize) -> Result<PostingPage> {
        let list = keys::list(self.tenant, self.index, term);
        let mut start = None;
        loop {
            let answer = self.query(&list, range, limit, start).await?;
            let items = answer.items.unwrap_or_default();
            let positions = items.iter().map(parse_posting).collect::<Result<Vec<_>, _>>()?;
            let extent = match answer.last_evaluated_key {
                None => Extent::Whole,
                // A page can be empty and still not be the last.
                Some(key) if positions.is_empty() => {
                    tracing::debug!(attributes = key.len(), "an empty page is not the last");
                    start = Some(key);
                    continue;
                }
                Some(key) => Extent::Through(parse_posting(&key)?),
            };
            return Ok(PostingPage { positions, extent });
        }
    }

    async fn contained(&self, term: &Term, positions: &[Position]) -> Result<HashSet<Position>> {
        let key = |position: &Position| keys::posting(self.tenant, self.index, term, *position);
        let keys = positions.iter().map(key).collect();
        let items = self.store.batch_get(keys, Some(SK)).await?;
        Ok(items.iter().map(parse_posting).collect::<Result<_, _>>()?)
    }
}

/// The key of a list has words of a text in it, so an error names only the
/// position.
fn parse_posting(item: &Item) -> Result<Position, CorruptItem> {
    let sk = item.get(SK).and_then(|value| value.as_s().ok());
    sk.and_then(|sk| Position::decode(sk)).ok_or_else(|| CorruptItem {
        pk: "(a posting list)".to_owned(),
        sk: sk.cloned().unwrap_or_default(),
        problem: "the sort key is not a position".to_owned(),
    })
}
