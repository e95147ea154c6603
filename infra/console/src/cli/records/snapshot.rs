//! Tells whether a file changed while it was read: what was read may be a part of
//! it, or of two.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// What tells a file from what is made of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Snapshot {
    /// Programs save a file by putting another in its place.
    device_and_inode: (u64, u64),
    bytes: u64,
    modified: (i64, i64),
}

impl Snapshot {
    pub(super) fn of(metadata: &Metadata) -> Self {
        Self {
            device_and_inode: (metadata.dev(), metadata.ino()),
            bytes: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
        }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether it is still what has this name. A file that can't be looked at any
    /// more is gone, or as good as that.
    pub(super) fn is_still(&self, path: &Path) -> bool {
        std::fs::metadata(path).is_ok_and(|now| Self::of(&now) == *self)
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Write;

    use super::*;

    #[test]
    fn a_file_that_grows_or_is_replaced_or_removed_has_changed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let mut file = File::create_new(&path).unwrap();
        let snapshot = |path: &Path| Snapshot::of(&std::fs::metadata(path).unwrap());
        let before = snapshot(&path);
        assert!(before.is_still(&path));
        file.write_all(b"x").unwrap();
        assert!(!before.is_still(&path));

        let before = snapshot(&path);
        let other = folder.path().join("b");
        std::fs::copy(&path, &other).unwrap();
        std::fs::rename(&other, &path).unwrap();
        assert!(!before.is_still(&path), "it is another file");

        let before = snapshot(&path);
        std::fs::remove_file(&path).unwrap();
        assert!(!before.is_still(&path));
    }
}
