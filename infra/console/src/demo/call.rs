//! An input of the demo tenant's week at the door that its caller uses, and whether it
//! was answered as it was to be.

use std::collections::HashMap;

use activity_log_core::domain::activity_type::TypeDefinition;
use activity_log_core::domain::client::Client;
use activity_log_core::domain::principal::TenantId;
use activity_log_core::http::message::{Request, Response};
use activity_log_core::http::request_body::RequestBody;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use serde_json::{Value, json};

use super::script::{Happened, actor};

/// Whose key the people's visits are logged with.
const ON_BEHALF: &str = "service:crm";

/// An input on its way to a door.
pub(super) struct Call<'a> {
    pub(super) number: usize,
    pub(super) happened: &'a Happened,
    pub(super) keys: &'a HashMap<String, String>,
}

impl Call<'_> {
    fn idempotency_key(&self) -> String {
        format!("demo-week-{}", self.number)
    }

    fn bearer(&self) -> (HeaderName, String) {
        (header::AUTHORIZATION, format!("Bearer {}", self.keys[&self.happened.by]))
    }

    /// What `POST /v1/activities` and the tool take.
    fn input(&self) -> Value {
        let (kind, id) = record(&self.happened.about);
        let mut input = json!({
            "type": self.happened.category,
            "summary": self.happened.summary,
            "related_resource_type": kind,
            "related_resource_id": id,
            "idempotency_key": self.idempotency_key(),
        });
        if let Some(body) = &self.happened.body {
            input["body"] = json!(body);
        }
        input
    }

    pub(super) fn v1(&self) -> Request {
        post("/v1/activities", vec![self.bearer()], &self.input())
    }

    pub(super) fn tool(&self) -> Request {
        let accept = "application/json, text/event-stream".to_owned();
        let headers =
            vec![self.bearer(), (header::ACCEPT, accept), (header::HOST, "localhost".to_owned())];
        let params = json!({ "name": "log_activity", "arguments": self.input() });
        let call = json!({
            "jsonrpc": "2.0", "id": self.number, "method": "tools/call", "params": params,
        });
        post("/mcp", headers, &call)
    }

    pub(super) fn visit(
        &self,
        tenant: &TenantId,
        visit: &TypeDefinition,
        fields: &HashMap<String, String>,
    ) -> Request {
        let name = HeaderName::from_static;
        let user = actor(&self.happened.by).id;
        let headers = vec![
            (name("x-api-key"), self.keys[ON_BEHALF].clone()),
            (name("x-business-id"), tenant.to_string()),
            (name("x-user-id"), user.to_string()),
            (name("idempotency-key"), self.idempotency_key()),
        ];
        let related = std::iter::once(&self.happened.about).chain(&self.happened.and);
        let related: Vec<Value> = related
            .map(|about| {
                let (kind, id) = record(about);
                json!({ "custom_object": kind, "entity_id": id })
            })
            .collect();
        // In the order of the type, since that of a map is another at each start.
        let fields: Vec<Value> = visit
            .fields
            .iter()
            .filter_map(|field| {
                let value = fields.get(field.name.as_str())?;
                let number = value.parse().ok().map(Value::Number);
                let value = number.unwrap_or_else(|| json!(value));
                Some(json!({ "id": field.id, "value": value }))
            })
            .collect();
        let input = json!({
            "related_objects": related,
            "notes": self.happened.notes,
            "fields": fields,
        });
        let path = format!("/api/activities/{}/log-activity", visit.summary.api_name);
        post(&path, headers, &input)
    }
}

/// The two parts of `contact/con_123`.
fn record(about: &str) -> (&str, &str) {
    about.split_once('/').expect("a record has a kind and an id")
}

fn post(path: &str, headers: Vec<(HeaderName, String)>, body: &Value) -> Request {
    let mut map = HeaderMap::new();
    map.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in headers {
        map.insert(name, HeaderValue::from_str(&value).expect("the text is visible ASCII"));
    }
    Request {
        method: Method::POST,
        prefix: String::new(),
        path: path.to_owned(),
        query: String::new(),
        headers: map,
        body: RequestBody::of(body.to_string().into()),
        client: Client::default(),
    }
}

/// The code of a refusal, where each door has it. The log has the cause of a failure.
pub(super) fn code_of(answer: &Response) -> String {
    let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    let places = ["/error/code", "/code", "/result/structuredContent/error/code"];
    let code = places.iter().find_map(|place| body.pointer(place)?.as_str());
    code.map_or_else(|| answer.status().to_string(), str::to_owned)
}

/// Whether an input was logged that was to be, now or by a start that was cut off.
pub(super) fn is_expected(happened: &Happened, answer: &Response) -> bool {
    if happened.refused {
        return answer.status() == StatusCode::FORBIDDEN;
    }
    let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    let of_a_tool = &body["result"]["structuredContent"]["activity"];
    answer.status() == StatusCode::CREATED || of_a_tool.is_object()
}
