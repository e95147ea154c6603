//! Files of hashes and of entries. Those of upper levels are computed and compared.

use std::path::Path;

use activity_log_core::trail::hash::TreeHash;
use activity_log_core::trail::tile::{MAX_ENTRY_BYTES, MAX_TILE_LEVEL, TileName};
use activity_log_core::trail::tree::{TILE_HEIGHT, TILE_WIDTH};

use super::code::Code;
use super::files::{FileError, Folder, Kind};
use super::report::{Finding, Report};

const TILE: &str = "tile";
const ENTRIES: &str = "entries";
const MAX_TILE_BYTES: usize = TILE_WIDTH as usize * TreeHash::BYTES;
const MAX_BUNDLE_BYTES: usize = TILE_WIDTH as usize * (2 + MAX_ENTRY_BYTES);
/// Folders in one another: no tile has a longer path.
const MAX_DEPTH: usize = 10;

fn tile_path(level: u8, name: TileName) -> String {
    format!("{TILE}/{level}/{}", name.path())
}

fn bundle_path(name: TileName) -> String {
    format!("{TILE}/{ENTRIES}/{}", name.path())
}

/// How many hashes a level of tiles has.
fn hashes_of_level(size: u64, level: u8) -> u64 {
    size.checked_shr(u32::from(level * TILE_HEIGHT)).unwrap_or(0)
}

/// Reads a tile. `None` where it is not there, or has another length.
pub(super) fn read_tile(
    folder: &Folder,
    level: u8,
    name: TileName,
    report: &mut Report,
) -> Option<Vec<TreeHash>> {
    let (path, mut bytes) = (tile_path(level, name), Vec::new());
    let read = folder.read(&path, MAX_TILE_BYTES, &mut bytes);
    if let Err(error) = read {
        report.add(error.finding().file(folder.name(&path)));
        return None;
    }
    let hashes = TreeHash::all_from_bytes(&bytes);
    let hashes = hashes.filter(|hashes| hashes.len() == usize::from(name.width));
    if hashes.is_none() {
        let expected = usize::from(name.width) * TreeHash::BYTES;
        let finding = Finding::new(Code::FileMalformed).file(folder.name(&path));
        report.add(
            finding
                .expected(format_args!("{expected} bytes"))
                .found(format_args!("{} bytes", bytes.len())),
        );
    } else {
        report.checked.tiles += 1;
    }
    hashes
}

/// The entries of a bundle, behind one another.
#[derive(Default)]
pub(super) struct Bundle {
    bytes: Vec<u8>,
    /// Where each entry begins and ends.
    entries: Vec<(usize, usize)>,
}

impl Bundle {
    /// An entry; `None` where it is missing from the table, or cut off.
    pub(super) fn entry(&self, n: usize) -> Option<&[u8]> {
        let (start, end) = *self.entries.get(n)?;
        Some(&self.bytes[start..end]).filter(|entry| !entry.is_empty())
    }

    /// Reads a bundle, as far as it is one. What is wrong with it is reported, and the answer
    /// where there is no such file.
    pub(super) fn read(
        &mut self,
        folder: &Folder,
        name: TileName,
        report: &mut Report,
    ) -> Result<(), FileError> {
        let path = bundle_path(name);
        self.entries.clear();
        if let Err(error) = folder.read(&path, MAX_BUNDLE_BYTES, &mut self.bytes) {
            report.add(error.finding().file(folder.name(&path)).index(name.start()));
            return Err(error);
        }
        let malformed = |what: &str, n: usize| {
            let finding = Finding::new(Code::FileMalformed).file(folder.name(&path));
            finding.index(name.start() + n as u64).found(what)
        };
        let mut at = 0;
        for n in 0..usize::from(name.width) {
            let end = self.bytes[at..].first_chunk().and_then(|length| {
                let end = at + 2 + usize::from(u16::from_be_bytes(*length));
                (end <= self.bytes.len()).then_some(end)
            });
            let Some(end) = end else {
                report.add(malformed("the end of the file within an entry", n));
                return Ok(());
            };
            self.entries.push((at + 2, end));
            at = end;
        }
        if at < self.bytes.len() {
            report.add(malformed("more behind the last entry", usize::from(name.width)));
        }
        Ok(())
    }
}

/// The tiles above level 0, as they have to be.
pub(super) struct UpperTiles {
    size: u64,
    /// The hashes of the tile that each level is at, and how many tiles it had before.
    levels: Vec<(Vec<TreeHash>, u64)>,
}

impl UpperTiles {
    pub(super) fn new(size: u64) -> Self {
        Self { size, levels: Vec::new() }
    }

    /// Takes the hashes of a full tile of level 0.
    pub(super) fn add(&mut self, hashes: &[TreeHash], folder: &Folder, report: &mut Report) {
        let mut hash = TreeHash::of_perfect(hashes);
        for level in 1..=MAX_TILE_LEVEL {
            let place = usize::from(level) - 1;
            if self.levels.len() == place {
                self.levels.push((Vec::new(), 0));
            }
            let (hashes, index) = &mut self.levels[place];
            hashes.push(hash);
            if (hashes.len() as u64) < TILE_WIDTH {
                return;
            }
            check(level, *index, hashes, folder, report);
            hash = TreeHash::of_perfect(hashes);
            hashes.clear();
            *index += 1;
        }
    }

    /// Holds the last tile of each level, which is not full.
    pub(super) fn finish(&self, folder: &Folder, report: &mut Report) {
        for (level, (hashes, index)) in (1..).zip(&self.levels) {
            let is_whole = hashes.len() as u64 == hashes_of_level(self.size, level) % TILE_WIDTH;
            if !hashes.is_empty() && is_whole {
                check(level, *index, hashes, folder, report);
            }
        }
    }
}

fn check(level: u8, index: u64, hashes: &[TreeHash], folder: &Folder, report: &mut Report) {
    let name = TileName { index, width: u16::try_from(hashes.len()).unwrap_or(0) };
    let Some(tile) = read_tile(folder, level, name, report) else { return };
    if let Some(n) = tile.iter().zip(hashes).position(|(theirs, ours)| theirs != ours) {
        let finding = Finding::new(Code::TileDiffers).file(folder.name(&tile_path(level, name)));
        let finding = finding.expected(format_args!("the hash {} at place {n}", hashes[n]));
        report.add(finding.found(tile[n]));
    }
}

/// Reports every file beneath `tile` that a tree of so many leaves does not have.
pub(super) fn check_names(folder: &Folder, size: u64, report: &mut Report) {
    let root = folder.within(TILE);
    if !root.is_there() {
        return;
    }
    let mut open = vec![(root, String::new(), 0)];
    while let Some((at, path, depth)) = open.pop() {
        let listed = at.list(|name, kind| {
            let path = if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
            let is_known = match kind {
                Kind::Folder if depth < MAX_DEPTH && leads_to_a_tile(&path, size) => {
                    open.push((at.within(name), path, depth + 1));
                    true
                }
                // A link in the place of a tile is told where the tile is read.
                Kind::File | Kind::Other if is_tile(&path, size) => true,
                Kind::Other if leads_to_a_tile(&path, size) => {
                    report.add(FileError::NotAFile.finding().file(at.name(name)));
                    true
                }
                Kind::Folder | Kind::File | Kind::Other => false,
            };
            if !is_known {
                report.add(Finding::new(Code::FileExtra).file(at.name(name)));
            }
            true
        });
        if let Err(error) = listed {
            report.add(error.finding().file(at.name("")));
        }
    }
}

/// How many hashes or entries the tiles of a folder have.
fn hashes_of(folder: &str, size: u64) -> Option<u64> {
    if folder == ENTRIES {
        return Some(size);
    }
    let level: u8 = folder.parse().ok().filter(|level: &u8| level.to_string() == folder)?;
    (level <= MAX_TILE_LEVEL).then(|| hashes_of_level(size, level))
}

fn is_tile(path: &str, size: u64) -> bool {
    let Some((folder, rest)) = path.split_once('/') else { return false };
    let (Some(count), Some(name)) = (hashes_of(folder, size), TileName::parse(rest)) else {
        return false;
    };
    let full = count / TILE_WIDTH;
    let rest = count % TILE_WIDTH;
    if name.is_full() {
        name.index < full
    } else {
        name.index == full && u64::from(name.width) == rest
    }
}

/// Whether a folder can have tiles beneath it.
fn leads_to_a_tile(path: &str, size: u64) -> bool {
    let (folder, rest) = path.split_once('/').unwrap_or((path, ""));
    hashes_of(folder, size).is_some_and(|count| count > 0)
        && Path::new(rest).iter().all(|part| {
            let part = part.to_str().unwrap_or_default();
            let digits = part.strip_prefix('x').or_else(|| part.strip_suffix(".p"));
            digits.is_some_and(|digits| {
                digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit())
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_has_just_its_tiles() {
        let size = 65_536 + 256 + 3;
        for path in
            ["0/000", "0/256", "0/257.p/3", "1/000", "1/001.p/1", "2/000.p/1", "entries/257.p/3"]
        {
            assert!(is_tile(path, size), "{path}");
        }
        for path in [
            "0/257",
            "0/256.p/3",
            "0/257.p/2",
            "0/258.p/3",
            "1/001",
            "1/001.p/2",
            "2/000",
            "3/000.p/1",
            "8/000",
            "00/000",
            "entries/258",
            "entries",
            "vkey",
            "0/x000/000",
        ] {
            assert!(!is_tile(path, size), "{path}");
        }
        assert!(leads_to_a_tile("0", size) && leads_to_a_tile("0/257.p", size));
        assert!(leads_to_a_tile("entries/x001", 300_000));
        for path in ["3", "keys", "0/keys", "0/x1"] {
            assert!(!leads_to_a_tile(path, size), "{path}");
        }
    }
}
