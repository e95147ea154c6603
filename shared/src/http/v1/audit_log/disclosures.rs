//! `GET /v1/audit-log/disclosures/{tile+}`.

use http::StatusCode;
use serde_json::json;

use super::{json_lines, rest_of_path};
use crate::app::log_reader::ReadLeaf;
use crate::domain::error::{Error, Result};
use crate::http::describe::{AUDIT_LOG, Described, success_in, tile};
use crate::http::examples::{AUDIT_EVENT_ID, DISCLOSURES};
use crate::http::exchange::Exchange;
use crate::http::message::{MediaType, Response};
use crate::trail::disclosure::Disclosure;
use crate::trail::tile::TileName;

/// Reads a request.
///
/// # Errors
///
/// 400 and 422 for parameters, and [`Error::ResourceNotFound`] for what is no bundle's name.
pub fn parse(exchange: &Exchange<'_>) -> Result<TileName> {
    exchange.expect_no_parameters()?;
    TileName::parse(&rest_of_path(exchange)?).ok_or(Error::ResourceNotFound)
}

/// Writes the disclosures of a bundle's leaves.
#[must_use]
pub fn respond(leaves: &[ReadLeaf]) -> Response {
    json_lines(leaves.iter().map(|leaf| {
        let mut line = json!({ "id": leaf.leaf.event_id, "index": leaf.index });
        if let Some((_, sealed)) = &leaf.event {
            let disclosures = sealed.disclosures.iter().map(Disclosure::as_str);
            line["disclosures"] = disclosures.collect::<Vec<_>>().into();
        }
        line
    }))
}

/// Describes the endpoint.
#[must_use]
pub fn describe() -> Described {
    let example = json!({ "disclosures": DISCLOSURES, "id": AUDIT_EVENT_ID, "index": 0 });
    Described {
        id: "get_disclosures",
        tag: AUDIT_LOG,
        summary: "Read what entries have digests of",
        description: "A line of JSON for each leaf of the bundle of entries with that name, in \
            their order: `disclosures`, `id` and `index`. Disclosures are those of [SD-JWT](https://\
            www.rfc-editor.org/rfc/rfc9901#section-4.2), whose digests are in `_sd` of the entry. \
            A line has none where the event is no longer in the table.",
        parameters: vec![tile(
            "`<n>` of a bundle of entries, with `.p/<width>` behind it where it is not full.",
            "000.p/1",
        )],
        request_body: None,
        status: StatusCode::OK,
        success: success_in(
            MediaType::JsonLines,
            "A line for each leaf.",
            &[],
            json!({ "type": "string" }),
            Some(json!(format!("{example}\n"))),
        ),
    }
}
