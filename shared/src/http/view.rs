//! What more than one door shows: activities, audit events, and errors.

use std::net::IpAddr;
use std::ops::Range;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::app::found_activity::FoundActivity;
use crate::domain::activity::{
    Activity, ActivityId, Body, NamedResource, RelatedResourceId, Source,
};
use crate::domain::activity_type::{Category, FieldType, TypeName};
use crate::domain::actor_names::ActorNames;
use crate::domain::audit::{Action, AuditEvent, AuditStatus, Data, ResourceType};
use crate::domain::clock::Timestamp;
use crate::domain::error::{Error, ErrorCode, FieldError};
use crate::domain::idempotency::InputHash;
use crate::domain::principal::{Actor, ActorId, ActorType, KeyId, Scope, TenantId};
use crate::domain::record_type::{BuiltInRecordType, RecordType};
use crate::domain::registry::DisplayName;
use crate::domain::submission::{Submission, SubmittedField};

/// Who acted, with the name by which it is known today.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Actor")]
pub struct ActorView<'a> {
    /// What kind of caller it is.
    #[serde(rename = "type")]
    actor_type: ActorType,
    /// Its id.
    id: &'a ActorId,
    /// Its name of today, where it has one. No record keeps it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "DisplayName")]
    display_name: Option<&'a DisplayName>,
}

impl<'a> ActorView<'a> {
    /// An actor whose name is not looked for.
    #[must_use]
    pub fn unnamed(actor: &'a Actor) -> Self {
        Self { actor_type: actor.actor_type, id: &actor.id, display_name: None }
    }

    /// An actor with its name, where it has one among those.
    #[must_use]
    pub fn of(actor: &'a Actor, names: &'a ActorNames) -> Self {
        Self { actor_type: actor.actor_type, id: &actor.id, display_name: names.of(actor) }
    }
}

/// An activity as callers read it. Optional fields that have no value are left out.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Activity")]
pub struct ActivityView<'a> {
    id: ActivityId,
    /// The workspace that it belongs to.
    tenant_id: &'a TenantId,
    /// The activity's category.
    #[serde(rename = "type")]
    category: Category,
    /// What happened, in a line.
    summary: &'a str,
    /// What happened, at length. Only where the activity is read by its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    body: Option<&'a str>,
    /// A part of the body, up to 240 characters, of HTML as its reader sees it: around the best place of the query's words, where they stand in the part of the body that was read, else the beginning. Only in search results.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", length(max = Body::SNIPPET_CHARS))]
    snippet: Option<&'a str>,
    /// Where in `snippet` the words of the query stand, in order and without overlap. Left out where they stand elsewhere, such as in the summary.
    #[serde(rename = "match", skip_serializing_if = "Vec::is_empty")]
    matches: Vec<MatchView>,
    /// What kind of record the activity is attached to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "BuiltInRecordType")]
    related_resource_type: Option<BuiltInRecordType>,
    /// The id of that record.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "RelatedResourceId")]
    related_resource_id: Option<&'a RelatedResourceId>,
    /// The name that the record had when the activity was logged, where one was known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    related_resource_display_name: Option<&'a str>,
    /// Every related record, where the activity was logged through the logged-activity dialect.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<RelatedObjectView>")]
    related_objects: Option<Vec<RelatedObjectView<'a>>>,
    /// What was submitted beside, where the activity was logged through the logged-activity dialect. Only where the activity is read by its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "SubmissionView")]
    submission: Option<SubmissionView<'a>>,
    /// When it happened, in UTC.
    occurred_at: Timestamp,
    /// The way by which it came in.
    source: Source,
    /// Who logged it.
    actor: ActorView<'a>,
    /// Whom the credential stands for, where that is not the actor: the service
    /// that acted for it, or the import that names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ActorView")]
    authenticated_as: Option<ActorView<'a>>,
    /// The user for whom an agent acted, where it named one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ActorView")]
    on_behalf_of: Option<ActorView<'a>>,
    /// The agent that logged it, where an agent did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ActorId")]
    last_agent_actor_id: Option<&'a ActorId>,
    /// When it was logged, in UTC.
    logged_at: Timestamp,
}

/// A place in a snippet. It is counted in characters: Unicode code points, not bytes and not UTF-16 units.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SnippetMatch")]
pub struct MatchView {
    /// Its first character, from 0.
    #[schemars(schema_with = "place_schema")]
    start: usize,
    /// The character behind its last one.
    #[schemars(schema_with = "place_schema")]
    end: usize,
}

fn place_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "integer", "minimum": 0, "maximum": Body::SNIPPET_CHARS })
}

impl From<&Range<usize>> for MatchView {
    fn from(place: &Range<usize>) -> Self {
        Self { start: place.start, end: place.end }
    }
}

/// A related record of any kind.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "RelatedObject")]
pub struct RelatedObjectView<'a> {
    /// One of the five kinds of related resource, or one of the workspace's own.
    #[serde(rename = "type")]
    record_type: &'a RecordType,
    id: &'a RelatedResourceId,
    /// The name that it had when the activity was logged, where one was known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    display_name: Option<&'a str>,
}

impl<'a> From<&'a NamedResource> for RelatedObjectView<'a> {
    fn from(named: &'a NamedResource) -> Self {
        Self {
            record_type: &named.resource.resource_type,
            id: &named.resource.id,
            display_name: named.display_name.as_deref(),
        }
    }
}

/// What the logged-activity dialect keeps with an activity.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ActivitySubmission")]
pub struct SubmissionView<'a> {
    /// The activity's type, as it was when the activity was logged.
    activity_object: SubmittedTypeView<'a>,
    /// When the activity was completed, where it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Timestamp")]
    completed_at: Option<Timestamp>,
    /// The scheduled activity that it completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Uuid")]
    scheduled_activity_id: Option<Uuid>,
    /// Who is mentioned.
    mentions: &'a [Uuid],
    /// The fields that have a value, in the order of the type.
    fields: Vec<SubmittedFieldView<'a>>,
}

/// The type of an activity.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SubmittedType")]
pub struct SubmittedTypeView<'a> {
    id: Uuid,
    /// What people knew it by.
    name: &'a str,
    /// What programs know it by.
    api_name: &'a TypeName,
}

/// A field with its value, under the names that it had when the activity was logged.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SubmittedField")]
pub struct SubmittedFieldView<'a> {
    id: Uuid,
    /// What programs knew it by.
    name: &'a str,
    /// What people knew it by.
    display_name: &'a str,
    field_type: FieldType,
    /// In the form of its `field_type`.
    value: &'a Value,
}

impl<'a> From<&'a Submission> for SubmissionView<'a> {
    fn from(submission: &'a Submission) -> Self {
        let object = &submission.object;
        let field = |field: &'a SubmittedField| SubmittedFieldView {
            id: field.id,
            name: &field.name,
            display_name: &field.display_name,
            field_type: field.field_type,
            value: &field.value,
        };
        Self {
            activity_object: SubmittedTypeView {
                id: object.id,
                name: &object.name,
                api_name: &object.api_name,
            },
            completed_at: submission.completed_at,
            scheduled_activity_id: submission.scheduled_activity_id,
            mentions: &submission.mentions,
            fields: submission.fields.iter().map(field).collect(),
        }
    }
}

impl<'a> ActivityView<'a> {
    /// The whole record.
    #[must_use]
    pub fn record(activity: &'a Activity, names: &'a ActorNames) -> Self {
        let body = activity.body.whole().map(Body::as_str);
        let submission = activity.submitted.whole().map(SubmissionView::from);
        Self { body, submission, ..Self::without_text(activity, names) }
    }

    /// A row of a search.
    #[must_use]
    pub fn row(found: &'a FoundActivity, names: &'a ActorNames) -> Self {
        let FoundActivity { activity, snippet } = found;
        let places = snippet.as_ref().map_or(&[][..], |snippet| &snippet.matches);
        Self {
            snippet: snippet.as_ref().map(|snippet| snippet.text.as_str()),
            matches: places.iter().map(MatchView::from).collect(),
            ..Self::without_text(activity, names)
        }
    }

    /// The record without its body, and without a part of it.
    #[must_use]
    pub fn without_text(activity: &'a Activity, names: &'a ActorNames) -> Self {
        let actor = |actor| ActorView::of(actor, names);
        let related = activity.related_resource();
        let submitted = activity.submitted.type_name().is_some() && !activity.related.is_empty();
        Self {
            id: activity.id,
            tenant_id: &activity.tenant_id,
            category: activity.category,
            summary: activity.summary.as_str(),
            body: None,
            snippet: None,
            matches: Vec::new(),
            related_resource_type: related.map(|(built_in, _)| built_in),
            related_resource_id: related.map(|(_, named)| &named.resource.id),
            related_resource_display_name: related
                .and_then(|(_, named)| named.display_name.as_deref()),
            related_objects: submitted
                .then(|| activity.related.iter().map(RelatedObjectView::from).collect()),
            submission: None,
            occurred_at: activity.occurred_at,
            source: activity.source,
            actor: actor(&activity.logged_by.actor),
            authenticated_as: activity.logged_by.other_credential().map(actor),
            on_behalf_of: activity.logged_by.on_behalf_of.as_ref().map(actor),
            last_agent_actor_id: activity.last_agent_actor_id.as_ref(),
            logged_at: activity.logged_at,
        }
    }
}

/// One activity.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ActivityResponse")]
pub struct ActivityBody<'a> {
    activity: ActivityView<'a>,
    /// The request, as the header `x-request-id` names it too.
    request_id: &'a str,
}

impl<'a> ActivityBody<'a> {
    /// One activity, with its body.
    #[must_use]
    pub fn of(activity: &'a Activity, names: &'a ActorNames, request_id: &'a str) -> Self {
        Self { activity: ActivityView::record(activity, names), request_id }
    }
}

/// What was done, or refused. Optional fields that have no value are left out.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "AuditEvent")]
pub struct AuditEventView<'a> {
    /// Its id, a UUID version 7.
    #[schemars(extend("format" = "uuid"))]
    id: String,
    /// The workspace that it belongs to.
    tenant_id: &'a TenantId,
    /// Who acted.
    actor: ActorView<'a>,
    /// Whom the credential stands for, where that is not the actor: the service
    /// that acted for it, or the import that names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ActorView")]
    authenticated_as: Option<ActorView<'a>>,
    /// The user for whom an agent acted, where it named one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ActorView")]
    on_behalf_of: Option<ActorView<'a>>,
    /// The credential that proved it: the public part of the key.
    credential_id: &'a KeyId,
    /// The way by which the call came in.
    source: Source,
    /// The MCP tool that was called, where one was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    tool_name: Option<&'a str>,
    /// The route's template, where a route was called; `event:` and its way in for an
    /// event, and `import` for what an import logged.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    api_route: Option<&'a str>,
    /// The operator's command, where it was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    command: Option<&'a str>,
    /// The address that the caller called from, as the gateway saw it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    client_address: Option<IpAddr>,
    /// What the caller's program calls itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    user_agent: Option<&'a str>,
    /// What kind of thing the event is about.
    resource_type: ResourceType,
    /// The id of that thing, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    resource_id: Option<&'a str>,
    /// What was done, or asked for.
    action: Action,
    /// SHA-256, in hex, of the canonical JSON of the input, where it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", extend("pattern" = "^[0-9a-f]{64}$"))]
    input_hash: Option<&'a str>,
    /// What became of it.
    status: AuditStatus,
    /// Why it was refused, where it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ErrorCode")]
    error_code: Option<ErrorCode>,
    /// The properties, parameters and headers that broke a rule; `$` for those that
    /// there are none of.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    fields: &'a [String],
    /// What else there is to tell, by the action.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Data")]
    data: Option<&'a Data>,
    /// The request that asked for it.
    request_id: &'a str,
    /// When it was decided, in UTC.
    occurred_at: Timestamp,
}

impl<'a> AuditEventView<'a> {
    /// An event with the names of those who acted.
    #[must_use]
    pub fn of(event: &'a AuditEvent, names: &'a ActorNames) -> Self {
        let actor = |actor| ActorView::of(actor, names);
        Self {
            id: event.id.to_string(),
            tenant_id: &event.tenant_id,
            actor: actor(&event.by.actor),
            authenticated_as: event.by.other_credential().map(actor),
            on_behalf_of: event.by.on_behalf_of.as_ref().map(actor),
            credential_id: &event.credential_id,
            source: event.source,
            tool_name: event.entry_point.tool_name(),
            api_route: event.entry_point.api_route(),
            command: event.entry_point.command(),
            client_address: event.client.address,
            user_agent: event.client.user_agent.as_deref(),
            resource_type: event.action.resource_type(),
            resource_id: event.resource_id.as_deref(),
            action: event.action,
            input_hash: event.input_hash.as_ref().map(InputHash::as_str),
            status: event.status,
            error_code: event.error_code,
            fields: &event.fields,
            data: Some(&event.data).filter(|data| !data.is_empty()),
            request_id: &event.request_id,
            occurred_at: event.occurred_at,
        }
    }
}

/// What every dialect with codes says of an error.
#[derive(Debug, Serialize, JsonSchema)]
pub struct ErrorDetail<'a> {
    /// What went wrong, for programs.
    code: ErrorCode,
    /// What went wrong, for people.
    message: &'a str,
    /// The request, as the log and the audit trail name it.
    request_id: &'a str,
    /// With `missing_required_scope`: the scope.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Scope")]
    required_scope: Option<Scope>,
    /// With `validation_failed`: every violation. With `resource_not_found`: the
    /// property that names what is not there, where one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<FieldError>")]
    field_errors: Option<&'a [FieldError]>,
    /// With `rate_limited` and `unavailable`: when to try again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "u64", extend("format" = "int32"))]
    retry_after_seconds: Option<u64>,
    /// With `idempotency_conflict`: the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    idempotency_key: Option<&'a str>,
}

impl<'a> ErrorDetail<'a> {
    /// What is said of an error of a request.
    #[must_use]
    pub fn of(error: &'a Error, request_id: &'a str) -> Self {
        let mut detail = Self {
            code: error.code(),
            message: error.public_message(),
            request_id,
            required_scope: None,
            field_errors: error.field_errors(),
            retry_after_seconds: error.retry_after().map(|delay| delay.as_secs()),
            idempotency_key: None,
        };
        match error {
            Error::MissingRequiredScope(scope) => detail.required_scope = Some(*scope),
            Error::IdempotencyConflict(key) => detail.idempotency_key = Some(key.as_str()),
            _ => {}
        }
        detail
    }
}
