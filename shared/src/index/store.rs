//! What the index needs of the table that keeps it.

use std::error::Error as _;
use std::future::Future;
use std::iter::successors;

use uuid::Uuid;

use super::entry::Entry;
use super::manifest::{Manifest, TailKey};
use super::segment::merge::Parts;
use super::segment::{Corrupt, CorruptPart, PartName, SegmentId};
use crate::domain::clock::Timestamp;
use crate::domain::error::{Error, Result};

/// Names one writing of a manifest. It is random and never comes back, so that a
/// condition on it can't hold by chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Version(pub Uuid);

/// A part of a listed segment that is not there.
///
/// [`Parts::read`] has it as the cause of its error, so that it can be told from a table
/// that does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a part of a segment is absent: {0:?}")]
pub struct AbsentPart(pub PartName);

/// A segment of which a search can't read what it needs.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("a part of segment {} is corrupt", id.0)]
pub struct CorruptSegment {
    /// Which one.
    pub id: SegmentId,
    /// What is wrong.
    pub source: Corrupt,
}

impl From<CorruptSegment> for Error {
    fn from(corrupt: CorruptSegment) -> Self {
        Self::Unavailable(Box::new(corrupt))
    }
}

impl From<AbsentPart> for Error {
    fn from(absent: AbsentPart) -> Self {
        Self::Internal(Box::new(absent))
    }
}

/// A manifest that can't be read.
#[derive(Debug, thiserror::Error)]
#[error("the manifest of an index can't be read")]
pub struct UnreadableManifest {
    /// By which it can be replaced, where that can be read.
    pub version: Option<Version>,
    /// What is wrong.
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

impl From<UnreadableManifest> for Error {
    fn from(unreadable: UnreadableManifest) -> Self {
        Self::Internal(Box::new(unreadable))
    }
}

/// The version of a manifest that can't be read, where that is the error.
pub(super) fn unreadable_version(error: &Error) -> Option<Version> {
    error.source()?.downcast_ref::<UnreadableManifest>()?.version
}

/// Whether an error says that a part is absent.
#[must_use]
pub(super) fn is_absence(error: &Error) -> bool {
    error.source().is_some_and(|cause| cause.is::<AbsentPart>())
}

/// Whether an error says that an index is damaged: its manifest can't be read, or a part of a
/// listed segment is absent or can't be read.
#[must_use]
pub fn is_damage(error: &Error) -> bool {
    let causes = successors(error.source(), |cause| (*cause).source());
    causes.into_iter().any(|cause| {
        cause.is::<AbsentPart>()
            || cause.is::<CorruptPart>()
            || cause.is::<CorruptSegment>()
            || cause.is::<UnreadableManifest>()
    })
}

/// Some entries of a shard of the tail, in the order of their positions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TailPage {
    pub entries: Vec<(TailKey, Entry)>,
    /// Entries whose bytes can't be read.
    pub unreadable: Vec<TailKey>,
    /// Items whose key is none of an entry, and that nothing reads.
    pub unnamed: usize,
    /// What was read, in bytes, as the table counts them.
    pub bytes: usize,
    /// The last entry that was looked at, where there may be more behind it.
    pub next: Option<TailKey>,
}

/// The items of one tenant's index. Every read is strongly consistent.
///
/// A call that fails may have been done, or may be done later; only an answer says more.
/// A call for several items is no transaction.
pub trait IndexStore: Parts {
    /// The manifest; `None` where the tenant has none yet. One that can't be read is an
    /// [`UnreadableManifest`].
    fn manifest(&self) -> impl Future<Output = Result<Option<(Version, Manifest)>>> + Send;

    /// Puts a manifest in the place of the one of this version, or of none. `None` where
    /// the version is another one by now, which a repeated call of one's own can be the
    /// reason of.
    fn put_manifest(
        &self,
        expected: Option<Version>,
        new: &Manifest,
    ) -> impl Future<Output = Result<Option<Version>>> + Send;

    /// Entries of a shard, behind `after` where there is one. A page ends at some
    /// `max_bytes`, and has at least one entry where there is one.
    fn tail(
        &self,
        shard: u8,
        after: Option<TailKey>,
        max_bytes: usize,
    ) -> impl Future<Output = Result<TailPage>> + Send;

    /// Deletes entries of the tail. One that is not there is no error.
    fn delete_tail(&self, keys: &[TailKey]) -> impl Future<Output = Result<()>> + Send;

    /// Deletes parts of segments. One that is not there is no error.
    fn delete_parts(&self, names: &[PartName]) -> impl Future<Output = Result<()>> + Send;

    /// Says until when `owner` is busy with this tenant, unless somebody else is by then.
    /// Whoever is busy already says so again to go on. Nothing but the price of runs
    /// depends on it.
    fn begin(
        &self,
        owner: Uuid,
        now: Timestamp,
        until: Timestamp,
    ) -> impl Future<Output = Result<bool>> + Send;

    /// Says that `owner` is busy no more.
    fn end(&self, owner: Uuid) -> impl Future<Output = Result<()>> + Send;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::segment::{Corrupt, Part, SegmentId};

    #[test]
    fn what_is_absent_or_corrupt_is_damage_and_a_table_that_fails_is_none() {
        let unreadable = UnreadableManifest { version: None, source: "no bytes".into() };
        assert!(is_damage(&unreadable.into()));
        let name = PartName { segment: SegmentId(Uuid::nil()), part: Part::Bucket(7) };
        assert!(is_damage(&AbsentPart(name).into()));
        let id = name.segment;
        assert!(is_damage(&CorruptSegment { id, source: Corrupt("no bucket") }.into()));
        assert!(is_damage(&CorruptPart { name, source: Corrupt("no bucket") }.into()));
        assert!(!is_damage(&Error::Unavailable("no answer".into())));
        assert!(!is_damage(&Error::PayloadTooLarge));
    }
}
