//! `activity-log audit`: the signed log of the audit trail.

pub(super) mod verify;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// Prove an export of the audit trail, offline: status 0 where it is proved, 1 where
    /// it was tampered with, 2 where that can't be told.
    Verify(verify::VerifyArgs),
}
