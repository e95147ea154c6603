//! `GET /v1/audit-log/tile/{tile+}`.

use http::StatusCode;
use serde_json::json;

use super::rest_of_path;
use crate::app::read_tile::TileFile;
use crate::domain::error::{Error, Result};
use crate::http::describe::{AUDIT_LOG, Described, success_in, tile};
use crate::http::exchange::Exchange;
use crate::http::message::{MediaType, Response, typed};

/// Reads a request.
///
/// # Errors
///
/// 400 and 422 for parameters, and [`Error::ResourceNotFound`] for what is no file's name.
pub fn parse(exchange: &Exchange<'_>) -> Result<TileFile> {
    exchange.expect_no_parameters()?;
    TileFile::parse(&rest_of_path(exchange)?).ok_or(Error::ResourceNotFound)
}

/// Writes a file of the log.
#[must_use]
pub fn respond(file: Vec<u8>) -> Response {
    typed(MediaType::Bytes, file)
}

/// Describes the endpoint.
#[must_use]
pub fn describe() -> Described {
    Described {
        id: "get_tile",
        tag: AUDIT_LOG,
        summary: "Read hashes or entries of the log",
        description: "A file as [tlog-tiles](https://c2sp.org/tlog-tiles) has it. \
            `<level>/<n>` has up to 256 hashes of the tree, 32 bytes each: those of leaves at \
            level 0, and of full tiles of the level below at the others. `entries/<n>` has up to \
            256 entries, each behind its length in two bytes, the higher one first; an entry \
            whose event is no longer in the table has the length 0. `<n>` has groups of three \
            digits, all but the last of which begin with `x`, as in `x001/x234/067`, and \
            `.p/<width>` behind it where there are fewer than 256. What the log does not have, \
            or not yet, and every other form of a name is answered with 404.",
        parameters: vec![tile(
            "`<level>/<n>` or `entries/<n>`, with `.p/<width>` behind it where the tile is not \
                full.",
            "0/000.p/1",
        )],
        request_body: None,
        status: StatusCode::OK,
        success: success_in(
            MediaType::Bytes,
            "The file.",
            &[],
            json!({ "type": "string", "format": "binary" }),
            None,
        ),
    }
}
