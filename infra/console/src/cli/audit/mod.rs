//! `activity-log audit`.

mod api_source;
mod cosign;
mod directory;
mod export;
mod function;
mod key;
mod seal;
mod table_source;
pub(super) mod verify;

use activity_log_core::domain::principal::TenantId;
use activity_log_core::store::operator::layout::Intent;
use clap::Subcommand;

use self::cosign::CosignArgs;
pub(super) use self::export::{ExportArgs, run_over_api};
use self::key::SignerArgs;
pub(super) use self::key::{AuditKeyArgs, verifier_keys};
use self::seal::SealArgs;
use super::arguments::tenant;
use super::connection::Connected;
use super::error::CliError;
use super::output::Output;

#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// Print the key that verifies a tenant's log.
    Vkey {
        /// The tenant.
        #[arg(long, value_parser = tenant)]
        tenant: TenantId,
        #[command(flatten)]
        signer: SignerArgs,
    },
    /// Seal every audit event of a tenant that is committed.
    Seal(SealArgs),
    /// Let a witness sign the newest checkpoint of a tenant's log, so that the log can't go
    /// back behind it unnoticed.
    Cosign(CosignArgs),
    /// Write a tenant's log to a folder, for `audit verify` and for the tools of others.
    Export(ExportArgs),
    /// Prove an export of the audit trail, offline: status 0 where it is proved, 1 where
    /// it was tampered with, 2 where that can't be told.
    Verify(verify::VerifyArgs),
}

impl AuditCommand {
    /// Whether it may begin a table in which there is nothing.
    pub(super) fn intent(&self) -> Intent {
        match self {
            Self::Vkey { .. } | Self::Export(_) | Self::Verify(_) => Intent::Read,
            Self::Seal(_) | Self::Cosign(_) => Intent::Write,
        }
    }
}

pub(super) async fn run(
    command: AuditCommand,
    connected: &Connected,
    output: Output,
) -> Result<(), CliError> {
    match command {
        AuditCommand::Vkey { tenant, signer } => {
            key::print(&tenant, &signer, connected, output).await
        }
        AuditCommand::Seal(args) => seal::run(args, connected, output).await,
        AuditCommand::Cosign(args) => cosign::run(args, connected, output).await,
        AuditCommand::Export(args) => export::run(args, connected, output).await,
        // It needs no table, and was done.
        AuditCommand::Verify(_) => Ok(()),
    }
}
