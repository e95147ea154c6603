//! Configuration from the environment, read once at start.

use std::time::Duration;

use http::HeaderName;

use crate::domain::audit_log::{AuditLog, Generation, LogName};
use crate::domain::audit_reads::AuditReads;

/// What a deployment can set. Every variable has a default.
#[derive(Clone, Debug)]
pub struct Config {
    /// `ACTIVITY_LOG_TABLE`: the DynamoDB table, `activity-log` by default.
    pub table_name: String,
    /// `RELATED_RESOURCE_CHECK`: `on` (default) or `off`.
    pub related_resource_check: RelatedResourceCheck,
    /// `IDEMPOTENCY_RETENTION_DAYS`: how long a key is remembered, 30 by
    /// default, 1 to 3650.
    pub idempotency_retention: Duration,
    /// `CORS_ALLOW_ORIGINS`: origins separated by commas, or `*`; none by
    /// default.
    pub cors_allow_origins: Vec<String>,
    /// `CORS_ALLOW_HEADERS`: headers that those pages may send beside those of the
    /// API and of tracing, separated by commas; none by default.
    pub cors_allow_headers: Vec<HeaderName>,
    /// `MCP_ALLOWED_HOSTS`: the host names, with or without a port, under which
    /// `/mcp` is called, separated by commas; `*` where a gateway in front lets
    /// only its own names through. Loopback by default.
    pub mcp_allowed_hosts: Vec<String>,
    /// `MCP_ALLOWED_ORIGINS`: the origins of web pages that may call `/mcp`,
    /// separated by commas, each with its scheme, and `:*` for any port. Those of
    /// this machine by default. Callers that are no browsers send none.
    pub mcp_allowed_origins: Vec<String>,
    /// `BASE_PATH`: what the path of a request may have before the routes, as
    /// `/crm`; none by default.
    pub base_path: BasePath,
    /// `PUBLIC_URL`: what links begin with. By default they have no host, and the
    /// stage and base path that the request was called with.
    pub public_url: Option<PublicUrl>,
    /// `AUDIT_READS`: which reads of records the trail has, `denied` (default) or `all`;
    /// a tenant's own setting comes before it.
    pub audit_reads: AuditReads,
    /// `AUDIT_CLIENT`: whether audit events have the caller's address and user agent, `on`
    /// (default) or `off`.
    pub audit_client: AuditClient,
    /// `AUDIT_LOG_NAME`: what the names of the signed logs begin with,
    /// `activity-log.local` by default. `AUDIT_LOG_GENERATION`: which log of each tenant is
    /// gone on with, 1 by default; one more after the table was restored.
    pub audit_log: AuditLog,
    /// `AUDIT_SIGNING_KEY_ARNS`: the keys of KMS that sign these logs, separated by a comma:
    /// one, or two while one follows the other; none by default.
    pub audit_signing_keys: Vec<String>,
    /// `WEB_PAGES`: whether there are pages for browsers, `on` (default) or `off`.
    pub web_pages: WebPages,
    /// `PAGES_FRAME_ANCESTORS`: the origins whose pages may show those pages within
    /// their own, separated by commas; none by default.
    pub pages_frame_ancestors: FrameAncestors,
    /// `ACTIVITY_LOG_EVENT_BUS`: the name or ARN of the EventBridge bus that
    /// events are put on, `default` by default.
    pub event_bus: String,
    /// Not a variable: the functions' own time-out is chosen to go with it.
    pub write_timeouts: WriteTimeouts,
}

/// What a machine calls itself.
const LOOPBACK_HOSTS: [&str; 3] = ["localhost", "127.0.0.1", "::1"];
/// The pages that a machine serves to itself, at any port.
const LOOPBACK_ORIGINS: [&str; 3] = ["http://localhost:*", "http://127.0.0.1:*", "http://[::1]:*"];

fn list(value: Option<String>) -> Vec<String> {
    let value = value.unwrap_or_default();
    let items = value.split(',').map(str::trim).filter(|item| !item.is_empty());
    items.map(str::to_owned).collect()
}

fn list_or(value: Option<String>, default: &[&str]) -> Vec<String> {
    let items = list(value);
    if items.is_empty() { default.iter().map(|item| (*item).to_owned()).collect() } else { items }
}

fn header_names(value: Option<String>) -> Result<Vec<HeaderName>, ConfigError> {
    let names = list(value).into_iter().map(|name| {
        name.parse().map_err(|_| ConfigError {
            variable: "CORS_ALLOW_HEADERS",
            rule: "names of headers, separated by commas",
        })
    });
    names.collect()
}

fn related_resource_check(value: Option<&str>) -> Result<RelatedResourceCheck, ConfigError> {
    match value {
        None | Some("" | "on") => Ok(RelatedResourceCheck::On),
        Some("off") => Ok(RelatedResourceCheck::Off),
        Some(_) => Err(ConfigError { variable: "RELATED_RESOURCE_CHECK", rule: "on or off" }),
    }
}

fn audit_reads(value: Option<&str>) -> Result<AuditReads, ConfigError> {
    match value {
        None | Some("") => Ok(AuditReads::Denied),
        Some(word) => AuditReads::parse(word)
            .map_err(|_| ConfigError { variable: "AUDIT_READS", rule: "denied or all" }),
    }
}

fn audit_client(value: Option<&str>) -> Result<AuditClient, ConfigError> {
    match value {
        None | Some("" | "on") => Ok(AuditClient::On),
        Some("off") => Ok(AuditClient::Off),
        Some(_) => Err(ConfigError { variable: "AUDIT_CLIENT", rule: "on or off" }),
    }
}

fn audit_log(name: Option<&str>, generation: Option<&str>) -> Result<AuditLog, ConfigError> {
    let name = match name {
        None | Some("") => LogName::default(),
        Some(text) => LogName::parse(text)
            .ok_or(ConfigError { variable: "AUDIT_LOG_NAME", rule: LogName::RULE })?,
    };
    let generation = match generation {
        None | Some("") => Generation::FIRST,
        Some(text) => text
            .parse()
            .ok()
            .and_then(Generation::new)
            .ok_or(ConfigError { variable: "AUDIT_LOG_GENERATION", rule: Generation::RULE })?,
    };
    Ok(AuditLog { name, generation })
}

/// A log is signed by one key, or by two while one follows the other.
const MAX_SIGNING_KEYS: usize = 2;

fn audit_signing_keys(value: Option<String>) -> Result<Vec<String>, ConfigError> {
    let keys = list(value);
    let is_key = |arn: &String| arn.starts_with("arn:") && arn.contains(":kms:");
    let are_keys = keys.len() <= MAX_SIGNING_KEYS && keys.iter().all(is_key);
    are_keys.then_some(keys).ok_or(ConfigError {
        variable: "AUDIT_SIGNING_KEY_ARNS",
        rule: "the ARNs of one or two keys of KMS, separated by a comma",
    })
}

fn web_pages(value: Option<&str>) -> Result<WebPages, ConfigError> {
    match value {
        None | Some("" | "on") => Ok(WebPages::On),
        Some("off") => Ok(WebPages::Off),
        Some(_) => Err(ConfigError { variable: "WEB_PAGES", rule: "on or off" }),
    }
}

fn retention(value: Option<&str>) -> Result<Duration, ConfigError> {
    let days = match value {
        None | Some("") => Some(30),
        Some(text) => text.parse().ok().filter(|days| (1..=3650).contains(days)),
    };
    let days: u64 = days.ok_or(ConfigError {
        variable: "IDEMPOTENCY_RETENTION_DAYS",
        rule: "a whole number from 1 to 3650",
    })?;
    Ok(Duration::from_secs(days * 24 * 60 * 60))
}

/// How long the steps of a write may take. In sum they stay under the
/// functions' time-out of 28 s, so that a caller gets an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriteTimeouts {
    /// Staging, from its start.
    pub staging: Duration,
    /// The commit after it, with all its attempts.
    pub commit: Duration,
    /// The clean-up of a write that lost.
    pub unstaging: Duration,
    /// The audit event of a refusal.
    pub refusal: Duration,
}

impl Default for WriteTimeouts {
    fn default() -> Self {
        Self {
            staging: Duration::from_secs(20),
            commit: Duration::from_secs(5),
            unstaging: Duration::from_secs(2),
            refusal: Duration::from_secs(5),
        }
    }
}

/// Whether `log` refuses related resources that the registry does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelatedResourceCheck {
    /// It does.
    On,
    /// For deployments without a registry.
    Off,
}

/// Whether audit events have the caller's address and user agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditClient {
    /// They do.
    On,
    /// For deployments that may not keep them.
    Off,
}

/// Whether there are pages for browsers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebPages {
    /// There are.
    On,
    /// Their routes are as unknown as any other.
    Off,
}

/// The origins whose pages may show the pages for browsers within their own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FrameAncestors(Vec<String>);

const FRAME_ANCESTORS_RULE: &str = "origins such as https://crm.example.com or \
                                    https://*.example.com, separated by commas";

impl FrameAncestors {
    /// Reads a list; without an origin, nobody may.
    #[must_use]
    pub fn parse(text: Option<String>) -> Option<Self> {
        let origins = list(text);
        origins.iter().all(|origin| is_framing_origin(origin)).then_some(Self(origins))
    }

    /// Whether nobody may.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// As a policy names them.
impl std::fmt::Display for FrameAncestors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.is_empty() { f.write_str("'none'") } else { f.write_str(&self.0.join(" ")) }
    }
}

/// A scheme, a host and perhaps a port, in characters that can't end the directive of a
/// policy; `*.` stands for any part in front. A policy knows no IPv6 addresses.
fn is_framing_origin(origin: &str) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    let is_port = |port: &str| {
        port.bytes().all(|byte| byte.is_ascii_digit())
            && port.parse().is_ok_and(|port: u16| port > 0)
    };
    let is_label = |label: &str| {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        !label.is_empty() && label.bytes().all(known)
    };
    matches!(scheme, "http" | "https")
        && host.strip_prefix("*.").unwrap_or(host).split('.').all(is_label)
        && port.is_none_or(is_port)
}

/// What a path has before the routes: nothing, or segments of letters, digits
/// and `-._~`, each after a slash.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BasePath(String);

const BASE_PATH_RULE: &str = "a path such as /crm, of letters, digits, and - . _ ~";

impl BasePath {
    /// Reads a path; a slash at its end is left out.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let path = text.strip_suffix('/').unwrap_or(text);
        if path.is_empty() {
            return Some(Self::default());
        }
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let segment =
            |text: &str| !text.is_empty() && text != "." && text != ".." && text.bytes().all(known);
        path.strip_prefix('/')?.split('/').all(segment).then(|| Self(path.to_owned()))
    }

    /// The path, without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What a path has behind this one; `None` where it does not begin with it.
    #[must_use]
    pub fn strip_from<'a>(&self, path: &'a str) -> Option<&'a str> {
        let rest = path.strip_prefix(&self.0)?;
        (!self.0.is_empty() && rest.starts_with('/')).then_some(rest)
    }
}

/// The address under which callers call: a scheme, a host and perhaps a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(String);

const PUBLIC_URL_RULE: &str = "an http or https address without query, fragment and credentials";

impl PublicUrl {
    /// Reads an address; a slash at its end is left out.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let authority: http::uri::Authority = authority.parse().ok()?;
        let named = matches!(scheme, "http" | "https")
            && !authority.host().is_empty()
            && !authority.as_str().contains('@');
        let path = BasePath::parse(path)?;
        named.then(|| Self(format!("{scheme}://{authority}{}", path.as_str())))
    }
}

impl std::fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A variable with a value that it can't have.
#[derive(Debug, thiserror::Error)]
#[error("{variable} must be {rule}")]
pub struct ConfigError {
    variable: &'static str,
    rule: &'static str,
}

impl Config {
    /// Reads the environment.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_lookup(|name| std::env::var(name).ok())
    }

    /// Reads variables through `lookup`.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mcp_allowed_origins = list_or(lookup("MCP_ALLOWED_ORIGINS"), &LOOPBACK_ORIGINS);
        if !mcp_allowed_origins.iter().all(|origin| origin.contains("://")) {
            return Err(ConfigError {
                variable: "MCP_ALLOWED_ORIGINS",
                rule: "origins with their scheme, separated by commas",
            });
        }
        let base_path = BasePath::parse(&lookup("BASE_PATH").unwrap_or_default())
            .ok_or(ConfigError { variable: "BASE_PATH", rule: BASE_PATH_RULE })?;
        let public_url = match lookup("PUBLIC_URL").as_deref() {
            None | Some("") => None,
            Some(text) => Some(
                PublicUrl::parse(text)
                    .ok_or(ConfigError { variable: "PUBLIC_URL", rule: PUBLIC_URL_RULE })?,
            ),
        };
        Ok(Self {
            table_name: lookup("ACTIVITY_LOG_TABLE")
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| "activity-log".to_owned()),
            related_resource_check: related_resource_check(
                lookup("RELATED_RESOURCE_CHECK").as_deref(),
            )?,
            idempotency_retention: retention(lookup("IDEMPOTENCY_RETENTION_DAYS").as_deref())?,
            cors_allow_origins: list(lookup("CORS_ALLOW_ORIGINS")),
            cors_allow_headers: header_names(lookup("CORS_ALLOW_HEADERS"))?,
            mcp_allowed_hosts: list_or(lookup("MCP_ALLOWED_HOSTS"), &LOOPBACK_HOSTS),
            mcp_allowed_origins,
            base_path,
            public_url,
            audit_reads: audit_reads(lookup("AUDIT_READS").as_deref())?,
            audit_log: audit_log(
                lookup("AUDIT_LOG_NAME").as_deref(),
                lookup("AUDIT_LOG_GENERATION").as_deref(),
            )?,
            audit_signing_keys: audit_signing_keys(lookup("AUDIT_SIGNING_KEY_ARNS"))?,
            audit_client: audit_client(lookup("AUDIT_CLIENT").as_deref())?,
            web_pages: web_pages(lookup("WEB_PAGES").as_deref())?,
            pages_frame_ancestors: FrameAncestors::parse(lookup("PAGES_FRAME_ANCESTORS")).ok_or(
                ConfigError { variable: "PAGES_FRAME_ANCESTORS", rule: FRAME_ANCESTORS_RULE },
            )?,
            event_bus: lookup("ACTIVITY_LOG_EVENT_BUS")
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| "default".to_owned()),
            write_timeouts: WriteTimeouts::default(),
        })
    }

    /// The defaults, on a table of that name.
    #[must_use]
    pub fn for_table(table_name: &str) -> Self {
        let config = Self::from_lookup(|_| None).expect("the defaults are valid");
        Self { table_name: table_name.to_owned(), ..config }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variable_has_a_default() {
        let config = Config::for_table("t");
        assert_eq!(config.related_resource_check, RelatedResourceCheck::On);
        assert_eq!(config.idempotency_retention, Duration::from_secs(30 * 86_400));
        assert!(config.cors_allow_origins.is_empty());
        assert_eq!(config.mcp_allowed_hosts, ["localhost", "127.0.0.1", "::1"]);
        assert_eq!(config.mcp_allowed_origins.len(), 3);
        assert_eq!(config.event_bus, "default");
        assert_eq!(config.audit_reads, AuditReads::Denied);
        assert_eq!(config.audit_client, AuditClient::On);
        assert_eq!(config.web_pages, WebPages::On);
        assert!(config.audit_signing_keys.is_empty());
        assert!(config.pages_frame_ancestors.is_empty());
    }

    #[test]
    fn a_value_that_a_variable_cannot_have_is_named() {
        for (name, value) in [
            ("RELATED_RESOURCE_CHECK", "maybe"),
            ("IDEMPOTENCY_RETENTION_DAYS", "0"),
            ("CORS_ALLOW_HEADERS", "x-tenant, b 3"),
            ("AUDIT_READS", "none"),
            ("AUDIT_CLIENT", "yes"),
            ("MCP_ALLOWED_ORIGINS", "*"),
            ("AUDIT_SIGNING_KEY_ARNS", "alias/audit"),
            ("WEB_PAGES", "yes"),
            ("PAGES_FRAME_ANCESTORS", "https://a.example, b.example"),
            ("BASE_PATH", "crm"),
            ("PUBLIC_URL", "api.example.com"),
        ] {
            let error =
                Config::from_lookup(|asked| (asked == name).then(|| value.to_owned())).unwrap_err();
            assert!(error.to_string().starts_with(name));
        }
    }

    #[test]
    fn a_bus_has_the_name_that_it_was_given() {
        for (value, name) in [("crm", "crm"), ("", "default")] {
            let config = Config::from_lookup(|variable| {
                (variable == "ACTIVITY_LOG_EVENT_BUS").then(|| value.to_owned())
            });
            assert_eq!(config.unwrap().event_bus, name);
        }
    }

    #[test]
    fn a_log_is_signed_by_one_key_or_by_two() {
        let keys = |value: &str| {
            let lookup = |name: &str| (name == "AUDIT_SIGNING_KEY_ARNS").then(|| value.to_owned());
            Config::from_lookup(lookup).map(|config| config.audit_signing_keys)
        };
        let key = |id: u8| format!("arn:aws:kms:eu-central-1:123456789012:key/{id}");
        assert_eq!(keys("").unwrap(), [""; 0]);
        assert_eq!(keys(&key(1)).unwrap(), [key(1)]);
        assert_eq!(keys(&format!("{}, {}", key(1), key(2))).unwrap(), [key(1), key(2)]);
        assert!(keys(&[1, 2, 3].map(key).join(",")).is_err());
        assert!(keys("arn:aws:sqs:eu-central-1:123456789012:queue").is_err());
    }

    #[test]
    fn pages_are_shown_within_those_of_origins_and_nothing_else_gets_into_the_policy() {
        let parse = |text: &str| FrameAncestors::parse(Some(text.to_owned()));
        for (text, named) in [
            ("", "'none'"),
            (" , ", "'none'"),
            ("https://crm.example.com", "https://crm.example.com"),
            (
                "https://*.example.com, http://localhost:3000",
                "https://*.example.com http://localhost:3000",
            ),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ] {
            assert_eq!(parse(text).unwrap().to_string(), named);
        }
        for text in [
            "*",
            "https:",
            "https://",
            "https://*",
            "https://*.",
            "https://a.*.example",
            "crm.example.com",
            "'self'",
            "'none'",
            "data://a.example",
            "https://a.example/",
            "https://a.example/crm",
            "https://a.example?b",
            "https://a.example:",
            "https://a.example:0",
            "https://a.example:+1",
            "https://a.example:65536",
            "https://me@a.example",
            "https://[::1]",
            "https://a..example",
            "https://é.example",
            "https://a.example https://b.example",
            "https://a.example; script-src *",
            "https://a.example\r\nx: y",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_base_path_is_whole_segments_and_taken_off_as_such() {
        let parse = BasePath::parse;
        for (text, path) in [("", ""), ("/", ""), ("/crm", "/crm"), ("/crm/", "/crm")] {
            assert_eq!(parse(text).unwrap().as_str(), path);
        }
        for text in ["crm", "//", "/a//b", "/a?b", "/a b", "/é", "/..", "/a/./b", "/%20"] {
            assert_eq!(parse(text), None, "{text}");
        }
        let nested = parse("/crm/eu").unwrap();
        assert_eq!(nested.strip_from("/crm/eu/v1/activities"), Some("/v1/activities"));
        for path in ["", "/crm", "/crm/eu", "/crm/eux/v1", "/CRM/eu/v1", "/v1/crm/eu/"] {
            assert_eq!(nested.strip_from(path), None, "{path}");
        }
        assert_eq!(parse("").unwrap().strip_from("/v1/activities"), None);
    }

    #[test]
    fn a_public_url_has_a_scheme_and_a_host_and_perhaps_a_path() {
        let parse = |text| PublicUrl::parse(text).map(|url| url.to_string());
        for (text, url) in [
            ("https://api.example.com", "https://api.example.com"),
            ("https://api.example.com/", "https://api.example.com"),
            ("http://[::1]:8080/crm/eu/", "http://[::1]:8080/crm/eu"),
        ] {
            assert_eq!(parse(text).as_deref(), Some(url));
        }
        for text in [
            "api.example.com",
            "/crm",
            "ftp://api.example.com",
            "https://",
            "https:///crm",
            "https://:443",
            "https://me@api.example.com",
            "https://api.example.com?a=b",
            "https://api.example.com/#a",
            "https://api.example.com/a b",
            "https://a b.example.com",
            "https://é.example.com",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn origins_and_headers_are_separated_by_commas() {
        let config = Config::from_lookup(|name| {
            (name == "CORS_ALLOW_HEADERS").then(|| "X-Tenant, b3,,x-datadog-trace-id ".into())
        });
        let expected = ["x-tenant", "b3", "x-datadog-trace-id"];
        assert_eq!(config.unwrap().cors_allow_headers, expected);
        let config = Config::from_lookup(|name| {
            (name == "CORS_ALLOW_ORIGINS").then(|| "https://a.example, https://b.example".into())
        });
        assert_eq!(config.unwrap().cors_allow_origins, ["https://a.example", "https://b.example"]);
    }
}
