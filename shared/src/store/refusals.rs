//! Tallies of refusals: counted by one call each, and closed with one event.
//!
//! ```text
//! count   UpdateItem, ADD               one unit, however many processes do it
//!         ── a crash here leaves a tally that is not closed: the next refusal of
//!            the tenant, the next reader of its trail, or `publish` closes it
//! close   delete the tally, if its      TransactWriteItems
//!         number is the one that the
//!         event tells; put the event
//! ```
//!
//! A refusal that is counted after its tally was closed begins a new one.

use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemOutput;
use aws_sdk_dynamodb::types::{
    AttributeValue, Delete, ReturnConsumedCapacity, ReturnValue, TransactWriteItem,
};
use tokio::time::Instant;

use super::audited_write::AuditedWrite;
use super::calls::Store;
use super::failure::{Class, DeadlinePassed, classify, is_conflict, is_failed_condition, to_error};
use super::items::refusal_tally::{LAST_AT, REFUSALS, REQUEST_ID, of_first_refusal, read};
use super::keys;
use super::measured::{Measured as _, units};
use crate::domain::audit::Call;
use crate::domain::clock::Timestamp;
use crate::domain::error::Result;
use crate::domain::principal::TenantId;
use crate::domain::refusal_tally::{RefusalTally, TallyId};
use crate::domain::salt::Salts;
use crate::platform::backoff::Backoff;
use crate::platform::usage::Kind;

/// Tallies that are closed at once; a later call closes the next ones.
pub const CLOSED_AT_ONCE: usize = 25;

impl Store {
    /// Counts a refusal, and tells the tally with it. It is one write unit.
    ///
    /// The call is made again only where it was not done: twice would count twice.
    ///
    /// # Errors
    ///
    /// When it was not counted, or that is not known.
    pub async fn count_refusal(
        &self,
        id: &TallyId,
        call: &Call,
        now: Timestamp,
        deadline: Instant,
    ) -> Result<RefusalTally> {
        let key = keys::refusal_tally(&id.tenant_id, id.minute, &id.credential_id, id.code);
        // What does not change of a tally stays as its first refusal wrote it.
        let of_first = of_first_refusal(call, now);
        let kept: String =
            (0..of_first.len()).map(|n| format!("#{n} = if_not_exists(#{n}, :{n}), ")).collect();
        let update =
            format!("SET {kept}{LAST_AT} = :now, {REQUEST_ID} = :request_id ADD {REFUSALS} :one");
        let mut request = self
            .client
            .update_item()
            .table_name(&self.table_name)
            .set_key(Some(key.into_item()))
            .update_expression(update)
            .expression_attribute_values(":now", AttributeValue::S(now.to_string()))
            .expression_attribute_values(
                ":request_id",
                AttributeValue::S(call.request_id().to_owned()),
            )
            .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
            .return_values(ReturnValue::AllNew)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        for (n, (name, value)) in of_first.into_iter().enumerate() {
            request = request
                .expression_attribute_names(format!("#{n}"), name)
                .expression_attribute_values(format!(":{n}"), value);
        }
        let mut backoff = Backoff::until(deadline);
        loop {
            let once =
                aws_sdk_dynamodb::config::Builder::new().retry_config(RetryConfig::disabled());
            let call = Box::pin(request.clone().customize().config_override(once).send());
            let units = |answer: &UpdateItemOutput| units(answer.consumed_capacity());
            let counted = Kind::Write.count(call, units);
            let error = match tokio::time::timeout_at(deadline, counted).await {
                Ok(Ok(answer)) => {
                    return Ok(read(&id.tenant_id, &answer.attributes.unwrap_or_default())?);
                }
                Ok(Err(error)) => error,
                Err(_) => return Err(DeadlinePassed("counting a refusal").into()),
            };
            let not_done = classify(&error) == Class::Throttled || is_conflict(&error);
            if !not_done || !backoff.wait().await {
                return Err(to_error("UpdateItem", &error));
            }
        }
    }

    /// The tallies of a tenant whose minute began before `minute`, some of them
    /// where there are many.
    pub async fn refusal_tallies(
        &self,
        tenant: &TenantId,
        minute: Timestamp,
    ) -> Result<Vec<RefusalTally>> {
        let answer = self
            .client
            .query()
            .table_name(&self.table_name)
            .key_condition_expression("pk = :pk AND sk < :minute")
            .expression_attribute_values(":pk", AttributeValue::S(keys::refusals(tenant)))
            .expression_attribute_values(":minute", AttributeValue::S(minute.to_string()))
            .consistent_read(true)
            .limit(CLOSED_AT_ONCE as i32)
            .measured()
            .await
            .map_err(|error| to_error("Query", &error))?;
        let items = answer.items.unwrap_or_default();
        let (tallies, unreadable): (Vec<_>, Vec<_>) =
            items.iter().map(|item| read(tenant, item)).partition(Result::is_ok);
        let tallies: Vec<RefusalTally> = tallies.into_iter().flatten().collect();
        match unreadable.into_iter().find_map(Result::err) {
            // One that can't be read keeps no other from being closed.
            Some(corrupt) if tallies.is_empty() => Err(corrupt.into()),
            _ => Ok(tallies),
        }
    }

    /// Takes a tally away, and puts its event where some refusals have none. Whoever
    /// comes first does it.
    pub async fn close_refusal_tally(
        &self,
        tally: &RefusalTally,
        now: Timestamp,
        salts: Salts,
        deadline: Instant,
    ) -> Result<()> {
        let Some(event) = tally.event(now, salts) else { return self.delete_tally(tally).await };
        let delete = TransactWriteItem::builder().delete(self.delete_of(tally)?).build();
        match self.write_audited(vec![delete], &event, deadline).await? {
            AuditedWrite::Done => Ok(()),
            // Another call closed it, or counted one more: then the next one closes it.
            AuditedWrite::EventExists | AuditedWrite::Refused(_) => Ok(()),
        }
    }

    async fn delete_tally(&self, tally: &RefusalTally) -> Result<()> {
        let delete = self.delete_of(tally)?;
        let answer = self
            .client
            .delete_item()
            .table_name(delete.table_name)
            .set_key(Some(delete.key))
            .set_condition_expression(delete.condition_expression)
            .set_expression_attribute_values(delete.expression_attribute_values)
            .measured()
            .await;
        match answer {
            Ok(_) => Ok(()),
            Err(error) if is_failed_condition(&error) => Ok(()),
            Err(error) => Err(to_error("DeleteItem", &error)),
        }
    }

    fn delete_of(&self, tally: &RefusalTally) -> Result<Delete, BuildError> {
        let TallyId { tenant_id, minute, credential_id, code } = &tally.id;
        let key = keys::refusal_tally(tenant_id, *minute, credential_id, *code);
        Delete::builder()
            .table_name(&self.table_name)
            .set_key(Some(key.into_item()))
            .condition_expression(format!("{REFUSALS} = :refusals"))
            .expression_attribute_values(":refusals", AttributeValue::N(tally.refusals.to_string()))
            .build()
    }
}
