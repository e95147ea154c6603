//! A week of the demo tenant, logged through the front door: by people, an agent
//! over MCP, a service that acts for people, and one that may not log.
//!
//! What happens is written in `week.json`. It happens on the last five working days, by
//! clocks of their own, so that the trail tells of a week as well. Each input has a key
//! and no time: a week that was cut off is gone on with, and nothing is logged twice.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use activity_log_core::app::audited::Attempt;
use activity_log_core::app::create_key::{CreateKey, create_key};
use activity_log_core::app::define_activity_type::read_definition;
use activity_log_core::app::json::{Object, parse_object};
use activity_log_core::app::make_key::Maker;
use activity_log_core::app::put_activity_type::put_activity_type;
use activity_log_core::app::put_resource::put_resource as register;
use activity_log_core::domain::activity::{RelatedResource, RelatedResourceId};
use activity_log_core::domain::activity_type::TypeDefinition;
use activity_log_core::domain::audit::{self, Action};
use activity_log_core::domain::clock::{
    ClockOutOfRange, Environment, SystemEnvironment, Timestamp,
};
use activity_log_core::domain::credential::{ApiKey, Grant, KeyName};
use activity_log_core::domain::idempotency::InputHash;
use activity_log_core::domain::principal::{Actor, ActorId, ActorType, Scope, TenantId};
use activity_log_core::domain::record_type::RecordType;
use activity_log_core::domain::registry::{DisplayName, Presence, ResourceRecord};
use activity_log_core::http::exchange::new_request_id;
use activity_log_core::platform::config::Config;
use activity_log_core::store::{RemovedTenant, Store};
use activity_log_core::{Context, Error};
use futures_util::{StreamExt, stream};
use serde_json::Value;

use super::call::{Call, code_of, is_expected};
use super::error::DemoError;
use super::script::{Caller, Resource, actor, time_of, week, working_days_before};
use crate::stack;

/// Calls under way at once: the engine waits for the disk, and a start for the engine.
const CONCURRENCY: usize = 8;

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
    register(ctx, &start_of(ctx, tenant), &record).await?;
    Ok(())
}

async fn put_type(
    ctx: &Context,
    tenant: &TenantId,
    own_type: &Value,
) -> Result<TypeDefinition, DemoError> {
    let object: Object = parse_object(own_type.to_string().as_bytes())?;
    let ids = ctx.store.record_type_ids(tenant).await?;
    let definition = read_definition(object, &ids, ctx.environment.now()?)?;
    put_activity_type(ctx, &start_of(ctx, tenant), &definition).await?;
    Ok(definition)
}

/// The start of the local stack, which brings the week in.
fn start_of(ctx: &Context, tenant: &TenantId) -> audit::Call {
    let id = ActorId::parse("console").expect("the id is valid");
    let actor = Actor { actor_type: ActorType::Service, id };
    let request_id = new_request_id(ctx.environment.as_ref());
    audit::Call::of_operator(tenant.clone(), actor, "serve", request_id)
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
        let name = KeyName::parse(&caller.name).expect("the name is valid");
        let grant = Grant { name: Some(name), ..Grant::plain(by, scopes) };
        keys.insert(caller.actor.clone(), issue_key(ctx, tenant, grant).await?.reveal());
    }
    Ok(keys)
}

/// Makes a key, as the operator's command does.
pub(super) async fn issue_key(
    ctx: &Context,
    tenant: &TenantId,
    grant: Grant,
) -> Result<ApiKey, DemoError> {
    let call = start_of(ctx, tenant);
    let attempt = Attempt::of(&call, Action::KeyCreated);
    let input_hash = InputHash::of(&Object::new()).expect("nothing has a hash");
    let input = CreateKey { grant, idempotency_key: None, input_hash };
    let permit = attempt.permit_write(Scope::KeysManage)?;
    let made = create_key(ctx, permit, Maker::Operator(RemovedTenant::Refuse), input).await?;
    made.secret.ok_or_else(|| Error::Internal("a new key has no secret".into()).into())
}
