//! `GET /v1/audit-log/records/{tile+}`.

use bytes::{BufMut as _, BytesMut};
use http::{StatusCode, header};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::json;

use super::rest_of_path;
use crate::app::input::Reader;
use crate::app::read_records::{RecordLine, RecordListing, Records};
use crate::domain::error::{Error, Result};
use crate::http::describe::{AUDIT_LOG, Described, query_parameters, success_in, tile};
use crate::http::examples::RECORD;
use crate::http::exchange::Exchange;
use crate::http::message::{MediaType, Response, header_value, typed};
use crate::http::page::MAX_BODY_BYTES;
use crate::input;
use crate::trail::tile::TileName;
use crate::trail::tree::TILE_WIDTH;

/// Where in the bundle to begin: its description.
#[derive(Debug)]
pub struct Skip;

impl JsonSchema for Skip {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Skip".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 0, "maximum": MAX_SKIP, "default": 0 })
    }
}

const MAX_SKIP: usize = TILE_WIDTH as usize - 1;

input! {
    /// Which records to read.
    pub struct GetRecordsInput {
        /// How many leaves of the bundle to skip, as the header `Link` of a previous response says.
        number "skip" => skip: Skip = 0..=MAX_SKIP;
    }
}

/// Reads a request.
///
/// # Errors
///
/// 400 for a query that can't be decoded, 422 with every violation, and
/// [`Error::ResourceNotFound`] for what is no bundle's name.
pub fn parse(exchange: &Exchange<'_>) -> Result<RecordListing> {
    let query = exchange.query()?;
    let mut reader = Reader::new(&query);
    let input = GetRecordsInput::read(&mut reader);
    let skip = reader.finish(Ok(input.skip.unwrap_or(0)))?;
    let name = TileName::parse(&rest_of_path(exchange)?).ok_or(Error::ResourceNotFound)?;
    let from = name.start() + skip as u64;
    Ok(RecordListing { name, from, max_bytes: MAX_BODY_BYTES })
}

/// Writes the records of a bundle's leaves, as many as an answer can have.
#[must_use]
pub fn respond(exchange: &Exchange<'_>, listing: &RecordListing, records: &Records) -> Response {
    let mut body = BytesMut::new();
    for line in &records.lines {
        match line {
            RecordLine::Record(record) => body.put_slice(record),
            RecordLine::Gone(id) => body.put_slice(json!({ "id": id }).to_string().as_bytes()),
        }
        body.put_u8(b'\n');
    }
    let mut response = typed(MediaType::JsonLines, body);
    if let Some(next) = records.next {
        let skip = next - listing.name.start();
        let path = format!("/v1/audit-log/records/{}?skip={skip}", listing.name.path());
        let link = format!("<{}>; rel=\"next\"", exchange.link(&path));
        response.headers_mut().insert(header::LINK, header_value(&link));
    }
    response
}

/// Describes the endpoint.
#[must_use]
pub fn describe(schemas: &mut SchemaGenerator) -> Described {
    Described {
        id: "get_records",
        tag: AUDIT_LOG,
        summary: "Read the records of activities that the log proves",
        description: "A line of JSON for each log of an activity that is in the bundle of entries \
            with that name, in their order: its record, whose SHA-256 is the `record_hash` that \
            the entry's disclosure `content` has. Of an activity that is gone it is the `id` \
            alone. Where not all have room in an answer, the header `Link` says where to go on.",
        parameters: {
            let mut parameters = vec![tile(
                "`<n>` of a bundle of entries, with `.p/<width>` behind it where it is not full.",
                "000.p/1",
            )];
            parameters.extend(query_parameters::<GetRecordsInput>(schemas));
            parameters
        },
        request_body: None,
        status: StatusCode::OK,
        success: success_in(
            MediaType::JsonLines,
            "A line for each log of an activity.",
            &["Link"],
            json!({ "type": "string" }),
            Some(json!(RECORD)),
        ),
    }
}
