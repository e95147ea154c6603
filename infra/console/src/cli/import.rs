//! `activity-log activities`.

use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use activity_log_core::Context;
use activity_log_core::app::audited::{Attempt, audited};
use activity_log_core::app::input::{Reader, Violations};
use activity_log_core::app::json::Object;
use activity_log_core::app::log_activity::{LogActivity, check_activity, log_activity};
use activity_log_core::app::write_activity::Replay;
use activity_log_core::domain::activity::Source;
use activity_log_core::domain::audit::{Action, Call, Door, EntryPoint, OPERATOR_CREDENTIAL_ID};
use activity_log_core::domain::caller::Principal;
use activity_log_core::domain::client::Client;
use activity_log_core::domain::error::{Error, Result as CoreResult};
use activity_log_core::domain::idempotency::{IdempotencyKey, InputHash};
use activity_log_core::domain::principal::{
    Actor, ActorId, ActorType, Attribution, KeyId, Scope, Scopes, TenantId,
};
use activity_log_core::http::exchange::new_request_id;
use activity_log_core::http::v1;
use clap::{Args, Subcommand};
use serde_json::Value;

use super::arguments::{actor, tenant};
use super::error::CliError;
use super::operator::Operator;
use super::output::Output;
use super::records::{AuditedRun, Outcome, RecordsArgs, for_each_record};
use super::tenant::refuse_removed;

/// Who wrote a record.
const ACTOR: &str = "actor";
/// As long as a key can be beside a hash and a number.
const MAX_BATCH_BYTES: usize = 64;
/// The first 16 bytes of a hash: enough to tell any records apart.
type Fingerprint = u128;

#[derive(Debug, Subcommand)]
pub(super) enum ActivitiesCommand {
    /// Log every record of a file of JSON lines or CSV, each an input of
    /// POST /v1/activities, with an actor if it has one.
    ///
    /// A record without an idempotency_key gets one of its content, so that
    /// nothing is logged twice, however often and in whatever file it comes.
    /// Refused records are reported and kept in FILE.refused.jsonl, and the
    /// others go on.
    Import(ImportArgs),
}

#[derive(Clone, Debug, Args)]
pub(super) struct ImportArgs {
    /// The tenant.
    #[arg(long, value_parser = tenant)]
    tenant: TenantId,
    /// Who imports: whom the audit trail names beside the actor of a record, and
    /// the actor of those without one.
    #[arg(long, value_parser = actor, default_value = "service:import")]
    actor: Actor,
    /// Tells this file's records from equal ones of other files, which would be
    /// taken for the same.
    #[arg(long, value_name = "NAME", value_parser = batch)]
    batch: Option<String>,
    #[command(flatten)]
    records: RecordsArgs,
}

fn batch(text: &str) -> Result<String, String> {
    if text.len() > MAX_BATCH_BYTES {
        return Err(format!("must have up to {MAX_BATCH_BYTES} bytes"));
    }
    IdempotencyKey::parse(text).map(|_| text.to_owned()).map_err(|error| error.to_string())
}

pub(super) async fn run(
    command: ActivitiesCommand,
    ctx: &Context,
    operator: &Operator,
    output: Output,
) -> Result<(), CliError> {
    let ActivitiesCommand::Import(args) = command;
    refuse_removed(ctx, &args.tenant).await?;
    let mut keys = ContentKeys { batch: args.batch.as_deref(), seen: HashMap::new() };
    let planned = RefCell::default();
    let columns = [v1::log::LogActivityInput::NAMES, &[ACTOR]].concat();
    let work = async |record: CoreResult<Keyed>| log_record(ctx, &args, &planned, record).await;
    let run = AuditedRun {
        ctx,
        call: &operator.call(ctx, &args.tenant, "activities import"),
        action: Action::ActivitiesImported,
    };
    for_each_record(&args.records, &columns, &run, output, |object| keys.add_to(object?), work)
        .await
}

/// A record with the hash of its content, and the key that it gets where it has
/// none of its own.
#[derive(Debug)]
struct Keyed {
    object: Object,
    hash: InputHash,
    key: Option<IdempotencyKey>,
}

/// The keys of records by their content. Equal records of a file are told apart
/// by their order among each other, and by nothing that changes when a file is
/// mended, sorted, appended to or saved by another program.
struct ContentKeys<'a> {
    batch: Option<&'a str>,
    /// How often each content was seen.
    seen: HashMap<Fingerprint, u32>,
}

impl ContentKeys<'_> {
    fn add_to(&mut self, object: Object) -> CoreResult<Keyed> {
        let hash = InputHash::of(&object).map_err(|error| Error::Internal(error.into()))?;
        let key = (!object.contains_key("idempotency_key")).then(|| self.next_key(&hash));
        Ok(Keyed { object, hash, key })
    }

    fn next_key(&mut self, hash: &InputHash) -> IdempotencyKey {
        let seen = self.seen.entry(fingerprint(hash)).or_default();
        let ordinal = *seen;
        *seen += 1;
        let batch = self.batch.map_or(String::new(), |batch| format!(":{batch}"));
        IdempotencyKey::parse(&format!("import:{hash}:{ordinal}{batch}"))
            .expect("a hash, a number and a short name are a key")
    }
}

fn fingerprint(hash: &InputHash) -> Fingerprint {
    Fingerprint::from_str_radix(&hash.as_str()[..32], 16).expect("a hash is in hex")
}

/// What a dry run would have logged under keys that records name. The next record
/// with one of them would find it.
type Planned = RefCell<HashMap<IdempotencyKey, Fingerprint>>;

async fn log_record(
    ctx: &Context,
    args: &ImportArgs,
    planned: &Planned,
    mut record: CoreResult<Keyed>,
) -> CoreResult<Outcome> {
    let mut beside = Violations::default();
    let known = record.as_mut().ok();
    let actor = known.and_then(|record| take_actor(&mut record.object, &mut beside));
    let call = call(ctx, args, actor);
    let read = |record: &Keyed| {
        let mut reader = Reader::new(&record.object).beside(beside);
        let now = ctx.environment.now()?;
        let input = v1::log::read(&mut reader, record.key.clone(), record.hash.clone(), now);
        reader.finish(input)
    };
    if args.records.dry_run {
        let record = record?;
        return check(ctx, &call, planned, &record, read(&record)?).await;
    }
    let attempt = Attempt::of(&call, Action::ActivityLogged);
    let logged = audited(ctx, &attempt, async {
        let permit = attempt.permit_write(Scope::ActivityWrite)?;
        let record = record?;
        attempt.note(Ok(record.hash.clone()))?;
        log_activity(ctx, permit, read(&record)?).await
    });
    let logged = logged.await?;
    Ok(match logged.replay {
        Replay::First => Outcome::Applied,
        Replay::Replayed => Outcome::Unchanged(logged.activity.id.to_string()),
    })
}

async fn check(
    ctx: &Context,
    call: &Call,
    planned: &Planned,
    record: &Keyed,
    input: LogActivity,
) -> CoreResult<Outcome> {
    if let Some(id) = check_activity(ctx, call, &input).await? {
        return Ok(Outcome::Unchanged(id.to_string()));
    }
    // The keys of the others are each of one record.
    let named = input.idempotency_key.filter(|_| record.key.is_none());
    let Some(key) = named else { return Ok(Outcome::Applied) };
    match planned.borrow_mut().entry(key) {
        Entry::Vacant(entry) => {
            entry.insert(fingerprint(&record.hash));
            Ok(Outcome::Applied)
        }
        Entry::Occupied(entry) if *entry.get() == fingerprint(&record.hash) => {
            Ok(Outcome::Unchanged("in a line before it".to_owned()))
        }
        Entry::Occupied(entry) => Err(Error::IdempotencyConflict(entry.key().clone())),
    }
}

/// The import acts for the actor of a record, so that history keeps its authors.
fn call(ctx: &Context, args: &ImportArgs, actor: Option<Actor>) -> Call {
    Call {
        principal: Principal {
            tenant_id: args.tenant.clone(),
            by: Attribution {
                actor: actor.unwrap_or_else(|| args.actor.clone()),
                authenticated_as: args.actor.clone(),
                on_behalf_of: None,
            },
            credential_id: KeyId::parse(OPERATOR_CREDENTIAL_ID).expect("the id is valid"),
            scopes: Scopes::from([Scope::ActivityWrite]),
            audit_reads: None,
            expires_at: None,
            bound_to: None,
        },
        door: Door {
            source: Source::Admin,
            entry_point: EntryPoint::Import,
            client: Client::default(),
            request_id: new_request_id(ctx.environment.as_ref()),
        },
    }
}

/// Takes the actor off a record, `{"type", "id"}` or `type:id`. It is no property
/// of the input of `POST /v1/activities`, where the credential says who acts.
fn take_actor(object: &mut Object, beside: &mut Violations) -> Option<Actor> {
    match object.remove(ACTOR)? {
        Value::String(text) => beside.take(ACTOR, Actor::parse(&text)).ok(),
        Value::Object(actor) => {
            let mut reader = Reader::new(&actor).within(ACTOR);
            let actor_type = reader.required("type", ActorType::parse);
            let id = reader.required("id", ActorId::parse);
            beside.extend(reader.into_violations());
            Some(Actor { actor_type: actor_type.ok()?, id: id.ok()? })
        }
        _ => {
            beside.push(ACTOR, "must be an object of type and id, or TYPE:ID");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn keys_of(batch: Option<&str>, records: &[Value]) -> Vec<Option<String>> {
        let mut keys = ContentKeys { batch, seen: HashMap::new() };
        let key = |record: &Value| {
            let keyed = keys.add_to(record.as_object().unwrap().clone()).unwrap();
            keyed.key.map(|key| key.as_str().to_owned())
        };
        records.iter().map(key).collect()
    }

    #[test]
    fn a_key_is_of_the_content_its_order_among_equals_and_the_batch() {
        let (a, b) = (json!({"type": "note", "summary": "a"}), json!({"summary": "b"}));
        let other_order = json!({"summary": "a", "type": "note"});
        let own = json!({"summary": "a", "idempotency_key": "k"});
        let keys = keys_of(None, &[a.clone(), b.clone(), other_order, own, a.clone()]);
        assert_eq!(keys.iter().flatten().collect::<std::collections::HashSet<_>>().len(), 4);
        assert_eq!(keys[3], None, "it has one");
        let sorted = keys_of(None, &[a.clone(), a.clone(), a.clone(), b.clone()]);
        assert_eq!(
            [&keys[0], &keys[2], &keys[4], &keys[1]],
            [&sorted[0], &sorted[1], &sorted[2], &sorted[3]]
        );
        let batched = keys_of(Some("second"), &[a, b]);
        assert!(batched.iter().all(|key| !keys.contains(key)));
    }

    #[test]
    fn an_actor_is_an_object_or_a_text() {
        for (given, expected) in [
            (json!({"type": "user", "id": "jane"}), Some("user:jane")),
            (json!("agent:bot:1"), Some("agent:bot:1")),
            (json!({"type": "robot", "id": "x"}), None),
            (json!({"type": "user", "id": "jane", "name": "J"}), Some("user:jane")),
            (json!("jane"), None),
            (json!(null), None),
        ] {
            let mut object = Object::new();
            object.insert(ACTOR.to_owned(), given.clone());
            let mut beside = Violations::default();
            let actor = take_actor(&mut object, &mut beside);
            assert_eq!(actor, expected.map(|text| Actor::parse(text).unwrap()), "{given}");
            let unknown = given.get("name").is_some();
            assert_eq!(beside.finish::<()>(Ok(())).is_err(), expected.is_none() || unknown);
            assert!(object.is_empty());
        }
    }
}
