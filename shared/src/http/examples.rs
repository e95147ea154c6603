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
/// The entry of [`audit_event`] in the log.
pub const ENTRY: &str = concat!(
    r#"{"_sd":["jz20C4vY1mlM8jsLAUeGAP3CF3j75WSnJpawIYL8tNE","#,
    r#""k5Y5w1F9pEUyHN6KW224spKYgTfoQ1E8lTtj1Zh4_MU","#,
    r#""yTwZV-zRtkLDK3GmofkCRQ2MZO44PGalfQ9Ge2is2jE","#,
    r#""ymUE70lCUmM1a4mSZD7Ut8rDgtvNEwM2EnGtUV0XWIs"],"action":"activity.logged","#,
    r#""api_route":"/v1/activities","id":"019ca8a2-7c41-7b52-8c6d-0e9f1a2b3c4d","#,
    r#""occurred_at":"2026-03-01T09:30:00.000Z","#,
    r#""request_id":"req_019ca8a27c3f7a41b2c3d4e5f6071829","#,
    r#""resource_id":"019ca8a2-7c40-7d3e-9f0b-5a1c2e4d6f80","resource_type":"activity","#,
    r#""sealed_at":"2026-03-01T09:30:21.000Z","source":"api","status":"succeeded","#,
    r#""tenant_id":"acme","v":1,"written_at":"2026-03-01T09:30:00.000Z"}"#,
);
/// Its disclosures.
pub const DISCLOSURES: [&str; 4] = [
    "WyJBUUVCQVFFQkFRRUJBUUVCQVFFQkFRIiwiYWN0b3IiLHsiaWQiOiJhZ2VudF83IiwidHlwZSI6ImFnZW50In1d",
    concat!(
        "WyJBZ0lDQWdJQ0FnSUNBZ0lDQWdJQ0FnIiwiYXV0aGVudGljYXRlZF9hcyIseyJjcmVkZW50aWFsX2lk",
        "IjoiM2Y5YzFkMGE3YjJlNDg1NiIsImlkIjoiYWdlbnRfNyIsInR5cGUiOiJhZ2VudCJ9XQ"
    ),
    concat!(
        "WyJBd01EQXdNREF3TURBd01EQXdNREF3IiwiY2xpZW50Iix7ImFkZHJlc3MiOiIyMDMuMC4xMTMuNyIs",
        "InVzZXJfYWdlbnQiOiJjcm0tc3luYy8yLjEifV0"
    ),
    concat!(
        "WyJCQVFFQkFRRUJBUUVCQVFFQkFRRUJBIiwiY29udGVudCIseyJpbnB1dF9oYXNoIjoiZTM2ZTZiMTcy",
        "NThiYWJmNWJhMTg5Y2M0YWFkN2U0NGFjNzMxMjU5MzM5NzdhYjBkYmVhNTE3ODVhMTAxNDM5OCIsInJl",
        "Y29yZF9oYXNoIjoiZGQ5NDUyNDgxNTZlZDEzYjU3N2IzMTY2NDJiYWQ3YjNjNThiM2Y5Y2JiOWNhNDgz",
        "MjAyMTZhN2Y3MDI2ZmZmMSJ9XQ"
    ),
];
/// The checkpoint of a log that has nothing else.
pub const CHECKPOINT: &str = concat!(
    "audit.example.com/production/acme\n",
    "1\n",
    "4Pe/CAZvlH0Kpq3a8prdnPRDinc4DI3t2YH4YyENqTg=\n",
    "\n",
    "\u{2014} audit.example.com/production/acme DtJQWumKufDn1fKm3fX2ScxP8i1Jos+6CTzZuGizCblBF7u54JL63PL/UFP3OA7c4Sf1dUsp6rRuP5JBj+FLymXtVAc=\n",
);
/// The proof that it is in that log.
pub const PROOF: &str = concat!(
    "c2sp.org/tlog-proof@v1\n",
    "index 0\n",
    "\n",
    "audit.example.com/production/acme\n",
    "1\n",
    "4Pe/CAZvlH0Kpq3a8prdnPRDinc4DI3t2YH4YyENqTg=\n",
    "\n",
    "\u{2014} audit.example.com/production/acme DtJQWumKufDn1fKm3fX2ScxP8i1Jos+6CTzZuGizCblBF7u54JL63PL/UFP3OA7c4Sf1dUsp6rRuP5JBj+FLymXtVAc=\n",
);
/// The record of [`activity`], on a line of its own.
pub const RECORD: &str = concat!(
    r#"{"_sd":["k5Y5w1F9pEUyHN6KW224spKYgTfoQ1E8lTtj1Zh4_MU","#,
    r#""yTwZV-zRtkLDK3GmofkCRQ2MZO44PGalfQ9Ge2is2jE"],"body":"She has 40 seats in mind.","#,
    r#""id":"019ca8a2-7c40-7d3e-9f0b-5a1c2e4d6f80","logged_at":"2026-03-01T09:30:00.000Z","#,
    r#""occurred_at":"2026-03-01T09:30:00.000Z","related":[{"id":"con_123","name":"Jane Doe","#,
    r#""type":"contact"}],"request_id":"req_019ca8a27c3f7a41b2c3d4e5f6071829","source":"api","#,
    r#""summary":"Jane asked for pricing details","tenant_id":"acme","type":"email","v":1}"#,
    "\n",
);
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
        "skip" => json!(0),
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
    use crate::domain::salt::Salt;
    use crate::trail::disclosure::Disclosure;
    use crate::trail::edge::Edge;
    use crate::trail::entry::{SealingTimes, WrittenAt, sealed_event};
    use crate::trail::hash::TreeHash;
    use crate::trail::note::{Checkpoint, SignedNote, VerifierKey};
    use crate::trail::proof::InclusionProof;
    use crate::trail::record::{record, record_hash};
    use ring::signature::{Ed25519KeyPair, KeyPair as _};

    #[test]
    fn what_is_shown_of_a_found_activity_is_what_a_search_shows() {
        let searched = SearchQuery::parse("seats").unwrap().row_of(activity());
        assert_eq!(found_activity().snippet, searched.snippet);
    }

    /// The event of the examples, with salts that anybody can tell are none.
    fn sealed_example() -> AuditEvent {
        let salt = |byte| Salt::from_bytes(&[byte; Salt::BYTES]);
        let salts = Salts {
            actor: salt(1),
            authenticated_as: salt(2),
            client: salt(3),
            content: salt(4),
            ..Salts::default()
        };
        let event = audit_event();
        let hash = record_hash(&activity(), &salts, &event.credential_id).unwrap();
        AuditEvent { salts, record_hash: Some(hash), ..event }
    }

    #[test]
    fn the_example_of_a_proof_is_made_of_the_example_of_an_event_and_holds() {
        let event = sealed_example();
        let sealed_at = Timestamp::parse("2026-03-01T09:30:21Z", Rounding::Down).unwrap();
        let times = SealingTimes { written_at: WrittenAt::of(event.occurred_at), sealed_at };
        let sealed = sealed_event(&event, times).unwrap();
        let record = record(&activity(), &event.salts, &event.credential_id).unwrap();
        let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let origin = "audit.example.com/production/acme";
        let key = VerifierKey::of_log(origin, pair.public_key().as_ref().try_into().unwrap());
        let mut edge = Edge::default();
        edge.append(TreeHash::of_leaf(&sealed.entry));
        let checkpoint = Checkpoint { origin: origin.to_owned(), size: 1, root: edge.root() };
        let signature = pair.sign(checkpoint.text().as_bytes());
        let note = checkpoint.note(&key.signature_line(signature.as_ref()));
        let proof = InclusionProof { index: 0, hashes: Vec::new(), note: note.clone() };
        let disclosures: Vec<&str> = sealed.disclosures.iter().map(Disclosure::as_str).collect();
        assert_eq!(str::from_utf8(&sealed.entry).unwrap(), ENTRY);
        assert_eq!(disclosures, DISCLOSURES);
        assert_eq!(note, CHECKPOINT);
        assert_eq!(proof.to_string(), PROOF);
        assert_eq!(format!("{}\n", str::from_utf8(&record).unwrap()), RECORD);
        assert_eq!(SignedNote::parse(CHECKPOINT).unwrap().verify(&key), Ok(()));
    }
}
