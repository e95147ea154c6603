//! The function `web`: the pages for browsers.
//!
//! It hands out files that it was built with, and knows neither the table nor a caller.
//! What the pages show, they ask the API for, with the key of whoever looks at them.

mod accept_encoding;
mod files;
mod if_none_match;
mod policy;

use activity_log_core::app::context::Setting;
use activity_log_core::http::answer::{answer, preflight};
use activity_log_core::http::exchange::Exchange;
use activity_log_core::http::message::{Request, Response};
use activity_log_core::http::routes::Operation;
use activity_log_core::{Error, Result};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::files::{File, VERSION};

/// A page is asked for each time whether it has changed.
const REVALIDATED: HeaderValue = HeaderValue::from_static("no-cache");
/// The address of any other file has a hash of what it says.
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// Answers a request.
pub async fn handle(setting: Setting<'_>, request: Request) -> Response {
    let exchange = Exchange::begin(setting, request);
    answer(&exchange, async { dispatch(setting, &exchange) }).await
}

fn dispatch(setting: Setting<'_>, exchange: &Exchange<'_>) -> Result<Response> {
    if let Some(response) = preflight(exchange) {
        return Ok(response);
    }
    let ancestors = &setting.config.pages_frame_ancestors;
    let page = |name| {
        let mut response = respond(exchange, File::named(name)?, REVALIDATED);
        policy::of_page(response.headers_mut(), ancestors);
        Some(response)
    };
    let response = match exchange.route()?.operation {
        Operation::GetPages => page(files::INDEX),
        Operation::GetDocs => page(files::DOCS),
        Operation::GetAsset => {
            asset(exchange.path_parameter(0), exchange.path_parameter(1)).map(|file| {
                let mut response = respond(exchange, file, IMMUTABLE);
                policy::of_file(response.headers_mut());
                response
            })
        }
        _ => None,
    };
    response.ok_or(Error::UnknownPath)
}

/// A file that is no page, of this version and no other: what is kept for good under
/// the address of another one must be that one.
fn asset(version: &str, name: &str) -> Option<&'static File> {
    let file = File::named(name)?;
    (version == VERSION && !file.is_page()).then_some(file)
}

/// The file in the form that the caller likes best, or that the caller has it.
fn respond(exchange: &Exchange<'_>, file: &'static File, kept: HeaderValue) -> Response {
    let asked: &HeaderMap = &exchange.request().headers;
    let encoding = accept_encoding::choose(asked, |encoding| file.bytes(encoding).is_some());
    let etag = file.etag(encoding);
    let is_known = if_none_match::names(asked, &etag);
    let mut response = Response::default();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, kept);
    headers.insert(header::ETAG, HeaderValue::try_from(etag).expect("a hash is ASCII"));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return response;
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.media_type));
    if let Some(name) = encoding.name() {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    *response.body_mut() =
        Bytes::from_static(file.bytes(encoding).expect("a form that is chosen is there"));
    response
}
