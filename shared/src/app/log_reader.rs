//! What is read of a tenant's signed log: its leaves, the hashes of its tree, and what
//! these prove. The table has seals and full tiles; everything else follows from them.

use std::collections::HashMap;
use std::ops::Range;

use uuid::Uuid;

use crate::domain::audit::AuditEvent;
use crate::domain::audit_log::Generation;
use crate::domain::error::{Error, Result};
use crate::domain::principal::TenantId;
use crate::store::Store;
use crate::trail::entry::{SealedEvent, sealed_event};
use crate::trail::hash::TreeHash;
use crate::trail::seal::{Seal, SealedLeaf};
use crate::trail::tile::TileName;
use crate::trail::tree::{Node, TILE_HEIGHT, TILE_WIDTH, perfect_trees, root_of};

/// Seals that are asked for at once. A tile is in at most as many.
const SEALS_A_PAGE: usize = TILE_WIDTH as usize;

/// Reads one log of a tenant, as it is at a size. What it has read of the tree it keeps.
#[derive(Debug)]
pub struct LogReader<'a> {
    store: &'a Store,
    tenant: &'a TenantId,
    generation: Generation,
    size: u64,
    /// Whether hashes of leaves are read from tiles where these were put.
    reads_tiles: bool,
    tiles: HashMap<(u8, u64), Vec<TreeHash>>,
}

/// A leaf with what its entry is made of, as the table has it now.
#[derive(Clone, Debug)]
pub struct ReadLeaf {
    /// Its place in the log.
    pub index: u64,
    /// What was sealed.
    pub leaf: SealedLeaf,
    /// The event with its entry; `None` where the event is not there, or can't be read, or
    /// makes no entry any more.
    pub event: Option<(AuditEvent, SealedEvent)>,
}

/// A log whose seals don't follow one another.
#[derive(Debug, thiserror::Error)]
#[error("the log has no seal with leaf {0}, though it has later ones")]
pub(super) struct MissingSeal(pub(super) u64);

impl From<MissingSeal> for Error {
    fn from(error: MissingSeal) -> Self {
        Self::Internal(error.into())
    }
}

/// Whether a log has a gap, which no later attempt would fill.
pub(super) fn is_missing_seal(error: &Error) -> bool {
    matches!(error, Error::Internal(cause) if cause.is::<MissingSeal>())
}

impl<'a> LogReader<'a> {
    /// A reader of a log that had so many leaves.
    #[must_use]
    pub fn new(store: &'a Store, tenant: &'a TenantId, generation: Generation, size: u64) -> Self {
        Self { store, tenant, generation, size, reads_tiles: true, tiles: HashMap::new() }
    }

    /// One that reads the hashes of leaves from the seals alone: not from a tile that
    /// somebody else may have put there.
    pub(super) fn of_seals_alone(self) -> Self {
        Self { reads_tiles: false, ..self }
    }

    /// The size that it was made for.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The seals that have some leaves, in their order.
    ///
    /// # Errors
    ///
    /// A seal in between that is not there.
    pub async fn seals(&self, leaves: Range<u64>) -> Result<Vec<Seal>> {
        let mut seals: Vec<Seal> = Vec::new();
        let mut next = leaves.start;
        while next < leaves.end {
            let page =
                self.store.seals_from(self.tenant, self.generation, next, SEALS_A_PAGE).await?;
            let before = next;
            for seal in page {
                if next >= leaves.end {
                    break;
                }
                // The first one may begin before the leaves.
                let follows =
                    if seals.is_empty() { seal.first <= next } else { seal.first == next };
                if !follows || seal.size() <= next {
                    return Err(MissingSeal(next).into());
                }
                next = seal.size();
                seals.push(seal);
            }
            if next == before {
                return Err(MissingSeal(next).into());
            }
        }
        Ok(seals)
    }

    /// Some leaves, with the seals that they are in.
    async fn sealed_leaves(&self, leaves: Range<u64>) -> Result<Vec<(u64, Seal, SealedLeaf)>> {
        let seals = self.seals(leaves.clone()).await?;
        let of_seal = |seal: &Seal| {
            let head = Seal { leaves: Vec::new(), ..seal.clone() };
            let numbered = (seal.first..).zip(seal.leaves.clone());
            numbered.map(move |(index, leaf)| (index, head.clone(), leaf)).collect::<Vec<_>>()
        };
        let all = seals.iter().flat_map(of_seal);
        Ok(all.filter(|(index, _, _)| leaves.contains(index)).collect())
    }

    /// Some leaves with their events.
    ///
    /// # Errors
    ///
    /// As [`Self::seals`].
    pub async fn leaves(&self, leaves: Range<u64>) -> Result<Vec<ReadLeaf>> {
        let sealed = self.sealed_leaves(leaves).await?;
        let ids: Vec<Uuid> = sealed.iter().map(|(_, _, leaf)| leaf.event_id).collect();
        let events = self.store.audit_events_as_they_are(self.tenant, &ids).await?;
        let read = |(index, seal, leaf): (u64, Seal, SealedLeaf)| {
            let event = events.get(&leaf.event_id).cloned().flatten();
            let event = event.and_then(|event| {
                let sealed = sealed_event(&event, seal.times(&leaf)).ok()?;
                Some((event, sealed))
            });
            ReadLeaf { index, leaf, event }
        };
        Ok(sealed.into_iter().map(read).collect())
    }

    /// The hashes of a tile, as many as there are at this size.
    ///
    /// # Errors
    ///
    /// As [`Self::seals`].
    pub async fn tile(&mut self, level: u8, name: TileName) -> Result<Vec<TreeHash>> {
        if let Some(known) = self.tiles.get(&(level, name.index))
            && known.len() >= usize::from(name.width)
        {
            return Ok(known[..usize::from(name.width)].to_vec());
        }
        let hashes = if level == 0 {
            self.leaf_hashes(name).await?
        } else {
            self.roots_of_tiles(level, name.start()..name.end()).await?
        };
        self.tiles.insert((level, name.index), hashes.clone());
        Ok(hashes)
    }

    async fn leaf_hashes(&self, name: TileName) -> Result<Vec<TreeHash>> {
        if self.reads_tiles
            && name.is_full()
            && let Some(tile) = self.store.tile(self.tenant, self.generation, name.index).await?
        {
            return Ok(tile);
        }
        let leaves = self.sealed_leaves(name.start()..name.end()).await?;
        Ok(leaves.into_iter().map(|(_, _, leaf)| leaf.hash).collect())
    }

    /// The hashes of a higher level: each is the root of a full tile below. One that was
    /// not put, or got lost, is computed.
    async fn roots_of_tiles(&mut self, level: u8, range: Range<u64>) -> Result<Vec<TreeHash>> {
        let known =
            self.store.tile_roots(self.tenant, self.generation, level, range.clone()).await?;
        let mut roots = Vec::with_capacity(known.len());
        for index in range {
            let root = match known.get(&index) {
                Some(root) => *root,
                None => {
                    let full = TileName { index, width: TILE_WIDTH as u16 };
                    TreeHash::of_perfect(&Box::pin(self.tile(level - 1, full)).await?)
                }
            };
            roots.push(root);
        }
        Ok(roots)
    }

    /// The root of a tree of a proof.
    async fn root_of_tree(&mut self, leaves: Range<u64>) -> Result<TreeHash> {
        let mut roots = Vec::new();
        for node in perfect_trees(leaves) {
            let (level, hashes) = node.in_tile();
            let index = hashes.start / TILE_WIDTH;
            // As much of the tile as there is: other trees of the proof are in it as well.
            let of_level = self.size >> (u32::from(level) * u32::from(TILE_HEIGHT));
            let width = (of_level - index * TILE_WIDTH).min(TILE_WIDTH);
            let tile = self.tile(level, TileName { index, width: width as u16 }).await?;
            let within = |n: u64| (n - index * TILE_WIDTH) as usize;
            let of_node = tile.get(within(hashes.start)..within(hashes.end));
            let of_node = of_node.ok_or(MissingSeal(hashes.start))?;
            roots.push(TreeHash::of_perfect(of_node));
        }
        Ok(root_of(&roots))
    }

    /// The hashes of a proof, by its trees. They are also had where the beginning of the log
    /// went with a removed tenant, for what was sealed behind it.
    ///
    /// # Errors
    ///
    /// As [`Self::seals`].
    pub async fn proof(&mut self, trees: Vec<Range<u64>>) -> Result<Vec<TreeHash>> {
        let mut hashes = Vec::with_capacity(trees.len());
        for tree in &trees {
            match self.root_of_tree(tree.clone()).await {
                Ok(root) => hashes.push(root),
                Err(error) if is_missing_seal(&error) => {
                    let Some(tombstone) = self.tombstone().await? else { return Err(error) };
                    return self.proof_behind(&tombstone, trees).await;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(hashes)
    }

    /// The oldest seal, where those before it went with a removed tenant.
    ///
    /// # Errors
    ///
    /// A failed call.
    pub async fn tombstone(&self) -> Result<Option<Seal>> {
        let oldest = self.store.seals_from(self.tenant, self.generation, 0, 1).await?;
        Ok(oldest.into_iter().next().filter(|oldest| oldest.first > 0))
    }

    async fn proof_behind(
        &mut self,
        tombstone: &Seal,
        trees: Vec<Range<u64>>,
    ) -> Result<Vec<TreeHash>> {
        let before = perfect_trees(0..tombstone.size());
        let known: HashMap<Node, TreeHash> =
            before.into_iter().zip(tombstone.edge.roots().iter().copied()).collect();
        let mut hashes = Vec::with_capacity(trees.len());
        for tree in trees {
            let mut roots = Vec::new();
            for node in perfect_trees(tree) {
                roots.push(self.root_behind(tombstone.first, &known, node).await?);
            }
            hashes.push(root_of(&roots));
        }
        Ok(hashes)
    }

    /// The root of a perfect tree, of what is there of a log that begins with a later leaf.
    async fn root_behind(
        &mut self,
        first: u64,
        known: &HashMap<Node, TreeHash>,
        node: Node,
    ) -> Result<TreeHash> {
        if let Some(root) = known.get(&node) {
            return Ok(*root);
        }
        let leaves = node.leaves();
        if leaves.start < first {
            let [left, right] = node.halves().ok_or(MissingSeal(leaves.start))?;
            let left = Box::pin(self.root_behind(first, known, left)).await?;
            let right = Box::pin(self.root_behind(first, known, right)).await?;
            return Ok(TreeHash::of_node(left, right));
        }
        let (level, hashes) = node.in_tile();
        let hashes = if level == 0 {
            let leaves = self.sealed_leaves(leaves).await?;
            leaves.into_iter().map(|(_, _, leaf)| leaf.hash).collect()
        } else {
            self.roots_of_tiles(level, hashes).await?
        };
        Ok(TreeHash::of_perfect(&hashes))
    }
}
