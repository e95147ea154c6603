//! What an operator asks for: `{"tenant_id": "acme"}`, and perhaps `since` when.

use activity_log_core::app::input::Reader;
use activity_log_core::app::json::parse_object;
use activity_log_core::domain::clock::{Rounding, Timestamp};
use activity_log_core::domain::error::{Error, Result};
use activity_log_core::domain::principal::TenantId;

/// Beyond any request of two short values.
const MAX_BYTES: usize = 16 * 1024;

/// What is to be sealed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) tenant: TenantId,
    /// From which time on; all that there is otherwise.
    pub(crate) since: Option<Timestamp>,
}

/// Reads a request.
///
/// # Errors
///
/// 413, 400 and 422.
pub(crate) fn read(bytes: &[u8]) -> Result<Request> {
    if bytes.len() > MAX_BYTES {
        return Err(Error::PayloadTooLarge);
    }
    let object = parse_object(bytes)?;
    let mut reader = Reader::new(&object);
    let tenant = reader.required("tenant_id", TenantId::parse);
    let since = reader.optional("since", time);
    let request = tenant.map(|tenant| Request { tenant, since });
    reader.finish(request)
}

fn time(text: &str) -> std::result::Result<Timestamp, &'static str> {
    Timestamp::parse(text, Rounding::Down).ok_or("must be a time such as 2026-03-01T09:30:00Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_names_a_tenant_and_perhaps_a_time() {
        let of_acme = |since| Request { tenant: TenantId::parse("acme").unwrap(), since };
        assert_eq!(read(br#"{"tenant_id":"acme"}"#).unwrap(), of_acme(None));
        let since = read(br#"{"tenant_id":"acme","since":"1970-01-01T00:00:01Z"}"#).unwrap();
        assert_eq!(since, of_acme(Timestamp::from_millis(1_000)));
        for (text, field) in [
            ("{}", "tenant_id"),
            (r#"{"tenant_id":"a b"}"#, "tenant_id"),
            (r#"{"tenant_id":"acme","since":"yesterday"}"#, "since"),
            (r#"{"tenant_id":"acme","all":true}"#, "all"),
        ] {
            let error = read(text.as_bytes()).unwrap_err();
            let violations = error.field_errors().unwrap();
            assert_eq!(violations.len(), 1, "{text}: {violations:?}");
            assert_eq!(violations[0].field, field, "{text}");
        }
        assert!(matches!(read(b"["), Err(Error::MalformedRequest(_))));
        let long = format!(r#"{{"tenant_id":"{}"}}"#, "a".repeat(MAX_BYTES));
        assert!(matches!(read(long.as_bytes()), Err(Error::PayloadTooLarge)));
    }
}
