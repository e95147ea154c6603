//! Scopes: what a principal may do.

use crate::domain::error::{Error, Result};
use crate::domain::principal::{Principal, Scope, TenantId};

/// The proof that a principal has the scope of what it asks for.
///
/// Only [`Principal::permit`] makes one, and every use case takes one, so none
/// can be reached around the check.
#[derive(Clone, Copy, Debug)]
pub struct Permit<'a>(&'a Principal);

impl Principal {
    /// Lets the principal do what a scope allows.
    pub fn permit(&self, scope: Scope) -> Result<Permit<'_>> {
        if self.scopes.contains(&scope) {
            Ok(Permit(self))
        } else {
            Err(Error::MissingRequiredScope(scope))
        }
    }
}

impl<'a> Permit<'a> {
    /// Whose permit it is.
    #[must_use]
    pub fn principal(self) -> &'a Principal {
        self.0
    }

    /// The tenant that all it covers belongs to.
    #[must_use]
    pub fn tenant_id(self) -> &'a TenantId {
        &self.0.tenant_id
    }
}
