//! Reading the files of a tenant's log as [c2sp.org/tlog-tiles](https://c2sp.org/tlog-tiles)
//! has them: hashes of the tree, and bundles of entries.

use super::checkpoints::newest_checkpoint;
use super::context::Context;
use super::log_reader::{LogReader, ReadLeaf, is_missing_seal};
use super::permit::Permit;
use crate::domain::error::{Error, Result};
use crate::trail::hash::{TreeHash, concatenated};
use crate::trail::tile::{MAX_TILE_LEVEL, TileName, add_to_bundle};
use crate::trail::tree::{TILE_HEIGHT, TILE_WIDTH};

/// A file of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TileFile {
    /// Hashes of a level of the tree.
    Hashes {
        /// 0 for those of leaves.
        level: u8,
        name: TileName,
    },
    /// Entries.
    Entries(TileName),
}

impl TileFile {
    /// Reads a path in the one form that it has: `<level>/<n>` or `entries/<n>`.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        let (kind, name) = path.split_once('/')?;
        let name = TileName::parse(name)?;
        if kind == "entries" {
            return Some(Self::Entries(name));
        }
        let level: u8 = kind.parse().ok()?;
        let is_level = level <= MAX_TILE_LEVEL && level.to_string() == kind;
        is_level.then_some(Self::Hashes { level, name })
    }
}

/// The bytes of a file of the tenant's log. An entry whose event is no longer there has
/// the length 0.
///
/// # Errors
///
/// [`Error::ResourceNotFound`] for what the log does not have, or not yet.
pub async fn read_tile(ctx: &Context, permit: Permit<'_>, file: TileFile) -> Result<Vec<u8>> {
    match file {
        TileFile::Hashes { level, name } => {
            Ok(concatenated(&hashes(ctx, permit, level, name).await?))
        }
        TileFile::Entries(name) => {
            let mut bundle = Vec::new();
            for leaf in read_bundle(ctx, permit, name).await? {
                let entry = leaf.event.map(|(_, sealed)| sealed.entry);
                add_to_bundle(&mut bundle, &entry.unwrap_or_default());
            }
            Ok(bundle)
        }
    }
}

/// The leaves of a bundle, each with its event where that is there.
///
/// # Errors
///
/// [`Error::ResourceNotFound`] for a bundle that the log does not have, or not yet.
pub async fn read_bundle(
    ctx: &Context,
    permit: Permit<'_>,
    name: TileName,
) -> Result<Vec<ReadLeaf>> {
    let log = log_with(ctx, permit, name.end()).await?;
    let leaves = log.leaves(name.start()..name.end()).await;
    unless_gone(&log, leaves).await
}

/// What was read of a log; what went with a removed tenant is absent.
async fn unless_gone<T>(log: &LogReader<'_>, read: Result<T>) -> Result<T> {
    match read {
        Err(error) if is_missing_seal(&error) && log.tombstone().await?.is_some() => {
            Err(Error::ResourceNotFound)
        }
        read => read,
    }
}

async fn hashes(
    ctx: &Context,
    permit: Permit<'_>,
    level: u8,
    name: TileName,
) -> Result<Vec<TreeHash>> {
    // A full tile that was put needs no look at how long the log is.
    if level == 0 && name.is_full() {
        let generation = ctx.config.audit_log.generation;
        if let Some(tile) = ctx.store.tile(permit.tenant_id(), generation, name.index).await? {
            return Ok(tile);
        }
    }
    let leaves_a_hash = 1 << (u32::from(level) * u32::from(TILE_HEIGHT));
    let needed = name.end().checked_mul(leaves_a_hash).ok_or(Error::ResourceNotFound)?;
    let mut log = log_with(ctx, permit, needed).await?;
    // What is asked for of one that is full by now is its beginning.
    let is_full = log.size() / leaves_a_hash - name.start() >= TILE_WIDTH;
    let width = if is_full { TILE_WIDTH as u16 } else { name.width };
    let tile = log.tile(level, TileName { width, ..name }).await;
    let mut tile = unless_gone(&log, tile).await?;
    tile.truncate(usize::from(name.width));
    Ok(tile)
}

/// A reader of the tenant's log, where that has so many leaves.
async fn log_with<'a>(ctx: &'a Context, permit: Permit<'a>, leaves: u64) -> Result<LogReader<'a>> {
    let newest = newest_checkpoint(ctx, permit).await?;
    if newest.size < leaves {
        return Err(Error::ResourceNotFound);
    }
    let generation = ctx.config.audit_log.generation;
    Ok(LogReader::new(&ctx.store, permit.tenant_id(), generation, newest.size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_one_form() {
        let name = |index, width| TileName { index, width };
        for (path, file) in [
            ("0/000", TileFile::Hashes { level: 0, name: name(0, 256) }),
            ("7/x001/234.p/8", TileFile::Hashes { level: 7, name: name(1_234, 8) }),
            ("entries/000.p/1", TileFile::Entries(name(0, 1))),
        ] {
            assert_eq!(TileFile::parse(path), Some(file), "{path}");
        }
        for path in [
            "",
            "0",
            "0/",
            "00/000",
            "+1/000",
            "8/000",
            "256/000",
            "-1/000",
            "Entries/000",
            "x/000",
            "entries/0",
            "/000",
        ] {
            assert_eq!(TileFile::parse(path), None, "{path}");
        }
    }
}
