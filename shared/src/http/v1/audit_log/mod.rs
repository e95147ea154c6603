//! The signed log of the trail, in the forms of [c2sp.org/tlog-tiles](https://c2sp.org/tlog-tiles),
//! so that anybody's tools read it; and beside them, in the same pieces, what its entries
//! have only digests of.

pub mod checkpoint;
pub mod checkpoints;
pub mod disclosures;
pub mod records;
pub mod tile;

use std::borrow::Cow;

use bytes::{BufMut as _, BytesMut};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::domain::error::{Error, Result};
use crate::http::exchange::Exchange;
use crate::http::message::{MediaType, Response, typed};

/// The rest of a path. A client may have encoded its slashes.
fn rest_of_path<'a>(exchange: &'a Exchange<'_>) -> Result<Cow<'a, str>> {
    let rest = percent_decode_str(exchange.path_parameter(0)).decode_utf8();
    rest.map_err(|_| Error::ResourceNotFound)
}

/// JSON values, one a line, in the canonical form of RFC 8785.
fn json_lines(values: impl IntoIterator<Item = Value>) -> Response {
    let mut body = BytesMut::new();
    for value in values {
        let line = serde_json_canonicalizer::to_vec(&value).expect("a view has a JSON form");
        body.put_slice(&line);
        body.put_u8(b'\n');
    }
    typed(MediaType::JsonLines, body)
}
