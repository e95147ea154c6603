//! `activity-log keys`.

use activity_log_core::Context;
use activity_log_core::domain::principal::{Actor, Credential, KeyId, KeyName, Scope, TenantId};
use activity_log_core::store::RemovedTenant;
use clap::Subcommand;
use serde_json::{Value, json};

use super::arguments::{actor, tenant};
use super::columns::columns;
use super::error::CliError;
use super::output::Output;

#[derive(Debug, Subcommand)]
pub(super) enum KeysCommand {
    /// Create a credential, and show its key this once.
    Create {
        /// The tenant.
        #[arg(long, value_parser = tenant)]
        tenant: TenantId,
        /// Who it stands for: user:ID, agent:ID or service:ID.
        #[arg(long, value_parser = actor)]
        actor: Actor,
        /// Comma-separated: activity:write, activity:read, audit:read.
        #[arg(long, value_parser = scope, value_delimiter = ',', required = true)]
        scopes: Vec<Scope>,
        /// What it is called in lists, such as where it is used: 1 to 100 characters.
        #[arg(long, value_parser = key_name)]
        name: Option<KeyName>,
        /// Make a tenant that was removed one again: the new key can read what was
        /// kept of it, such as its audit trail.
        #[arg(long)]
        reopen_removed_tenant: bool,
    },
    /// List a tenant's credentials.
    List {
        /// The tenant.
        #[arg(long, value_parser = tenant)]
        tenant: TenantId,
    },
    /// Revoke a credential. A warm process may take it for 60 seconds more.
    Revoke {
        /// The tenant.
        #[arg(long, value_parser = tenant)]
        tenant: TenantId,
        /// The key's id, the part of it between the two dots.
        key_id: String,
    },
}

pub(super) async fn run(
    command: KeysCommand,
    ctx: &Context,
    output: Output,
) -> Result<(), CliError> {
    match command {
        KeysCommand::Create { tenant, actor, scopes, name, reopen_removed_tenant } => {
            let scopes = scopes.into_iter().collect();
            let (credential, key) =
                Credential::issue(ctx.environment.as_ref(), tenant, actor, scopes)?;
            let removed =
                if reopen_removed_tenant { RemovedTenant::Reopen } else { RemovedTenant::Refuse };
            ctx.store
                .put_named_credential(&credential, name.as_ref(), removed)
                .await
                .map_err(|error| CliError::put_credential(&credential.tenant_id, error))?;
            let mut value = describe(&credential, name.as_ref());
            value["key"] = json!(key.reveal());
            output.print(key.reveal(), &value)?;
        }
        KeysCommand::List { tenant } => {
            let credentials = ctx.store.credentials(&tenant).await?;
            let values: Vec<Value> = credentials
                .iter()
                .map(|(credential, name)| describe(credential, name.as_ref()))
                .collect();
            let rows: Vec<_> = credentials.iter().map(row).collect();
            let text = match rows.as_slice() {
                [] => "There are no keys.".to_owned(),
                rows => columns(HEADER, rows),
            };
            output.print(text, &json!({ "keys": values }))?;
        }
        KeysCommand::Revoke { tenant, key_id } => {
            let key_id = KeyId::parse(&key_id).map_err(|_| CliError::Missing("such key"))?;
            let now = ctx.environment.now()?;
            ctx.store.revoke_credential(&tenant, &key_id, now).await.map_err(
                |error| match error {
                    activity_log_core::Error::ResourceNotFound => CliError::Missing("such key"),
                    error => error.into(),
                },
            )?;
            output.print(
                format_args!("The key {key_id} is revoked."),
                &json!({ "key_id": key_id, "revoked": true }),
            )?;
        }
    }
    Ok(())
}

fn describe(credential: &Credential, name: Option<&KeyName>) -> Value {
    json!({
        "key_id": credential.key_id,
        "name": name,
        "tenant": credential.tenant_id,
        "actor": credential.actor,
        "scopes": credential.scopes,
        "created_at": credential.created_at,
        "revoked_at": credential.revoked_at,
    })
}

const HEADER: [&str; 6] = ["KEY ID", "NAME", "ACTOR", "SCOPES", "CREATED", "STATE"];

fn row((credential, name): &(Credential, Option<KeyName>)) -> [String; 6] {
    let scopes: Vec<&str> = credential.scopes.iter().map(|scope| scope.as_str()).collect();
    let state = match credential.revoked_at {
        Some(time) => format!("revoked {time}"),
        None => "active".to_owned(),
    };
    [
        credential.key_id.to_string(),
        name.as_ref().map_or_else(|| "-".to_owned(), |name| name.as_str().to_owned()),
        credential.actor.to_string(),
        scopes.join(","),
        credential.created_at.to_string(),
        state,
    ]
}

fn key_name(text: &str) -> Result<KeyName, String> {
    KeyName::parse(text).map_err(|error| error.to_string())
}

fn scope(text: &str) -> Result<Scope, String> {
    Scope::parse(text.trim()).map_err(str::to_owned)
}
