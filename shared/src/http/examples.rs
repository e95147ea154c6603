//! Examples for the description of the API, made of the types that real answers
//! are made of.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::app::found_activity::FoundActivity;
use crate::app::get_key::KeyDetails;
use crate::app::json::Object;
use crate::domain::activity::{
    Activity, ActivityId, Body, BodyText, NamedResource, RelatedResource, RelatedResourceId,
    Source, Submitted, Summary,
};
use crate::domain::activity_type::{
    AssociationMode, Category, FieldDefinition, FieldName, FieldType, Label, TypeDefinition,
    TypeName, TypeSummary,
};
use crate::domain::actor_names::{ActorNames, ActorRecord};
use crate::domain::address_range::AddressRange;
use crate::domain::audit::{Action, AuditEvent, AuditStatus, Call, Door, EntryPoint, ResourceType};
use crate::domain::caller::Principal;
use crate::domain::client::Client;
use crate::domain::clock::{HOUR, Rounding, Timestamp};
use crate::domain::credential::{Credential, Grant, KeyName};
use crate::domain::idempotency::InputHash;
use crate::domain::principal::{
    Actor, ActorId, ActorType, Attribution, KeyId, Scope, Scopes, TenantId,
};
use crate::domain::record_type::BuiltInRecordType;
use crate::domain::record_type_ids::RecordTypeIds;
use crate::domain::registry::{DisplayName, Presence};
use crate::domain::salt::Salts;

const VALID: &str = "the example is valid";

/// The id of [`activity`].
pub const ACTIVITY_ID: &str = "019ca8a2-7c40-7d3e-9f0b-5a1c2e4d6f80";
/// The id of [`audit_event`].
pub const AUDIT_EVENT_ID: &str = "019ca8a2-7c41-7b52-8c6d-0e9f1a2b3c4d";
/// The request that logged it.
pub const REQUEST_ID: &str = "req_019ca8a27c3f7a41b2c3d4e5f6071829";
/// The key that it was logged with.
pub const IDEMPOTENCY_KEY: &str = "jane-pricing-2026-03-01";
/// The credential that it was logged with.
pub const CREDENTIAL_ID: &str = "3f9c1d0a7b2e4856";
/// Such a key in full, which is none.
pub const SECRET: &str = "alk_acme.3f9c1d0a7b2e4856.a-text-of-43-characters-that-is-shown-once";
/// A viewer token, which is none.
pub const VIEWER_TOKEN: &str = "alv_acme.3f9c1d0a7b2e4856.what-the-viewer-may-see.a-signature";
/// Where a next page begins.
pub const CURSOR: &str = "AQAAAZyosmogAZyosmogfT6fC1ocLk1vgJ1vX8Jc3k0Rk0h0tZ8w";
/// The record that it is attached to.
pub const RESOURCE_ID: &str = "con_123";

/// A parameter of a query, by its name: it means the same wherever it is asked for.
/// Each finds something in the demo tenant, unless it is the id of a single thing.
#[must_use]
pub fn query_parameter(name: &str) -> Option<Value> {
    Some(match name {
        "query" => json!("pricing"),
        "search" => json!("visit"),
        "type" => json!(Category::Email),
        "related_resource_type" | "custom_object_id" => json!(BuiltInRecordType::Contact),
        "related_resource_id" => json!(RESOURCE_ID),
        "occurred_after" => json!(time()),
        "occurred_before" => json!("2030-01-01T00:00:00Z"),
        "resource_id" => json!(ACTIVITY_ID),
        "resource_type" => json!(ResourceType::Activity),
        "actor_id" => json!("agent:scout"),
        "actor_type" => json!(ActorType::Agent),
        "action" => json!(Action::ActivityLogged),
        "credential_id" => json!(CREDENTIAL_ID),
        "source" => json!(Source::Api),
        "status" => json!(AuditStatus::Succeeded),
        "request_id" => json!(REQUEST_ID),
        "limit" | "page_size" => json!(20),
        "page" => json!(1),
        "cursor" => json!(CURSOR),
        "ordering" => json!("-name"),
        _ => return None,
    })
}

/// An input of `POST /v1/activities`.
#[must_use]
pub fn log_activity_input() -> Object {
    let properties = [
        ("type", json!(Category::Email)),
        ("summary", json!("Jane asked for pricing details")),
        ("related_resource_type", json!(BuiltInRecordType::Contact)),
        ("related_resource_id", json!(RESOURCE_ID)),
    ];
    properties.map(|(name, value)| (name.to_owned(), value)).into_iter().collect()
}

/// An activity of `/v1`.
#[must_use]
pub fn activity() -> Activity {
    let time = time();
    Activity {
        id: ActivityId::parse(ACTIVITY_ID).expect(VALID),
        tenant_id: TenantId::parse("acme").expect(VALID),
        category: Category::Email,
        summary: Summary::parse("Jane asked for pricing details").expect(VALID),
        body: BodyText::Whole(Body::parse("She has 40 seats in mind.").expect(VALID)),
        related: vec![NamedResource {
            resource: RelatedResource {
                resource_type: BuiltInRecordType::Contact.into(),
                id: RelatedResourceId::parse(RESOURCE_ID).expect(VALID),
            },
            display_name: Some("Jane Doe".to_owned()),
        }],
        occurred_at: time,
        source: Source::Api,
        last_agent_actor_id: Some(ActorId::parse("agent_7").expect(VALID)),
        logged_by: Attribution::of(Actor::parse("agent:agent_7").expect(VALID)),
        logged_at: time,
        request_id: REQUEST_ID.to_owned(),
        submitted: Submitted::Nothing,
    }
}

/// The same as a search for `seats` finds it. It is written down and not searched, so that
/// what describes the API needs no analyzer of texts.
#[must_use]
pub fn found_activity() -> FoundActivity {
    FoundActivity::showing(activity(), "She has 40 seats in mind.", 11..16)
}

/// The name of who logged it.
#[must_use]
pub fn actor_names() -> ActorNames {
    let Activity { logged_by, logged_at, .. } = activity();
    let name = ActorRecord {
        actor: logged_by.actor,
        display_name: Some(DisplayName::parse("Sales assistant").expect(VALID)),
        changed_at: logged_at,
        presence: Presence::Present,
    };
    [name].into_iter().collect()
}

/// The event of its write.
#[must_use]
pub fn audit_event() -> AuditEvent {
    let activity = activity();
    let call = Call {
        principal: Principal {
            tenant_id: activity.tenant_id,
            by: activity.logged_by,
            credential_id: KeyId::parse(CREDENTIAL_ID).expect(VALID),
            scopes: Scopes::new(),
            audit_reads: None,
            expires_at: None,
            bound_to: None,
        },
        door: Door {
            source: activity.source,
            entry_point: EntryPoint::ApiRoute("/v1/activities".to_owned()),
            client: Client {
                address: Some("203.0.113.7".parse().expect(VALID)),
                user_agent: Some("crm-sync/2.1".to_owned()),
            },
            request_id: REQUEST_ID.to_owned(),
        },
    };
    let id = ActivityId::parse(AUDIT_EVENT_ID).expect(VALID).0;
    AuditEvent {
        resource_id: Some(activity.id.to_string()),
        input_hash: Some(InputHash::of(&log_activity_input()).expect(VALID)),
        ..AuditEvent::of(&call, Action::ActivityLogged, id, activity.logged_at, Salts::default())
    }
}

/// An input of `POST /v1/keys`.
#[must_use]
pub fn create_key_input() -> Object {
    let properties = [
        ("actor", json!({ "type": "agent", "id": "agent_7" })),
        ("scopes", json!([Scope::ActivityWrite, Scope::ActivityRead])),
        ("name", json!("Scout, production")),
        ("address_ranges", json!(["192.0.2.0/24"])),
        ("users", json!(["jane"])),
    ];
    properties.map(|(name, value)| (name.to_owned(), value)).into_iter().collect()
}

/// The key that it makes, some time later.
#[must_use]
pub fn key_details() -> KeyDetails {
    let credential = Credential {
        tenant_id: TenantId::parse("acme").expect(VALID),
        key_id: KeyId::parse(CREDENTIAL_ID).expect(VALID),
        secret_hash: String::new(),
        viewer_key: None,
        grant: Grant {
            actor: Actor::parse("agent:agent_7").expect(VALID),
            scopes: Scopes::from([Scope::ActivityWrite, Scope::ActivityRead]),
            name: KeyName::parse("Scout, production").ok(),
            expires_at: None,
            address_ranges: [AddressRange::parse("192.0.2.0/24").expect(VALID)].into(),
            users: Some([ActorId::parse("jane").expect(VALID)].into()),
        },
        created_at: time(),
        revoked_at: None,
        replaced_by: None,
        audit_reads: None,
    };
    KeyDetails { credential, last_used_at: Some(time().start_of(HOUR)) }
}

/// When it was.
pub(super) fn time() -> Timestamp {
    Timestamp::parse("2026-03-01T09:30:00Z", Rounding::Down).expect(VALID)
}

/// The ids of record types of the tenant of all examples.
#[must_use]
pub fn record_type_ids() -> RecordTypeIds {
    RecordTypeIds::of(activity().tenant_id, BTreeMap::new())
}

/// A type of the tenant's own.
#[must_use]
pub fn activity_type() -> TypeDefinition {
    let id = ActivityId::parse(AUDIT_EVENT_ID).expect(VALID).0;
    TypeDefinition {
        summary: TypeSummary {
            name: Label::parse("Site visit").expect(VALID),
            api_name: TypeName::parse("site_visit").expect(VALID),
            description: None,
            association_mode: AssociationMode::Selected,
            selected_objects: vec![BuiltInRecordType::Contact.into()],
            category: Category::Meeting,
            enabled: true,
            created_at: Some(time()),
        },
        fields: vec![FieldDefinition {
            id,
            name: FieldName::parse("duration").expect(VALID),
            display_name: Label::parse("Duration").expect(VALID),
            field_type: FieldType::Integer,
            custom_field_type: None,
            required: true,
            options: Vec::new(),
            relation: None,
            currency: None,
            symbol: None,
        }],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::find_page::SearchQuery;

    #[test]
    fn what_is_shown_of_a_found_activity_is_what_a_search_shows() {
        let searched = SearchQuery::parse("seats").unwrap().row_of(activity());
        assert_eq!(found_activity().snippet, searched.snippet);
    }
}
