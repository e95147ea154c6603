//! What a run is asked for by: an event of the bus, or its bare form for operators.

use activity_log_core::app::input::Reader;
use activity_log_core::app::json::{Object, parse_object};
use activity_log_core::domain::error::{Error, Result};
use activity_log_core::domain::principal::TenantId;

/// Beyond what an event of the bus has around two short values.
const MAX_BYTES: usize = 16 * 1024;
/// What the rule matches.
const SOURCE: &str = "activity-log";
const DETAIL_TYPE: &str = "index.requested";
/// The version of the detail that this code reads.
const VERSION: usize = 1;

/// Reads which tenant a run is for: of `{"tenant_id": "acme"}`, or of an event of
/// EventBridge with a version beside it. What else an envelope has is not looked at.
///
/// # Errors
///
/// 413, 400 and 422.
pub(crate) fn read(bytes: &[u8]) -> Result<TenantId> {
    if bytes.len() > MAX_BYTES {
        return Err(Error::PayloadTooLarge);
    }
    let object = parse_object(bytes)?;
    if !object.contains_key("detail-type") {
        return read_bare(&object);
    }
    let mut reader = Reader::new(&object);
    expect(&mut reader, "source", SOURCE);
    expect(&mut reader, "detail-type", DETAIL_TYPE);
    let tenant = reader.object("detail", |detail| {
        detail.number("version", VERSION..=VERSION);
        if !detail.has("version") {
            detail.refuse("version", "is required");
        }
        detail.required("tenant_id", TenantId::parse)
    });
    reader.into_noted().finish(tenant)
}

fn read_bare(object: &Object) -> Result<TenantId> {
    let mut reader = Reader::new(object);
    let tenant = reader.required("tenant_id", TenantId::parse);
    reader.finish(tenant)
}

/// Holds a text against the only one that it may be.
fn expect(reader: &mut Reader<&Object>, name: &'static str, expected: &'static str) {
    let must_be = || format!("must be {expected}");
    // What is wrong is noted.
    let _ = reader.required(name, |text| if text == expected { Ok(()) } else { Err(must_be()) });
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn tenant_of(event: &Value) -> Result<String> {
        read(event.to_string().as_bytes()).map(|tenant| tenant.to_string())
    }

    fn envelope() -> Value {
        json!({
            "version": "0",
            "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
            "detail-type": "index.requested",
            "source": "activity-log",
            "resources": [],
            "detail": { "version": 1, "tenant_id": "acme" },
        })
    }

    #[test]
    fn an_event_and_its_bare_form_name_a_tenant() {
        assert_eq!(tenant_of(&envelope()).unwrap(), "acme");
        assert_eq!(tenant_of(&json!({ "tenant_id": "acme" })).unwrap(), "acme");
    }

    #[test]
    fn what_is_not_said_exactly_is_refused() {
        let mut wrong = vec![
            (json!({}), "tenant_id"),
            (json!({ "tenant_id": "a b" }), "tenant_id"),
            (json!({ "tenant_id": "acme", "all": true }), "all"),
        ];
        for (pointer, value, field) in [
            ("/detail", json!("acme"), "detail"),
            ("/detail/tenant_id", json!(7), "detail.tenant_id"),
            ("/detail/version", json!(2), "detail.version"),
            ("/detail", json!({ "tenant_id": "acme" }), "detail.version"),
            ("/detail", json!({ "version": 1, "tenant_id": "acme", "x": 1 }), "detail.x"),
            ("/source", json!("somebody"), "source"),
            ("/detail-type", json!("activity.logged"), "detail-type"),
        ] {
            let mut event = envelope();
            *event.pointer_mut(pointer).unwrap() = value;
            wrong.push((event, field));
        }
        for (event, field) in wrong {
            let error = tenant_of(&event).unwrap_err();
            let violations = error.field_errors().unwrap();
            assert_eq!(violations.len(), 1, "{event}: {violations:?}");
            assert_eq!(violations[0].field, field, "{event}");
        }
    }

    #[test]
    fn what_is_longer_than_any_event_is_not_read() {
        let event = json!({ "tenant_id": "acme".repeat(MAX_BYTES) });
        assert!(matches!(tenant_of(&event), Err(Error::PayloadTooLarge)));
        assert!(matches!(read(b"{"), Err(Error::MalformedRequest(_))));
    }
}
