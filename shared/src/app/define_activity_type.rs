//! Reading a definition as an operator writes it.

use std::collections::HashSet;

use serde_json::Value;
use uuid::Uuid;

use super::input::{Given, Reader};
use super::json::{Object, remove_nulls};
use crate::domain::activity_type::{
    AssociationMode, Category, FieldDefinition, FieldName, FieldOption, FieldType, Label,
    MAX_DEFINITION_BYTES, MAX_FIELDS, MAX_OPTIONS, MAX_SELECTED_OBJECTS, TypeDefinition, TypeName,
    TypeSummary,
};
use crate::domain::clock::Timestamp;
use crate::domain::error::Result;
use crate::domain::record_type::{RecordType, own_id};
use crate::domain::record_type_ids::RecordTypeIds;
use crate::domain::value::{Refusal, check_id, parse_uuid};

/// Reads a definition: `name`, `api_name`, `association_mode`, and where they
/// are not the defaults `description`, `selected_objects`, `category`, `enabled`
/// and `fields`. Fields and options without an id of their own get one that is
/// stable for their name. Null says the same as nothing: the answers of the
/// logged-activity API, which definitions are taken from, are full of it.
///
/// # Errors
///
/// [`Error::ValidationFailed`](crate::domain::error::Error::ValidationFailed)
/// with every violation.
pub fn read_definition(
    object: Object,
    ids: &RecordTypeIds,
    now: Timestamp,
) -> Result<TypeDefinition> {
    let mut value = Value::Object(object);
    remove_nulls(&mut value);
    let object = value.as_object().expect("it is still an object");
    let mut reader = Reader::new(object);
    let name = reader.required("name", Label::parse);
    let api_name = reader.required("api_name", |text| {
        let name = TypeName::parse(text)?;
        match name.built_in() {
            Some(_) => Err(Refusal::from("is the name of a built-in type")),
            None => Ok(name),
        }
    });
    let description = reader.optional("description", parse_description);
    let mode = reader.required("association_mode", AssociationMode::parse);
    let selected_objects = read_selected_objects(&mut reader, ids);
    let category = reader.optional("category", Category::parse);
    let enabled = reader.boolean("enabled");
    match mode {
        Ok(AssociationMode::Selected) if selected_objects.is_empty() => {
            reader.refuse("selected_objects", "must name at least one record type");
        }
        Ok(AssociationMode::All | AssociationMode::No) if !selected_objects.is_empty() => {
            reader.refuse("selected_objects", "goes only with selected_objects_associated");
        }
        _ => {}
    }
    let type_name = api_name.as_ref().map_or("", TypeName::as_str).to_owned();
    let fields = read_fields(&mut reader, ids, &type_name);
    let definition_bytes = serde_json::to_vec(&fields).map_or(0, |bytes| bytes.len());
    if definition_bytes > MAX_DEFINITION_BYTES {
        reader.refuse("fields", "must have at most 256 KB in all");
    }
    let summary = || -> Given<TypeSummary> {
        Ok(TypeSummary {
            name: name?,
            api_name: api_name?,
            description,
            association_mode: mode?,
            selected_objects,
            category: category.unwrap_or(Category::Note),
            enabled: enabled.unwrap_or(true),
            created_at: Some(now),
        })
    };
    reader.finish(summary().map(|summary| TypeDefinition { summary, fields }))
}

fn parse_description(text: &str) -> Result<String, &'static str> {
    if text.chars().count() > 1_000 {
        return Err("must have at most 1000 characters");
    }
    Ok(text.to_owned())
}

fn read_selected_objects(reader: &mut Reader<&Object>, ids: &RecordTypeIds) -> Vec<RecordType> {
    let mut record_types: Vec<RecordType> = Vec::new();
    let items = reader.list("selected_objects", MAX_SELECTED_OBJECTS);
    for (index, item) in items.iter().enumerate() {
        let path = format!("selected_objects.{index}");
        let named = item.as_str().ok_or(Refusal::from("must be a string"));
        let named = named.and_then(|text| ids.parse(text)).and_then(|record_type| {
            let is_new = !record_types.contains(&record_type);
            is_new.then_some(record_type).ok_or("is there twice".into())
        });
        record_types.extend(reader.take(&path, named));
    }
    record_types
}

fn read_fields(
    reader: &mut Reader<&Object>,
    ids: &RecordTypeIds,
    type_name: &str,
) -> Vec<FieldDefinition> {
    let mut fields = Vec::new();
    let mut names = HashSet::new();
    let mut field_ids = HashSet::new();
    for (index, item) in reader.list("fields", MAX_FIELDS).iter().enumerate() {
        let path = format!("fields.{index}");
        let Value::Object(object) = item else {
            reader.refuse(&path, "must be an object");
            continue;
        };
        let mut nested = reader.nested(object, &path);
        let field = read_field(&mut nested, ids, type_name);
        if let Ok(field) = field {
            if !names.insert(field.name.clone()) {
                nested.refuse("name", "is the name of another field too");
            }
            if !field_ids.insert(field.id) {
                nested.refuse("id", "is the id of another field too");
            }
            fields.push(field);
        }
        reader.close(nested);
    }
    fields
}

fn read_field(
    reader: &mut Reader<&Object>,
    ids: &RecordTypeIds,
    type_name: &str,
) -> Given<FieldDefinition> {
    let tenant = ids.tenant();
    let id = reader.optional("id", |text| parse_uuid(text).ok_or("must be a UUID"));
    let name = reader.required("name", FieldName::parse);
    let display_name = reader.required("display_name", Label::parse);
    let field_type = reader.required("field_type", FieldType::parse);
    let custom_field_type = reader.optional("custom_field_type", FieldType::parse);
    let required = reader.boolean("required").unwrap_or(false);
    let relation = reader.optional("relation", |text| ids.parse(text));
    let currency = reader.optional("currency", parse_currency);
    let symbol = reader.optional("symbol", parse_symbol);
    let field_name = name.as_ref().map_or("", FieldName::as_str).to_owned();
    let option_id = |code: &str| own_id(tenant, &[type_name, &field_name, code]);
    let options = read_options(reader, option_id);

    let field_type = field_type?;
    let given = reader.any("options").and_then(Value::as_array).map(Vec::len);
    match given {
        None if field_type.has_options() && !reader.has("options") => {
            reader.refuse("options", "is required for this field_type");
        }
        Some(0) if field_type.has_options() => {
            reader.refuse("options", "must have at least one option");
        }
        Some(1..) if !field_type.has_options() => {
            reader.refuse("options", "does not go with this field_type");
        }
        _ => {}
    }
    if field_type != FieldType::Relationship && relation.is_some() {
        reader.refuse("relation", "goes only with relationship");
    }
    for (property, given) in [("currency", currency.is_some()), ("symbol", symbol.is_some())] {
        if field_type != FieldType::Money && given {
            reader.refuse(property, "goes only with money");
        }
    }
    let name = name?;
    Ok(FieldDefinition {
        id: id.unwrap_or_else(|| own_id(tenant, &[type_name, name.as_str()])),
        name,
        display_name: display_name?,
        field_type,
        custom_field_type,
        required,
        options,
        relation,
        currency,
        symbol,
    })
}

fn parse_currency(text: &str) -> Result<String, &'static str> {
    if text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase()) {
        Ok(text.to_owned())
    } else {
        Err("must be an ISO 4217 code, such as EUR")
    }
}

fn parse_symbol(text: &str) -> Result<String, &'static str> {
    if (1..=8).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        Ok(text.to_owned())
    } else {
        Err("must have 1 to 8 characters")
    }
}

fn read_options(
    reader: &mut Reader<&Object>,
    option_id: impl Fn(&str) -> Uuid,
) -> Vec<FieldOption> {
    let parse_text = |text: &str| check_id(text).map(|()| text.to_owned());
    let mut options: Vec<FieldOption> = Vec::new();
    let mut seen = HashSet::new();
    for (index, item) in reader.list("options", MAX_OPTIONS).iter().enumerate() {
        let path = format!("options.{index}");
        let Value::Object(object) = item else {
            reader.refuse(&path, "must be an object");
            continue;
        };
        let mut nested = reader.nested(object, &path);
        let id = nested.optional("id", parse_text);
        let code = nested.required("code", parse_text);
        let name = nested.required("name", Label::parse);
        if let (Ok(code), Ok(name)) = (code, name) {
            let id = id.unwrap_or_else(|| option_id(&code).to_string());
            for (property, text) in [("id", &id), ("code", &code)] {
                if !seen.insert((property, text.clone())) {
                    nested.refuse(property, "is that of another option too");
                }
            }
            options.push(FieldOption { id, code, name: name.as_str().to_owned() });
        }
        reader.close(nested);
    }
    options
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::error::Error;
    use crate::domain::principal::TenantId;

    fn parse(value: Value) -> Result<TypeDefinition> {
        let Value::Object(object) = value else { panic!("not an object") };
        read_definition(
            object,
            &RecordTypeIds::of(TenantId::parse("acme").unwrap(), BTreeMap::new()),
            Timestamp::MIN,
        )
    }

    fn refused(value: Value) -> Vec<String> {
        let Err(Error::ValidationFailed(errors)) = parse(value) else { panic!("not refused") };
        errors.into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn what_is_left_out_has_a_default() {
        let definition = parse(json!({
            "name": "Site visit", "api_name": "site_visit",
            "association_mode": "all_objects_associated",
            "fields": [{"name": "result", "display_name": "Result", "field_type": "radio",
                "options": [{"code": "won", "name": "Won"}]}],
        }))
        .unwrap();
        assert!(definition.summary.enabled);
        assert_eq!(definition.summary.category, Category::Note);
        let tenant = TenantId::parse("acme").unwrap();
        let field = &definition.fields[0];
        assert_eq!(field.id, own_id(&tenant, &["site_visit", "result"]));
        let option = own_id(&tenant, &["site_visit", "result", "won"]);
        assert_eq!(field.options[0].id, option.to_string());
    }

    #[test]
    fn every_violation_is_named_at_once() {
        let fields = refused(json!({
            "name": " ", "api_name": "email", "association_mode": "selected_objects_associated",
            "enabled": "yes", "colour": "red",
            "fields": [
                {"name": "a", "display_name": "A", "field_type": "dropdown"},
                {"name": "a", "display_name": "A", "field_type": "text", "currency": "EUR"},
                {"name": "B", "display_name": "B", "field_type": "texts", "x": 1},
                {"name": "c", "display_name": "C", "field_type": "radio",
                    "options": [{"code": "1", "name": "One"}, {"code": "1", "name": "Two"}]},
                "d",
            ],
        }));
        for field in [
            "name",
            "api_name",
            "selected_objects",
            "enabled",
            "colour",
            "fields.0.options",
            "fields.1.name",
            "fields.1.currency",
            "fields.2.name",
            "fields.2.field_type",
            "fields.2.x",
            "fields.3.options.1.code",
            "fields.4",
        ] {
            assert!(fields.iter().any(|named| named == field), "{field}: {fields:?}");
        }
    }

    #[test]
    fn a_definition_is_bounded() {
        let option = |n: usize| json!({"code": n.to_string(), "name": "x".repeat(200)});
        let field = |n: usize, options: usize| {
            json!({"name": format!("f{n}"), "display_name": "F", "field_type": "radio",
                "options": (0..options).map(option).collect::<Vec<_>>()})
        };
        let of = |fields: Vec<Value>| {
            json!({"name": "T", "api_name": "t", "association_mode": "no_objects_associated",
                "fields": fields})
        };
        assert!(parse(of(vec![field(0, 900)])).is_ok());
        assert_eq!(refused(of(vec![field(0, 1_001)])), ["fields.0.options"]);
        assert_eq!(refused(of(vec![field(0, 900), field(1, 900)])), ["fields"]);
        assert_eq!(refused(of((0..101).map(|n| field(n, 1)).collect())), ["fields"]);
    }
}
