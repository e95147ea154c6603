//! Every gateway answers as the local server does: every route, every dialect,
//! through the code that reads events and writes answers on Lambda.

mod client;
mod headers_and_parameters;
mod links;
mod unreadable;

use activity_log_core::http::routes::{Operation, ROUTES, Route};
use activity_log_tests::client::logged_activity::{empty, id_of};
use activity_log_tests::client::v1::{note, rows};
use activity_log_tests::client::{Answer, MIB};
use activity_log_tests::gateway::{GATEWAYS, Sent};
use activity_log_tests::pages::{assets, folder_of_assets};
use activity_log_tests::sealing::{TestSigner, seal_all};
use activity_log_tests::stack::Stack;
use activity_log_tests::workspace::{TENANT, Workspace, type_of};
use http::header;
use serde_json::{Value, json};

/// A stack with an activity and a type of the tenant's own.
struct Doors {
    workspace: Workspace,
    id: String,
    /// The id of an event that is sealed.
    event_id: String,
    /// The ids of two keys: one that is revoked, and one that is rotated.
    key_ids: [String; 2],
    /// The path of the folder that has the files of pages.
    assets: String,
}

impl Doors {
    async fn open() -> Self {
        Self::open_on(Stack::start_with(|config| {
            config.mcp_allowed_hosts = vec!["*".to_owned()];
            config.cors_allow_origins = vec!["https://crm.example".to_owned()];
        }))
        .await
    }

    async fn open_on(stack: impl Future<Output = Stack>) -> Self {
        let workspace = Workspace::on(stack.await).await;
        workspace.define(type_of("site_visit", json!([]))).await;
        for _ in 0..2 {
            let _ = workspace.api.log("site_visit", &empty()).await.expect(201);
        }
        let logged = workspace.api.log("site_visit", &empty()).await.expect(201);
        let mut key_ids = Vec::new();
        for actor in ["service:old", "service:older"] {
            let (credential, _) = workspace.stack.issue(TENANT, actor, &[]).await;
            key_ids.push(credential.key_id.to_string());
        }
        let key_ids = key_ids.try_into().expect("there are two");
        let assets = folder_of_assets(&workspace.stack).await;
        let id = id_of(&logged);
        let events = workspace.v1.audit_events(&[("resource_id", &id)]).await.expect(200);
        let event_id = rows(&events, "audit_events", "id").remove(0);
        seal_all(&workspace.stack, TENANT, &TestSigner::sealer(1)).await;
        Self { id, event_id, key_ids, assets, workspace }
    }

    fn stack(&self) -> &Stack {
        &self.workspace.stack
    }

    fn bearer(&self, sent: Sent) -> Sent {
        sent.header("authorization", &format!("Bearer {}", self.workspace.key))
    }

    fn on_behalf(&self, sent: Sent) -> Sent {
        let headers = self.workspace.api.headers();
        headers.iter().fold(sent, |sent, (name, value)| sent.header(name, value))
    }

    /// A call of a route that succeeds. What it writes, it writes once, so that
    /// each answer but the first is a replay.
    fn call(&self, route: &Route) -> Sent {
        let method = route.method.as_str();
        let sent = |target: &str| Sent::new(method, target);
        match route.operation {
            Operation::LogActivity => self
                .bearer(sent("/v1/activities"))
                .header("idempotency-key", "clé-1")
                .json(&note("Café, “quoted” & 100 %")),
            Operation::SearchActivity => self.bearer(sent("/v1/activities?limit=2&type=note")),
            Operation::GetActivity => self.bearer(sent(&format!("/v1/activities/{}", self.id))),
            Operation::GetLoggedActivity => {
                self.on_behalf(sent(&format!("/api/activities/logged/{}", self.id)))
            }
            Operation::CallMcp => self
                .bearer(sent("/mcp"))
                .header("accept", "application/json, text/event-stream")
                .header("mcp-protocol-version", "2025-11-25")
                .json(&json!({
                    "jsonrpc": "2.0",
                    "id": 1,
                    "method": "tools/call",
                    "params": {
                        "name": "log_activity",
                        "arguments": { "type": "call", "summary": "x", "idempotency_key": "m" },
                    },
                })),
            Operation::LogTypedActivity => self
                .on_behalf(sent("/api/activities/site_visit/log-activity"))
                .header("idempotency-key", "typed")
                .json(&empty()),
            Operation::ListActivitiesOfType => self
                .on_behalf(sent("/api/activities/site_visit/responses"))
                .json(&json!({ "page_size": 2 })),
            Operation::ListActivityTypes => {
                self.on_behalf(sent("/api/activities?page_size=2&search=i"))
            }
            Operation::GetActivityType => self.on_behalf(sent("/api/activities/site_visit")),
            Operation::ListActivityTypeFields => {
                self.on_behalf(sent("/api/activities/site_visit/fields"))
            }
            Operation::ListAuditEvents => self.bearer(sent("/v1/audit-events?limit=2")),
            Operation::GetProof => {
                self.bearer(sent(&format!("/v1/audit-events/{}/proof", self.event_id)))
            }
            Operation::GetCheckpoint => self.bearer(sent("/v1/audit-log/checkpoint")),
            Operation::ListCheckpoints => self.bearer(sent("/v1/audit-log/checkpoints?limit=2")),
            Operation::GetTile => self.bearer(sent("/v1/audit-log/tile/0/000.p/3")),
            Operation::GetDisclosures => self.bearer(sent("/v1/audit-log/disclosures/000.p/3")),
            Operation::GetRecords => self.bearer(sent("/v1/audit-log/records/000.p/3")),
            Operation::CreateKey => {
                self.bearer(sent("/v1/keys")).header("idempotency-key", "new").json(&json!({
                    "actor": { "type": "agent", "id": "café" },
                    "scopes": ["activity:read"],
                    "address_ranges": ["192.0.2.0/24"],
                }))
            }
            Operation::ListKeys => self.bearer(sent("/v1/keys?limit=2")),
            Operation::GetKey | Operation::RevokeKey => {
                self.bearer(sent(&format!("/v1/keys/{}", self.key_ids[0])))
            }
            Operation::RotateKey => self
                .bearer(sent(&format!("/v1/keys/{}/rotate", self.key_ids[1])))
                .header("idempotency-key", "rotation")
                .json(&json!({ "overlap_seconds": 60 })),
            Operation::CreateViewerToken => {
                self.bearer(sent("/v1/viewer-tokens")).json(&json!({ "user_id": "café" }))
            }
            Operation::GetMe => self.bearer(sent("/v1/me")),
            Operation::GetOpenApi => sent("/openapi.json"),
            Operation::GetPages => sent("/"),
            Operation::GetDocs => sent("/docs").header("accept-encoding", "gzip"),
            Operation::GetAsset => {
                sent(&format!("{}/app.js", self.assets)).header("accept-encoding", "br")
            }
        }
    }

    /// Asserts that every gateway answers as the local server does.
    async fn assert_equal(&self, sent: &Sent) -> Answer {
        let console = sent.to_console(self.stack()).await;
        for gateway in GATEWAYS {
            let answer = gateway.send(self.stack(), sent).await;
            assert_eq!(
                comparable(&answer, &gateway.prefix()),
                comparable(&console, ""),
                "{gateway:?} {sent:?}"
            );
        }
        console
    }
}

/// An answer without what may differ: the id of its request, what links begin
/// with, what a connection adds, and whether values of one name are joined.
fn comparable(answer: &Answer, prefix: &str) -> (u16, Vec<(String, String)>, String) {
    let id = answer.header("x-request-id").to_owned();
    assert!(id.starts_with("req_"), "every answer has an id: {answer:?}");
    let mut headers: Vec<(String, String)> = Vec::new();
    for (name, value) in &answer.headers {
        if [header::CONTENT_LENGTH, header::DATE].contains(name) || name == "x-request-id" {
            continue;
        }
        let value = value.to_str().expect("a header is text");
        let value = if name == header::LOCATION {
            value.strip_prefix(prefix).expect("a link begins as the caller called")
        } else {
            value
        };
        match headers.iter_mut().find(|(known, _)| name == known.as_str()) {
            Some((_, values)) => values.push_str(&format!(", {value}")),
            None => headers.push((name.to_string(), value.to_owned())),
        }
    }
    headers.sort();
    let body = answer.body_without_request_id();
    let body = match serde_json::from_str::<Value>(&body) {
        Ok(json) if json["next"].is_string() => {
            let next = json["next"].as_str().expect("it is text");
            assert!(next.starts_with(&format!("{prefix}/api/")), "{next}");
            body.replace(&format!("\"next\":\"{prefix}/"), "\"next\":\"/")
        }
        // It ends when it was made, and a bit later.
        Ok(mut json) if json["viewer_token"].is_string() => {
            assert!(json["expires_at"].take().is_string() && json["viewer_token"].take() != "");
            json.to_string()
        }
        _ => body,
    };
    (answer.status.as_u16(), headers, body)
}

#[tokio::test]
async fn every_route_is_answered_as_it_is_over_http() {
    let doors = Doors::open().await;
    for route in ROUTES {
        let sent = doors.call(route);
        // What it writes is written now.
        let first = sent.to_console(doors.stack()).await;
        assert!(first.status.is_success(), "{route:?} {:?}", first.json());
        let answer = doors.assert_equal(&sent).await;
        assert_eq!(answer.status, first.status);
    }
}

#[tokio::test]
async fn what_is_refused_is_refused_alike() {
    let doors = Doors::open().await;
    for route in ROUTES {
        let sent = doors.call(route);
        let path = sent.target.split('?').next().expect("there is a path").to_owned();
        // Where it writes, what is compared are replays.
        let _ = sent.to_console(doors.stack()).await;

        let anonymous = Sent { headers: Vec::new(), ..sent.clone() };
        let answer = doors.assert_equal(&anonymous).await;
        assert_eq!(answer.status.as_u16(), if route.is_open() { 200 } else { 401 }, "{route:?}");

        if route.methods().any(|method| method == "HEAD") {
            let head =
                doors.assert_equal(&Sent { method: "HEAD".to_owned(), ..sent.clone() }).await;
            assert!(head.status.is_success() && head.body.is_empty(), "{route:?}");
        }

        let put = Sent { method: "PUT".to_owned(), ..sent.clone() };
        assert_eq!(doors.assert_equal(&put).await.status, 405);

        let preflight = Sent::new("OPTIONS", &path)
            .header("origin", "https://crm.example")
            .header("access-control-request-method", route.method.as_str());
        assert_eq!(doors.assert_equal(&preflight).await.status, 204);

        let unknown = Sent { target: format!("{path}?nope=1"), ..sent };
        doors.assert_equal(&unknown).await;

        let elsewhere = doors.bearer(Sent::new(route.method.as_str(), &format!("{path}/a/b/")));
        assert_eq!(doors.assert_equal(&elsewhere).await.status, 404);
    }
}

#[tokio::test]
async fn bodies_are_read_alike() {
    let doors = Doors::open().await;
    let of = |body: &[u8]| {
        let sent = doors.bearer(Sent::new("POST", "/v1/activities"));
        let sent = sent.header("content-type", "application/json");
        Sent { body: body.to_vec().into(), ..sent }
    };
    for (body, status) in [
        (b"".as_slice(), 400),
        (b"{", 400),
        (b"[]", 422),
        (b"{\"type\":\"note\",\"type\":\"note\"}", 400),
        (b"\xff\xfe\x00", 400),
        (b"{\"type\":\"note\",\"summary\":\"\xc3\"}", 400),
        ([b' '; MIB + 1].as_slice(), 413),
    ] {
        let answer = doors.assert_equal(&of(body)).await;
        assert_eq!(answer.status, status, "{:?}", &body[..body.len().min(20)]);
    }
    let text = Sent { headers: Vec::new(), ..of(b"{}") };
    let text = doors.bearer(text).header("content-type", "text/plain");
    assert_eq!(doors.assert_equal(&text).await.status, 415);
}

#[tokio::test]
async fn a_binary_body_of_text_is_text() {
    let doors = Doors::open().await;
    let sent = doors.bearer(Sent::new("POST", "/v1/activities"));
    let sent = sent.header("idempotency-key", "binary").json(&note("Café"));
    for gateway in GATEWAYS {
        let mut event = gateway.event(&sent);
        // {"type":"note","summary":"Café"}
        event["body"] = json!("eyJ0eXBlIjoibm90ZSIsInN1bW1hcnkiOiJDYWbDqSJ9");
        event["isBase64Encoded"] = json!(true);
        let answer = gateway.invoke(doors.stack(), &event).await.expect(201);
        assert_eq!(answer.json()["activity"]["summary"], "Café", "{gateway:?}");
    }
}

#[tokio::test]
async fn a_file_arrives_byte_for_byte_at_every_gateway() {
    let doors = Doors::open().await;
    for asset in assets() {
        let path = format!("{}/{}", doors.assets, asset.name);
        for encoding in ["br", "gzip", "identity"] {
            let sent = Sent::new("GET", &path).header("accept-encoding", encoding);
            let console = sent.to_console(doors.stack()).await.expect(200);
            assert!(encoding != asset.encoding || console.body == asset.bytes, "{path}");
            for gateway in GATEWAYS {
                let answer = gateway.send(doors.stack(), &sent).await.expect(200);
                assert!(answer.body == console.body, "{gateway:?} {path} {encoding}");
            }
        }
    }
}

/// Hashes are no text, and entries begin with lengths; names have slashes, which clients
/// may encode.
#[tokio::test]
async fn a_file_of_the_log_arrives_byte_for_byte_at_every_gateway() {
    let doors = Doors::open().await;
    for tile in ["0/000.p/3", "entries/000.p/3", "0%2F000.p%2F3"] {
        let sent = doors.bearer(Sent::new("GET", &format!("/v1/audit-log/tile/{tile}")));
        let console = sent.to_console(doors.stack()).await.expect(200);
        assert_eq!(console.header("content-type"), "application/octet-stream");
        for gateway in GATEWAYS {
            let answer = gateway.send(doors.stack(), &sent).await.expect(200);
            assert!(answer.body == console.body, "{gateway:?} {tile}");
        }
    }
}

#[tokio::test]
async fn a_link_of_a_next_page_can_be_followed_at_every_gateway() {
    let doors = Doors::open().await;
    let first = doors.on_behalf(Sent::new("POST", "/api/activities/site_visit/responses"));
    let first = first.json(&json!({ "page_size": 2 }));
    for gateway in GATEWAYS {
        let page = gateway.send(doors.stack(), &first).await.expect(200).json();
        let next = page["next"].as_str().expect("there is a second page");
        let target = next.strip_prefix(&gateway.prefix()).expect("it is below the stage");
        let second = Sent { target: target.to_owned(), ..first.clone() };
        let second = gateway.send(doors.stack(), &second).await.expect(200).json();
        assert_eq!(second["results"].as_array().map(Vec::len), Some(1), "{gateway:?}");
        assert_eq!(second["next"], Value::Null);
    }
}
