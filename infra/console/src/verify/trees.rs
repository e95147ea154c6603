//! The tree, made anew from every leaf.
//!
//! The root of a note says which leaves there are. Level-0 tiles have the hashes of leaves,
//! and nobody signed them; but where the hash of an entry is another than that in its tile,
//! both trees are gone on with, and the next note tells which of the two is right. So a
//! single event can be named.

use std::collections::VecDeque;

use activity_log_core::trail::edge::Edge;
use activity_log_core::trail::hash::TreeHash;

use super::code::Code;
use super::report::{Finding, MAX_SHOWN, Report};

/// Where an entry and its tile differ.
struct Difference {
    index: u64,
    id: Option<String>,
    of_tile: TreeHash,
    of_entry: TreeHash,
}

/// The trees up to a leaf.
#[derive(Default)]
pub(super) struct Trees {
    of_entries: Edge,
    /// The tree of the hashes in tiles, while it is another one.
    of_tiles: Option<Edge>,
    differences: VecDeque<Difference>,
    /// Beyond those that are kept.
    more_differences: u64,
    /// There is a leaf of which no hash is known.
    is_broken: bool,
    /// Up to here a note has proved the tree.
    proved: u64,
    /// The last note told of another tree.
    has_differed: bool,
}

/// Whether a tree is that of a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    Same,
    /// Another one. Its root would be this.
    Differs(TreeHash),
    /// A leaf is missing, so nobody knows.
    NotKnown,
}

impl Trees {
    pub(super) fn size(&self) -> u64 {
        self.of_entries.size()
    }

    /// Adds a leaf: the hash of its entry, where that is there, and that of its tile.
    pub(super) fn append(
        &mut self,
        of_entry: Option<TreeHash>,
        of_tile: Option<TreeHash>,
        id: impl FnOnce() -> Option<String>,
    ) {
        let (of_entry, of_tile) = match (of_entry, of_tile) {
            (Some(entry), Some(tile)) => (entry, tile),
            (Some(hash), None) | (None, Some(hash)) => (hash, hash),
            (None, None) => {
                self.is_broken = true;
                return;
            }
        };
        if of_entry != of_tile {
            if self.differences.len() < MAX_SHOWN {
                let index = self.of_entries.size();
                self.differences.push_back(Difference { index, id: id(), of_tile, of_entry });
            } else {
                self.more_differences += 1;
            }
            self.of_tiles.get_or_insert_with(|| self.of_entries.clone());
        }
        if let Some(tree) = &mut self.of_tiles {
            tree.append(of_tile);
        }
        self.of_entries.append(of_entry);
    }

    /// Holds the tree against the root in a note.
    pub(super) fn hold(&mut self, root: TreeHash, report: &mut Report) -> Held {
        if self.is_broken {
            return Held::NotKnown;
        }
        let of_entries = self.of_entries.root();
        if of_entries == root {
            self.tell_differences(Code::TileDiffers, report);
        } else if let Some(of_tiles) = self.of_tiles.take_if(|tree| tree.root() == root) {
            self.of_entries = of_tiles;
            self.tell_differences(Code::EventChanged, report);
        } else {
            return Held::Differs(of_entries);
        }
        self.of_tiles = None;
        self.proved = self.of_entries.size();
        self.has_differed = false;
        Held::Same
    }

    /// Holds it against a note of the export. Of notes that follow one another and differ,
    /// the first says what there is to say.
    pub(super) fn hold_note(&mut self, root: TreeHash, file: &str, report: &mut Report) {
        if let Held::Differs(ours) = self.hold(root, report)
            && !std::mem::replace(&mut self.has_differed, true)
        {
            let finding = Finding::new(Code::RootDiffers).file(file).index(self.proved);
            report.add(finding.expected(format_args!("the root {root}")).found(format_args!(
                "{ours}: an event from index {} to {} was changed, or the tree was forked",
                self.proved,
                self.size().saturating_sub(1)
            )));
        }
    }

    /// What no note has decided.
    pub(super) fn finish(&mut self, report: &mut Report) {
        self.tell_differences(Code::EventChanged, report);
    }

    fn tell_differences(&mut self, code: Code, report: &mut Report) {
        for difference in self.differences.drain(..) {
            let Difference { index, id, of_tile, of_entry } = difference;
            let (expected, found) = match code {
                Code::TileDiffers => (of_entry, of_tile),
                _ => (of_tile, of_entry),
            };
            let mut finding = Finding::new(code).index(index);
            finding.id = id;
            let finding = finding.expected(format_args!("the hash {expected}"));
            report.add(finding.found(found));
        }
        if self.more_differences > 0 {
            let more = std::mem::take(&mut self.more_differences);
            report.add(Finding::new(code).found(format_args!("{more} leaves more")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(n: u8) -> TreeHash {
        TreeHash::of_leaf(&[n])
    }

    fn root(leaves: &[u8]) -> TreeHash {
        let mut edge = Edge::default();
        leaves.iter().for_each(|n| edge.append(leaf(*n)));
        edge.root()
    }

    fn found(leaves: &[(Option<u8>, Option<u8>)], signed: TreeHash) -> (Held, Report) {
        let (mut trees, mut report) = (Trees::default(), Report::default());
        for (entry, tile) in leaves {
            trees.append(entry.map(leaf), tile.map(leaf), || None);
        }
        let held = trees.hold(signed, &mut report);
        trees.finish(&mut report);
        (held, report)
    }

    #[test]
    fn a_note_tells_whether_the_entry_or_its_tile_is_wrong() {
        let same = (Some(1), Some(1));
        let signed = root(&[1, 2, 3]);
        let (held, report) = found(&[same, (Some(9), Some(2)), (Some(3), Some(3))], signed);
        assert_eq!((held, report.findings.first()[0].code), (Held::Same, Code::EventChanged));
        assert_eq!(report.findings.first()[0].index, Some(1));
        let (held, report) = found(&[same, (Some(2), Some(9)), (Some(3), Some(3))], signed);
        assert_eq!((held, report.findings.first()[0].code), (Held::Same, Code::TileDiffers));
        // Both together are changed: nothing but the root tells.
        let (held, _) = found(&[same, (Some(9), Some(9)), (Some(3), Some(3))], signed);
        assert_eq!(held, Held::Differs(root(&[1, 9, 3])));
        // One is wrong here and the other there.
        let (held, report) = found(&[same, (Some(9), Some(2)), (Some(3), Some(9))], signed);
        assert!(matches!(held, Held::Differs(_)));
        assert_eq!(report.findings.total(), 2);
    }

    #[test]
    fn a_leaf_that_is_missing_has_its_hash_of_its_tile() {
        let signed = root(&[1, 2]);
        let (held, report) = found(&[(Some(1), Some(1)), (None, Some(2))], signed);
        assert_eq!((held, report.findings.total()), (Held::Same, 0));
        let (held, _) = found(&[(Some(1), None), (None, None)], signed);
        assert_eq!(held, Held::NotKnown);
    }
}
