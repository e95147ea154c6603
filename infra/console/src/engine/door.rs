//! The door of the engine on the network, for DynamoDB clients of the one who
//! runs it.
//!
//! A web page can make a browser send anything to an address of this machine,
//! and other users of it can open connections too. So a call is refused that
//! has an origin, that names a host which is not this machine, or that does not
//! have the access key of this engine. Its signature is not checked beyond
//! that: the access key is random and a secret itself.

use activity_log_core::platform::loopback::is_loopback;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use bytes::Bytes;
use http::uri::{Authority, Uri};
use http::{HeaderMap, Response, StatusCode, header};
use subtle::ConstantTimeEq;

use super::access_key::AccessKey;
use super::service::{Service, refusal};

/// What a call is refused for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Refused {
    Origin,
    Host,
    AccessKey,
}

/// The engine behind its door.
pub(super) fn guarded(service: Service, access_key: AccessKey) -> Router {
    service.router().layer(from_fn_with_state(access_key, admit))
}

async fn admit(
    State(access_key): State<AccessKey>,
    request: Request,
    next: Next,
) -> Response<Body> {
    match check(request.uri(), request.headers(), &access_key) {
        Ok(()) => next.run(request).await,
        Err(refused) => refused.response().map(Body::from),
    }
}

fn check(uri: &Uri, headers: &HeaderMap, access_key: &AccessKey) -> Result<(), Refused> {
    if headers.contains_key(header::ORIGIN) {
        return Err(Refused::Origin);
    }
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = hosts.next().and_then(|host| Authority::try_from(host.as_bytes()).ok());
    let named = [host.as_ref(), uri.authority()];
    if host.is_none()
        || hosts.next().is_some()
        || !named.into_iter().flatten().all(|host| is_loopback(host.host()))
    {
        return Err(Refused::Host);
    }
    let presented = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    match presented.and_then(access_key_id) {
        Some(id) if id.as_bytes().ct_eq(access_key.id.as_bytes()).into() => Ok(()),
        _ => Err(Refused::AccessKey),
    }
}

/// The access key id of a request that is signed with
/// [Signature Version 4](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
fn access_key_id(authorization: &str) -> Option<&str> {
    let parameters = authorization.strip_prefix("AWS4-HMAC-SHA256")?;
    let credential = parameters.split(',').find_map(|it| it.trim().strip_prefix("Credential="))?;
    credential.split('/').next()
}

impl Refused {
    fn response(self) -> Response<Bytes> {
        tracing::warn!(reason = ?self, "the embedded engine refused a call");
        match self {
            Self::Origin => denied("Web pages can't call the embedded engine."),
            Self::Host => denied("The embedded engine answers under a loopback address alone."),
            Self::AccessKey => refusal(
                StatusCode::BAD_REQUEST,
                "UnrecognizedClientException",
                "The access key is not that of this engine.",
            ),
        }
    }
}

fn denied(message: &str) -> Response<Bytes> {
    refusal(StatusCode::FORBIDDEN, "AccessDeniedException", message)
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn key() -> AccessKey {
        AccessKey { id: "AKLOCAL".to_owned(), secret: "s".to_owned() }
    }

    fn signed_with(id: &str) -> String {
        format!(
            "AWS4-HMAC-SHA256 Credential={id}/20260101/us-east-1/dynamodb/aws4_request, \
             SignedHeaders=host, Signature=00"
        )
    }

    fn checked(uri: &str, headers: &[(HeaderName, &str)]) -> Result<(), Refused> {
        let header = |(name, value): &(HeaderName, &str)| {
            (name.clone(), HeaderValue::from_bytes(value.as_bytes()).unwrap())
        };
        let mut map = HeaderMap::new();
        for (name, value) in headers.iter().map(header) {
            map.append(name, value);
        }
        check(&uri.parse().unwrap(), &map, &key())
    }

    #[test]
    fn a_call_names_this_machine_and_nothing_else() {
        let authorization = signed_with("AKLOCAL");
        for (host, expected) in [
            ("localhost", Ok(())),
            ("LOCALHOST:8000", Ok(())),
            ("127.0.0.1:8000", Ok(())),
            ("127.9.9.9", Ok(())),
            ("[::1]:8000", Ok(())),
            ("rebind.evil.example", Err(Refused::Host)),
            ("localhost.evil.example", Err(Refused::Host)),
            ("127.0.0.1.evil.example", Err(Refused::Host)),
            ("10.0.0.1", Err(Refused::Host)),
            ("0.0.0.0", Err(Refused::Host)),
            ("[::ffff:10.0.0.1]", Err(Refused::Host)),
            ("localhost:80:80", Err(Refused::Host)),
            ("localhost@evil.example", Err(Refused::Host)),
            ("", Err(Refused::Host)),
            ("local host", Err(Refused::Host)),
            ("l\u{f6}calhost", Err(Refused::Host)),
        ] {
            let headers = [(header::HOST, host), (header::AUTHORIZATION, &*authorization)];
            assert_eq!(checked("/", &headers), expected, "{host}");
        }
        let named = [(header::HOST, "localhost"), (header::AUTHORIZATION, &*authorization)];
        assert_eq!(checked("http://evil.example/", &named), Err(Refused::Host), "in the line");
        assert_eq!(checked("http://localhost/", &named), Ok(()));
        let twice = [&named[..], &[(header::HOST, "evil.example")]].concat();
        assert_eq!(checked("/", &twice), Err(Refused::Host), "two hosts");
        assert_eq!(checked("/", &named[1..]), Err(Refused::Host), "no host");
    }

    #[test]
    fn a_web_page_is_refused_whatever_its_origin() {
        let authorization = signed_with("AKLOCAL");
        for origin in ["https://evil.example", "http://localhost:8000", "null", ""] {
            let headers = [
                (header::HOST, "localhost"),
                (header::AUTHORIZATION, &*authorization),
                (header::ORIGIN, origin),
            ];
            assert_eq!(checked("/", &headers), Err(Refused::Origin), "{origin}");
        }
    }

    #[test]
    fn only_the_access_key_of_this_engine_is_taken() {
        let host = (header::HOST, "localhost");
        for authorization in [
            signed_with("local"),
            signed_with(""),
            signed_with("AKLOCAL2"),
            signed_with("aklocal"),
            "AWS4-HMAC-SHA256 SignedHeaders=host, Signature=00".to_owned(),
            "Bearer AKLOCAL".to_owned(),
            "AKLOCAL".to_owned(),
            String::new(),
        ] {
            let headers = [host.clone(), (header::AUTHORIZATION, &*authorization)];
            assert_eq!(checked("/", &headers), Err(Refused::AccessKey), "{authorization}");
        }
        assert_eq!(checked("/", &[host]), Err(Refused::AccessKey), "none at all");
    }
}
