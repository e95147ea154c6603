//! A week of the demo tenant, logged through the front door: by people, an agent
//! over MCP, a service that acts for people, and one that may not log.
//!
//! What happens is written in `week.json`. It happens on the last five working days, by
//! clocks of their own, so that the trail tells of a week as well. Each input has a key
//! and no time: a week that was cut off is gone on with, and nothing is logged twice.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use activity_log_core::Context;
use activity_log_core::app::define_activity_type::read_definition;
use activity_log_core::app::json::{Object, parse_object};
use activity_log_core::domain::activity::{RelatedResource, RelatedResourceId};
use activity_log_core::domain::activity_type::TypeDefinition;
use activity_log_core::domain::clock::{
    ClockOutOfRange, Environment, SystemEnvironment, Timestamp,
};
use activity_log_core::domain::principal::{
    Actor, ActorType, Credential, KeyName, Scope, TenantId,
};
use activity_log_core::domain::record_type::RecordType;
use activity_log_core::domain::registry::{DisplayName, Presence, ResourceRecord};
use activity_log_core::http::message::{Request, Response};
use activity_log_core::http::request_body::RequestBody;
use activity_log_core::platform::config::Config;
use activity_log_core::store::{RemovedTenant, Store};
use futures_util::{StreamExt, stream};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::DemoError;
use crate::stack;

/// All of it.
const WEEK: &str = include_str!("week.json");
/// Whose key the people's visits are logged with.
const ON_BEHALF: &str = "service:crm";
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
const WORKING_DAYS: usize = 5;
/// Calls under way at once: the engine waits for the disk, and a start for the engine.
const CONCURRENCY: usize = 8;

#[derive(Debug, Deserialize)]
struct Week {
    callers: Vec<Caller>,
    resources: Vec<Resource>,
    #[serde(rename = "type")]
    own_type: Value,
    activities: Vec<Happened>,
}

#[derive(Debug, Deserialize)]
struct Caller {
    actor: String,
    name: String,
    scopes: Option<Vec<Scope>>,
}

#[derive(Debug, Deserialize)]
struct Resource {
    #[serde(rename = "type")]
    kind: String,
    id: String,
    display_name: String,
}

/// Something that happened.
#[derive(Debug, Deserialize)]
struct Happened {
    /// Which working day of the five, from 1 on.
    day: usize,
    /// Hours and minutes.
    at: String,
    by: String,
    /// Of the built-in types.
    #[serde(rename = "type")]
    category: Option<String>,
    /// The fields of a visit, by their names.
    visit: Option<HashMap<String, String>>,
    about: String,
    /// A further record that a visit was about.
    and: Option<String>,
    summary: Option<String>,
    body: Option<String>,
    notes: Option<String>,
    /// The caller lacks the scope.
    #[serde(default)]
    refused: bool,
}

/// Those whose activities make a week.
pub(super) fn actors() -> Vec<Actor> {
    week().callers.iter().map(|caller| actor(&caller.actor)).collect()
}

fn week() -> Week {
    serde_json::from_str(WEEK).expect("the week is written as it is read")
}

fn actor(text: &str) -> Actor {
    Actor::parse(text).expect("the actor is valid")
}

/// The time at which something happens in the week.
#[derive(Debug)]
struct StoppedClock(Timestamp);

impl Environment for StoppedClock {
    fn now(&self) -> Result<Timestamp, ClockOutOfRange> {
        Ok(self.0)
    }
    fn fill_random(&self, bytes: &mut [u8]) {
        SystemEnvironment.fill_random(bytes);
    }
}

/// A context at a time. What the operator has configured is for the requests of others.
fn context_at(time: Timestamp, store: &Store) -> Context {
    let config = Config::for_table(store.table_name());
    Context::with_environment(store.clone(), config, Arc::new(StoppedClock(time)))
}

/// Logs a week. Tells how many activities it has.
pub(super) async fn log(
    store: &Store,
    tenant: &TenantId,
    now: Timestamp,
) -> Result<usize, DemoError> {
    let week = week();
    let days = working_days_before(now);
    let begin = days.first().and_then(|day| Timestamp::from_millis(*day));
    let ctx = &context_at(begin.unwrap_or(Timestamp::MIN), store);
    for Resource { kind, id, display_name } in &week.resources {
        let resource = RelatedResource {
            resource_type: RecordType::parse(kind).expect("the record type is valid"),
            id: RelatedResourceId::parse(id).expect("the id is valid"),
        };
        let name = DisplayName::parse(display_name).expect("the name is valid");
        put_resource(ctx, tenant, resource, name).await?;
    }
    let visit = put_type(ctx, tenant, &week.own_type).await?;
    let keys = issue_keys(ctx, tenant, &week.callers).await?;
    let failed = AtomicBool::new(false);
    let calls = week.activities.iter().enumerate().map(|(number, happened)| {
        let ctx = context_at(time_of(&days, happened), store);
        let call = Call { number, happened, keys: &keys };
        let request = match (&happened.visit, actor(&happened.by).actor_type) {
            (Some(fields), _) => call.visit(tenant, &visit, fields),
            (None, ActorType::Agent) => call.tool(),
            (None, ActorType::User | ActorType::Service) => call.v1(),
        };
        let failed = &failed;
        async move {
            if failed.load(Ordering::Relaxed) {
                return Ok(0);
            }
            let answer = stack::answer(&ctx, request).await;
            if is_expected(happened, &answer) {
                return Ok(usize::from(!happened.refused));
            }
            failed.store(true, Ordering::Relaxed);
            Err(DemoError::NotLogged { number, code: code_of(&answer) })
        }
    });
    // After a failure no further call begins, and those under way come to their end.
    let logged: Vec<_> = stream::iter(calls).buffered(CONCURRENCY).collect().await;
    logged.into_iter().sum()
}

/// Makes a resource known.
pub(super) async fn put_resource(
    ctx: &Context,
    tenant: &TenantId,
    resource: RelatedResource,
    name: DisplayName,
) -> Result<(), DemoError> {
    let record = ResourceRecord {
        resource,
        display_name: Some(name),
        changed_at: ctx.environment.now()?,
        presence: Presence::Present,
    };
    ctx.store.put_related_resource(tenant, &record).await?;
    Ok(())
}

async fn put_type(
    ctx: &Context,
    tenant: &TenantId,
    own_type: &Value,
) -> Result<TypeDefinition, DemoError> {
    let object: Object = parse_object(own_type.to_string().as_bytes())?;
    let definition = read_definition(object, tenant, ctx.environment.now()?)?;
    ctx.store.put_activity_type(tenant, &definition).await?;
    Ok(definition)
}

/// A key for each caller. Their secrets are forgotten at the end of the week.
async fn issue_keys(
    ctx: &Context,
    tenant: &TenantId,
    callers: &[Caller],
) -> Result<HashMap<String, String>, DemoError> {
    let mut keys = HashMap::new();
    for caller in callers {
        let default = vec![Scope::ActivityWrite, Scope::ActivityRead];
        let scopes = caller.scopes.clone().unwrap_or(default).into_iter().collect();
        let by = actor(&caller.actor);
        let (credential, key) =
            Credential::issue(ctx.environment.as_ref(), tenant.clone(), by, scopes)?;
        let name = KeyName::parse(&caller.name).expect("the name is valid");
        let put = ctx.store.put_named_credential(&credential, Some(&name), RemovedTenant::Refuse);
        put.await?;
        keys.insert(caller.actor.clone(), key.reveal());
    }
    Ok(keys)
}

/// The beginnings of the last working days before today, the oldest first, in UTC.
fn working_days_before(now: Timestamp) -> Vec<i64> {
    let today = now.as_millis().div_euclid(DAY_MS);
    // 1970 began on a Thursday; 0 is a Monday.
    let is_working = |day: &i64| (day + 3).rem_euclid(7) < 5;
    let mut days: Vec<i64> =
        (0..today).rev().filter(is_working).take(WORKING_DAYS).map(|day| day * DAY_MS).collect();
    days.reverse();
    days
}

fn time_of(days: &[i64], happened: &Happened) -> Timestamp {
    let minutes = happened.at.split_once(':').and_then(|(hours, minutes)| {
        Some(hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?)
    });
    let minutes = minutes.expect("hours and minutes are numbers");
    // A clock of the first days of 1970 has no week behind it.
    let day = days.get(happened.day - 1).copied().unwrap_or_default();
    Timestamp::from_millis(day + minutes * 60_000).unwrap_or(Timestamp::MIN)
}

/// An input on its way to a door.
struct Call<'a> {
    number: usize,
    happened: &'a Happened,
    keys: &'a HashMap<String, String>,
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

    fn v1(&self) -> Request {
        post("/v1/activities", vec![self.bearer()], &self.input())
    }

    fn tool(&self) -> Request {
        let accept = "application/json, text/event-stream".to_owned();
        let headers =
            vec![self.bearer(), (header::ACCEPT, accept), (header::HOST, "localhost".to_owned())];
        let params = json!({ "name": "log_activity", "arguments": self.input() });
        let call = json!({
            "jsonrpc": "2.0", "id": self.number, "method": "tools/call", "params": params,
        });
        post("/mcp", headers, &call)
    }

    fn visit(
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
    }
}

/// The code of a refusal, where each door has it. The log has the cause of a failure.
fn code_of(answer: &Response) -> String {
    let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    let places = ["/error/code", "/code", "/result/structuredContent/error/code"];
    let code = places.iter().find_map(|place| body.pointer(place)?.as_str());
    code.map_or_else(|| answer.status().to_string(), str::to_owned)
}

/// Whether an input was logged that was to be, now or by a start that was cut off.
fn is_expected(happened: &Happened, answer: &Response) -> bool {
    if happened.refused {
        return answer.status() == StatusCode::FORBIDDEN;
    }
    let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    let of_a_tool = &body["result"]["structuredContent"]["activity"];
    answer.status() == StatusCode::CREATED || of_a_tool.is_object()
}

#[cfg(test)]
mod tests {
    use activity_log_core::domain::clock::Rounding;

    use super::*;

    #[test]
    fn the_days_are_the_five_working_days_before_today() {
        for (now, expected) in [
            ("2026-03-04T12:00:00Z", ["02-25", "02-26", "02-27", "03-02", "03-03"]),
            ("2026-03-02T00:00:00Z", ["02-23", "02-24", "02-25", "02-26", "02-27"]),
            ("2026-03-01T23:59:59Z", ["02-23", "02-24", "02-25", "02-26", "02-27"]),
        ] {
            let now = Timestamp::parse(now, Rounding::Down).unwrap();
            let days = working_days_before(now);
            let days: Vec<String> = days
                .into_iter()
                .map(|day| Timestamp::from_millis(day).unwrap().to_string())
                .collect();
            assert_eq!(days.iter().map(|day| &day[5..10]).collect::<Vec<_>>(), expected);
        }
        assert_eq!(working_days_before(Timestamp::MIN), [0_i64; 0]);
    }

    #[test]
    fn the_week_is_in_order_and_at_working_hours() {
        let week = week();
        assert!((36..=45).contains(&week.activities.len()));
        let times: Vec<(usize, &str)> =
            week.activities.iter().map(|it| (it.day, it.at.as_str())).collect();
        assert!(times.is_sorted_by(|one, other| one < other), "{times:?}");
        for (day, at) in times {
            assert!((1..=WORKING_DAYS).contains(&day) && ("08:00".."18:00").contains(&at));
        }
    }
}
