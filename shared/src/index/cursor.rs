//! The cursor of a listing: opaque to callers, versioned, and bound to what
//! made it.
//!
//! It is the base64url form of version, position and digest. The digest covers
//! tenant, filters and position, so that a cursor of another tenant, of other
//! filters, or with a changed bit is refused. It is no secret: a caller who
//! computes one can only name another position of its own listing.
//!
//! A position can be that of a row that was looked at and did not match. Whoever may not
//! see all rows gets cursors that are encrypted ([`Binding::encrypted_with`]): by
//! ChaCha20-Poly1305 ([RFC 8439](https://www.rfc-editor.org/rfc/rfc8439)), with the digest
//! as associated data, and with a nonce that follows from key, digest and position, so that
//! no nonce is used for two positions.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::Position;
use crate::domain::clock::Timestamp;
use crate::domain::principal::TenantId;

const VERSION: u8 = 1;
/// A cursor of a listing that is ordered by name.
const NAME_VERSION: u8 = 2;
const DIGEST_BYTES: usize = 16;

/// What a cursor belongs to: the listing, the tenant and the filters.
#[derive(Clone)]
pub struct Binding {
    hash: Sha256,
    /// What its cursors are encrypted with, where they are.
    key: Option<CursorKey>,
}

/// A key that cursors are encrypted with.
#[derive(Clone, Copy)]
pub struct CursorKey(pub [u8; 32]);

impl Binding {
    /// A binding to a listing of a tenant, without filters yet.
    #[must_use]
    pub fn new(listing: &str, tenant_id: &TenantId) -> Self {
        Self { hash: Sha256::new(), key: None }
            .with("listing", Some(listing))
            .with("tenant", Some(tenant_id.as_str()))
    }

    /// Adds a filter. Absent and present, name and value can't be confused:
    /// lengths are hashed along.
    #[must_use]
    pub fn with(mut self, name: &str, value: Option<&str>) -> Self {
        for part in [Some(name), value] {
            let bytes = part.unwrap_or_default().as_bytes();
            self.hash.update([u8::from(part.is_some())]);
            self.hash.update((bytes.len() as u64).to_be_bytes());
            self.hash.update(bytes);
        }
        self
    }

    /// The same, whose cursors tell nothing to those who don't have the key.
    #[must_use]
    pub fn encrypted_with(self, key: CursorKey) -> Self {
        Self { key: Some(key), ..self }
    }

    fn digest(&self, position_bytes: &[u8]) -> [u8; DIGEST_BYTES] {
        let digest = self.hash.clone().chain_update(position_bytes).finalize();
        let mut short = [0; DIGEST_BYTES];
        short.copy_from_slice(&digest[..DIGEST_BYTES]);
        short
    }
}

/// Writes the cursor that continues after `position`.
#[must_use]
pub fn encode(position: Position, binding: &Binding) -> String {
    let mut bytes = vec![VERSION];
    bytes.extend(position.time.as_millis().to_be_bytes());
    bytes.extend(position.id.as_bytes());
    seal(bytes, binding)
}

/// Writes the cursor that continues after `name`.
#[must_use]
pub fn encode_name(name: &str, binding: &Binding) -> String {
    let mut bytes = vec![NAME_VERSION];
    bytes.extend(name.as_bytes());
    seal(bytes, binding)
}

/// Reads a cursor of [`encode_name`]. `None` as in [`decode`].
#[must_use]
pub fn decode_name(text: &str, binding: &Binding) -> Option<String> {
    let payload = open(text, binding)?;
    let (version, name) = payload.split_first()?;
    if *version != NAME_VERSION {
        return None;
    }
    String::from_utf8(name.to_vec()).ok()
}

fn seal(mut bytes: Vec<u8>, binding: &Binding) -> String {
    if let Some(key) = binding.key {
        return URL_SAFE_NO_PAD.encode(encrypt(bytes, binding, key));
    }
    let digest = binding.digest(&bytes);
    bytes.extend(digest);
    URL_SAFE_NO_PAD.encode(bytes)
}

fn cipher(key: CursorKey) -> LessSafeKey {
    let key = UnboundKey::new(&CHACHA20_POLY1305, &key.0);
    LessSafeKey::new(key.expect("the key has 32 bytes"))
}

fn encrypt(mut bytes: Vec<u8>, binding: &Binding, key: CursorKey) -> Vec<u8> {
    let unique = Sha256::new().chain_update(key.0).chain_update(binding.digest(&bytes));
    let mut nonce = [0; NONCE_LEN];
    nonce.copy_from_slice(&unique.finalize()[..NONCE_LEN]);
    let bound = Aad::from(binding.digest(&[]));
    let encrypted = cipher(key).seal_in_place_append_tag(
        Nonce::assume_unique_for_key(nonce),
        bound,
        &mut bytes,
    );
    encrypted.expect("a cursor is shorter than the cipher's limit");
    [&nonce[..], &bytes].concat()
}

fn decrypt(bytes: &[u8], binding: &Binding, key: CursorKey) -> Option<Vec<u8>> {
    let (nonce, encrypted) = bytes.split_first_chunk::<NONCE_LEN>()?;
    let mut bytes = encrypted.to_vec();
    let bound = Aad::from(binding.digest(&[]));
    let nonce = Nonce::assume_unique_for_key(*nonce);
    Some(cipher(key).open_in_place(nonce, bound, &mut bytes).ok()?.to_vec())
}

fn open(text: &str, binding: &Binding) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    if let Some(key) = binding.key {
        return decrypt(&bytes, binding, key);
    }
    let (payload, digest) = bytes.split_at_checked(bytes.len().checked_sub(DIGEST_BYTES)?)?;
    (binding.digest(payload) == digest).then(|| payload.to_vec())
}

/// Reads a cursor. `None` when it is damaged, or another listing's, tenant's,
/// filter's or version's.
#[must_use]
pub fn decode(text: &str, binding: &Binding) -> Option<Position> {
    let payload = open(text, binding)?;
    let (version, rest) = payload.split_first()?;
    let (millis, id) = rest.split_first_chunk::<8>()?;
    if *version != VERSION {
        return None;
    }
    Some(Position {
        time: Timestamp::from_millis(i64::from_be_bytes(*millis))?,
        id: Uuid::from_slice(id).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encrypted_cursor_tells_nothing_and_is_read_with_its_key_alone() {
        let plain = binding("acme", Some("price"));
        let key = |byte: u8| plain.clone().encrypted_with(CursorKey([byte; 32]));
        let cursor = encode(position(), &key(1));
        assert_eq!(decode(&cursor, &key(1)), Some(position()));
        for other in [key(2), plain.clone(), binding("other", Some("price"))] {
            assert_eq!(decode(&cursor, &other), None);
        }
        let elsewhere = binding("acme", None).encrypted_with(CursorKey([1; 32]));
        assert_eq!(decode(&cursor, &elsewhere), None);
        assert_eq!(decode(&encode(position(), &plain), &key(1)), None);
        let bytes = URL_SAFE_NO_PAD.decode(&cursor).unwrap();
        let id = position().id;
        assert!(
            !bytes.windows(4).any(|window| id.as_bytes().windows(4).any(|part| part == window))
        );
        for index in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[index] ^= 1;
            assert_eq!(decode(&URL_SAFE_NO_PAD.encode(&changed), &key(1)), None, "{index}");
        }
        assert_eq!(decode("", &key(1)), None);
    }

    fn binding(tenant: &str, word: Option<&str>) -> Binding {
        Binding::new("activities", &TenantId::parse(tenant).unwrap()).with("query", word)
    }

    fn position() -> Position {
        Position {
            time: Timestamp::from_millis(1_700_000_000_123).unwrap(),
            id: Uuid::from_u128(9),
        }
    }

    #[test]
    fn a_cursor_reads_back_what_it_was_made_of() {
        let binding = binding("acme", Some("price"));
        assert_eq!(decode(&encode(position(), &binding), &binding), Some(position()));
    }

    #[test]
    fn a_cursor_of_another_tenant_filter_or_listing_is_none() {
        let cursor = encode(position(), &binding("acme", Some("price")));
        for other in [
            binding("acme2", Some("price")),
            binding("acme", Some("prices")),
            binding("acme", None),
            binding("acme", Some("price")).with("type", Some("note")),
            Binding::new("audit", &TenantId::parse("acme").unwrap()).with("query", Some("price")),
        ] {
            assert_eq!(decode(&cursor, &other), None);
        }
    }

    #[test]
    fn a_damaged_cursor_is_none() {
        let binding = binding("acme", None);
        let cursor = encode(position(), &binding);
        for index in 0..cursor.len() {
            let mut damaged = cursor.clone().into_bytes();
            damaged[index] = if damaged[index] == b'A' { b'B' } else { b'A' };
            assert_eq!(decode(&String::from_utf8(damaged).unwrap(), &binding), None);
        }
        for text in ["", "A", "é", &cursor[1..], &format!("{cursor}A"), &cursor.repeat(50)] {
            assert_eq!(decode(text, &binding), None);
        }
    }
}
