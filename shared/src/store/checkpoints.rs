//! The checkpoints of a log: its seals without their leaves, which can be a hundred times
//! as long.

use std::ops::Range;

use super::calls::Store;
use super::failure::to_error;
use super::items::seal;
use super::measured::Measured as _;
use super::seals::{MAX_LEAVES, Order};
use crate::domain::audit_log::Generation;
use crate::domain::error::Result;
use crate::domain::principal::TenantId;
use crate::trail::seal::{Seal, SealHead};

/// Some seals of a log, oldest first.
#[derive(Clone, Debug)]
pub struct SealHeads {
    pub seals: Vec<SealHead>,
    /// Whether there are later ones.
    pub more: bool,
}

impl Store {
    /// The newest seal of a log.
    pub async fn newest_seal(
        &self,
        tenant: &TenantId,
        generation: Generation,
    ) -> Result<Option<SealHead>> {
        let (first, order) = (0..MAX_LEAVES, Order::NewestFirst);
        Ok(self.heads_of_seals(tenant, generation, first, order, 1).await?.seals.pop())
    }

    /// The seal that has a leaf, or where there is none, the newest one before it.
    pub async fn seal_with(
        &self,
        tenant: &TenantId,
        generation: Generation,
        leaf: u64,
    ) -> Result<Option<SealHead>> {
        let (first, order) = (0..leaf.saturating_add(1), Order::NewestFirst);
        Ok(self.heads_of_seals(tenant, generation, first, order, 1).await?.seals.pop())
    }

    /// The seals whose first leaf is that one or a later one, oldest first, at most `limit`.
    /// A megabyte of them ends it earlier.
    pub async fn seal_heads_from(
        &self,
        tenant: &TenantId,
        generation: Generation,
        first: u64,
        limit: usize,
    ) -> Result<SealHeads> {
        let (first, order) = (first..MAX_LEAVES, Order::OldestFirst);
        self.heads_of_seals(tenant, generation, first, order, limit).await
    }

    /// The same with their leaves. There are none only where there is no such seal.
    pub async fn seals_beginning_at(
        &self,
        tenant: &TenantId,
        generation: Generation,
        first: u64,
        limit: usize,
    ) -> Result<Vec<Seal>> {
        let (first, order) = (first..MAX_LEAVES, Order::OldestFirst);
        self.query_seals(tenant, generation, first, order, limit).await
    }

    async fn heads_of_seals(
        &self,
        tenant: &TenantId,
        generation: Generation,
        first: Range<u64>,
        order: Order,
        limit: usize,
    ) -> Result<SealHeads> {
        if first.is_empty() {
            return Ok(SealHeads { seals: Vec::new(), more: false });
        }
        // `count` is a word of expressions.
        let names: Vec<String> = (0..seal::HEAD.len()).map(|n| format!("#{n}")).collect();
        let mut query = self
            .query_of_seals(tenant, generation, first, order, limit)
            .projection_expression(names.join(", "));
        for (name, attribute) in names.iter().zip(seal::HEAD) {
            query = query.expression_attribute_names(name, attribute);
        }
        let answer = query.measured().await.map_err(|error| to_error("Query", &error))?;
        let more = answer.last_evaluated_key.is_some();
        let items = answer.items.unwrap_or_default();
        let seals = items.iter().map(seal::read_head).collect::<Result<_, _>>()?;
        Ok(SealHeads { seals, more })
    }
}
