//! Logging an activity of a type, as the logged-activity dialect does.
//!
//! It is [`log_activity`](crate::log_activity) with another input: what is
//! written, and how, is the same. What the type asks of an input is only known
//! when the type was read, so the shape is judged in two parts.
//!
//! ```text
//! scope ─▶ read, side by side:              ─▶ replay ─▶ all of the shape ─▶ conflict
//!  403     type, key, scheduled activity,       201        400                409
//!          record types, related records
//!       ─▶ unknown records, second completion ─▶ stage ─▶ commit
//!            400                                  503
//! ```
//!
//! A replay comes before the part of the shape that the type decides: the input
//! is the one that was accepted, whatever became of the type since.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::Context;
use crate::activity::{
    Body, NamedResource, RelatedResource, RelatedResourceId, Submitted, Summary, searched_texts,
};
use crate::activity_type::{AssociationMode, TypeDefinition, TypeIdentifier, TypeSummary};
use crate::audit::Call;
use crate::clock::Timestamp;
use crate::config::RelatedResourceCheck;
use crate::error::{Error, Result};
use crate::field_value;
use crate::idempotency::{IdempotencyKey, InputHash};
use crate::input::{Object, ObjectReader, Violations};
use crate::list_activity_types::find_activity_type;
use crate::log_activity::{
    Draft, Logged, already_completed, find_record, parse_occurred_at, record_refusal, replay, write,
};
use crate::principal::{Scope, TenantId};
use crate::record_type::{Identifier, RecordType};
use crate::registry::{DisplayName, Presence, ResourceRecord};
use crate::submission::{Submission, SubmittedField, TypeSnapshot};
use crate::text;
use crate::value::parse_uuid;

/// The most related objects of an activity.
pub const MAX_RELATED_OBJECTS: usize = 20;
/// The most mentions of an activity.
pub const MAX_MENTIONS: usize = 100;
/// The most bytes that `fields` has, as JSON without white space.
pub const MAX_FIELDS_BYTES: usize = 64 * 1024;

/// An input as the dialect received it.
#[derive(Clone, Debug)]
pub struct TypedInput {
    /// The object.
    pub object: Object,
    /// For each element of `fields` the text of its value, where that is a
    /// number: what [`Value`] has of it can be rounded.
    pub number_literals: Vec<Option<String>>,
    /// The values of `Idempotency-Key` headers.
    pub idempotency_keys: Vec<Vec<u8>>,
    /// What is wrong around the object, such as with parameters.
    pub violations: Vec<crate::error::FieldError>,
}

/// Logs an activity of the type that `identifier` names, or returns the one
/// that the key already made, and records a refusal in the audit trail.
///
/// # Errors
///
/// Every refusal, and what the table could not do.
pub async fn log_typed_activity(
    ctx: &Context,
    call: &Call,
    identifier: &str,
    input: Result<TypedInput>,
) -> Result<Logged> {
    let tenant = &call.principal.tenant_id;
    let identifier = TypeIdentifier::parse(identifier);
    let input_hash = match &input {
        Ok(input) => Some(hash(input, identifier.as_ref().map(|named| named.id(tenant)))?),
        Err(_) => None,
    };
    let outcome = attempt(ctx, call, identifier, input, input_hash.as_ref()).await;
    record_refusal(ctx, call, &outcome, input_hash).await;
    outcome
}

/// The hash covers the type, so that a key is not taken for another one, and
/// the text of numbers that canonical JSON, which knows only doubles, rounds.
fn hash(input: &TypedInput, type_id: Option<Uuid>) -> Result<InputHash> {
    let mut hashed = Map::new();
    hashed.insert("input".to_owned(), Value::Object(input.object.clone()));
    if let Some(id) = type_id {
        hashed.insert("activity_type".to_owned(), id.to_string().into());
    }
    let literals: Vec<Value> = input
        .number_literals
        .iter()
        .map(|literal| literal.as_deref().filter(|text| !field_value::is_exact(text)))
        .map(Value::from)
        .collect();
    if literals.iter().any(|literal| !literal.is_null()) {
        hashed.insert("numbers".to_owned(), literals.into());
    }
    InputHash::of(&hashed).map_err(|error| Error::Internal(error.into()))
}

async fn attempt(
    ctx: &Context,
    call: &Call,
    identifier: Option<TypeIdentifier>,
    input: Result<TypedInput>,
    input_hash: Option<&InputHash>,
) -> Result<Logged> {
    call.principal.require(Scope::ActivityWrite)?;
    let input = input?;
    let input_hash =
        input_hash.ok_or_else(|| Error::Internal("a parsed input has no hash".into()))?;
    let tenant = &call.principal.tenant_id;
    let type_id = identifier.ok_or(Error::ResourceNotFound)?.id(tenant);
    let shape = Shape::read(&input, ctx.environment.now());

    let known: HashSet<RelatedResource> =
        shape.related.iter().filter_map(RelatedInput::known).collect();
    let (definition, record, completed, kinds, records) = tokio::join!(
        find_activity_type(ctx, tenant, type_id),
        find_record(ctx, call, shape.idempotency_key.as_ref()),
        is_completed(ctx, tenant, shape.scheduled_activity_id),
        find_record_types(ctx, tenant, &shape.related),
        find_resources(ctx, tenant, known),
    );
    let definition = definition?.ok_or(Error::ResourceNotFound)?;
    let mut record = record?;
    let key = shape.idempotency_key.clone();
    if let Some(same) = record.take_if(|record| record.input_hash == *input_hash) {
        return replay(ctx, call, key.as_ref(), input_hash, same).await;
    }
    let related = name_record_types(&shape.related, &kinds?);
    let parsed = shape.judge(&definition, tenant)?;
    if let Some(other) = record {
        return replay(ctx, call, key.as_ref(), input_hash, other).await;
    }

    let mut records = records?;
    let unread = related.iter().flatten().filter(|resource| !records.contains_key(*resource));
    records.extend(find_resources(ctx, tenant, unread.cloned().collect()).await?);
    let related = name_entities(ctx, &related, &records);
    let completed = completed?;
    if completed && let Some(key) = &key {
        // The key's record was looked for at the same time as the completion: a
        // twin of this call may have committed both in between.
        if let Some(record) = find_record(ctx, call, Some(key)).await? {
            return replay(ctx, call, Some(key), input_hash, record).await;
        }
    }
    let second = if completed { Err(already_completed()) } else { Ok(()) };
    let related = crate::input::with_violations_of(related, second)?;
    write(ctx, call, draft(&definition.summary, tenant, parsed, related, key), input_hash).await
}

async fn is_completed(ctx: &Context, tenant: &TenantId, scheduled: Option<Uuid>) -> Result<bool> {
    let Some(id) = scheduled else { return Ok(false) };
    Ok(ctx.store.scheduled_completion(tenant, id).await?.is_some())
}

async fn find_record_types(
    ctx: &Context,
    tenant: &TenantId,
    related: &[RelatedInput],
) -> Result<HashMap<Uuid, RecordType>> {
    let unknown = related.iter().filter(|object| object.kind.known().is_none());
    let ids = unknown.map(|object| object.kind.id(tenant)).collect();
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

/// A related object as it was given.
#[derive(Clone, Debug)]
struct RelatedInput {
    kind: Identifier<RecordType>,
    entity_id: RelatedResourceId,
}

impl RelatedInput {
    /// The record, where the name of its kind is known without a look at the
    /// registry.
    fn known(&self) -> Option<RelatedResource> {
        Some(RelatedResource { resource_type: self.kind.known()?, id: self.entity_id.clone() })
    }
}

/// The records that the related objects are; nothing for kinds that the
/// registry has never seen.
fn name_record_types(
    related: &[RelatedInput],
    kinds: &HashMap<Uuid, RecordType>,
) -> Vec<Option<RelatedResource>> {
    let name = |object: &RelatedInput| {
        object.known().or_else(|| {
            let Identifier::Id(id) = &object.kind else { return None };
            let resource_type = kinds.get(id)?.clone();
            Some(RelatedResource { resource_type, id: object.entity_id.clone() })
        })
    };
    related.iter().map(name).collect()
}

/// The related records with their names, where all of them exist.
fn name_entities(
    ctx: &Context,
    related: &[Option<RelatedResource>],
    records: &HashMap<RelatedResource, ResourceRecord>,
) -> Result<Vec<NamedResource>> {
    let mut violations = Violations::default();
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
            Some(_) => violations.push(
                "related_objects",
                format!("object {index}: there is no such entity in this workspace"),
            ),
            None => violations.push(
                "related_objects",
                format!("object {index}: custom_object is not a record type of this workspace"),
            ),
        }
    }
    violations.into_result().map(|()| named)
}

/// An input as far as it can be read without its type.
#[derive(Debug)]
struct Shape<'a> {
    notes: Option<Body>,
    related: Vec<RelatedInput>,
    scheduled_activity_id: Option<Uuid>,
    mentions: Vec<Uuid>,
    fields: Vec<FieldInput<'a>>,
    completed_at: Option<Timestamp>,
    idempotency_key: Option<IdempotencyKey>,
    violations: Violations,
}

/// A field as it was given.
#[derive(Debug)]
struct FieldInput<'a> {
    id: &'a str,
    value: &'a Value,
    literal: Option<&'a str>,
}

/// An input that is right in all that can be told without the registry.
#[derive(Debug)]
struct Parsed {
    notes: Option<Body>,
    scheduled_activity_id: Option<Uuid>,
    mentions: Vec<Uuid>,
    fields: Vec<SubmittedField>,
    completed_at: Option<Timestamp>,
    summary: Summary,
    words: BTreeSet<String>,
}

impl<'a> Shape<'a> {
    fn read(input: &'a TypedInput, now: Timestamp) -> Self {
        let mut reader = ObjectReader::new(&input.object);
        if !reader.has("related_objects") {
            reader.refuse("related_objects", "is required");
        }
        let related = read_related(&mut reader);
        let notes = reader.optional("notes", Body::parse);
        let scheduled_activity_id = reader
            .nullable("scheduled_activity_id", |text| parse_uuid(text).ok_or("must be a UUID"));
        let completed_at = reader.nullable("completed_at", |text| parse_occurred_at(text, now));
        let mentions = read_mentions(&mut reader);
        let fields = read_fields(&mut reader, &input.number_literals);
        let mut violations = reader.into_violations();
        let idempotency_key = read_key(&input.idempotency_keys, &mut violations);
        for violation in &input.violations {
            violations.push(&violation.field, violation.message.clone());
        }
        Self {
            notes,
            related,
            scheduled_activity_id,
            mentions,
            fields,
            completed_at,
            idempotency_key,
            violations,
        }
    }

    /// Holds the input against its type.
    fn judge(self, definition: &TypeDefinition, tenant: &TenantId) -> Result<Parsed> {
        let mut violations = self.violations;
        let summary = &definition.summary;
        if !summary.enabled {
            violations.push("activity_identifier", "is a type that is disabled");
        }
        check_association(summary, tenant, &self.related, &mut violations);
        let fields = judge_fields(definition, &self.fields, &mut violations);
        let line = summary_of(self.notes.as_ref(), summary)?;
        let texts = searched_texts(Some(&line), self.notes.as_ref(), &fields);
        let words = text::index_terms(texts);
        let words = words.map_err(|_| "has, with the fields, too many distinct words");
        let words = violations.take("notes", words);
        violations.into_result()?;
        Ok(Parsed {
            notes: self.notes,
            scheduled_activity_id: self.scheduled_activity_id,
            mentions: self.mentions,
            fields,
            completed_at: self.completed_at,
            summary: line,
            words: words.unwrap_or_default(),
        })
    }
}

fn read_related(reader: &mut ObjectReader<'_>) -> Vec<RelatedInput> {
    let mut related = Vec::new();
    for (index, item) in reader.list("related_objects", MAX_RELATED_OBJECTS).iter().enumerate() {
        let mut refuse = |message: &str| {
            reader.refuse("related_objects", format!("object {index}: {message}"));
        };
        let Value::Object(object) = item else {
            refuse("must be an object");
            continue;
        };
        if object.keys().any(|name| name != "custom_object" && name != "entity_id") {
            refuse("has only custom_object and entity_id");
        }
        let kind = object.get("custom_object").and_then(Value::as_str).and_then(Identifier::parse);
        if kind.is_none() {
            refuse("custom_object must be the id or the api_name of a record type");
        }
        let entity_id = object.get("entity_id").and_then(Value::as_str);
        let entity_id = entity_id.and_then(|text| RelatedResourceId::parse(text).ok());
        if entity_id.is_none() {
            refuse("entity_id must be a string of 1 to 255 bytes without control characters");
        }
        related
            .extend(kind.zip(entity_id).map(|(kind, entity_id)| RelatedInput { kind, entity_id }));
    }
    related
}

fn read_mentions(reader: &mut ObjectReader<'_>) -> Vec<Uuid> {
    let items = reader.list("mentions", MAX_MENTIONS);
    let ids: Option<Vec<Uuid>> =
        items.iter().map(|item| item.as_str().and_then(parse_uuid)).collect();
    if ids.is_none() {
        reader.refuse("mentions", "must be a list of UUIDs");
    }
    ids.unwrap_or_default()
}

fn read_fields<'a>(
    reader: &mut ObjectReader<'a>,
    literals: &'a [Option<String>],
) -> Vec<FieldInput<'a>> {
    let items = reader.list("fields", crate::activity_type::MAX_FIELDS);
    if serde_json::to_vec(items).map_or(0, |json| json.len()) > MAX_FIELDS_BYTES {
        reader.refuse("fields", "must have at most 64 KB in all");
        return Vec::new();
    }
    let mut fields = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let id = item.get("id").and_then(Value::as_str);
        match (id, item.get("value"), item.as_object().map(Map::len)) {
            (Some(id), Some(value), Some(2)) => {
                let literal = literals.get(index).and_then(Option::as_deref);
                fields.push(FieldInput { id, value, literal });
            }
            _ => reader.refuse(
                "fields",
                format!("element {index}: must be an object of just id, a string, and value"),
            ),
        }
    }
    fields
}

fn read_key(keys: &[Vec<u8>], violations: &mut Violations) -> Option<IdempotencyKey> {
    const NAME: &str = "Idempotency-Key";
    match keys {
        [] => None,
        [key] => violations.take(NAME, IdempotencyKey::parse_header(key)),
        _ => {
            violations.push(NAME, "is given more than once");
            None
        }
    }
}

/// Whether the related objects are of kinds that the type goes with, and one of
/// each at most.
fn check_association(
    summary: &TypeSummary,
    tenant: &TenantId,
    related: &[RelatedInput],
    violations: &mut Violations,
) {
    let mut kinds = HashSet::new();
    for (index, object) in related.iter().enumerate() {
        let kind = object.kind.id(tenant);
        if !kinds.insert(kind) {
            violations.push(
                "related_objects",
                format!("object {index}: there is one entity of this custom_object already"),
            );
        }
        if summary.association_mode == AssociationMode::Selected && !summary.takes(tenant, kind) {
            violations.push(
                "related_objects",
                format!("object {index}: the activity type does not go with this custom_object"),
            );
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
    inputs: &[FieldInput<'_>],
    violations: &mut Violations,
) -> Vec<SubmittedField> {
    let mut given: HashMap<Uuid, Vec<&FieldInput<'_>>> = HashMap::new();
    for input in inputs {
        match parse_uuid(input.id).filter(|id| definition.field(*id).is_some()) {
            Some(id) => given.entry(id).or_default().push(input),
            None => violations
                .push(&format!("fields.{}", input.id), "is not a field of this activity type"),
        }
    }
    let mut fields = Vec::new();
    for field in &definition.fields {
        let name = format!("fields.{}", field.id);
        let given = given.get(&field.id).map_or(&[][..], Vec::as_slice);
        match given {
            [] if field.required => violations.push(&name, "is required"),
            [] => {}
            [input] if field.required && field_value::is_blank(input.value) => {
                violations.push(&name, "is required and must not be empty");
            }
            [input] => {
                let value = field_value::read(field, input.value, input.literal);
                let value = violations.take(&name, value);
                fields.extend(value.map(|value| SubmittedField::of(field, value)));
            }
            _ => violations.push(&name, "is given more than once"),
        }
    }
    fields
}

/// The first line of the notes that says something, or the type's name.
fn summary_of(notes: Option<&Body>, summary: &TypeSummary) -> Result<Summary> {
    let line = notes
        .and_then(|notes| notes.as_str().lines().find(|line| !line.trim().is_empty()))
        .unwrap_or(summary.name.as_str());
    let cut: String = line.trim().chars().take(Summary::MAX_CHARS).collect();
    Summary::parse(&cut).map_err(|_| Error::Internal("a line makes no summary".into()))
}

fn draft(
    summary: &TypeSummary,
    tenant: &TenantId,
    parsed: Parsed,
    related: Vec<NamedResource>,
    idempotency_key: Option<IdempotencyKey>,
) -> Draft {
    let submission = Submission {
        object: TypeSnapshot::of(summary, tenant),
        completed_at: parsed.completed_at,
        scheduled_activity_id: parsed.scheduled_activity_id,
        mentions: parsed.mentions,
        fields: parsed.fields,
    };
    Draft {
        activity_type: summary.category,
        summary: parsed.summary,
        body: parsed.notes,
        related,
        occurred_at: None,
        submitted: Submitted::Whole(Box::new(submission)),
        idempotency_key,
        words: parsed.words,
    }
}
