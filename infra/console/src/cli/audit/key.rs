//! The key file that a command signs or verifies with.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use activity_log_core::Context;
use activity_log_core::app::seal_events::Sealer;
use activity_log_core::domain::principal::TenantId;
use activity_log_core::trail::note::VerifierKey;
use activity_log_core::trail::signer::Signer;
use clap::Args;
use serde::Deserialize;
use serde_json::json;

use super::function::invoke;
use crate::audit_key::FileKey;
use crate::cli::connection::{Connected, DATA_DIR};
use crate::cli::error::CliError;
use crate::cli::obstacle::At;
use crate::cli::output::Output;
use crate::data_folder::audit_key_in;

#[derive(Clone, Debug, Default, Args)]
pub(in crate::cli) struct AuditKeyArgs {
    /// The key that signs the logs: an Ed25519 private key in PEM. `audit-key.pem` in the
    /// folder of `serve` by default.
    #[arg(long = "audit-key", value_name = "FILE")]
    file: Option<PathBuf>,
}

impl AuditKeyArgs {
    /// Whether a file is named.
    pub(in crate::cli) fn is_named(&self) -> bool {
        self.file.is_some()
    }

    /// Where a server with a folder keeps its key. The folder is made where it is missing.
    pub(in crate::cli) fn path(&self, folder: Option<&Path>) -> Result<PathBuf, CliError> {
        if let Some(file) = &self.file {
            return Ok(file.clone());
        }
        let folder = folder.unwrap_or(Path::new(DATA_DIR));
        let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.map_err(CliError::io("the folder of the audit key can't be made"))?;
        Ok(audit_key_in(folder))
    }

    fn of(&self, connected: &Connected) -> PathBuf {
        let folder = match &connected.place.at {
            At::Folder(folder) => folder,
            At::Url { .. } | At::Region(_) => Path::new(DATA_DIR),
        };
        self.file.clone().unwrap_or_else(|| audit_key_in(folder))
    }

    /// Signs with the file's key, which has to be there: another one would sign a log of
    /// its own.
    pub(super) fn sealer(&self, connected: &Connected) -> Result<Sealer, CliError> {
        let signer: Arc<dyn Signer> = Arc::new(FileKey::read(&self.of(connected))?);
        Ok(Sealer::new(vec![signer]))
    }
}

/// The key that verifies the log that a tenant's trail is sealed in now.
pub(in crate::cli) fn verifier_keys(
    ctx: &Context,
    sealer: &Sealer,
    tenant: &TenantId,
) -> Vec<VerifierKey> {
    sealer.verifier_keys(&ctx.config.audit_log.origin(tenant))
}

/// Who signs: a key file, or on AWS the function that can use the key.
#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct SignerArgs {
    #[command(flatten)]
    pub(super) key: AuditKeyArgs,
    /// Name or ARN of the function `seal`: on AWS it signs, and nobody else can.
    #[arg(long, value_name = "NAME", conflicts_with = "file")]
    pub(super) function: Option<String>,
}

/// The keys of a function, as it tells them.
#[derive(Deserialize)]
struct FunctionKeys {
    verifier_keys: Vec<String>,
}

pub(super) async fn print(
    tenant: &TenantId,
    signer: &SignerArgs,
    connected: &Connected,
    output: Output,
) -> Result<(), CliError> {
    let lines = match &signer.function {
        Some(function) => {
            // It tells its keys with whatever it is asked for.
            let now = connected.ctx.environment.now()?;
            let payload = json!({ "tenant_id": tenant, "since": now });
            invoke::<FunctionKeys>(function, &payload).await?.verifier_keys
        }
        None => {
            let keys = verifier_keys(&connected.ctx, &signer.key.sealer(connected)?, tenant);
            keys.iter().map(ToString::to_string).collect::<Vec<String>>()
        }
    };
    output.print(lines.join("\n"), &json!({ "verifier_keys": lines }))
}
