//! Which names this server answers under, and which web pages may call it.
//!
//! A page of any site can make a browser call an address of its choosing, that of
//! this machine too, under a name of its own. Such a call names a foreign host,
//! or a foreign origin. A caller that is no browser names no origin at all.

use std::borrow::Cow;

use activity_log_core::http::exchange::Exchange;
use activity_log_core::http::message::Response;
use activity_log_core::platform::config::Config;
use http::uri::{Authority, Uri};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::failure::invalid_request;

/// Why a call is foreign: what it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Foreign(StatusCode, &'static str);

/// Refuses a call to a host, or from an origin, that is not allowed.
pub(crate) fn refuse_foreign(config: &Config, exchange: &Exchange<'_>) -> Option<Response> {
    let Foreign(status, reason) = check(config, &exchange.request().headers).err()?;
    let header = |name| exchange.request().headers.get(name).map(cut);
    tracing::warn!(
        request_id = exchange.request_id(),
        host = ?header(header::HOST),
        origin = ?header(header::ORIGIN),
        reason,
        "refused a foreign call"
    );
    Some(invalid_request(exchange, status, reason))
}

/// The beginning of a header, for the log: foreign calls come from anybody.
fn cut(value: &HeaderValue) -> Cow<'_, str> {
    const MAX_BYTES: usize = 256;
    let bytes = value.as_bytes();
    String::from_utf8_lossy(&bytes[..bytes.len().min(MAX_BYTES)])
}

fn check(config: &Config, headers: &HeaderMap) -> Result<(), Foreign> {
    check_host(&config.mcp_allowed_hosts, headers.get(header::HOST))?;
    check_origin(&config.mcp_allowed_origins, headers.get(header::ORIGIN))
}

/// A host without a port is allowed at any; `*` is any host that has a name.
fn check_host(allowed: &[String], host: Option<&HeaderValue>) -> Result<(), Foreign> {
    let bad = |reason| Foreign(StatusCode::BAD_REQUEST, reason);
    let host = host.ok_or(bad("Bad Request: missing Host header"))?;
    let host = host.to_str().map_err(|_| bad("Bad Request: Invalid Host header encoding"))?;
    let host = Authority::try_from(host).map_err(|_| bad("Bad Request: Invalid Host header"))?;
    let (name, port) = (bare(host.host()), host.port_u16());
    let is_this = |allowed: &str| match Authority::try_from(allowed) {
        Ok(allowed) => {
            bare(allowed.host()) == name
                && allowed.port_u16().is_none_or(|allowed| Some(allowed) == port)
        }
        // An IPv6 address without its brackets.
        Err(_) => bare(allowed) == name,
    };
    if allowed.iter().any(|allowed| allowed == "*" || is_this(allowed)) {
        return Ok(());
    }
    Err(Foreign(StatusCode::FORBIDDEN, "Forbidden: Host header is not allowed"))
}

/// Only a web page has an origin.
fn check_origin(allowed: &[String], origin: Option<&HeaderValue>) -> Result<(), Foreign> {
    let forbidden = |reason| Foreign(StatusCode::FORBIDDEN, reason);
    let Some(origin) = origin else { return Ok(()) };
    let origin =
        origin.to_str().map_err(|_| forbidden("Forbidden: Invalid Origin header encoding"))?.trim();
    let not_allowed = forbidden("Forbidden: Origin header is not allowed");
    // A page that keeps its origin to itself.
    if origin.eq_ignore_ascii_case("null") {
        return Err(not_allowed);
    }
    let origin = Origin::parse(origin).ok_or(forbidden("Forbidden: Invalid Origin header"))?;
    if allowed.iter().any(|allowed| origin.is_one_of(allowed)) { Ok(()) } else { Err(not_allowed) }
}

#[derive(Debug)]
struct Origin {
    scheme: String,
    host: String,
    port: Option<u16>,
}

impl Origin {
    fn parse(text: &str) -> Option<Self> {
        let uri = Uri::try_from(text).ok()?;
        let (scheme, authority) = (uri.scheme_str()?.to_ascii_lowercase(), uri.authority()?);
        Some(Self { scheme, host: bare(authority.host()), port: authority.port_u16() })
    }

    /// Whether it is what is allowed: at any port with `:*`, else at just the
    /// port that is named, or at the scheme's own. A scheme that has none of its
    /// own, such as an editor's, has no ports to tell apart.
    fn is_one_of(&self, allowed: &str) -> bool {
        let (base, any_port) = match allowed.strip_suffix(":*") {
            Some(base) => (base, true),
            None => (allowed, false),
        };
        Self::parse(base).is_some_and(|allowed| {
            let same_port = match (any_port, allowed.effective_port()) {
                (true, _) => allowed.port.is_none(),
                (false, None) => true,
                (false, port) => port == self.effective_port(),
            };
            same_port && (&allowed.scheme, &allowed.host) == (&self.scheme, &self.host)
        })
    }

    fn effective_port(&self) -> Option<u16> {
        self.port.or(match self.scheme.as_str() {
            "http" => Some(80),
            "https" => Some(443),
            _ => None,
        })
    }
}

/// A host in the form in which two of them are compared.
fn bare(host: &str) -> String {
    host.trim_matches(['[', ']']).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    /// The status of a refusal, or 200.
    fn status(checked: Result<(), Foreign>) -> u16 {
        checked.map_or_else(|Foreign(status, _)| status.as_u16(), |()| 200)
    }

    #[test]
    fn a_host_is_one_that_is_listed_at_any_port_or_at_the_one_that_is_named() {
        let listed = strings(&["localhost", "::1", "[::2]:80", "log.example:8443"]);
        let any = strings(&["*"]);
        for (host, with_list, with_any) in [
            ("localhost", 200, 200),
            ("LocalHost:8080", 200, 200),
            ("[::1]", 200, 200),
            ("[::1]:8080", 200, 200),
            ("[::2]:80", 200, 200),
            ("[::2]:81", 403, 200),
            ("log.example:8443", 200, 200),
            ("log.example", 403, 200),
            ("log.example:443", 403, 200),
            ("localhost.evil.example", 403, 200),
            ("evil.example", 403, 200),
            ("*", 403, 200),
            ("", 400, 400),
            ("local host", 400, 400),
            ("localhost/", 400, 400),
            ("::1", 400, 400),
            ("localhost:80:80", 400, 400),
            ("localh\u{f6}st", 400, 400),
        ] {
            let value = HeaderValue::from_bytes(host.as_bytes()).unwrap();
            assert_eq!(status(check_host(&listed, Some(&value))), with_list, "{host}");
            assert_eq!(status(check_host(&any, Some(&value))), with_any, "{host}");
        }
        assert_eq!(status(check_host(&any, None)), 400, "a call names its host");
    }

    #[test]
    fn an_origin_is_one_that_is_listed_to_the_port() {
        let listed = strings(&[
            "https://app.example",
            "https://admin.example:8443",
            "http://localhost:*",
            "http://[::1]:*",
            "http://never.example:80:*",
            "vscode-webview://panel",
        ]);
        for (origin, expected) in [
            ("https://app.example", 200),
            ("HTTPS://App.Example", 200),
            ("https://app.example:443", 200),
            ("https://app.example:8443", 403),
            ("http://app.example", 403),
            ("http://app.example:443", 403),
            ("https://app.example.evil.example", 403),
            ("https://admin.example:8443", 200),
            ("https://admin.example", 403),
            ("http://localhost", 200),
            ("http://localhost:6274", 200),
            ("https://localhost", 403),
            ("http://[::1]:8080", 200),
            ("http://never.example", 403),
            ("vscode-webview://panel", 200),
            ("vscode-webview://other", 403),
            ("null", 403),
            ("app.example", 403),
            ("", 403),
            ("https://", 403),
            ("https://app.ex\u{e4}mple", 403),
        ] {
            let value = HeaderValue::from_bytes(origin.as_bytes()).unwrap();
            assert_eq!(status(check_origin(&listed, Some(&value))), expected, "{origin}");
        }
        assert_eq!(status(check_origin(&listed, None)), 200, "only web pages have one");
    }

    #[test]
    fn the_host_is_looked_at_first() {
        let config = Config::for_table("t");
        let headers = |host: &'static str, origin: &'static str| {
            HeaderMap::from_iter([
                (header::HOST, HeaderValue::from_static(host)),
                (header::ORIGIN, HeaderValue::from_static(origin)),
            ])
        };
        let evil = "http://evil.example";
        for (host, origin, reason) in [
            ("a b", evil, "Bad Request: Invalid Host header"),
            ("evil.example", evil, "Forbidden: Host header is not allowed"),
            ("localhost", evil, "Forbidden: Origin header is not allowed"),
            ("localhost", "null", "Forbidden: Origin header is not allowed"),
            ("localhost", "evil", "Forbidden: Invalid Origin header"),
        ] {
            let Foreign(_, said) = check(&config, &headers(host, origin)).unwrap_err();
            assert_eq!(said, reason, "{host} {origin}");
        }
        assert_eq!(check(&config, &headers("localhost", "http://localhost:3000")), Ok(()));
    }
}
