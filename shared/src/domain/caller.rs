//! Who calls, once it is proven.

use crate::domain::activity_filters::ActivityFilters;
use crate::domain::audit_reads::AuditReads;
use crate::domain::clock::Timestamp;
use crate::domain::principal::{Attribution, KeyId, Scopes, TenantId};

/// An authenticated caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The tenant that everything of this call belongs to.
    pub tenant_id: TenantId,
    /// Who calls, and for whom.
    pub by: Attribution,
    /// The credential that proved it.
    pub credential_id: KeyId,
    /// What it may do.
    pub scopes: Scopes,
    /// Which reads of records the trail has, where the tenant has set that.
    pub audit_reads: Option<AuditReads>,
    /// When the credential ends, where it does.
    pub expires_at: Option<Timestamp>,
    /// The activities that it is bound to, of a viewer.
    pub bound_to: Option<Box<ActivityFilters>>,
}
