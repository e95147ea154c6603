//! Logging an activity of a type, as the logged-activity dialect does.
//!
//! It is [`log_activity`](super::log_activity) with another input: what is
//! written, and how, is the same. What the type asks of an input is only known
//! when the type was read, so the input is judged in two parts.
//!
//! ```text
//! scope ─▶ read, side by side:              ─▶ replay ─▶ all of the shape ─▶ conflict
//!  403     type, key, scheduled activity,       201        400                409
//!          record types, related records
//!       ─▶ unknown records, second completion ─▶ write
//!            400                                  503
//! ```
//!
//! A replay comes before the part of the shape that the type decides: the input
//! is the one that was accepted, whatever became of the type since.

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::audited::WritePermit;
use super::context::Context;
use super::input::{Given, Violations};
use super::json::Object;
use super::list_activity_types::find_activity_type;
use super::write_activity::{
    ALREADY_COMPLETED, Draft, Logged, SCHEDULED_ACTIVITY_ID, find_taken_key, replay, write_activity,
};
use crate::domain::activity::{
    Body, NamedResource, RelatedResource, RelatedResourceId, Submitted, Summary, searched_texts,
};
use crate::domain::activity_type::{AssociationMode, TypeDefinition, TypeSummary};
use crate::domain::clock::Timestamp;
use crate::domain::error::{Error, Result};
use crate::domain::field_value;
use crate::domain::idempotency::{IdempotencyKey, InputHash};
use crate::domain::principal::TenantId;
use crate::domain::record_type::{Identifier, RecordType};
use crate::domain::registry::{DisplayName, Presence, ResourceRecord};
use crate::domain::submission::{Submission, SubmittedField, TypeSnapshot};
use crate::domain::value::parse_uuid;
use crate::index::visible_text::visible_text;
use crate::platform::config::RelatedResourceCheck;
use crate::text::{self, IndexTerms};

/// The most related objects of an activity.
pub const MAX_RELATED_OBJECTS: usize = 20;
/// The most mentions of an activity.
pub const MAX_MENTIONS: usize = 100;
/// The most bytes that `fields` has, as JSON without white space.
pub const MAX_FIELDS_BYTES: usize = 64 * 1024;

/// What is to be logged, as far as it can be read without its type.
#[derive(Debug)]
pub struct LogTypedActivity {
    /// What happened.
    pub notes: Option<Body>,
    /// The records that it is about.
    pub related: Vec<RelatedObject>,
    /// The scheduled activity that it completes.
    pub scheduled_activity_id: Option<Uuid>,
    /// Who is mentioned.
    pub mentions: Vec<Uuid>,
    /// Values of the type's fields.
    pub fields: Vec<GivenField>,
    /// When it was completed, where it was.
    pub completed_at: Option<Timestamp>,
    /// What makes a retry safe.
    pub idempotency_key: Option<IdempotencyKey>,
    /// The input that it was read from.
    pub input_hash: InputHash,
    /// What is wrong with it. It is told together with what the type finds.
    pub violations: Violations,
}

/// A record that an activity is about, as it was given.
#[derive(Clone, Debug)]
pub struct RelatedObject {
    /// Its record type.
    pub record_type: Identifier<RecordType>,
    pub entity_id: RelatedResourceId,
}

impl RelatedObject {
    /// The record, where the name of its type is known without a look at the
    /// registry.
    fn known(&self) -> Option<RelatedResource> {
        let resource_type = self.record_type.known()?;
        Some(RelatedResource { resource_type, id: self.entity_id.clone() })
    }
}

/// A value of a field, as it was given.
#[derive(Clone, Debug)]
pub struct GivenField {
    /// What the caller names the field by.
    pub id: String,
    pub value: Value,
    /// The text of the value, where it is a number: what [`Value`] has of it
    /// can be rounded.
    pub literal: Option<String>,
}

/// Hashes an input. The hash covers the type, so that a key is not taken for
/// another one, and the text of numbers that canonical JSON, which knows only
/// doubles, rounds.
pub fn hash_input(
    input: &Object,
    number_literals: &[Option<String>],
    type_id: Option<Uuid>,
) -> Result<InputHash, serde_json::Error> {
    #[derive(Serialize)]
    struct Hashed<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        activity_type: Option<Uuid>,
        input: &'a Object,
        #[serde(skip_serializing_if = "Option::is_none")]
        numbers: Option<Vec<Option<&'a str>>>,
    }
    let rounded = |literal: &&str| !field_value::is_exact(literal);
    let numbers: Vec<Option<&str>> =
        number_literals.iter().map(|literal| literal.as_deref().filter(rounded)).collect();
    let numbers = numbers.iter().any(Option::is_some).then_some(numbers);
    InputHash::of_canonical(&Hashed { activity_type: type_id, input, numbers })
}

/// Logs an activity of a type, or returns the one that the key already made.
pub async fn log_typed_activity(
    ctx: &Context,
    permit: WritePermit<'_>,
    type_id: Uuid,
    mut input: LogTypedActivity,
) -> Result<Logged> {
    let call = permit.call();
    let tenant = &call.principal.tenant_id;
    let known: HashSet<RelatedResource> =
        input.related.iter().filter_map(RelatedObject::known).collect();
    let (definition, taken, completed, ids, record_types, records) = tokio::join!(
        find_activity_type(ctx, tenant, type_id),
        find_taken_key(ctx, call, input.idempotency_key.as_ref()),
        is_completed(ctx, tenant, input.scheduled_activity_id),
        ctx.store.record_type_ids(tenant),
        find_record_types(ctx, tenant, &input.related),
        find_resources(ctx, tenant, known),
    );
    let definition = definition?.ok_or(Error::ResourceNotFound)?;
    let input_hash = input.input_hash.clone();
    let key = input.idempotency_key.clone();
    let mut taken = taken?;
    if let Some(same) = taken.take_if(|taken| taken.record.input_hash == input_hash) {
        return replay(ctx, call, &input_hash, same).await;
    }
    let ids = ids?;
    for object in &mut input.related {
        object.record_type = ids.resolve(object.record_type.clone());
    }
    let related = name_record_types(&input.related, &record_types?);
    let judged = judge(input, &definition, tenant)?;
    if let Some(other) = taken {
        return replay(ctx, call, &input_hash, other).await;
    }

    let mut records = records?;
    let unread = related.iter().flatten().filter(|resource| !records.contains_key(*resource));
    records.extend(find_resources(ctx, tenant, unread.cloned().collect()).await?);
    let completed = completed?;
    if completed && let Some(taken) = find_taken_key(ctx, call, key.as_ref()).await? {
        // The key's record was looked for at the same time as the completion: a
        // twin of this call may have committed both in between.
        return replay(ctx, call, &input_hash, taken).await;
    }
    let mut violations = Violations::default();
    let related = name_entities(ctx, &related, &records, &mut violations);
    if completed {
        violations.push(SCHEDULED_ACTIVITY_ID, ALREADY_COMPLETED);
    }
    let related = violations.finish(Ok(related))?;
    write_activity(ctx, permit, draft(&definition.summary, tenant, judged, related)).await
}

async fn is_completed(ctx: &Context, tenant: &TenantId, scheduled: Option<Uuid>) -> Result<bool> {
    let Some(id) = scheduled else { return Ok(false) };
    Ok(ctx.store.scheduled_completion(tenant, id).await?.is_some())
}

async fn find_record_types(
    ctx: &Context,
    tenant: &TenantId,
    related: &[RelatedObject],
) -> Result<HashMap<Uuid, RecordType>> {
    let unknown = related.iter().filter(|object| object.record_type.known().is_none());
    let ids = unknown.map(|object| object.record_type.id(tenant)).collect();
    ctx.store.record_types(tenant, &ids).await
}

async fn find_resources(
    ctx: &Context,
    tenant: &TenantId,
    resources: HashSet<RelatedResource>,
) -> Result<HashMap<RelatedResource, ResourceRecord>> {
    if ctx.config.related_resource_check == RelatedResourceCheck::Off {
        return Ok(HashMap::new());
    }
    ctx.store.related_resources(tenant, &resources).await
}

/// The records that the related objects are; nothing for record types
/// that the registry has never seen.
fn name_record_types(
    related: &[RelatedObject],
    record_types: &HashMap<Uuid, RecordType>,
) -> Vec<Option<RelatedResource>> {
    let name = |object: &RelatedObject| {
        object.known().or_else(|| {
            let Identifier::Id(id) = &object.record_type else { return None };
            let resource_type = record_types.get(id)?.clone();
            Some(RelatedResource { resource_type, id: object.entity_id.clone() })
        })
    };
    related.iter().map(name).collect()
}

/// The related records with their names. Those that don't exist are noted.
fn name_entities(
    ctx: &Context,
    related: &[Option<RelatedResource>],
    records: &HashMap<RelatedResource, ResourceRecord>,
    violations: &mut Violations,
) -> Vec<NamedResource> {
    let mut named = Vec::new();
    for (index, resource) in related.iter().enumerate() {
        let record = resource.as_ref().and_then(|resource| records.get(resource));
        let present = record.filter(|record| record.presence == Presence::Present);
        let unchecked = ctx.config.related_resource_check == RelatedResourceCheck::Off;
        match resource {
            Some(resource) if present.is_some() || unchecked => named.push(NamedResource {
                resource: resource.clone(),
                display_name: present
                    .and_then(|record| record.display_name.as_ref())
                    .map(DisplayName::as_str)
                    .map(str::to_owned),
            }),
            Some(_) => refuse(violations, index, "there is no such entity in this workspace"),
            None => {
                refuse(violations, index, "custom_object is not a record type of this workspace");
            }
        }
    }
    named
}

/// An input that is right in all that can be told without the registry.
#[derive(Debug)]
struct Judged {
    input: LogTypedActivity,
    fields: Vec<SubmittedField>,
    summary: Summary,
    words: IndexTerms,
}

/// Holds an input against its type.
fn judge(
    mut input: LogTypedActivity,
    definition: &TypeDefinition,
    tenant: &TenantId,
) -> Result<Judged> {
    let mut violations = std::mem::take(&mut input.violations);
    let summary = &definition.summary;
    if !summary.enabled {
        violations.push("activity_identifier", "is a type that is disabled");
    }
    check_association(summary, tenant, &input.related, &mut violations);
    let fields = judge_fields(definition, &input.fields, &mut violations);
    let notes = input.notes.as_ref();
    let line = notes
        .and_then(|notes| Summary::of_first_line(&visible_text(notes.searched_text())))
        .unwrap_or_else(|| Summary::from(&summary.name));
    let words = text::index_terms(searched_texts(Some(&line), notes, &fields).map(visible_text));
    let words: Given<_> = violations
        .take("notes", words.map_err(|_| "has, with the fields, too many distinct words"));
    violations.finish(words.map(|words| Judged { input, fields, summary: line, words }))
}

fn refuse(violations: &mut Violations, index: usize, message: &str) {
    violations.push("related_objects", format!("object {index}: {message}"));
}

/// Whether the related objects are of record types that the type goes with,
/// and one of each at most.
fn check_association(
    summary: &TypeSummary,
    tenant: &TenantId,
    related: &[RelatedObject],
    violations: &mut Violations,
) {
    let mut record_types = HashSet::new();
    for (index, object) in related.iter().enumerate() {
        let record_type = object.record_type.id(tenant);
        if !record_types.insert(record_type) {
            refuse(violations, index, "there is one entity of this custom_object already");
        }
        if summary.association_mode == AssociationMode::Selected
            && !summary.takes(tenant, record_type)
        {
            refuse(violations, index, "the activity type does not go with this custom_object");
        }
    }
    if summary.association_mode == AssociationMode::No && !related.is_empty() {
        violations.push("related_objects", "must be empty: the activity type goes with no objects");
    }
}

/// The values in the order of the type's fields. A violation names its field as
/// `fields.<id>`.
fn judge_fields(
    definition: &TypeDefinition,
    inputs: &[GivenField],
    violations: &mut Violations,
) -> Vec<SubmittedField> {
    let mut given: HashMap<Uuid, Vec<&GivenField>> = HashMap::new();
    for input in inputs {
        match parse_uuid(&input.id).filter(|id| definition.field(*id).is_some()) {
            Some(id) => given.entry(id).or_default().push(input),
            None => {
                let name = format!("fields.{}", input.id);
                violations.push(&name, "is not a field of this activity type");
            }
        }
    }
    let mut fields = Vec::new();
    for field in &definition.fields {
        let name = format!("fields.{}", field.id);
        let given = given.get(&field.id).map_or(&[][..], Vec::as_slice);
        match given {
            [] if field.required => {
                violations.push(&name, "is required");
            }
            [] => {}
            [input] if field.required && field_value::is_blank(&input.value) => {
                violations.push(&name, "is required and must not be empty");
            }
            [input] => {
                let value = field_value::read(field, &input.value, input.literal.as_deref());
                let value = violations.take(&name, value);
                fields.extend(value.ok().map(|value| SubmittedField::of(field, value)));
            }
            _ => {
                violations.push(&name, "is given more than once");
            }
        }
    }
    fields
}

fn draft(
    summary: &TypeSummary,
    tenant: &TenantId,
    judged: Judged,
    related: Vec<NamedResource>,
) -> Draft {
    let Judged { input, fields, summary: line, words } = judged;
    let submission = Submission {
        object: TypeSnapshot::of(summary, tenant),
        completed_at: input.completed_at,
        scheduled_activity_id: input.scheduled_activity_id,
        mentions: input.mentions,
        fields,
    };
    Draft {
        category: summary.category,
        summary: line,
        body: input.notes,
        related,
        occurred_at: None,
        submitted: Submitted::Whole(Box::new(submission)),
        idempotency_key: input.idempotency_key,
        input_hash: input.input_hash,
        words,
    }
}
