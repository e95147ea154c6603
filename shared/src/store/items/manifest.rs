//! The manifest of a tenant's index.

use std::sync::Arc;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::tail_entry::BYTES;
use crate::domain::principal::TenantId;
use crate::index::manifest::Manifest;
use crate::index::search::Current;
use crate::index::store::Version;
use crate::store::failure::CorruptItem;
use crate::store::item::{Item, ItemReader, READ_UNIT_BYTES, size_bytes};
use crate::store::keys;

/// The attribute of a manifest's version.
pub(in crate::store) const VERSION: &str = "v";

pub(in crate::store) fn read(item: &Item) -> Result<Current, CorruptItem> {
    let reader = ItemReader::new(item);
    let version = Uuid::from_slice(reader.bytes(VERSION)?)
        .map_err(|_| reader.corrupt("its version is not one"))?;
    let manifest = Manifest::decode(reader.bytes(BYTES)?)
        .map_err(|corrupt| reader.corrupt(corrupt.to_string()))?;
    let units = size_bytes(item).div_ceil(READ_UNIT_BYTES);
    Ok(Current { version: Version(version), manifest: Arc::new(manifest), units })
}

/// Lays a manifest out. Its version follows from what is new and from what was `before`, which
/// is there once. So it never comes back, and a call that is made again puts the same.
pub(in crate::store) fn write(
    tenant: &TenantId,
    before: &[u8],
    manifest: &Manifest,
) -> (Version, Item) {
    let bytes = manifest.encode();
    let digest = Sha256::new().chain_update(before).chain_update(&bytes).finalize();
    let mut version = [0; size_of::<Uuid>()];
    version.copy_from_slice(&digest[..size_of::<Uuid>()]);
    let mut item = keys::manifest(tenant).into_item();
    item.insert(VERSION.to_owned(), AttributeValue::B(Blob::new(version)));
    item.insert(BYTES.to_owned(), AttributeValue::B(Blob::new(bytes)));
    (Version(Uuid::from_bytes(version)), item)
}
