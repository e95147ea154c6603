//! What no function of this project does: an activity or an audit event is changed or
//! removed in the table. The trail tells of it, and so does an alarm.
//!
//! The removal of a tenant has told of itself before, and left a tombstone.

use activity_log_core::Context;
use activity_log_core::app::seal_events::event_of_log;
use activity_log_core::domain::audit::{Action, AuditEvent, Data, computed_event_id};
use activity_log_core::domain::error::{Result, chain};
use activity_log_core::domain::principal::TenantId;
use activity_log_core::store::stream::{ProvenItem, StreamRecord, Touch, TouchedItem};
use activity_log_core::trail::entry::WrittenAt;
use futures_util::stream::{self, StreamExt};
use tokio::time::{Instant, timeout_at};

use crate::LOGGED_ITEMS;
use crate::failure::Failure;

/// How many events are put at once.
const PUTS_IN_FLIGHT: usize = 8;

/// What was told of a tenant's items.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) told: usize,
    pub(crate) failures: Vec<Failure>,
}

/// Puts an event for each touched item of a tenant, unless the tenant is removed.
pub(crate) async fn tell(
    ctx: &Context,
    tenant: &TenantId,
    touched: Vec<(TouchedItem, &StreamRecord<'_>)>,
    deadline: Instant,
) -> Told {
    if touched.is_empty() {
        return Told::default();
    }
    let reason = match timeout_at(deadline, ctx.store.is_removed(tenant)).await {
        Ok(Ok(true)) => return Told::default(),
        Ok(Ok(false)) => return tell_of_each(ctx, tenant, &touched, deadline).await,
        Ok(Err(error)) => chain(&error),
        Err(_) => "it was not known in time whether a tenant is removed".to_owned(),
    };
    let failures = touched.iter().map(|(_, record)| Failure::of(record, &reason)).collect();
    Told { told: 0, failures }
}

async fn tell_of_each(
    ctx: &Context,
    tenant: &TenantId,
    touched: &[(TouchedItem, &StreamRecord<'_>)],
    deadline: Instant,
) -> Told {
    let items: Vec<&str> =
        touched.iter().take(LOGGED_ITEMS).map(|(_, record)| record.pk()).collect();
    tracing::error!(
        %tenant,
        touched = touched.len(),
        items = items.join(" "),
        "items that the trail proves were changed or removed"
    );
    let puts = touched.iter().map(|(item, record)| async move {
        match timeout_at(deadline, tell_of(ctx, item, record.sequence_number())).await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(Failure::of(record, &chain(&error))),
            Err(_) => Some(Failure::of(record, "a touched item was not told of in time")),
        }
    });
    let failures = stream::iter(puts).buffer_unordered(PUTS_IN_FLIGHT);
    let failures: Vec<Failure> =
        failures.filter_map(|failure| async move { failure }).collect().await;
    Told { told: touched.len() - failures.len(), failures }
}

/// Puts the event of a touched item, which is the same however often it is delivered.
async fn tell_of(ctx: &Context, item: &TouchedItem, place: &str) -> Result<()> {
    let now = ctx.environment.now()?;
    let (word, id) = (word_of(item.item), item.id.to_string());
    let action = match item.touch {
        Touch::Changed => Action::TrailItemChanged,
        Touch::Removed => Action::TrailItemRemoved,
    };
    // It may come late and be told now; its id has the time that all deliveries share.
    let touched_at = item.at.map_or(now, WrittenAt::time);
    let in_common = [item.tenant.as_str(), word, id.as_str(), action.as_str(), place];
    let event_id = computed_event_id(touched_at, &in_common);
    let data = Data::default().word("item", word).time("first_at", touched_at);
    let event = event_of_log(ctx, &item.tenant, action, event_id, now);
    ctx.store.put_event_of_log(&AuditEvent { resource_id: Some(id), data, ..event }).await
}

fn word_of(item: ProvenItem) -> &'static str {
    match item {
        ProvenItem::Activity => "activity",
        ProvenItem::AuditEvent => "audit_event",
    }
}
