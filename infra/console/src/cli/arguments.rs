//! The values that several commands take.

use activity_log_core::domain::principal::{Actor, TenantId};

pub(super) fn tenant(text: &str) -> Result<TenantId, String> {
    TenantId::parse(text).map_err(|error| error.to_string())
}

pub(super) fn actor(text: &str) -> Result<Actor, String> {
    Actor::parse(text).map_err(|error| error.to_string())
}
