//! The hash of a record, by which the trail proves what was written.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// SHA-256 of a record's canonical JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordHash([u8; 32]);

impl RecordHash {
    /// The hash of a record.
    #[must_use]
    pub fn of(record: &[u8]) -> Self {
        Self(Sha256::digest(record).into())
    }

    /// One that was read back; `None` where there are not 32 bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Its bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// In hex.
impl fmt::Display for RecordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; 64];
        hex::encode_to_slice(self.0, &mut text).map_err(|_| fmt::Error)?;
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}
