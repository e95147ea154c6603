//! The manifest as a run knows it, and the one way in which it is changed.
//!
//! A put that was answered "somebody was faster" may be one's own, repeated after its
//! answer was lost. So what is to be done to a manifest is said as a function of it, which
//! is asked again of the newer one and tells when it finds its own work done.

use crate::domain::error::{Error, Result};
use crate::index::manifest::Manifest;
use crate::index::store::{IndexStore, Version};

/// The manifest that was read or put last.
#[derive(Debug)]
pub(super) struct Current<'a, S> {
    pub(super) store: &'a S,
    version: Option<Version>,
    pub(super) manifest: Manifest,
}

/// What is to become of a manifest that was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// It is to be put.
    Put,
    /// An earlier put of the same change was done after all.
    Done,
    /// What others did in between rules the change out.
    Impossible,
}

/// What others did each time when a change was tried.
#[derive(Debug, thiserror::Error)]
#[error("the manifest was changed by others {0} times in a row")]
pub(super) struct TooManyOthers(pub(super) usize);

impl<'a, S: IndexStore> Current<'a, S> {
    pub(super) async fn read(store: &'a S) -> Result<Self> {
        let mut current = Self { store, version: None, manifest: Manifest::default() };
        current.reread().await?;
        Ok(current)
    }

    /// Reads what others may have put. A manifest is never deleted, so one that is gone is
    /// as good as one that never was.
    pub(super) async fn reread(&mut self) -> Result<()> {
        let (version, manifest) = self.store.manifest().await?.unzip();
        (self.version, self.manifest) = (version, manifest.unwrap_or_default());
        Ok(())
    }

    /// Puts a manifest in the place of this one. Where somebody was faster, theirs is read
    /// and nothing is put.
    pub(super) async fn put_once(&mut self, new: Manifest) -> Result<bool> {
        match self.store.put_manifest(self.version, &new).await? {
            Some(version) => {
                (self.version, self.manifest) = (Some(version), new);
                Ok(true)
            }
            None => {
                self.reread().await?;
                Ok(false)
            }
        }
    }

    /// Changes the manifest, over what others put in between; whether it is changed. A
    /// change is asked of each manifest anew, after it was read.
    ///
    /// # Errors
    ///
    /// A failed call, whose put may have been done; and when others were faster `attempts`
    /// times.
    pub(super) async fn change(
        &mut self,
        attempts: usize,
        mut change: impl FnMut(&mut Manifest) -> Change + Send,
    ) -> Result<bool> {
        for _ in 0..attempts {
            let mut new = self.manifest.clone();
            match change(&mut new) {
                Change::Put if self.put_once(new).await? => return Ok(true),
                Change::Put => {}
                Change::Done => return Ok(true),
                Change::Impossible => return Ok(false),
            }
        }
        Err(Error::Unavailable(Box::new(TooManyOthers(attempts))))
    }
}
