//! `activity-log keys`: the use cases of `/v1/keys`, by an operator, whom the width of
//! no key limits.

use std::collections::BTreeSet;
use std::time::Duration;

use activity_log_core::app::audited::{Attempt, audited};
use activity_log_core::app::create_key::{CreateKey, create_key};
use activity_log_core::app::get_key::{KeyDetails, get_key};
use activity_log_core::app::list_keys::{KeyListing, list_keys, position};
use activity_log_core::app::listing::MAX_LIMIT;
use activity_log_core::app::make_key::{MadeKey, Maker, parse_expires_at};
use activity_log_core::app::revoke_key::revoke_key;
use activity_log_core::app::rotate_key::{MAX_OVERLAP, RotateKey, rotate_key};
use activity_log_core::domain::address_range::AddressRange;
use activity_log_core::domain::audit::Action;
use activity_log_core::domain::clock::Timestamp;
use activity_log_core::domain::credential::{
    Grant, KeyName, MAX_ADDRESS_RANGES, MAX_USERS, NotAdmitted,
};
use activity_log_core::domain::idempotency::InputHash;
use activity_log_core::domain::principal::{Actor, ActorId, KeyId, Scope, TenantId};
use activity_log_core::http::v1::keys::KeyView;
use activity_log_core::store::operator::layout::Intent;
use activity_log_core::store::{PutCredentialError, RemovedTenant};
use activity_log_core::{Context, Error};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::arguments::{actor, duration, tenant};
use super::columns::columns;
use super::error::CliError;
use super::operator::Operator;
use super::output::Output;
use super::tenant::refuse_removed;

#[derive(Debug, Subcommand)]
pub(super) enum KeysCommand {
    /// Create a key, and show it this once.
    Create(CreateArgs),
    /// List a tenant's keys, by their ids.
    List {
        /// The tenant.
        #[arg(long, value_parser = tenant)]
        tenant: TenantId,
    },
    /// Show what a key is for, and what became of it.
    Get(KeyArgs),
    /// Revoke a key. A warm process may take it for 60 seconds more.
    Revoke(KeyArgs),
    /// Give a key a successor, which is shown this once, and an end.
    Rotate {
        #[command(flatten)]
        key: KeyArgs,
        /// For how long the old key is taken beside its successor, up to 30d; 0s ends it
        /// at once.
        #[arg(long, value_name = "TIME", value_parser = overlap, default_value = "24h")]
        old_expires_in: Duration,
        #[command(flatten)]
        end: End,
    },
}

impl KeysCommand {
    /// Whether it writes.
    pub(super) fn intent(&self) -> Intent {
        match self {
            Self::List { .. } | Self::Get(_) => Intent::Read,
            Self::Create(_) | Self::Revoke(_) | Self::Rotate { .. } => Intent::Write,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct CreateArgs {
    /// The tenant.
    #[arg(long, value_parser = tenant)]
    tenant: TenantId,
    /// Who it stands for: user:ID, agent:ID or service:ID.
    #[arg(long, value_parser = actor)]
    actor: Actor,
    /// Comma-separated: activity:write, activity:read, audit:read, keys:manage.
    #[arg(long, value_parser = scope, value_delimiter = ',', required = true)]
    scopes: Vec<Scope>,
    /// What it is called in lists, such as where it is used: 1 to 100 characters.
    #[arg(long, value_parser = key_name)]
    name: Option<KeyName>,
    #[command(flatten)]
    end: End,
    /// Where it is taken from, comma-separated or given again: addresses, or ranges such
    /// as 192.0.2.0/24. Everywhere by default.
    #[arg(long, value_name = "CIDR", value_parser = address_range, value_delimiter = ',')]
    from: Vec<AddressRange>,
    /// The users whom it may name with X-USER-ID, comma-separated. Anybody by default.
    #[arg(long, value_name = "IDS", value_parser = user, value_delimiter = ',')]
    users: Vec<ActorId>,
    /// Make a tenant that was removed one again: the new key can read what was
    /// kept of it, such as its audit trail.
    #[arg(long)]
    reopen_removed_tenant: bool,
}

/// When a key ends.
#[derive(Debug, Args)]
pub(super) struct End {
    /// When it ends, as 2027-01-31T00:00:00Z.
    #[arg(long, value_name = "TIME", conflicts_with = "expires_in")]
    expires_at: Option<String>,
    /// In how long it ends: a number and s, m, h, d or w, as in 90d.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    expires_in: Option<Duration>,
}

#[derive(Debug, Args)]
pub(super) struct KeyArgs {
    /// The tenant.
    #[arg(long, value_parser = tenant)]
    tenant: TenantId,
    /// The key's id, the part of it between the two dots.
    key_id: String,
}

pub(super) async fn run(
    command: KeysCommand,
    ctx: &Context,
    operator: &Operator,
    output: Output,
) -> Result<(), CliError> {
    match command {
        KeysCommand::Create(args) => create(args, ctx, operator, output).await,
        KeysCommand::List { tenant } => list(&tenant, ctx, operator, output).await,
        KeysCommand::Get(key) => get(&key, ctx, operator, output).await,
        KeysCommand::Revoke(key) => revoke(&key, ctx, operator, output).await,
        KeysCommand::Rotate { key, old_expires_in, end } => {
            rotate(&key, old_expires_in, &end, ctx, operator, output).await
        }
    }
}

async fn create(
    args: CreateArgs,
    ctx: &Context,
    operator: &Operator,
    output: Output,
) -> Result<(), CliError> {
    let users: BTreeSet<ActorId> = args.users.into_iter().collect();
    let grant = Grant {
        actor: args.actor,
        scopes: args.scopes.into_iter().collect(),
        name: args.name,
        expires_at: args.end.time(ctx.environment.now()?)?,
        address_ranges: args.from.into_iter().collect(),
        users: (!users.is_empty()).then_some(users),
    };
    let at_most = |option, count: usize, max: usize| match count <= max {
        true => Ok(()),
        false => Err(CliError::Setting { name: option, rule: format!("takes at most {max}") }),
    };
    at_most("--from", grant.address_ranges.len(), MAX_ADDRESS_RANGES)?;
    at_most("--users", grant.users.as_ref().map_or(0, BTreeSet::len), MAX_USERS)?;
    let removed =
        if args.reopen_removed_tenant { RemovedTenant::Reopen } else { RemovedTenant::Refuse };
    if removed == RemovedTenant::Refuse {
        // Else a refusal of the key would be in a trail that is closed, or gone.
        refuse_removed(ctx, &args.tenant).await?;
    }
    let call = operator.call(ctx, &args.tenant, "keys create");
    let attempt = Attempt::of(&call, Action::KeyCreated);
    let made = audited(ctx, &attempt, async {
        let input_hash = attempt.note(InputHash::of_canonical(&json!({
            "actor": grant.actor,
            "scopes": grant.scopes,
            "name": grant.name,
            "expires_at": grant.expires_at,
            "address_ranges": grant.address_ranges,
            "users": grant.users,
        })))?;
        let permit = attempt.permit_write(SCOPE)?;
        let input = CreateKey { grant, idempotency_key: None, input_hash };
        told(create_key(ctx, permit, Maker::Operator(removed), input).await)
    });
    show(&args.tenant, made.await, output)
}

async fn get(
    key: &KeyArgs,
    ctx: &Context,
    operator: &Operator,
    output: Output,
) -> Result<(), CliError> {
    let key_id = key.id()?;
    let call = operator.call_to_read(ctx, &key.tenant, "keys get").await?;
    let attempt = Attempt::of(&call, Action::KeyRead);
    let details = audited(ctx, &attempt, async {
        attempt.note_resource(&key_id);
        get_key(ctx, attempt.permit(SCOPE)?, &key_id).await
    });
    let details = details.await.map_err(refused)?;
    let row = row(&details, ctx.environment.now()?);
    output.print(columns(HEADER, &[row]), &describe(&details))
}

async fn revoke(
    key: &KeyArgs,
    ctx: &Context,
    operator: &Operator,
    output: Output,
) -> Result<(), CliError> {
    let key_id = key.id()?;
    // A removal that was cut off may have left some that are taken.
    if ctx.store.credential(&key.tenant, &key_id).await?.is_none() {
        refuse_removed(ctx, &key.tenant).await?;
    }
    let call = operator.call(ctx, &key.tenant, "keys revoke");
    let attempt = Attempt::of(&call, Action::KeyRevoked);
    let details = audited(ctx, &attempt, async {
        attempt.note_resource(&key_id);
        let maker = Maker::Operator(RemovedTenant::Refuse);
        revoke_key(ctx, attempt.permit_write(SCOPE)?, maker, &key_id).await
    });
    details.await.map_err(refused)?;
    output.print(
        format_args!("The key {key_id} is revoked."),
        &json!({ "key_id": key_id, "revoked": true }),
    )
}

async fn rotate(
    key: &KeyArgs,
    overlap: Duration,
    end: &End,
    ctx: &Context,
    operator: &Operator,
    output: Output,
) -> Result<(), CliError> {
    let (key_id, expires_at) = (key.id()?, end.time(ctx.environment.now()?)?);
    refuse_removed(ctx, &key.tenant).await?;
    let call = operator.call(ctx, &key.tenant, "keys rotate");
    let attempt = Attempt::of(&call, Action::KeyRotated);
    let made = audited(ctx, &attempt, async {
        attempt.note_resource(&key_id);
        let input_hash = attempt.note(InputHash::of_canonical(&json!({
            "key_id": key_id,
            "rotate": { "overlap_seconds": overlap.as_secs(), "expires_at": expires_at },
        })))?;
        let permit = attempt.permit_write(SCOPE)?;
        let input = RotateKey { key_id, overlap, expires_at, idempotency_key: None, input_hash };
        told(rotate_key(ctx, permit, Maker::Operator(RemovedTenant::Refuse), input).await)
    });
    show(&key.tenant, made.await, output)
}

/// A key that was made, or why it was not, in words that only an operator reads.
type Made = Result<MadeKey, PutCredentialError>;

/// Refusals are for the trail; that the tenant is removed is not, for it has none.
fn told(made: Made) -> Result<Made, Error> {
    match made {
        Err(PutCredentialError::Failed(error)) => Err(error),
        made => Ok(made),
    }
}

/// Every page of the list.
async fn list(
    tenant: &TenantId,
    ctx: &Context,
    operator: &Operator,
    output: Output,
) -> Result<(), CliError> {
    let call = operator.call_to_read(ctx, tenant, "keys list").await?;
    let attempt = Attempt::of(&call, Action::KeyRead);
    let keys = audited(ctx, &attempt, async {
        let permit = attempt.permit(SCOPE)?;
        let mut keys = Vec::new();
        let mut listing = KeyListing { limit: MAX_LIMIT, after: None };
        loop {
            let page = list_keys(ctx, permit, &listing).await?;
            keys.extend(page.rows);
            listing.after = page.next_cursor.and_then(|cursor| position(tenant, &cursor));
            if listing.after.is_none() {
                return Ok(keys);
            }
        }
    });
    let keys = keys.await?;
    let now = ctx.environment.now()?;
    let values: Vec<Value> = keys.iter().map(describe).collect();
    let rows: Vec<_> = keys.iter().map(|details| row(details, now)).collect();
    let text = match rows.as_slice() {
        [] => "There are no keys.".to_owned(),
        rows => columns(HEADER, rows),
    };
    output.print(text, &json!({ "keys": values }))
}

fn show(tenant: &TenantId, made: Result<Made, Error>, output: Output) -> Result<(), CliError> {
    let made = made.map_err(refused)?;
    let made = made.map_err(|error| CliError::put_credential(tenant, error))?;
    let secret = made.secret.as_ref().ok_or(CliError::Missing("secret of a new key"))?.reveal();
    let mut value = describe(&made.details);
    value["key"] = json!(secret);
    output.print(secret, &value)
}

const SCOPE: Scope = Scope::KeysManage;

impl KeyArgs {
    fn id(&self) -> Result<KeyId, CliError> {
        KeyId::parse(&self.key_id).map_err(|_| CliError::Missing("such key"))
    }
}

impl End {
    fn time(&self, now: Timestamp) -> Result<Option<Timestamp>, CliError> {
        if let Some(text) = &self.expires_at {
            let refused =
                |rule: &str| CliError::Setting { name: "--expires-at", rule: rule.to_owned() };
            return parse_expires_at(text, now).map(Some).map_err(refused);
        }
        Ok(self.expires_in.map(|duration| now.plus(duration)))
    }
}

/// A key that is not there; or what is wrong with one that is.
fn refused(error: Error) -> CliError {
    match error {
        Error::ResourceNotFound => CliError::Missing("such key"),
        Error::ValidationFailed(errors) => CliError::KeyRefused(errors),
        error => error.into(),
    }
}

fn describe(details: &KeyDetails) -> Value {
    let mut value = json!(KeyView::of(details));
    value["tenant"] = json!(details.credential.tenant_id);
    for name in ["name", "expires_at", "last_used_at", "revoked_at", "replaced_by"] {
        // What programs look for is there in any case.
        if value.get(name).is_none() {
            value[name] = Value::Null;
        }
    }
    value
}

const HEADER: [&str; 7] = ["KEY ID", "NAME", "ACTOR", "SCOPES", "EXPIRES", "LAST USED", "STATE"];

fn row(details: &KeyDetails, now: Timestamp) -> [String; 7] {
    let KeyDetails { credential, last_used_at } = details;
    let grant = &credential.grant;
    let scopes: Vec<&str> = grant.scopes.iter().map(|scope| scope.as_str()).collect();
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    let state = match (credential.ended(now), credential.revoked_at, &credential.replaced_by) {
        (Some(NotAdmitted::Revoked), Some(time), _) => format!("revoked {time}"),
        (Some(_), _, Some(successor)) => format!("expired, replaced by {successor}"),
        (Some(_), _, None) => "expired".to_owned(),
        (None, _, Some(successor)) => format!("active, replaced by {successor}"),
        (None, _, None) => "active".to_owned(),
    };
    [
        credential.key_id.to_string(),
        or_none(grant.name.as_ref().map(|name| name.as_str().to_owned())),
        grant.actor.to_string(),
        scopes.join(","),
        or_none(grant.expires_at.map(|time| time.to_string())),
        or_none(last_used_at.map(hour)),
        state,
    ]
}

/// An hour, as `2026-11-28T16`.
fn hour(time: Timestamp) -> String {
    let text = time.to_string();
    text.split_once(':').map_or(text.clone(), |(hour, _)| hour.to_owned())
}

fn key_name(text: &str) -> Result<KeyName, String> {
    KeyName::parse(text).map_err(|error| error.to_string())
}

fn scope(text: &str) -> Result<Scope, String> {
    Scope::parse(text.trim()).map_err(str::to_owned)
}

fn address_range(text: &str) -> Result<AddressRange, String> {
    AddressRange::parse(text.trim()).map_err(|error| error.to_string())
}

fn user(text: &str) -> Result<ActorId, String> {
    ActorId::parse(text.trim()).map_err(|error| error.to_string())
}

fn overlap(text: &str) -> Result<Duration, String> {
    let overlap = duration(text)?;
    if overlap <= MAX_OVERLAP { Ok(overlap) } else { Err("must be at most 30d".to_owned()) }
}
