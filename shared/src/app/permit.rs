//! Scopes: what a principal may do.

use crate::domain::caller::{Bounds, Principal};
use crate::domain::error::{Error, Result};
use crate::domain::principal::{Scope, TenantId};

/// The proof that a principal has the scope of what it asks for.
///
/// Only [`Principal::permit`] makes one, and every use case takes one, so none
/// can be reached around the check.
#[derive(Clone, Copy, Debug)]
pub struct Permit<'a>(&'a Principal);

impl Principal {
    /// Lets the principal do what a scope allows. A viewer may do nothing so, since what
    /// it may do has bounds: [`Principal::view`] is for it.
    pub fn permit(&self, scope: Scope) -> Result<Permit<'_>> {
        match self.bound_to {
            None => self.require(scope).map(|()| Permit(self)),
            Some(_) => Err(Error::Unauthorized),
        }
    }

    /// Lets the principal read the activities that it may see.
    pub fn view(&self, scope: Scope) -> Result<View<'_>> {
        self.require(scope).map(|()| View(self))
    }

    fn require(&self, scope: Scope) -> Result<()> {
        let has_it = self.scopes.contains(&scope);
        if has_it { Ok(()) } else { Err(Error::MissingRequiredScope(scope)) }
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

/// The proof that a principal may read activities: all of its tenant's, or those that a
/// viewer is bound to. Only [`Principal::view`] makes one.
#[derive(Clone, Copy, Debug)]
pub struct View<'a>(&'a Principal);

impl<'a> View<'a> {
    /// The tenant that all it covers belongs to.
    #[must_use]
    pub fn tenant_id(self) -> &'a TenantId {
        &self.0.tenant_id
    }

    /// The activities that a viewer is bound to: all others are as absent.
    #[must_use]
    pub fn bound_to(self) -> Option<&'a Bounds> {
        self.0.bound_to.as_deref()
    }
}
