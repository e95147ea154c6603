//! Which reads of records the audit trail has: a choice of the deployment, or of a tenant.

use crate::domain::value::word_enum;

word_enum! {
    /// Which reads of records the trail has.
    AuditReads {
        /// Those that were denied.
        Denied = "denied",
        /// All.
        All = "all",
    }
}
