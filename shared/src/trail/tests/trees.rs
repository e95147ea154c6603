//! Trees and their proofs, held against the definition of RFC 6962 and against `ct-merkle`.

use std::ops::Range;

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, HashableLeaf, InclusionProof, RootHash};
use proptest::prelude::*;
use sha2::Sha256;
use sha2::digest::Update;

use crate::trail::edge::Edge;
use crate::trail::hash::TreeHash;
use crate::trail::tree::{
    TILE_WIDTH, consistency_proof, inclusion_proof, perfect_trees, root_of, root_of_inclusion,
};

const SIZES: usize = 600;

#[derive(Clone)]
struct Leaf(Vec<u8>);

impl HashableLeaf for Leaf {
    fn hash<H: Update>(&self, hasher: &mut H) {
        hasher.update(&self.0);
    }
}

fn entry(n: usize) -> Vec<u8> {
    format!("entry {n}").into_bytes()
}

fn leaves(count: usize) -> Vec<TreeHash> {
    (0..count).map(|n| TreeHash::of_leaf(&entry(n))).collect()
}

/// The definition, word for word.
fn root_by_definition(leaves: &[TreeHash]) -> TreeHash {
    match leaves {
        [] => TreeHash::of_nothing(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(1 << (leaves.len() - 1).ilog2());
            TreeHash::of_node(root_by_definition(left), root_by_definition(right))
        }
    }
}

/// The hash of a tree of a proof, of perfect trees that stand in tiles.
fn hash_by_tiles(leaves: &[TreeHash], tree: &Range<u64>) -> TreeHash {
    let node = |node: crate::trail::tree::Node| {
        let (level, hashes) = node.in_tile();
        assert_eq!(hashes.start / TILE_WIDTH, (hashes.end - 1) / TILE_WIDTH, "it is in one tile");
        let below = u32::from(level) * 8;
        let of_tile = hashes.map(|n| {
            root_by_definition(&leaves[(n << below) as usize..((n + 1) << below) as usize])
        });
        TreeHash::of_perfect(&of_tile.collect::<Vec<_>>())
    };
    root_of(&perfect_trees(tree.clone()).into_iter().map(node).collect::<Vec<_>>())
}

#[test]
fn every_size_has_the_root_of_the_definition() {
    let leaves = leaves(SIZES);
    let mut edge = Edge::default();
    for size in 0..=SIZES {
        assert_eq!(edge.root(), root_by_definition(&leaves[..size]), "{size}");
        assert_eq!(Edge::new(size as u64, edge.roots().to_vec()), Some(edge.clone()));
        if let Some(leaf) = leaves.get(size) {
            edge.append(*leaf);
        }
    }
    assert_eq!(Edge::new(3, vec![leaves[0]]), None);
}

/// The roots that RFC 6962's own implementation tests with.
#[test]
fn the_vectors_of_certificate_transparency_have_their_roots() {
    let entries: [&[u8]; 8] = [
        &[],
        &[0x00],
        &[0x10],
        &[0x20, 0x21],
        &[0x30, 0x31],
        &[0x40, 0x41, 0x42, 0x43],
        &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
        &[
            0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d,
            0x6e, 0x6f,
        ],
    ];
    let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let mut edge = Edge::default();
    let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(hex::encode(edge.root().as_bytes()), nothing);
    for (entry, root) in entries.iter().zip(roots) {
        edge.append(TreeHash::of_leaf(entry));
        assert_eq!(hex::encode(edge.root().as_bytes()), root);
    }
}

proptest! {
    #[test]
    fn proofs_are_those_of_ct_merkle(size in 1..SIZES, index: prop::sample::Index, old: prop::sample::Index) {
        let leaves = leaves(size);
        let mut tree = MemoryBackedTree::<Sha256, Leaf>::new();
        for n in 0..size {
            tree.push(Leaf(entry(n)));
        }
        let root: RootHash<Sha256> = tree.root();
        let defined = root_by_definition(&leaves);
        prop_assert_eq!(root.as_bytes().as_slice(), defined.as_bytes());

        let index = index.index(size);
        let trees = inclusion_proof(index as u64, size as u64);
        let proof: Vec<TreeHash> = trees.iter().map(|tree| hash_by_tiles(&leaves, tree)).collect();
        let theirs: InclusionProof<Sha256> = tree.prove_inclusion(index);
        prop_assert_eq!(theirs.as_bytes(), crate::trail::hash::concatenated(&proof));
        let leaf = leaves[index];
        let led_to = root_of_inclusion(leaf, index as u64, size as u64, &proof);
        prop_assert_eq!(led_to, Some(root_by_definition(&leaves)));
        for (other_index, other_leaf) in [(index + 1, leaf), (index, TreeHash::of_nothing())] {
            let led_to = root_of_inclusion(other_leaf, other_index as u64, size as u64, &proof);
            prop_assert_ne!(led_to, Some(root_by_definition(&leaves)));
        }

        let old = 1 + old.index(size);
        let trees = consistency_proof(old as u64, size as u64);
        let proof: Vec<TreeHash> = trees.iter().map(|tree| hash_by_tiles(&leaves, tree)).collect();
        if old < size {
            let theirs: ConsistencyProof<Sha256> = tree.prove_consistency(size - old);
            prop_assert_eq!(theirs.as_bytes(), crate::trail::hash::concatenated(&proof));
        } else {
            prop_assert!(proof.is_empty());
        }
    }
}

#[test]
fn what_is_not_in_a_tree_has_no_proof() {
    assert_eq!(inclusion_proof(0, 0), []);
    assert_eq!(inclusion_proof(0, 1), []);
    assert_eq!(inclusion_proof(5, 5), []);
    assert_eq!(consistency_proof(0, 5), []);
    assert_eq!(consistency_proof(6, 5), []);
    let leaf = TreeHash::of_nothing();
    assert_eq!(root_of_inclusion(leaf, 0, 1, &[]), Some(leaf));
    assert_eq!(root_of_inclusion(leaf, 1, 1, &[]), None);
    assert_eq!(root_of_inclusion(leaf, 0, 1, &[leaf]), None);
}
