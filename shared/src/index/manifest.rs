//! The manifest of a tenant: which segments there are, and what is under way.
//!
//! It is one item, which every search reads: some 50 bytes a segment, and the separators
//! between the term fences of large ones.

use uuid::Uuid;

use super::Position;
use super::segment::varint::{self, Reader};
use super::segment::{
    Birth, Collection, Corrupt, MAX_SEGMENT_LEN, PartCounts, Progress, Segment, SegmentId,
    front_coding, positions,
};
use super::term::Term;
use crate::domain::clock::Timestamp;

const VERSION: u8 = 1;
/// The most shards of a tail.
pub const MAX_SHARDS: u8 = 16;

/// What one item says of all segments of a tenant, of both collections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// Shards of the tail, 1 to 16. It never falls.
    pub shards: u8,
    /// The number of the next segment that is begun.
    pub next_number: u64,
    pub segments: Vec<Segment>,
    /// Entries of the tail that segments have, and whose deletion is not known to be done.
    pub pending: Vec<TailKey>,
    pub garbage: Vec<Garbage>,
    pub merge: Option<MergeJob>,
    pub struck: Vec<Struck>,
}

/// Names an entry of the tail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TailKey {
    pub shard: u8,
    pub position: Position,
}

/// A segment that was merged away, and whose parts may still be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Garbage {
    pub segment: SegmentId,
    pub parts: PartCounts,
    /// The run that merged it away: a later one deletes it.
    pub run: Uuid,
}

/// A merge under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergeJob {
    /// The run that does it. Another one takes it over by writing its own id here.
    pub owner: Uuid,
    /// What its output will be. What was struck at a number up to this one's is dropped.
    pub output: Birth,
    /// In the order in which they are merged.
    pub inputs: Vec<SegmentId>,
    /// The [`MERGE_VERSION`](super::segment::MERGE_VERSION) of those who began it. The manifest's
    /// own version says nothing of the bytes of parts.
    pub version: u8,
    pub progress: Progress,
}

/// A record that must be found by nothing any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Struck {
    pub collection: Collection,
    pub position: Position,
    /// [`Manifest::next_number`] once it was struck: segments of lower numbers may have it.
    pub before: u64,
    /// When it was first seen to be in no segment and not in the tail, since it was seen there
    /// last.
    pub nowhere_since: Option<Timestamp>,
}

impl Default for Manifest {
    /// That of a tenant without segments.
    fn default() -> Self {
        Self {
            shards: 1,
            next_number: 0,
            segments: Vec::new(),
            pending: Vec::new(),
            garbage: Vec::new(),
            merge: None,
            struck: Vec::new(),
        }
    }
}

impl Manifest {
    /// Its bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION, self.shards];
        let out = &mut bytes;
        varint::put(out, self.next_number);
        put_all(out, &self.segments, put_segment);
        put_all(out, &self.pending, |out, key| {
            out.push(key.shard);
            positions::put_one(out, key.position);
        });
        put_all(out, &self.garbage, |out, garbage| {
            put_id(out, garbage.segment);
            let PartCounts { len, buckets, blocks, term_fences } = garbage.parts;
            put_numbers(out, [len, buckets, blocks, term_fences].map(u64::from));
            out.extend_from_slice(garbage.run.as_bytes());
        });
        put_all(out, self.merge.as_slice(), put_job);
        put_all(out, &self.struck, |out, struck| {
            out.push(code_of(struck.collection));
            positions::put_one(out, struck.position);
            // Zero is no time, and what is not zero is one more than it.
            let nowhere_since = struck.nowhere_since.map_or(0, |since| millis(since) + 1);
            put_numbers(out, [struck.before, nowhere_since]);
        });
        bytes
    }

    /// Reads what [`Self::encode`] wrote.
    pub fn decode(bytes: &[u8]) -> Result<Self, Corrupt> {
        let mut reader = Reader::of_version(bytes, VERSION)?;
        let reader = &mut reader;
        let manifest = Self {
            shards: read_shards(reader)?,
            next_number: reader.number()?,
            segments: read_all(reader, read_segment)?,
            pending: read_all(reader, |reader| {
                let (shard, position) = (reader.byte()?, positions::read_one(reader)?);
                Ok(TailKey { shard, position })
            })?,
            garbage: read_all(reader, read_garbage)?,
            merge: read_option(reader, read_job)?,
            struck: read_all(reader, |reader| {
                Ok(Struck {
                    collection: read_collection(reader)?,
                    position: positions::read_one(reader)?,
                    before: reader.number()?,
                    nowhere_since: reader.number()?.checked_sub(1).map(time_of).transpose()?,
                })
            })?,
        };
        if reader.is_at_end() {
            Ok(manifest)
        } else {
            Err(Corrupt("there is more than a manifest"))
        }
    }
}

fn put_all<T>(out: &mut Vec<u8>, all: &[T], put: impl Fn(&mut Vec<u8>, &T)) {
    varint::put(out, all.len() as u64);
    for one in all {
        put(out, one);
    }
}

fn read_all<T>(
    reader: &mut Reader<'_>,
    read: impl Fn(&mut Reader<'_>) -> Result<T, Corrupt>,
) -> Result<Vec<T>, Corrupt> {
    let count = reader.number()?;
    (0..count).map(|_| read(reader)).collect()
}

fn read_option<T>(
    reader: &mut Reader<'_>,
    read: impl Fn(&mut Reader<'_>) -> Result<T, Corrupt>,
) -> Result<Option<T>, Corrupt> {
    match reader.number()? {
        0 => Ok(None),
        1 => read(reader).map(Some),
        _ => Err(Corrupt("there is more than one")),
    }
}

fn put_numbers<const N: usize>(out: &mut Vec<u8>, numbers: [u64; N]) {
    for number in numbers {
        varint::put(out, number);
    }
}

fn put_id(out: &mut Vec<u8>, id: SegmentId) {
    out.extend_from_slice(id.0.as_bytes());
}

fn read_uuid(reader: &mut Reader<'_>) -> Result<Uuid, Corrupt> {
    reader.array().map(Uuid::from_bytes)
}

fn read_shards(reader: &mut Reader<'_>) -> Result<u8, Corrupt> {
    let shards = Some(reader.byte()?).filter(|shards| (1..=MAX_SHARDS).contains(shards));
    shards.ok_or(Corrupt("no number of shards"))
}

fn code_of(collection: Collection) -> u8 {
    match collection {
        Collection::Activities => 0,
        Collection::AuditEvents => 1,
    }
}

fn read_collection(reader: &mut Reader<'_>) -> Result<Collection, Corrupt> {
    match reader.byte()? {
        0 => Ok(Collection::Activities),
        1 => Ok(Collection::AuditEvents),
        _ => Err(Corrupt("no collection")),
    }
}

fn millis(time: Timestamp) -> u64 {
    u64::try_from(time.as_millis()).expect("a Timestamp is not negative")
}

fn time_of(millis: u64) -> Result<Timestamp, Corrupt> {
    let millis = i64::try_from(millis).ok();
    millis.and_then(Timestamp::from_millis).ok_or(Corrupt("no time"))
}

fn put_birth(out: &mut Vec<u8>, birth: &Birth) {
    put_id(out, birth.id);
    out.extend([code_of(birth.collection), birth.tier]);
    put_numbers(out, [birth.analyzer.into(), birth.number]);
}

fn read_birth(reader: &mut Reader<'_>) -> Result<Birth, Corrupt> {
    Ok(Birth {
        id: read_uuid(reader).map(SegmentId)?,
        collection: read_collection(reader)?,
        tier: reader.byte()?,
        analyzer: reader.small()?,
        number: reader.number()?,
    })
}

fn put_fences(out: &mut Vec<u8>, fences: &[Box<[u8]>]) {
    varint::put(out, fences.len() as u64);
    let mut before: &[u8] = &[];
    for fence in fences {
        front_coding::put(out, before, fence);
        before = fence;
    }
}

fn read_fences(reader: &mut Reader<'_>) -> Result<Vec<Box<[u8]>>, Corrupt> {
    let mut fence = Vec::new();
    let (count, mut fences) = (reader.number()?, Vec::new());
    for _ in 0..count {
        front_coding::read(reader, &mut fence)?;
        fences.push(fence.as_slice().into());
    }
    Ok(fences)
}

fn put_segment(out: &mut Vec<u8>, segment: &Segment) {
    put_birth(out, &segment.birth());
    let (newest, oldest) = (millis(segment.newest), millis(segment.oldest));
    put_numbers(out, [segment.len.into(), newest, newest - oldest]);
    put_numbers(out, [segment.buckets.into(), segment.blocks.into(), segment.bytes]);
    put_fences(out, &segment.fences);
}

fn read_segment(reader: &mut Reader<'_>) -> Result<Segment, Corrupt> {
    let Birth { id, collection, analyzer, tier, number } = read_birth(reader)?;
    let len = read_len(reader)?;
    let (newest, span) = (reader.number()?, reader.number()?);
    let oldest = newest.checked_sub(span).ok_or(Corrupt("no time"))?;
    Ok(Segment {
        id,
        collection,
        analyzer,
        tier,
        number,
        len,
        newest: time_of(newest)?,
        oldest: time_of(oldest)?,
        buckets: reader.small()?,
        blocks: reader.small()?,
        bytes: reader.number()?,
        fences: read_fences(reader)?,
    })
}

fn read_len(reader: &mut Reader<'_>) -> Result<u32, Corrupt> {
    let len = Some(reader.small()?).filter(|len| (1..=MAX_SEGMENT_LEN).contains(len));
    len.ok_or(Corrupt("no length of a segment"))
}

fn read_garbage(reader: &mut Reader<'_>) -> Result<Garbage, Corrupt> {
    Ok(Garbage {
        segment: read_uuid(reader).map(SegmentId)?,
        parts: PartCounts {
            len: read_len(reader)?,
            buckets: reader.small()?,
            blocks: reader.small()?,
            term_fences: reader.small()?,
        },
        run: read_uuid(reader)?,
    })
}

fn put_job(out: &mut Vec<u8>, job: &MergeJob) {
    out.extend_from_slice(job.owner.as_bytes());
    put_birth(out, &job.output);
    put_all(out, &job.inputs, |out, id| put_id(out, *id));
    out.push(job.version);
    let Progress { positions, buckets, blocks, last_term, fences, bytes } = &job.progress;
    put_numbers(out, [*positions, *buckets, *blocks].map(u64::from));
    put_numbers(out, [*bytes]);
    let last_term = last_term.as_ref().map_or(&[][..], Term::as_bytes);
    varint::put(out, last_term.len() as u64);
    out.extend_from_slice(last_term);
    put_fences(out, fences);
}

fn read_job(reader: &mut Reader<'_>) -> Result<MergeJob, Corrupt> {
    let owner = read_uuid(reader)?;
    let output = read_birth(reader)?;
    let inputs = read_all(reader, |reader| read_uuid(reader).map(SegmentId))?;
    let version = reader.byte()?;
    let (positions, buckets, blocks) = (reader.small()?, reader.small()?, reader.small()?);
    let bytes = reader.number()?;
    let len = reader.small()?;
    let last_term = match reader.take(len)? {
        [] => None,
        term => Some(Term::new(term).ok_or(Corrupt("no term"))?),
    };
    let fences = read_fences(reader)?;
    let progress = Progress { positions, buckets, blocks, last_term, fences, bytes };
    Ok(MergeJob { owner, output, inputs, version, progress })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id() -> impl Strategy<Value = Uuid> {
        any::<u128>().prop_map(Uuid::from_u128)
    }

    fn time() -> impl Strategy<Value = Timestamp> {
        (0..=Timestamp::MAX.as_millis()).prop_map(|millis| Timestamp::from_millis(millis).unwrap())
    }

    fn position() -> impl Strategy<Value = Position> {
        (time(), id()).prop_map(|(time, id)| Position { time, id })
    }

    fn collection() -> impl Strategy<Value = Collection> {
        prop_oneof![Just(Collection::Activities), Just(Collection::AuditEvents)]
    }

    fn birth() -> impl Strategy<Value = Birth> {
        (id(), collection(), any::<u32>(), any::<u8>(), any::<u64>()).prop_map(
            |(id, collection, analyzer, tier, number)| Birth {
                id: SegmentId(id),
                collection,
                analyzer,
                tier,
                number,
            },
        )
    }

    fn fences() -> impl Strategy<Value = Vec<Box<[u8]>>> {
        let fence = prop::collection::vec(any::<u8>(), 1..20).prop_map(Vec::into_boxed_slice);
        prop::collection::btree_set(fence, 0..4).prop_map(|fences| fences.into_iter().collect())
    }

    fn segment() -> impl Strategy<Value = Segment> {
        let numbers = (1..=MAX_SEGMENT_LEN, any::<u32>(), any::<u32>(), any::<u64>());
        (birth(), numbers, time(), time(), fences()).prop_map(
            |(birth, (len, buckets, blocks, bytes), a, b, fences)| Segment {
                id: birth.id,
                collection: birth.collection,
                analyzer: birth.analyzer,
                tier: birth.tier,
                number: birth.number,
                len,
                newest: a.max(b),
                oldest: a.min(b),
                buckets,
                blocks,
                bytes,
                fences,
            },
        )
    }

    fn garbage() -> impl Strategy<Value = Garbage> {
        (segment(), any::<u32>(), id()).prop_map(|(segment, term_fences, run)| Garbage {
            segment: segment.id,
            parts: PartCounts { term_fences, ..segment.counts() },
            run,
        })
    }

    fn job() -> impl Strategy<Value = MergeJob> {
        let progress =
            (segment(), any::<u32>(), prop::option::of(prop::collection::vec(any::<u8>(), 1..256)));
        let inputs = prop::collection::vec(id().prop_map(SegmentId), 0..5);
        (id(), birth(), inputs, any::<u8>(), progress).prop_map(
            |(owner, output, inputs, version, (segment, positions, last_term))| MergeJob {
                owner,
                output,
                inputs,
                version,
                progress: Progress {
                    positions,
                    buckets: segment.buckets,
                    blocks: segment.blocks,
                    last_term: last_term.and_then(Term::new),
                    fences: segment.fences,
                    bytes: segment.bytes,
                },
            },
        )
    }

    fn struck() -> impl Strategy<Value = Struck> {
        let nowhere_since = prop::option::of(time());
        (collection(), position(), any::<u64>(), nowhere_since).prop_map(
            |(collection, position, before, nowhere_since)| Struck {
                collection,
                position,
                before,
                nowhere_since,
            },
        )
    }

    fn manifest() -> impl Strategy<Value = Manifest> {
        let key =
            (any::<u8>(), position()).prop_map(|(shard, position)| TailKey { shard, position });
        (
            (1..=MAX_SHARDS, any::<u64>()),
            prop::collection::vec(segment(), 0..4),
            prop::collection::vec(key, 0..4),
            prop::collection::vec(garbage(), 0..4),
            prop::option::of(job()),
            prop::collection::vec(struck(), 0..4),
        )
            .prop_map(
                |((shards, next_number), segments, pending, garbage, merge, struck)| Manifest {
                    shards,
                    next_number,
                    segments,
                    pending,
                    garbage,
                    merge,
                    struck,
                },
            )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_manifest_reads_back_and_no_part_of_it_does(manifest in manifest()) {
            let bytes = manifest.encode();
            prop_assert_eq!(Manifest::decode(&bytes), Ok(manifest));
            for len in 0..bytes.len() {
                prop_assert!(Manifest::decode(&bytes[..len]).is_err());
            }
            prop_assert!(Manifest::decode(&[&bytes[..], &[0]].concat()).is_err());
        }

        #[test]
        fn a_damaged_manifest_is_read_or_corrupt(manifest in manifest(), at in any::<usize>(), bit in 0u8..8) {
            let mut bytes = manifest.encode();
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
            let _ = Manifest::decode(&bytes);
        }
    }

    #[test]
    fn the_manifest_of_a_new_tenant_has_eight_bytes() {
        assert_eq!(Manifest::default().encode().len(), 8);
        assert_eq!(Manifest::decode(&Manifest::default().encode()), Ok(Manifest::default()));
    }

    #[test]
    fn what_no_manifest_says_is_corrupt() {
        let bytes = Manifest::default().encode();
        for (at, value) in [(0, VERSION + 1), (1, 0), (1, MAX_SHARDS + 1), (6, 2)] {
            let mut damaged = bytes.clone();
            damaged[at] = value;
            assert!(Manifest::decode(&damaged).is_err(), "{at}: {value}");
        }
        // As many segments as no bytes have.
        let many = [&bytes[..3], &[0xff, 0xff, 0xff, 0xff, 0x7f]].concat();
        assert!(Manifest::decode(&many).is_err());
    }
}
