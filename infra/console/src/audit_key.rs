//! The key that signs the logs of a local server: Ed25519, in a file.
//!
//! On AWS a key service signs, and nobody can read its key. A file can be read by its owner,
//! so what it signs proves something against everybody else.

use std::fs;
use std::future::Future;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::pin::Pin;

use activity_log_core::domain::clock::Environment;
use activity_log_core::domain::error::Result;
use activity_log_core::trail::signer::{Signature, Signer};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use tempfile::NamedTempFile;

const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";
/// What is before the 32 bytes of a key of Ed25519 in PKCS #8
/// ([RFC 8410, section 7](https://www.rfc-editor.org/rfc/rfc8410#section-7)).
const PREFIX: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];
const SEED_BYTES: usize = 32;
/// A file that is longer is no key.
const MAX_FILE_BYTES: u64 = 4_096;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum AuditKeyError {
    /// The file can't be read or made.
    #[error("the key of the audit log, {}, can't be used", .0.display())]
    Io(PathBuf, #[source] io::Error),
    /// The file has no key.
    #[error(
        "{} is no key of the audit log: it must be an Ed25519 private key in PEM (PKCS #8). \
         Bring a copy of it back. Without it a new log is begun", .0.display()
    )]
    NoKey(PathBuf),
}

/// A key in memory, from a file or only for this process.
pub struct FileKey(Ed25519KeyPair);

/// It is a secret.
impl std::fmt::Debug for FileKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FileKey")
    }
}

impl FileKey {
    /// A new key that is kept nowhere.
    #[must_use]
    pub fn in_memory(environment: &dyn Environment) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed(environment));
        Self(pair.expect("every 32 bytes are a seed"))
    }

    /// The key of a file, which is made where it is missing.
    ///
    /// # Errors
    ///
    /// [`AuditKeyError`].
    pub fn open(path: &Path, environment: &dyn Environment) -> Result<Self, AuditKeyError> {
        let io = |source| AuditKeyError::Io(path.to_owned(), source);
        match Self::read(path) {
            Err(AuditKeyError::Io(_, error)) if error.kind() == ErrorKind::NotFound => {}
            read => return read,
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        // A temporary file is its owner's alone. Of two who make one, the first one's stays.
        let mut file = NamedTempFile::new_in(folder).map_err(io)?;
        file.write_all(pem(&seed(environment)).as_bytes()).map_err(io)?;
        file.as_file().sync_all().map_err(io)?;
        match file.persist_noclobber(path) {
            Err(error) if error.error.kind() != ErrorKind::AlreadyExists => Err(io(error.error)),
            _ => Self::read(path),
        }
    }

    /// The key of a file that exists.
    ///
    /// # Errors
    ///
    /// [`AuditKeyError`].
    pub fn read(path: &Path) -> Result<Self, AuditKeyError> {
        let io = |source| AuditKeyError::Io(path.to_owned(), source);
        let no_key = || AuditKeyError::NoKey(path.to_owned());
        if fs::metadata(path).map_err(io)?.len() > MAX_FILE_BYTES {
            return Err(no_key());
        }
        let text = fs::read(path).map_err(io)?;
        let text = String::from_utf8(text).map_err(|_| no_key())?;
        let base64 = text.trim().strip_prefix(BEGIN).and_then(|text| text.strip_suffix(END));
        let base64: String = base64.ok_or_else(no_key)?.split_whitespace().collect();
        let der = STANDARD.decode(base64).map_err(|_| no_key())?;
        // Other programs leave the public half out.
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der).map_err(|_| no_key())?;
        Ok(Self(pair))
    }
}

fn seed(environment: &dyn Environment) -> [u8; SEED_BYTES] {
    let mut seed = [0; SEED_BYTES];
    environment.fill_random(&mut seed);
    seed
}

fn pem(seed: &[u8; SEED_BYTES]) -> String {
    format!("{BEGIN}\n{}\n{END}\n", STANDARD.encode([&PREFIX[..], seed].concat()))
}

impl Signer for FileKey {
    fn public_key(&self) -> [u8; 32] {
        self.0.public_key().as_ref().try_into().expect("a public key has 32 bytes")
    }

    fn sign<'a>(
        &'a self,
        text: &'a [u8],
    ) -> Pin<Box<dyn Future<Output = Result<Signature>> + Send + 'a>> {
        let signature = self.0.sign(text).as_ref().try_into();
        Box::pin(async move { Ok(signature.expect("a signature has 64 bytes")) })
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use activity_log_core::domain::clock::SystemEnvironment;

    use super::*;

    #[tokio::test]
    async fn a_key_is_made_once_and_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit-key.pem");
        let key = FileKey::open(&path, &SystemEnvironment).unwrap();
        let again = FileKey::open(&path, &SystemEnvironment).unwrap();
        assert_eq!(key.public_key(), again.public_key());
        assert_eq!(key.sign(b"x").await.unwrap(), again.sign(b"x").await.unwrap());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let other = FileKey::in_memory(&SystemEnvironment);
        assert_ne!(key.public_key(), other.public_key());
        assert_eq!(format!("{key:?}"), "FileKey");
    }

    #[test]
    fn a_key_that_another_program_made_is_taken() {
        // The example of RFC 8410, section 10.3.
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit-key.pem");
        fs::write(
            &path,
            "-----BEGIN PRIVATE KEY-----\n\
             MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
             -----END PRIVATE KEY-----\n",
        )
        .unwrap();
        let key = FileKey::read(&path).unwrap();
        let public = "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1";
        let hex: String = key.public_key().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, public);
    }

    #[test]
    fn what_is_no_key_is_refused_and_not_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit-key.pem");
        for text in [
            "",
            "x",
            "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----",
            &"x".repeat(5_000),
        ] {
            fs::write(&path, text).unwrap();
            let refused = FileKey::open(&path, &SystemEnvironment);
            assert!(matches!(refused, Err(AuditKeyError::NoKey(_))), "{text}");
            assert_eq!(fs::read_to_string(&path).unwrap(), *text);
        }
        let nowhere = folder.path().join("no").join("key");
        assert!(matches!(FileKey::open(&nowhere, &SystemEnvironment), Err(AuditKeyError::Io(..))));
    }
}
