//! That a leaf is in a log, as a text that proves it by itself:
//! [c2sp.org/tlog-proof](https://c2sp.org/tlog-proof).

use std::fmt;

use crate::trail::hash::TreeHash;

/// What the first line says.
const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";

/// A proof for one leaf. The leaf itself is not in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InclusionProof {
    /// The leaf's place in the log.
    pub index: u64,
    /// The hashes beside its path to the root, the leaf's sibling first.
    pub hashes: Vec<TreeHash>,
    /// The signed checkpoint of the tree.
    pub note: String,
}

impl fmt::Display for InclusionProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST_LINE}\nindex {}", self.index)?;
        for hash in &self.hashes {
            writeln!(f, "{hash}")?;
        }
        write!(f, "\n{}", self.note)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_in_the_form_of_the_specification() {
        let (leaf, sibling) = (TreeHash::of_leaf(b"a"), TreeHash::of_leaf(b"b"));
        let note = "example.com/log\n2\nroot\n\n\u{2014} example.com/log c2ln\n".to_owned();
        let proof = InclusionProof { index: 12, hashes: vec![leaf, sibling], note };
        // SHA-256 of a zero byte and the letter.
        let expected = "c2sp.org/tlog-proof@v1
index 12
Aippeebat6pa5MPl5F9+l3ESp+Y1k4INvsHsc4ok+Tw=
V+s1YV1H807HFMrN9f10YIpejhAnJOgLJLKHwMJ7ajE=

example.com/log
2
root

\u{2014} example.com/log c2ln
";
        assert_eq!(proof.to_string(), expected);
        let alone = InclusionProof { hashes: Vec::new(), ..proof };
        assert!(alone.to_string().starts_with("c2sp.org/tlog-proof@v1\nindex 12\n\nexample.com"));
    }
}
