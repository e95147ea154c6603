//! The names of files of a log: [c2sp.org/tlog-tiles](https://c2sp.org/tlog-tiles).
//!
//! | name | holds |
//! | --- | --- |
//! | `tile/<level>/<n>` | 256 hashes, 32 bytes each |
//! | `tile/entries/<n>` | 256 entries, each behind its length in two bytes |
//! | `<name>.p/<width>` | as many of them as there are, where there are fewer |
//!
//! `<n>` has groups of three digits, all but the last of which begin with `x`.

use crate::trail::tree::{TILE_HEIGHT, TILE_WIDTH};

/// The longest entry: its length has two bytes.
pub const MAX_ENTRY_BYTES: usize = u16::MAX as usize;
/// The last level of tiles: 256^8 leaves are more than there can be.
pub const MAX_TILE_LEVEL: u8 = 7;

/// Which of the tiles of a level it is, and how many hashes or entries it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TileName {
    /// From 0 on.
    pub index: u64,
    /// 1 to 256.
    pub width: u16,
}

impl TileName {
    /// The names of the tiles of a level that has so many hashes, the last one perhaps
    /// not full.
    pub fn all(count: u64) -> impl Iterator<Item = Self> {
        (0..count.div_ceil(TILE_WIDTH)).map(move |index| Self {
            index,
            width: u16::try_from((count - index * TILE_WIDTH).min(TILE_WIDTH)).unwrap_or(0),
        })
    }

    /// The tiles of a tree of so many leaves, with their levels, the lowest first.
    pub fn of_tree(size: u64) -> impl Iterator<Item = (u8, Self)> {
        (0..=MAX_TILE_LEVEL).flat_map(move |level| {
            let hashes = size >> (u32::from(level) * u32::from(TILE_HEIGHT));
            Self::all(hashes).map(move |name| (level, name))
        })
    }

    /// The first of its hashes or entries.
    #[must_use]
    pub fn start(self) -> u64 {
        self.index * TILE_WIDTH
    }

    /// The end of its hashes or entries.
    #[must_use]
    pub fn end(self) -> u64 {
        self.start() + u64::from(self.width)
    }

    /// Whether it is full.
    #[must_use]
    pub fn is_full(self) -> bool {
        u64::from(self.width) == TILE_WIDTH
    }

    /// The end of its path, behind the level.
    #[must_use]
    pub fn path(self) -> String {
        let mut path = format!("{:03}", self.index % 1_000);
        let mut rest = self.index / 1_000;
        while rest > 0 {
            path = format!("x{:03}/{path}", rest % 1_000);
            rest /= 1_000;
        }
        if self.is_full() { path } else { format!("{path}.p/{}", self.width) }
    }

    /// Reads what [`Self::path`] writes, and nothing else.
    #[must_use]
    pub fn parse(path: &str) -> Option<Self> {
        const MAX_PATH_BYTES: usize = 64;
        if path.len() > MAX_PATH_BYTES {
            return None;
        }
        let (groups, width) = match path.split_once(".p/") {
            Some((groups, width)) => (groups, width.parse().ok()?),
            None => (path, u16::try_from(TILE_WIDTH).ok()?),
        };
        let mut index = 0_u64;
        for group in groups.split('/') {
            let digits: u64 = group.strip_prefix('x').unwrap_or(group).parse().ok()?;
            index = index.checked_mul(1_000)?.checked_add(digits)?;
        }
        // An end that is no number of leaves is no tile's.
        index.checked_add(1)?.checked_mul(TILE_WIDTH)?;
        let name = Self { index, width };
        (name.path() == path && (1..=TILE_WIDTH).contains(&u64::from(width))).then_some(name)
    }
}

/// Adds an entry to a bundle, behind its length.
///
/// An entry that is no longer there has the length 0, so that the others keep their places.
/// A longer one than [`MAX_ENTRY_BYTES`] is never made.
pub fn add_to_bundle(bundle: &mut Vec<u8>, entry: &[u8]) {
    let length = u16::try_from(entry.len()).unwrap_or(0);
    bundle.extend(length.to_be_bytes());
    bundle.extend(&entry[..usize::from(length)]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_that_of_the_specification() {
        let path = |index, width| TileName { index, width }.path();
        assert_eq!(path(0, 256), "000");
        assert_eq!(path(255, 256), "255");
        assert_eq!(path(1_234_067, 256), "x001/x234/067");
        assert_eq!(path(1_000_000, 8), "x001/x000/000.p/8");
        for index in [0, 1, 999, 1_000, 1_234_067, 999_999_999] {
            for width in [1, 255, 256] {
                let name = TileName { index, width };
                assert_eq!(TileName::parse(&name.path()), Some(name));
            }
        }
    }

    #[test]
    fn another_form_of_a_path_is_none() {
        for path in [
            "",
            "0",
            "00",
            "0000",
            "x000",
            "x000/000",
            "001/002",
            "x1/002",
            "001.p/0",
            "001.p/256",
            "001.p/01",
            "001.p/+1",
            "001.p",
            "001.p/",
            "+01",
            "-01",
            "x001/x002",
            "../001",
            "001/",
            "x999/x999/x999/x999/x999/x999/x999/999",
        ] {
            assert_eq!(TileName::parse(path), None, "{path}");
        }
    }

    #[test]
    fn the_tiles_of_a_level_are_full_but_for_the_last() {
        let widths = |count| TileName::all(count).map(|name| name.width).collect::<Vec<_>>();
        assert_eq!(widths(0), [] as [u16; 0]);
        assert_eq!(widths(1), [1]);
        assert_eq!(widths(256), [256]);
        assert_eq!(widths(513), [256, 256, 1]);
    }
}
