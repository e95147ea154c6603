//! What a tenant has set for itself.

use crate::domain::audit_reads::AuditReads;

/// The settings of a tenant. Each credential has a copy of what its requests need, so
/// that no request reads them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TenantSettings {
    /// Which reads of records the trail has, where the tenant does not leave that to the
    /// deployment.
    pub audit_reads: Option<AuditReads>,
}
