//! A seal: `count`, `sealed_at`, `ids` (16 bytes a leaf), `written` (4 bytes a leaf, 0 where
//! it is not known), `hashes` (32 bytes a leaf), `edge` (32 bytes a root) and `note`. And the
//! tiles that follow from seals.

use uuid::Uuid;

use crate::domain::audit::AuditEvent;
use crate::domain::audit_log::Generation;
use crate::domain::principal::TenantId;
use crate::store::failure::CorruptItem;
use crate::store::item::{Item, ItemReader, ItemWriter, PK, SK};
use crate::store::items::audit_event;
use crate::store::keys;
use crate::trail::edge::Edge;
use crate::trail::entry::WrittenAt;
use crate::trail::hash::{TreeHash, concatenated};
use crate::trail::seal::{Seal, SealHead, SealedLeaf};

const HASHES: &str = "hashes";
const COUNT: &str = "count";
const SEALED_AT: &str = "sealed_at";
const NOTE: &str = "note";

pub(in crate::store) fn write(tenant: &TenantId, generation: Generation, seal: &Seal) -> Item {
    let ids: Vec<u8> = seal.leaves.iter().flat_map(|leaf| leaf.event_id.into_bytes()).collect();
    let written: Vec<u8> = seal
        .leaves
        .iter()
        .flat_map(|leaf| leaf.written_at.map_or(0, WrittenAt::as_seconds).to_be_bytes())
        .collect();
    let hashes: Vec<TreeHash> = seal.leaves.iter().map(|leaf| leaf.hash).collect();
    ItemWriter::new(keys::seal(tenant, generation, seal.first))
        .number(COUNT, seal.leaves.len() as i64)
        .text(SEALED_AT, seal.sealed_at)
        .binary("ids", &ids)
        .binary("written", &written)
        .binary(HASHES, &concatenated(&hashes))
        .binary("edge", &concatenated(seal.edge.roots()))
        .text(NOTE, &seal.note)
        .finish()
}

pub(in crate::store) fn read(item: &Item) -> Result<Seal, CorruptItem> {
    let reader = ItemReader::new(item);
    let corrupt = |problem: &str| reader.corrupt(problem);
    let first = keys::seal_of(reader.text(SK)?).ok_or_else(|| corrupt("its key is no index"))?;
    let hashes = TreeHash::all_from_bytes(reader.bytes(HASHES)?);
    let edge = TreeHash::all_from_bytes(reader.bytes("edge")?);
    let (ids, no_id) = reader.bytes("ids")?.as_chunks::<16>();
    let (written, no_time) = reader.bytes("written")?.as_chunks::<4>();
    let (Some(hashes), Some(edge), [], []) = (hashes, edge, no_id, no_time) else {
        return Err(corrupt("a list of it is cut off"));
    };
    let count = usize::try_from(reader.number(COUNT)?).unwrap_or_default();
    if count == 0 || [ids.len(), written.len(), hashes.len()] != [count; 3] {
        return Err(corrupt("its lists have other lengths than it says"));
    }
    let leaves = ids.iter().zip(written).zip(hashes).map(|((id, written), hash)| SealedLeaf {
        event_id: Uuid::from_bytes(*id),
        written_at: WrittenAt::from_seconds(u32::from_be_bytes(*written)),
        hash,
    });
    Ok(Seal {
        first,
        sealed_at: reader.timestamp(SEALED_AT)?,
        leaves: leaves.collect(),
        edge: Edge::new(first + count as u64, edge)
            .ok_or_else(|| corrupt("its edge is that of another size"))?,
        note: reader.text(NOTE)?.to_owned(),
    })
}

/// What [`read_head`] needs of a seal.
pub(in crate::store) const HEAD: [&str; 5] = [PK, SK, COUNT, SEALED_AT, NOTE];

/// A seal without its leaves.
pub(in crate::store) fn read_head(item: &Item) -> Result<SealHead, CorruptItem> {
    let reader = ItemReader::new(item);
    let first =
        keys::seal_of(reader.text(SK)?).ok_or_else(|| reader.corrupt("its key is no index"))?;
    let count = u64::try_from(reader.number(COUNT)?).ok().filter(|count| *count > 0);
    let size = count.and_then(|count| first.checked_add(count));
    Ok(SealHead {
        first,
        size: size.ok_or_else(|| reader.corrupt("its number of leaves is none"))?,
        sealed_at: reader.timestamp(SEALED_AT)?,
        note: reader.text(NOTE)?.to_owned(),
    })
}

/// Some hashes of a level of tiles: all of the lowest level's tile, or one of a higher level.
pub(in crate::store) fn write_tile(
    tenant: &TenantId,
    generation: Generation,
    level: u8,
    index: u64,
    hashes: &[TreeHash],
) -> Item {
    ItemWriter::new(keys::tile(tenant, generation, level, index))
        .binary(HASHES, &concatenated(hashes))
        .finish()
}

/// The index that a tile's key has, and its hashes.
pub(in crate::store) fn read_tile(item: &Item) -> Result<(u64, Vec<TreeHash>), CorruptItem> {
    let reader = ItemReader::new(item);
    let index =
        keys::tile_of(reader.text(SK)?).ok_or_else(|| reader.corrupt("its key is no index"))?;
    let hashes = TreeHash::all_from_bytes(reader.bytes(HASHES)?)
        .ok_or_else(|| reader.corrupt("its hashes are cut off"))?;
    Ok((index, hashes))
}

/// An event that could not be sealed yet, as its insertion told: its own attributes, when it
/// was written, and who signed that.
pub(in crate::store) fn write_unsealed(
    event: &AuditEvent,
    written_at: Option<WrittenAt>,
    signatures: &[u8],
) -> Item {
    let mut item = audit_event::write(event);
    item.extend(keys::unsealed(&event.tenant_id, event.id).into_item());
    let written = written_at.map_or(0, WrittenAt::as_seconds);
    let more = ItemWriter::of_attributes().number(WRITTEN, i64::from(written));
    item.extend(more.binary(SIGNATURES, signatures).finish());
    item
}

const WRITTEN: &str = "written";
const SIGNATURES: &str = "signatures";

/// The event that was put aside, when it was written, and the signatures.
pub(in crate::store) fn read_unsealed(
    tenant: &TenantId,
    item: &Item,
) -> Result<(AuditEvent, Option<WrittenAt>, Vec<u8>), CorruptItem> {
    let reader = ItemReader::new(item);
    let id = crate::domain::value::parse_uuid(reader.text(SK)?)
        .ok_or_else(|| reader.corrupt("its key is no id"))?;
    let written_at = u32::try_from(reader.number(WRITTEN)?).ok().and_then(WrittenAt::from_seconds);
    let signatures = reader.bytes(SIGNATURES)?.to_vec();
    let mut event = item.clone();
    event.remove(WRITTEN);
    event.remove(SIGNATURES);
    event.extend(keys::audit_event(tenant, id).into_item());
    Ok((audit_event::read(tenant, &event)?, written_at, signatures))
}
