//! What of an activity is proved: the *record*, version 1, and its hash.
//!
//! The record is the RFC 8785 canonical JSON of what was stored when the activity was
//! logged, and of nothing that can change later. Persons are in it by the digests of their
//! disclosures, so that a person can be taken out of the trail and the record still be
//! proved. What is a member of it is fixed with the version.

use serde_json::{Value, json};

use crate::domain::activity::{Activity, NamedResource, Submitted};
use crate::domain::activity_type::FieldType;
use crate::domain::audit::RecordHash;
use crate::domain::principal::KeyId;
use crate::domain::salt::Salts;
use crate::trail::TrailError;
use crate::trail::disclosure::{Disclosure, of_persons};

/// The version of the record's form.
pub const RECORD_VERSION: u8 = 1;

/// The record of an activity, as canonical JSON. Salts and credential are those of the
/// event of its log.
///
/// # Errors
///
/// An activity that was read without all its parts, or with another than can be written, and
/// what disclosures fail of.
pub fn record(
    activity: &Activity,
    salts: &Salts,
    credential: &KeyId,
) -> Result<Vec<u8>, TrailError> {
    if activity.is_partial() || has_a_text_for_an_integer(&activity.submitted) {
        return Err(TrailError::NotWhole);
    }
    let persons = of_persons(&activity.logged_by, salts, credential.as_str())?;
    let mut digests: Vec<String> = persons.iter().map(Disclosure::digest).collect();
    digests.sort();
    let mut record = json!({
        "_sd": digests,
        "id": activity.id,
        "logged_at": activity.logged_at,
        "occurred_at": activity.occurred_at,
        "related": activity.related.iter().map(related).collect::<Vec<_>>(),
        "request_id": activity.request_id,
        "source": activity.source,
        "summary": activity.summary.as_str(),
        "tenant_id": activity.tenant_id.as_str(),
        "type": activity.category,
        "v": RECORD_VERSION,
    });
    if let Some(body) = activity.body.whole() {
        record["body"] = body.as_str().into();
    }
    if let Submitted::Whole(submission) = &activity.submitted {
        let mut submission = serde_json::to_value(submission)?;
        write_long_integers_out(&mut submission);
        record["submission"] = submission;
    }
    Ok(serde_json_canonicalizer::to_vec(&record)?)
}

/// Whether a field has a text in the place of a whole number, which nobody can write. It
/// would have the record of that number.
fn has_a_text_for_an_integer(submitted: &Submitted) -> bool {
    submitted.whole().is_some_and(|submission| {
        let mut fields = submission.fields.iter();
        fields.any(|field| field.field_type == FieldType::Integer && field.value.is_string())
    })
}

/// Makes texts of whole numbers that a double does not tell apart, as
/// [RFC 8785, appendix D](https://www.rfc-editor.org/rfc/rfc8785#appendix-D) has it: the
/// canonical form would round them.
fn write_long_integers_out(value: &mut Value) {
    /// The last one before which there is no gap.
    const MAX_EXACT: u64 = (1 << 53) - 1;
    match value {
        Value::Number(number) => {
            let integer = number.as_i64().map(i64::unsigned_abs).or_else(|| number.as_u64());
            if integer.is_some_and(|integer| integer > MAX_EXACT) {
                *value = number.to_string().into();
            }
        }
        Value::Array(values) => values.iter_mut().for_each(write_long_integers_out),
        Value::Object(members) => members.values_mut().for_each(write_long_integers_out),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

fn related(named: &NamedResource) -> Value {
    let mut related = json!({
        "id": named.resource.id.as_str(), "type": named.resource.resource_type.to_string(),
    });
    if let Some(name) = &named.display_name {
        related["name"] = name.as_str().into();
    }
    related
}

/// The hash that the event of a log has of its activity.
///
/// # Errors
///
/// As [`record`].
pub fn record_hash(
    activity: &Activity,
    salts: &Salts,
    credential: &KeyId,
) -> Result<RecordHash, TrailError> {
    Ok(RecordHash::of(&record(activity, salts, credential)?))
}
