//! The one table of routes.
//!
//! What a function serves, what the local server dispatches, what the
//! description lists and what the audit trail names are all read from here.

use http::Method;

use crate::domain::activity_type::RESERVED_WORDS;
use crate::domain::principal::Scope;
use crate::platform::config::WebPages;

/// The parameter that names an activity type.
const ACTIVITY_IDENTIFIER: &str = "{activity_identifier}";

/// The functions that serve routes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Function {
    /// `log`.
    Log,
    /// `search`.
    Search,
    /// `get-logged`.
    GetLogged,
    /// `mcp`.
    Mcp,
    /// `audit`, which also answers what is not routed.
    Audit,
    /// `keys`.
    Keys,
    /// `web`, whose pages are for people.
    Web,
}

/// How errors and bodies are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `/v1`.
    V1,
    /// `/api/activities/...`.
    LoggedActivity,
    /// `/mcp`.
    Mcp,
}

/// What a route does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `POST /v1/activities`.
    LogActivity,
    /// `GET /v1/activities`.
    SearchActivity,
    /// `GET /v1/activities/{id}`.
    GetActivity,
    /// `GET /api/activities/logged/{id}`.
    GetLoggedActivity,
    /// `POST /mcp`.
    CallMcp,
    /// `POST /api/activities/{activity_identifier}/log-activity`.
    LogTypedActivity,
    /// `POST /api/activities/{activity_identifier}/responses`.
    ListActivitiesOfType,
    /// `GET /api/activities`.
    ListActivityTypes,
    /// `GET /api/activities/{activity_identifier}`.
    GetActivityType,
    /// `GET /api/activities/{activity_identifier}/fields`.
    ListActivityTypeFields,
    /// `GET /v1/audit-events`.
    ListAuditEvents,
    /// `GET /v1/audit-events/{id}/proof`.
    GetProof,
    /// `GET /v1/audit-log/checkpoint`.
    GetCheckpoint,
    /// `GET /v1/audit-log/checkpoints`.
    ListCheckpoints,
    /// `GET /v1/audit-log/tile/{tile+}`.
    GetTile,
    /// `GET /v1/audit-log/disclosures/{tile+}`.
    GetDisclosures,
    /// `GET /v1/audit-log/records/{tile+}`.
    GetRecords,
    /// `POST /v1/keys`.
    CreateKey,
    /// `GET /v1/keys`.
    ListKeys,
    /// `GET /v1/keys/{key_id}`.
    GetKey,
    /// `DELETE /v1/keys/{key_id}`.
    RevokeKey,
    /// `POST /v1/keys/{key_id}/rotate`.
    RotateKey,
    /// `POST /v1/viewer-tokens`.
    CreateViewerToken,
    /// `GET /v1/me`.
    GetMe,
    /// `GET /openapi.json`.
    GetOpenApi,
    /// `GET /`.
    GetPages,
    /// `GET /docs`.
    GetDocs,
    /// `GET /assets/{version}/{file}`.
    GetAsset,
}

impl Operation {
    /// Its name, in the description of the API and in the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LogActivity => "log_activity",
            Self::SearchActivity => "search_activity",
            Self::GetActivity => "get_activity",
            Self::GetLoggedActivity => "get_logged_activity",
            Self::CallMcp => "call_mcp",
            Self::LogTypedActivity => "log_typed_activity",
            Self::ListActivitiesOfType => "list_responses",
            Self::ListActivityTypes => "list_activity_types",
            Self::GetActivityType => "get_activity_type",
            Self::ListActivityTypeFields => "list_activity_type_fields",
            Self::ListAuditEvents => "list_audit_events",
            Self::GetProof => "get_proof",
            Self::GetCheckpoint => "get_checkpoint",
            Self::ListCheckpoints => "list_checkpoints",
            Self::GetTile => "get_tile",
            Self::GetDisclosures => "get_disclosures",
            Self::GetRecords => "get_records",
            Self::CreateKey => "create_key",
            Self::ListKeys => "list_keys",
            Self::GetKey => "get_key",
            Self::RevokeKey => "revoke_key",
            Self::RotateKey => "rotate_key",
            Self::CreateViewerToken => "create_viewer_token",
            Self::GetMe => "get_me",
            Self::GetOpenApi => "get_openapi",
            Self::GetPages => "get_pages",
            Self::GetDocs => "get_docs",
            Self::GetAsset => "get_asset",
        }
    }
}

/// One route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    pub method: Method,
    /// The path, with parameters in braces. The last one takes the rest of the path, where
    /// its name ends with a plus, as gateways have it.
    pub template: &'static str,
    /// What it does.
    pub operation: Operation,
    /// The function that serves it.
    pub function: Function,
    /// The scope that it requires, where it is one for all calls: each MCP tool
    /// has its own, and who calls is told to anybody who is known.
    pub scope: Option<Scope>,
    /// Another one that it requires besides.
    pub second_scope: Option<Scope>,
}

impl Route {
    /// The path in the form of the description, whose parameters all look alike.
    #[must_use]
    pub fn described_path(&self) -> String {
        self.template.replace("+}", "}")
    }

    /// Both scopes that it requires, where it does.
    pub fn scopes(&self) -> impl Iterator<Item = Scope> {
        self.scope.into_iter().chain(self.second_scope)
    }

    /// Whether it asks for no credential.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.function == Function::Web || self.operation == Operation::GetOpenApi
    }

    /// The methods that it answers: its own, and HEAD beside GET.
    pub fn methods(&self) -> impl Iterator<Item = Method> {
        let head = (self.method == Method::GET).then_some(Method::HEAD);
        std::iter::once(self.method.clone()).chain(head)
    }
}

const fn route(
    method: Method,
    template: &'static str,
    operation: Operation,
    function: Function,
    scope: Option<Scope>,
) -> Route {
    Route { method, template, operation, function, scope, second_scope: None }
}

/// Every route.
pub static ROUTES: &[Route] = &[
    route(
        Method::POST,
        "/v1/activities",
        Operation::LogActivity,
        Function::Log,
        Some(Scope::ActivityWrite),
    ),
    route(
        Method::GET,
        "/v1/activities",
        Operation::SearchActivity,
        Function::Search,
        Some(Scope::ActivityRead),
    ),
    route(
        Method::GET,
        "/v1/activities/{id}",
        Operation::GetActivity,
        Function::GetLogged,
        Some(Scope::ActivityRead),
    ),
    route(
        Method::GET,
        "/api/activities/logged/{id}",
        Operation::GetLoggedActivity,
        Function::GetLogged,
        Some(Scope::ActivityRead),
    ),
    route(Method::POST, "/mcp", Operation::CallMcp, Function::Mcp, None),
    route(
        Method::POST,
        "/api/activities/{activity_identifier}/log-activity",
        Operation::LogTypedActivity,
        Function::Log,
        Some(Scope::ActivityWrite),
    ),
    route(
        Method::POST,
        "/api/activities/{activity_identifier}/responses",
        Operation::ListActivitiesOfType,
        Function::Search,
        Some(Scope::ActivityRead),
    ),
    route(
        Method::GET,
        "/api/activities",
        Operation::ListActivityTypes,
        Function::GetLogged,
        Some(Scope::ActivityRead),
    ),
    route(
        Method::GET,
        "/api/activities/{activity_identifier}",
        Operation::GetActivityType,
        Function::GetLogged,
        Some(Scope::ActivityRead),
    ),
    route(
        Method::GET,
        "/api/activities/{activity_identifier}/fields",
        Operation::ListActivityTypeFields,
        Function::GetLogged,
        Some(Scope::ActivityRead),
    ),
    route(
        Method::GET,
        "/v1/audit-events",
        Operation::ListAuditEvents,
        Function::Audit,
        Some(Scope::AuditRead),
    ),
    route(
        Method::GET,
        "/v1/audit-events/{id}/proof",
        Operation::GetProof,
        Function::Audit,
        Some(Scope::AuditRead),
    ),
    route(
        Method::GET,
        "/v1/audit-log/checkpoint",
        Operation::GetCheckpoint,
        Function::Audit,
        Some(Scope::AuditRead),
    ),
    route(
        Method::GET,
        "/v1/audit-log/checkpoints",
        Operation::ListCheckpoints,
        Function::Audit,
        Some(Scope::AuditRead),
    ),
    route(
        Method::GET,
        "/v1/audit-log/tile/{tile+}",
        Operation::GetTile,
        Function::Audit,
        Some(Scope::AuditRead),
    ),
    route(
        Method::GET,
        "/v1/audit-log/disclosures/{tile+}",
        Operation::GetDisclosures,
        Function::Audit,
        Some(Scope::AuditRead),
    ),
    Route {
        method: Method::GET,
        template: "/v1/audit-log/records/{tile+}",
        operation: Operation::GetRecords,
        function: Function::Audit,
        scope: Some(Scope::AuditRead),
        second_scope: Some(Scope::ActivityRead),
    },
    route(Method::POST, "/v1/keys", Operation::CreateKey, Function::Keys, Some(Scope::KeysManage)),
    route(Method::GET, "/v1/keys", Operation::ListKeys, Function::Keys, Some(Scope::KeysManage)),
    route(
        Method::GET,
        "/v1/keys/{key_id}",
        Operation::GetKey,
        Function::Keys,
        Some(Scope::KeysManage),
    ),
    route(
        Method::DELETE,
        "/v1/keys/{key_id}",
        Operation::RevokeKey,
        Function::Keys,
        Some(Scope::KeysManage),
    ),
    route(
        Method::POST,
        "/v1/keys/{key_id}/rotate",
        Operation::RotateKey,
        Function::Keys,
        Some(Scope::KeysManage),
    ),
    route(
        Method::POST,
        "/v1/viewer-tokens",
        Operation::CreateViewerToken,
        Function::Keys,
        Some(Scope::ActivityRead),
    ),
    route(Method::GET, "/v1/me", Operation::GetMe, Function::GetLogged, None),
    route(Method::GET, "/openapi.json", Operation::GetOpenApi, Function::Audit, None),
    route(Method::GET, "/", Operation::GetPages, Function::Web, None),
    route(Method::GET, "/docs", Operation::GetDocs, Function::Web, None),
    route(Method::GET, "/assets/{version}/{file}", Operation::GetAsset, Function::Web, None),
];

/// The routes that `/openapi.json` describes: MCP describes itself, in its own
/// protocol, and no client is generated for pages.
pub fn described_routes() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().filter(|route| !matches!(route.function, Function::Mcp | Function::Web))
}

/// What a method and a path lead to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// A route, with the values of its parameters, still percent-encoded.
    Route(&'static Route, Vec<String>),
    /// The path is known with other methods.
    MethodNotAllowed(&'static [Method]),
    /// The path is not known.
    NotFound,
}

/// Finds the route of a request, where those of pages may be off. HEAD is GET, whose
/// answer goes out without its body
/// ([RFC 9110](https://www.rfc-editor.org/rfc/rfc9110#section-9.3.2)).
#[must_use]
pub fn resolve(pages: WebPages, method: &Method, path: &str) -> Resolved {
    let asked = if method == Method::HEAD { &Method::GET } else { method };
    let mut known_path = None;
    let is_there = |route: &&Route| route.function != Function::Web || pages == WebPages::On;
    for route in ROUTES.iter().filter(is_there) {
        if let Some(parameters) = match_path(route.template, path) {
            if route.method == asked {
                return Resolved::Route(route, parameters);
            }
            known_path = Some(route.template);
        }
    }
    match known_path {
        Some(template) => Resolved::MethodNotAllowed(allowed_methods(template)),
        None => Resolved::NotFound,
    }
}

/// The dialect that a path is answered in.
#[must_use]
pub fn dialect_of(path: &str) -> Dialect {
    if path == "/api" || path.starts_with("/api/") {
        Dialect::LoggedActivity
    } else if path == "/mcp" {
        Dialect::Mcp
    } else {
        Dialect::V1
    }
}

/// A path of several methods lists them together, so that `Allow` is whole.
fn allowed_methods(template: &str) -> &'static [Method] {
    const GET: &[Method] = &[Method::GET, Method::HEAD];
    const POST: &[Method] = &[Method::POST];
    const GET_AND_POST: &[Method] = &[Method::GET, Method::HEAD, Method::POST];
    const GET_AND_DELETE: &[Method] = &[Method::GET, Method::HEAD, Method::DELETE];
    let has = |method: Method| {
        ROUTES.iter().any(|route| route.template == template && route.method == method)
    };
    match (has(Method::GET), has(Method::POST), has(Method::DELETE)) {
        (true, true, false) => GET_AND_POST,
        (false, true, false) => POST,
        (true, false, true) => GET_AND_DELETE,
        _ => GET,
    }
}

fn match_path(template: &str, path: &str) -> Option<Vec<String>> {
    if let Some((before, _)) = template.split_once("/{").filter(|_| template.ends_with("+}")) {
        let rest = path.strip_prefix(before)?.strip_prefix('/')?;
        return (!rest.is_empty()).then(|| vec![rest.to_owned()]);
    }
    let mut parameters = Vec::new();
    let mut segments = path.split('/');
    for expected in template.split('/') {
        let segment = segments.next()?;
        if expected.starts_with('{') {
            // A word that stands in the place of a type in other routes.
            let reserved = expected == ACTIVITY_IDENTIFIER && RESERVED_WORDS.contains(&segment);
            if segment.is_empty() || reserved {
                return None;
            }
            parameters.push(segment.to_owned());
        } else if segment != expected {
            return None;
        }
    }
    segments.next().is_none().then_some(parameters)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(method: &Method, path: &str) -> Resolved {
        super::resolve(WebPages::On, method, path)
    }

    #[test]
    fn a_route_is_found_by_method_and_path() {
        let Resolved::Route(route, parameters) = resolve(&Method::GET, "/v1/activities/abc") else {
            panic!("not found");
        };
        assert_eq!(route.operation, Operation::GetActivity);
        assert_eq!(parameters, ["abc"]);
    }

    #[test]
    fn a_trailing_slash_or_another_path_is_not_found() {
        for path in [
            "",
            "//",
            "/docs/",
            "/docs/v1",
            "/assets",
            "/assets/1/",
            "/assets//app.js",
            "/assets/1/2/app.js",
            "/v1",
            "/v1/activities/",
            "/v1/activities/a/",
            "/v1/activities/a/b",
            "//v1/activities",
            "/V1/activities",
            "/api/activities/logged",
            "/api/activities/logged/",
        ] {
            assert_eq!(resolve(&Method::GET, path), Resolved::NotFound, "{path}");
        }
    }

    #[test]
    fn the_rest_of_a_path_is_one_parameter() {
        for rest in ["0/000", "entries/x001/234.p/8", "a/", "/", "0%2F000"] {
            let path = format!("/v1/audit-log/tile/{rest}");
            let Resolved::Route(route, parameters) = resolve(&Method::HEAD, &path) else {
                panic!("{path} is not found");
            };
            assert_eq!(route.operation, Operation::GetTile);
            assert_eq!(parameters, [rest]);
        }
        for path in ["/v1/audit-log/tile", "/v1/audit-log/tile/", "/v1/audit-log/tiles/0"] {
            assert_eq!(resolve(&Method::GET, path), Resolved::NotFound, "{path}");
        }
    }

    #[test]
    fn routes_of_pages_are_unknown_where_these_are_off() {
        for route in ROUTES {
            for method in [Method::GET, Method::PUT] {
                let on = resolve(&method, route.template);
                let off = super::resolve(WebPages::Off, &method, route.template);
                assert_ne!(on, Resolved::NotFound, "{method} {}", route.template);
                let expected =
                    if route.function == Function::Web { Resolved::NotFound } else { on };
                assert_eq!(off, expected, "{method} {}", route.template);
            }
        }
    }

    #[test]
    fn a_reserved_word_is_no_activity_type() {
        let found = |path: &str| matches!(resolve(&Method::GET, path), Resolved::Route(..));
        assert!(found("/api/activities/site_visit") && found("/api/activities/site_visit/fields"));
        for word in RESERVED_WORDS {
            assert!(!found(&format!("/api/activities/{word}")), "{word}");
        }
        let Resolved::Route(route, _) = resolve(&Method::GET, "/api/activities/logged/fields")
        else {
            panic!("not found");
        };
        assert_eq!(route.operation, Operation::GetLoggedActivity);
    }

    #[test]
    fn cargo_lambda_serves_the_same_routes() {
        let manifest = include_str!("../../../Cargo.toml");
        for route in ROUTES {
            let function = match route.function {
                Function::Log => "log",
                Function::Search => "search",
                Function::GetLogged => "get-logged",
                Function::Mcp => "mcp",
                Function::Audit => "audit",
                Function::Keys => "keys",
                Function::Web => "web",
            };
            // What takes the rest of a path is written otherwise there.
            let path = route.template.replace("{tile+}", "{*tile}");
            let alone = format!("\"{path}\" = \"{function}\"");
            let listed = manifest
                .split_once(&format!("\"{}\" = [", route.template))
                .and_then(|(_, rest)| rest.split_once(']'))
                .map(|(list, _)| list);
            for method in route.methods() {
                let entry = format!("{{ function = \"{function}\", method = \"{method}\" }}");
                let found = listed.is_some_and(|list| list.contains(&entry));
                assert!(found || manifest.contains(&alone), "{method} {}", route.template);
            }
        }
    }

    #[test]
    fn a_known_path_with_another_method_lists_its_methods() {
        let resolved = resolve(&Method::DELETE, "/v1/activities");
        let all = &[Method::GET, Method::HEAD, Method::POST];
        assert_eq!(resolved, Resolved::MethodNotAllowed(all));
        let resolved = resolve(&Method::PUT, "/v1/keys/0123");
        let all = &[Method::GET, Method::HEAD, Method::DELETE];
        assert_eq!(resolved, Resolved::MethodNotAllowed(all));
        let resolved = resolve(&Method::POST, "/openapi.json");
        assert_eq!(resolved, Resolved::MethodNotAllowed(&[Method::GET, Method::HEAD]));
        let resolved = resolve(&Method::HEAD, "/mcp");
        assert_eq!(resolved, Resolved::MethodNotAllowed(&[Method::POST]));
    }

    #[test]
    fn every_set_of_methods_is_listed_whole() {
        for route in ROUTES {
            let same = ROUTES.iter().filter(|other| other.template == route.template);
            let mut expected: Vec<Method> = same.flat_map(Route::methods).collect();
            let mut allowed = allowed_methods(route.template).to_vec();
            expected.sort_by_key(Method::to_string);
            allowed.sort_by_key(Method::to_string);
            assert_eq!(allowed, expected, "{}", route.template);
        }
    }

    #[test]
    fn head_is_get() {
        for route in ROUTES.iter().filter(|route| route.method == Method::GET) {
            let path = route.template.replace("{id}", "1");
            let path = path.replace("{key_id}", "1").replace(ACTIVITY_IDENTIFIER, "call");
            let path = path.replace("{version}", "1").replace("{file}", "app.js");
            let get = resolve(&Method::GET, &path);
            assert!(matches!(get, Resolved::Route(..)), "{path}");
            assert_eq!(resolve(&Method::HEAD, &path), get, "{path}");
        }
    }
}
