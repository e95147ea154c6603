//! Signed notes and the checkpoints in them: [c2sp.org/signed-note](https://c2sp.org/signed-note),
//! [c2sp.org/tlog-checkpoint](https://c2sp.org/tlog-checkpoint) and, of witnesses,
//! [c2sp.org/tlog-cosignature](https://c2sp.org/tlog-cosignature).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::trail::hash::TreeHash;
use crate::trail::signer::verifies;

/// The longest note that is read. 16 signatures, as the format wants, take a third of it.
pub const MAX_NOTE_BYTES: usize = 16 * 1024;
const MAX_SIGNATURES: usize = 64;
/// What a line of a signature begins with: an em dash and a space.
const SIGNATURE_LINE: &str = "\u{2014} ";
const PUBLIC_KEY_BYTES: usize = 32;
/// What witnesses sign before the checkpoint.
const COSIGNATURE: &str = "cosignature/v1";

/// Why a note or a key can't be read, or does not prove anything.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// It is none.
    #[error("is not a signed note: {0}")]
    Malformed(&'static str),
    /// It is none that tells of a tree.
    #[error("is not a checkpoint: {0}")]
    NoCheckpoint(&'static str),
    /// The key is none.
    #[error("is not a verifier key: {0}")]
    NoKey(&'static str),
    /// Nobody known signed it.
    #[error("has no signature of the key {0}")]
    NotSigned(String),
    /// A key that is known did not sign this text.
    #[error("has a signature of {0} that is wrong")]
    WrongSignature(String),
}

/// What a key signs: a byte in its id and in its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum KeyKind {
    /// A log's note.
    Note = 1,
    /// A witness's cosignature.
    Cosignature = 4,
}

/// The public key of a log or of a witness, with its name, as `<name>+<id>+<key>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: u32,
    kind: KeyKind,
    public: [u8; PUBLIC_KEY_BYTES],
}

impl VerifierKey {
    /// The key of a log of that name: its origin.
    #[must_use]
    pub fn of_log(name: &str, public: [u8; PUBLIC_KEY_BYTES]) -> Self {
        Self::new(name, KeyKind::Note, public)
    }

    fn new(name: &str, kind: KeyKind, public: [u8; PUBLIC_KEY_BYTES]) -> Self {
        let mut hash = Sha256::new();
        hash.update(name.as_bytes());
        hash.update([b'\n', kind as u8]);
        hash.update(public);
        let digest = hash.finalize();
        let id = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
        Self { name: name.to_owned(), id, kind, public }
    }

    /// Reads what [`Display`](fmt::Display) writes.
    ///
    /// # Errors
    ///
    /// What is wrong with it: also an id that is not that of the key.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::NoKey("it must be <name>+<id>+<key>"));
        };
        if !is_name(name) {
            return Err(NoteError::NoKey("its name is empty or has white space"));
        }
        let bytes = STANDARD.decode(key).map_err(|_| NoteError::NoKey("its key is not base 64"))?;
        let Some((kind, public)) = bytes.split_first() else {
            return Err(NoteError::NoKey("its key is empty"));
        };
        let kind = match kind {
            1 => KeyKind::Note,
            4 => KeyKind::Cosignature,
            _ => return Err(NoteError::NoKey("it is neither of Ed25519 nor of a witness")),
        };
        let public = public.try_into().map_err(|_| NoteError::NoKey("its key has not 32 bytes"))?;
        let key = Self::new(name, kind, public);
        if format!("{:08x}", key.id) != id {
            return Err(NoteError::NoKey("its id is not that of its key"));
        }
        Ok(key)
    }

    /// Whose key it is: a log's origin, or a witness's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is that of a witness.
    #[must_use]
    pub fn is_of_a_witness(&self) -> bool {
        self.kind == KeyKind::Cosignature
    }

    /// The line of a signature by this key.
    #[must_use]
    pub fn signature_line(&self, signature: &[u8]) -> String {
        let mut bytes = self.id.to_be_bytes().to_vec();
        bytes.extend(signature);
        format!("{SIGNATURE_LINE}{} {}\n", self.name, STANDARD.encode(bytes))
    }

    fn verifies(&self, text: &str, signature: &[u8]) -> bool {
        match self.kind {
            KeyKind::Note => verifies(&self.public, text.as_bytes(), signature),
            KeyKind::Cosignature => signature.split_first_chunk().is_some_and(|(time, rest)| {
                let time = u64::from_be_bytes(*time);
                let text = format!("{COSIGNATURE}\ntime {time}\n{text}");
                verifies(&self.public, text.as_bytes(), rest)
            }),
        }
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = vec![self.kind as u8];
        key.extend(self.public);
        write!(f, "{}+{:08x}+{}", self.name, self.id, STANDARD.encode(key))
    }
}

/// Names have neither spaces nor the sign that divides keys.
fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.contains(|char: char| char.is_whitespace() || char == '+')
}

/// A line of a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Signature {
    name: String,
    id: u32,
    bytes: Vec<u8>,
}

/// A text and who signed it. Nothing is proved before it is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedNote {
    text: String,
    signatures: Vec<Signature>,
}

impl SignedNote {
    /// Reads a note.
    ///
    /// # Errors
    ///
    /// Where it is none: also one that is too long, has anything behind its last line,
    /// or no signature.
    pub fn parse(note: &str) -> Result<Self, NoteError> {
        if note.len() > MAX_NOTE_BYTES {
            return Err(NoteError::Malformed("it is too long"));
        }
        if note.chars().any(|char| char.is_control() && char < ' ' && char != '\n') {
            return Err(NoteError::Malformed("it has control characters"));
        }
        let (text, lines) =
            note.rsplit_once("\n\n").ok_or(NoteError::Malformed("it has no signatures"))?;
        let lines =
            lines.strip_suffix('\n').ok_or(NoteError::Malformed("its last line does not end"))?;
        let signatures: Vec<Signature> =
            lines.split('\n').map(parse_signature).collect::<Result<_, _>>()?;
        if signatures.len() > MAX_SIGNATURES {
            return Err(NoteError::Malformed("it has too many signatures"));
        }
        Ok(Self { text: format!("{text}\n"), signatures })
    }

    /// The signed text, with its last line break.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether a key is named in a signature.
    #[must_use]
    pub fn names(&self, key: &VerifierKey) -> bool {
        self.of(key).next().is_some()
    }

    fn of<'a>(&'a self, key: &'a VerifierKey) -> impl Iterator<Item = &'a Signature> {
        self.signatures.iter().filter(|line| line.id == key.id && line.name == key.name)
    }

    /// Holds the signatures of a key against the text.
    ///
    /// # Errors
    ///
    /// [`NoteError::NotSigned`] where it did not sign, and [`NoteError::WrongSignature`]
    /// where one of its lines is wrong.
    pub fn verify(&self, key: &VerifierKey) -> Result<(), NoteError> {
        let mut is_signed = false;
        for line in self.of(key) {
            if is_signed || !key.verifies(&self.text, &line.bytes) {
                return Err(NoteError::WrongSignature(key.name.clone()));
            }
            is_signed = true;
        }
        if is_signed { Ok(()) } else { Err(NoteError::NotSigned(key.to_string())) }
    }

    /// The same of some keys of a log, of which one has to have signed. Who is not known
    /// may have signed as well.
    ///
    /// # Errors
    ///
    /// As [`Self::verify`]; a wrong line of a known key is one, whoever else signed.
    pub fn verify_any(&self, keys: &[VerifierKey]) -> Result<(), NoteError> {
        let mut refused = NoteError::Malformed("no key was given");
        let mut is_signed = false;
        for key in keys {
            match self.verify(key) {
                Ok(()) => is_signed = true,
                Err(wrong @ NoteError::WrongSignature(_)) => return Err(wrong),
                Err(error) => refused = error,
            }
        }
        if is_signed { Ok(()) } else { Err(refused) }
    }

    /// The tree that it tells of.
    ///
    /// # Errors
    ///
    /// [`NoteError::NoCheckpoint`].
    pub fn checkpoint(&self) -> Result<Checkpoint, NoteError> {
        Checkpoint::parse(&self.text)
    }
}

fn parse_signature(line: &str) -> Result<Signature, NoteError> {
    let malformed = NoteError::Malformed("a line is no signature");
    let parts = line.strip_prefix(SIGNATURE_LINE).and_then(|line| line.split_once(' '));
    let Some((name, base64)) = parts.filter(|(name, _)| is_name(name)) else {
        return Err(malformed);
    };
    let bytes = STANDARD.decode(base64).map_err(|_| malformed.clone())?;
    let Some((id, bytes)) = bytes.split_first_chunk() else { return Err(malformed) };
    if bytes.is_empty() {
        return Err(malformed);
    }
    Ok(Signature { name: name.to_owned(), id: u32::from_be_bytes(*id), bytes: bytes.to_vec() })
}

/// What a log says of itself: how many leaves it has, and their root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name.
    pub origin: String,
    /// How many leaves there are.
    pub size: u64,
    /// The root of their tree.
    pub root: TreeHash,
}

impl Checkpoint {
    /// Reads the text of a note. Lines behind the first three mean nothing here, and are
    /// refused: logs of this project write none.
    fn parse(text: &str) -> Result<Self, NoteError> {
        let no = NoteError::NoCheckpoint;
        let mut lines = text.strip_suffix('\n').unwrap_or(text).split('\n');
        let (Some(origin), Some(size), Some(root), None) =
            (lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(no("it has not three lines"));
        };
        if !is_name(origin) {
            return Err(no("its origin is no name"));
        }
        let number: u64 = size.parse().map_err(|_| no("its size is no number"))?;
        if number.to_string() != size {
            return Err(no("its size is not written as a number is"));
        }
        let hash = TreeHash::parse(root).ok_or(no("its root is no hash"))?;
        Ok(Self { origin: origin.to_owned(), size: number, root: hash })
    }

    /// The text that is signed.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root)
    }

    /// The signed note: the text and the lines of those who signed it.
    #[must_use]
    pub fn note(&self, signature_lines: &str) -> String {
        format!("{}\n{signature_lines}", self.text())
    }
}

#[cfg(test)]
mod tests {
    use ring::signature::{Ed25519KeyPair, KeyPair as _};

    use super::*;

    /// The example of the specification of checkpoints and of cosignatures.
    const C2SP_NOTE: &str = "example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

\u{2014} example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
\u{2014} witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
";
    /// The example of the specification of notes, whose text has an empty line.
    const C2SP_POEM: &str = "Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed \u{e8} subito sera.

\u{2014} quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
";
    /// The key and the note of Go's checksum database, as `golang.org/x/mod/sumdb` has them.
    const GO_KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const GO_NOTE: &str = "If you think cryptography is the answer to your problem,
then you don't know what your problem is.

\u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
";

    fn key_pair(seed: u8) -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap()
    }

    fn key(name: &str, kind: KeyKind, pair: &Ed25519KeyPair) -> VerifierKey {
        VerifierKey::new(name, kind, pair.public_key().as_ref().try_into().unwrap())
    }

    fn checkpoint() -> Checkpoint {
        Checkpoint { origin: "log.example/acme".to_owned(), size: 7, root: TreeHash::of_nothing() }
    }

    #[test]
    fn the_examples_of_the_specifications_are_read() {
        let note = SignedNote::parse(C2SP_NOTE).unwrap();
        let checkpoint = note.checkpoint().unwrap();
        assert_eq!(
            (checkpoint.origin.as_str(), checkpoint.size),
            ("example.com/behind-the-sofa", 20_852_163)
        );
        assert_eq!(checkpoint.text(), note.text());
        let names: Vec<&str> = note.signatures.iter().map(|line| line.name.as_str()).collect();
        assert_eq!(names, ["example.com/behind-the-sofa", "witness.example.com/w1"]);
        let poem = SignedNote::parse(C2SP_POEM).unwrap();
        assert!(poem.text().ends_with("sole:\n\ned \u{e8} subito sera.\n"));
        assert!(matches!(poem.checkpoint(), Err(NoteError::NoCheckpoint(_))));
    }

    #[test]
    fn a_note_that_go_signed_is_verified_with_the_key_that_go_wrote() {
        let key = VerifierKey::parse(GO_KEY).unwrap();
        assert_eq!(key.to_string(), GO_KEY);
        let note = SignedNote::parse(GO_NOTE).unwrap();
        assert_eq!(note.verify(&key), Ok(()));
        let changed = SignedNote::parse(&GO_NOTE.replace("answer", "Answer")).unwrap();
        assert!(matches!(changed.verify(&key), Err(NoteError::WrongSignature(_))));
    }

    #[test]
    fn a_note_is_proved_by_a_known_key_and_by_no_other() {
        let (pair, other_pair) = (key_pair(1), key_pair(2));
        let log = key("log.example/acme", KeyKind::Note, &pair);
        let other = key("log.example/acme", KeyKind::Note, &other_pair);
        let text = checkpoint().text();
        let line = |key: &VerifierKey, pair: &Ed25519KeyPair| {
            key.signature_line(pair.sign(text.as_bytes()).as_ref())
        };
        let read = |lines: &str| SignedNote::parse(&checkpoint().note(lines)).unwrap();
        let good = read(&line(&log, &pair));
        assert_eq!(good.checkpoint().unwrap(), checkpoint());
        assert_eq!(good.verify(&log), Ok(()));
        assert!(matches!(good.verify(&other), Err(NoteError::NotSigned(_))));
        // Two keys, as while one follows the other.
        let both = read(&(line(&log, &pair) + &line(&other, &other_pair)));
        assert_eq!(both.verify_any(&[log.clone(), other.clone()]), Ok(()));
        assert_eq!(both.verify_any(std::slice::from_ref(&other)), Ok(()));
        // A wrong line of a known key counts, whoever else signed.
        let wrong = read(&(line(&log, &other_pair) + &line(&other, &other_pair)));
        assert!(matches!(
            wrong.verify_any(&[log.clone(), other.clone()]),
            Err(NoteError::WrongSignature(_))
        ));
        assert!(matches!(wrong.verify_any(&[]), Err(NoteError::Malformed(_))));
        // The same line twice is no note of ours.
        let twice = read(&line(&log, &pair).repeat(2));
        assert!(matches!(twice.verify(&log), Err(NoteError::WrongSignature(_))));
    }

    #[test]
    fn a_cosignature_is_over_its_time_and_the_checkpoint() {
        let pair = key_pair(3);
        let witness = key("witness.example/w1", KeyKind::Cosignature, &pair);
        assert_eq!(VerifierKey::parse(&witness.to_string()).unwrap(), witness);
        let cosigned = |time: u64, said: u64| {
            let message = format!("cosignature/v1\ntime {said}\n{}", checkpoint().text());
            let mut bytes = time.to_be_bytes().to_vec();
            bytes.extend(pair.sign(message.as_bytes()).as_ref());
            SignedNote::parse(&checkpoint().note(&witness.signature_line(&bytes))).unwrap()
        };
        assert_eq!(cosigned(1_679_315_147, 1_679_315_147).verify(&witness), Ok(()));
        assert!(cosigned(1_679_315_147, 1_679_315_148).verify(&witness).is_err());
    }

    #[test]
    fn what_is_no_note_no_checkpoint_or_no_key_is_refused() {
        let pair = key_pair(1);
        let log = key("log.example/acme", KeyKind::Note, &pair);
        let note = checkpoint().note(&log.signature_line(pair.sign(b"").as_ref()));
        for malformed in [
            String::new(),
            checkpoint().text(),
            note.trim_end().to_owned(),
            note.clone() + "\n",
            note.clone() + "x\n",
            note.replace('\u{2014}', "-"),
            note.replace("log.example/acme ", "log.example/acme +"),
            note.replace("acme\n", "acme\r\n"),
            "x".repeat(MAX_NOTE_BYTES) + &note,
        ] {
            assert!(matches!(SignedNote::parse(&malformed), Err(NoteError::Malformed(_))));
        }
        for text in
            ["a\n1\n", "a\n01\n?\n", "a b\n1\n?\n", "a\n1\n?\nmore\n", "a\n-1\n?\n", "a\n1\nx\n"]
        {
            let text = text.replace('?', &TreeHash::of_nothing().to_string());
            assert!(Checkpoint::parse(&text).is_err(), "{text}");
        }
        let text = log.to_string();
        let id = text.split('+').nth(1).unwrap();
        for malformed in [
            text.replacen('+', "", 2),
            text.replace(id, "00000000"),
            text.replace(id, &id.to_uppercase().replace(char::is_numeric, "A")),
            text.replace("log.example", "log example"),
            text.replace("+AYqI", "+AyqI"),
            text[..text.len() - 4].to_owned(),
        ] {
            assert!(
                matches!(VerifierKey::parse(&malformed), Err(NoteError::NoKey(_))),
                "{malformed}"
            );
        }
    }
}
