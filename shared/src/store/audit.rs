//! The audit trail: events read, and those written that have no activity.

use std::collections::HashMap;

use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;
use tokio::time::Instant;
use uuid::Uuid;

use super::audited_write::AuditedWrite;
use super::calls::{IF_ABSENT, Store};
use super::commit::Staging;
use super::failure::{DeadlinePassed, is_passing, to_error};
use super::measured::Measured as _;
use super::{items, keys};
use crate::domain::audit::AuditEvent;
use crate::domain::error::{Error, Result};
use crate::domain::principal::TenantId;
use crate::platform::backoff::Backoff;

impl Store {
    /// The audit events that exist of some ids.
    pub async fn audit_events(
        &self,
        tenant: &TenantId,
        ids: &[Uuid],
    ) -> Result<HashMap<Uuid, AuditEvent>> {
        let keys = ids.iter().map(|id| keys::audit_event(tenant, *id)).collect();
        let items = self.batch_get(keys, None).await?;
        items
            .iter()
            .map(|item| {
                let event = items::audit_event::read(tenant, item)?;
                Ok((event.id, event))
            })
            .collect()
    }

    /// Writes an audit event that has no transaction to share, after what it is
    /// found by. An event that exists is never written over.
    pub async fn put_audit_event(&self, event: &AuditEvent, deadline: Instant) -> Result<()> {
        let staging = Staging::of_audit_event(event, self.tail_shards(&event.tenant_id));
        self.stage(&event.tenant_id, &staging, deadline).await?;
        let mut backoff = Backoff::until(deadline);
        loop {
            let put = tokio::time::timeout_at(deadline, self.attempt_audit_event(event)).await;
            let error = match put {
                Ok(Ok(())) => {
                    self.note_written(event, staging.is_marked());
                    return Ok(());
                }
                Ok(Err(error)) => error,
                Err(_) => return Err(DeadlinePassed("writing an audit event").into()),
            };
            if !is_passing(&error) || !backoff.wait().await {
                return Err(error);
            }
        }
    }

    /// Writes an audit event that several calls may write, each with a time of its own:
    /// it is there once, and is found by what the one that came first wrote.
    pub async fn put_audit_event_once(&self, event: &AuditEvent, deadline: Instant) -> Result<()> {
        match self.write_audited(Vec::new(), event, deadline).await? {
            AuditedWrite::Done | AuditedWrite::EventExists => Ok(()),
            AuditedWrite::Refused(_) => {
                Err(Error::Internal("a write without conditions was refused".into()))
            }
        }
    }

    async fn attempt_audit_event(&self, event: &AuditEvent) -> Result<()> {
        let answer = self
            .client
            .put_item()
            .table_name(&self.table_name)
            .set_item(Some(items::audit_event::write(event)))
            .condition_expression(IF_ABSENT)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .measured()
            .await;
        let Err(error) = answer else { return Ok(()) };
        // An attempt after a lost answer meets its own item.
        let existing = match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(failed)) => failed.item(),
            _ => None,
        };
        match existing {
            Some(existing) if *existing == items::audit_event::write(event) => Ok(()),
            _ => Err(to_error("PutItem", &error)),
        }
    }
}
