//! The event `activity.logged`: what consumers read, version 1.
//!
//! `infra/events/activity-logged.schema.json` describes it. Properties may be
//! added; anything else would be another version.

use activity_log_core::domain::activity::{Activity, ActivityId};
use activity_log_core::domain::actor_names::ActorNames;
use activity_log_core::domain::principal::TenantId;
use activity_log_core::domain::record_type::NAMESPACE;
use activity_log_core::http::view::{ActivityView, ActorView};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::event::Event;

/// The type that rules match.
const DETAIL_TYPE: &str = "activity.logged";

/// The version of the detail.
const VERSION: u8 = 1;

/// An activity was logged.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "activity.logged")]
struct ActivityLogged<'a> {
    /// The version of this description. Properties may be added to a version.
    #[schemars(schema_with = "version_schema")]
    version: u8,
    /// The event, the same each time it is delivered.
    event_id: Uuid,
    /// The workspace that the activity belongs to.
    tenant_id: &'a TenantId,
    /// The activity as `/v1` shows it, without its body.
    #[schemars(transform = remove_text)]
    activity: ActivityView<'a>,
    /// Who logged it.
    actor: ActorView<'a>,
    /// The request that logged it, as the audit trail names it.
    request_id: &'a str,
}

/// The event of an activity.
pub(crate) fn activity_logged(activity: &Activity, names: &ActorNames) -> Event {
    let detail = ActivityLogged {
        version: VERSION,
        event_id: event_id(&activity.tenant_id, activity.id),
        tenant_id: &activity.tenant_id,
        activity: ActivityView::without_text(activity, names),
        actor: ActorView::of(&activity.logged_by.actor, names),
        request_id: &activity.request_id,
    };
    Event::new(DETAIL_TYPE, activity.logged_at, &detail)
}

/// The same for the same activity, so that consumers can tell an event that
/// they have had: the UUIDv5 of `activity.logged/<tenant>/<activity id>`.
fn event_id(tenant: &TenantId, activity: ActivityId) -> Uuid {
    Uuid::new_v5(&NAMESPACE, format!("{DETAIL_TYPE}/{tenant}/{activity}").as_bytes())
}

/// The description of the detail, as JSON Schema.
#[must_use]
pub fn detail_schema() -> Value {
    let mut settings = SchemaSettings::draft2020_12().for_serialize();
    settings.inline_subschemas = true;
    settings.into_generator().into_root_schema_for::<ActivityLogged<'_>>().to_value()
}

fn version_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "integer", "const": VERSION })
}

/// An event has no text but the summary.
fn remove_text(activity: &mut Schema) {
    if let Some(properties) = activity.get_mut("properties").and_then(Value::as_object_mut) {
        properties.remove("body");
        properties.remove("snippet");
        properties.remove("match");
        properties.remove("submission");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_an_event_is_that_of_its_tenant_and_activity() {
        let id = |tenant: &str, activity: u128| {
            event_id(&TenantId::parse(tenant).unwrap(), ActivityId(Uuid::from_u128(activity)))
        };
        assert_eq!(id("acme", 1), id("acme", 1));
        assert_ne!(id("acme", 1), id("acme", 2));
        assert_ne!(id("acme", 1), id("other", 1));
        // Consumers have stored it.
        assert_eq!(id("acme", 1).to_string(), "b1b62dbc-81b9-5560-9c3a-95734d31a1d9");
    }
}
