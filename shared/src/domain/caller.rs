//! Who calls, once it is proven.

use std::fmt;

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
    /// What it is bound to, where it is a viewer.
    pub bound_to: Option<Box<Bounds>>,
}

/// What a viewer is bound to.
#[derive(Clone, PartialEq, Eq)]
pub struct Bounds {
    /// The activities that it sees.
    pub filters: ActivityFilters,
    /// What the cursors that it gets are encrypted with.
    pub cursor_key: [u8; 32],
}

/// Without the key.
impl fmt::Debug for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.filters.fmt(f)
    }
}
