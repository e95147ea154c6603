//! The provable trail: how audit events become leaves of a tenant's tree, and what is
//! signed of it.
//!
//! ```text
//! event ─▶ disclosures ─▶ entry ─▶ leaf ─▶ tree ─▶ checkpoint ─▶ note
//!          (can be taken  (stays)  hash            size, root    signed
//!           back)
//! ```
//!
//! The forms are those of others, so that their tools read them: RFC 6962 for the tree,
//! C2SP for notes, checkpoints, tiles and proofs, RFC 9901 for disclosures, RFC 8785 for
//! JSON. Nothing here knows the table or a key service.

pub mod disclosure;
pub mod edge;
pub mod entry;
pub mod hash;
pub mod note;
pub mod proof;
pub mod record;
pub mod seal;
pub mod signer;
pub mod tile;
pub mod tree;

/// Why an event can't become a leaf, or not any more.
#[derive(Debug, thiserror::Error)]
pub enum TrailError {
    /// A part of it has no salt.
    #[error("a part of an audit event has no salt")]
    MissingSalt,
    /// An activity was read without its long parts.
    #[error("the record of an activity needs all of it")]
    NotWhole,
    /// It is longer than what fits a bundle.
    #[error("the entry of an audit event is longer than 65,535 bytes")]
    TooLong,
    /// It has no canonical JSON.
    #[error("an audit event has no canonical JSON")]
    NoJson(#[from] serde_json::Error),
}

impl From<TrailError> for crate::domain::error::Error {
    fn from(error: TrailError) -> Self {
        Self::Internal(error.into())
    }
}

#[cfg(test)]
mod tests;
