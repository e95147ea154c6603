//! The merge of segments into one, in steps.
//!
//! A merge goes through the buckets of its inputs side by side, in the order of the terms.
//! Positions come first, since they say which ordinals the output has. All of it follows
//! from the inputs and from what was decided when it was begun, and a step ends only where
//! the next one can begin without what this one had in memory. So whoever does a step of
//! it, twice or at the same time as another, writes the same bytes.
//!
//! In memory are the positions of all inputs, and some dozens of their parts.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::future::Future;

use super::fence::{self, TermFence};
use super::input::{DROPPED, Input};
use super::writer::{self, Writer};
use super::{
    Birth, Corrupt, MAX_SEGMENT_LEN, Part, PartName, Progress, Segment, SegmentId, positions,
};
use crate::domain::error::{Error, Result};
use crate::index::Position;
use crate::index::term::Term;

/// Parts that are read or written in one call. What is read ahead of an input is less.
const PARTS_A_CALL: usize = 64;

/// Where parts of segments are kept.
pub trait Parts: Sync {
    /// The parts of these names, in their order. An error where one is absent.
    fn read(&self, names: &[PartName]) -> impl Future<Output = Result<Vec<Vec<u8>>>> + Send;

    /// Writes parts of one segment. What is written again has the same bytes.
    fn write(
        &self,
        segment: SegmentId,
        parts: Vec<(Part, Vec<u8>)>,
    ) -> impl Future<Output = Result<()>> + Send;
}

/// What a step of a merge came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Advance {
    /// There is more to do, from here on.
    Paused(Progress),
    /// All is written; `None` where every position was dropped, and nothing written.
    Done(Option<Segment>),
}

/// A merge of segments of one collection and analyzer.
#[derive(Debug)]
pub struct Merge {
    output: Birth,
    inputs: Vec<Segment>,
    dropped: BTreeSet<Position>,
    progress: Progress,
    /// What the last step had in memory, so that the next one need not read it again.
    state: Option<State>,
}

/// A merge whose inputs' positions are read.
#[derive(Debug)]
struct State {
    /// Those of the output.
    positions: Vec<Position>,
    inputs: Vec<Input>,
    stage: Stage,
}

/// What a merge is writing.
#[derive(Debug)]
enum Stage {
    Positions(Progress),
    Lists(Box<Writer>),
}

impl Merge {
    /// A merge that goes on from `progress`. Whoever goes on names the same output, inputs,
    /// order of them and dropped positions.
    #[must_use]
    pub fn new(
        output: Birth,
        inputs: Vec<Segment>,
        dropped: BTreeSet<Position>,
        progress: Progress,
    ) -> Self {
        Self { output, inputs, dropped, progress, state: None }
    }

    /// Goes on until it is done, or has written `max_bytes_written` and come to a place where
    /// it can pause: behind some parts with positions, or where a term fence is complete,
    /// which is at most every two megabytes and the blocks between them. After an error it
    /// goes on from the last pause.
    ///
    /// # Errors
    ///
    /// Those of `parts`; where a part can't be read; and where the inputs have more than
    /// [`MAX_SEGMENT_LEN`] positions.
    pub async fn advance(
        &mut self,
        parts: &impl Parts,
        max_bytes_written: usize,
    ) -> Result<Advance> {
        let state = match self.state.take() {
            Some(state) => state,
            None => self.open(parts).await?,
        };
        if state.positions.is_empty() {
            return Ok(Advance::Done(None));
        }
        let until = self.progress.bytes.saturating_add(max_bytes_written as u64);
        let State { positions, mut inputs, stage } = state;
        let mut writer = match stage {
            Stage::Lists(writer) => writer,
            Stage::Positions(mut written) => {
                if self.write_positions(&positions, &mut written, until, parts).await? {
                    let stage = Stage::Positions(written.clone());
                    return Ok(self.pause(State { positions, inputs, stage }, written));
                }
                seek(&mut inputs, written.last_term.as_ref(), parts).await?;
                Box::new(Writer::new(positions.len() as u32, written))
            }
        };
        if let Some(written) = self.write_lists(&mut inputs, &mut writer, until, parts).await? {
            let stage = Stage::Lists(writer);
            return Ok(self.pause(State { positions, inputs, stage }, written));
        }
        let mut rest = Vec::new();
        let segment = writer.finish(self.output, &positions, &mut rest);
        parts.write(self.output.id, rest).await?;
        Ok(Advance::Done(Some(segment)))
    }

    fn pause(&mut self, state: State, progress: Progress) -> Advance {
        self.state = Some(state);
        self.progress = progress.clone();
        Advance::Paused(progress)
    }

    /// Reads the positions of the inputs, and finds what is the ordinal of each in the output.
    async fn open(&self, parts: &impl Parts) -> Result<State> {
        let len: u64 = self.inputs.iter().map(|segment| u64::from(segment.len)).sum();
        if len > u64::from(MAX_SEGMENT_LEN) {
            return Err(Error::Internal("no segment has as many positions".into()));
        }
        let mut of_inputs = Vec::with_capacity(self.inputs.len());
        for segment in &self.inputs {
            of_inputs.push(read_positions(segment, parts).await?);
        }
        let (positions, ordinals) = self.merge_positions(&of_inputs);
        let inputs = self.inputs.iter().cloned().zip(ordinals);
        Ok(State {
            positions,
            inputs: inputs.map(|(segment, ordinals)| Input::new(segment, ordinals)).collect(),
            stage: Stage::Positions(self.progress.clone()),
        })
    }

    /// The positions of the output, and for each input the ordinals that its own become.
    fn merge_positions(&self, of_inputs: &[Vec<Position>]) -> (Vec<Position>, Vec<Vec<u32>>) {
        let mut positions = Vec::with_capacity(of_inputs.iter().map(Vec::len).sum());
        let with_room = |of_input: &Vec<Position>| Vec::with_capacity(of_input.len());
        let mut ordinals: Vec<Vec<u32>> = of_inputs.iter().map(with_room).collect();
        loop {
            let heads = of_inputs.iter().zip(&ordinals);
            let heads = heads.filter_map(|(of_input, done)| of_input.get(done.len()));
            let Some(newest) = heads.max().copied() else { break };
            let ordinal = if self.dropped.contains(&newest) {
                DROPPED
            } else {
                positions.push(newest);
                positions.len() as u32 - 1
            };
            for (of_input, done) in of_inputs.iter().zip(&mut ordinals) {
                if of_input.get(done.len()) == Some(&newest) {
                    done.push(ordinal);
                }
            }
        }
        (positions, ordinals)
    }

    /// Writes the positions that are not written, and says whether it paused.
    async fn write_positions(
        &self,
        positions: &[Position],
        written: &mut Progress,
        until: u64,
        parts: &impl Parts,
    ) -> Result<bool> {
        loop {
            let mut some = Vec::new();
            writer::add_positions(positions, PARTS_A_CALL, written, &mut some);
            if some.is_empty() {
                return Ok(false);
            }
            parts.write(self.output.id, some).await?;
            if written.bytes >= until {
                return Ok(true);
            }
        }
    }

    /// Writes the lists that are not written. Where it paused, if it did.
    async fn write_lists(
        &self,
        inputs: &mut [Input],
        writer: &mut Writer,
        until: u64,
        parts: &impl Parts,
    ) -> Result<Option<Progress>> {
        let (mut with_term, mut ordinals) = (Vec::new(), Vec::new());
        loop {
            while inputs.iter().any(Input::is_behind) {
                read_ahead(inputs, parts).await?;
            }
            find_first(inputs, &mut with_term);
            let Some(first) = with_term.first() else { return Ok(None) };
            let mut is_read = true;
            for input in &with_term {
                is_read &= inputs[*input].has_list()?;
            }
            if !is_read {
                read_ahead(inputs, parts).await?;
            }
            ordinals.clear();
            for input in &with_term {
                inputs[*input].add_list(&mut ordinals)?;
            }
            // Those of each input are in order, and often those of one are behind all others.
            if with_term.len() > 1 {
                ordinals.sort();
                ordinals.dedup();
            }
            if let Some(term) = inputs[*first].term().filter(|_| !ordinals.is_empty()) {
                writer.add(term, &ordinals);
            }
            for input in &with_term {
                inputs[*input].proceed()?;
            }
            let checkpoint = writer.take_checkpoint().filter(|_| writer.bytes() >= until);
            if checkpoint.is_some() || writer.parts_len() >= PARTS_A_CALL {
                parts.write(self.output.id, writer.take_parts()).await?;
            }
            if checkpoint.is_some() {
                return Ok(checkpoint);
            }
        }
    }
}

/// Which inputs have the first term that is left, if any is.
fn find_first(inputs: &[Input], with_term: &mut Vec<usize>) {
    with_term.clear();
    for (at, input) in inputs.iter().enumerate() {
        let Some(term) = input.term() else { continue };
        let first = with_term.first().and_then(|first| inputs[*first].term());
        let order = first.map_or(Ordering::Equal, |first| term.cmp(first));
        if order == Ordering::Less {
            with_term.clear();
        }
        if order != Ordering::Greater {
            with_term.push(at);
        }
    }
}

async fn read_positions(segment: &Segment, parts: &impl Parts) -> Result<Vec<Position>> {
    let all: Vec<Part> = (0..segment.counts().positions()).map(Part::Positions).collect();
    let mut of_segment: Vec<Position> = Vec::new();
    for some in all.chunks(PARTS_A_CALL) {
        let names: Vec<PartName> = some.iter().map(|part| segment.name(*part)).collect();
        for (part, bytes) in some.iter().zip(read(&names, parts).await?) {
            of_segment.extend(positions::decode(&bytes).map_err(segment.corrupt(*part))?);
        }
    }
    let is_whole = of_segment.len() == segment.len as usize;
    if !is_whole || !of_segment.is_sorted_by(|a, b| a > b) {
        let last = segment.counts().positions() - 1;
        return Err(segment.corrupt(Part::Positions(last))(Corrupt("other positions")).into());
    }
    Ok(of_segment)
}

/// Reads parts. There are as many as names.
async fn read(names: &[PartName], parts: &impl Parts) -> Result<Vec<Vec<u8>>> {
    let all = parts.read(names).await?;
    if all.len() == names.len() { Ok(all) } else { Err(Error::Internal("parts are absent".into())) }
}

/// Reads what the inputs want next.
async fn read_ahead(inputs: &mut [Input], parts: &impl Parts) -> Result<()> {
    let of_input = |(at, input): (usize, &Input)| {
        let id = input.segment().id;
        input.wanted().map(move |part| (at, PartName { segment: id, part }))
    };
    let (of_inputs, names): (Vec<usize>, Vec<PartName>) =
        inputs.iter().enumerate().flat_map(of_input).unzip();
    let all = read(&names, parts).await?;
    for ((at, name), bytes) in of_inputs.into_iter().zip(names).zip(all) {
        inputs[at].give(name.part, bytes);
    }
    for input in inputs.iter_mut().filter(|input| input.term().is_none()) {
        input.proceed()?;
    }
    Ok(())
}

/// Brings the inputs to the first term behind the last one that is written.
async fn seek(inputs: &mut [Input], last_term: Option<&Term>, parts: &impl Parts) -> Result<()> {
    let Some(last_term) = last_term.map(Term::as_bytes) else { return Ok(()) };
    for input in inputs.iter_mut() {
        let segment = input.segment();
        if segment.buckets > 1 {
            let part = Part::TermFence(fence::fence_of(segment, last_term));
            let bytes = read(&[segment.name(part)], parts).await?.concat();
            let fence = TermFence::parse(&bytes, segment.buckets);
            let fence = fence.map_err(segment.corrupt(part))?;
            input.begin_at(fence.bucket_of(last_term));
        } else {
            input.begin_at(0);
        }
    }
    while inputs.iter().any(Input::is_behind) {
        read_ahead(inputs, parts).await?;
        for input in inputs.iter_mut() {
            input.proceed_behind(last_term)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashMap};
    use std::pin::pin;
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering as Memory};
    use std::task::{Context, Poll, Waker};

    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::domain::clock::Timestamp;
    use crate::index::entry::EntryPart;
    use crate::index::segment::bucket::{self, List};
    use crate::index::segment::build::build;
    use crate::index::segment::fence::TimeFence;
    use crate::index::segment::{
        Collection, MAX_PART_BYTES, POSITIONS_A_PART, POSITIONS_PARTS_A_TIME_FENCE, ordinals,
        varint,
    };

    /// Parts in memory. Whoever writes one again writes the same bytes.
    #[derive(Default)]
    struct Memories {
        parts: Mutex<HashMap<PartName, Vec<u8>>>,
        /// How many calls work, before all others fail.
        calls: AtomicUsize,
    }

    impl Memories {
        fn new() -> Self {
            Self { parts: Mutex::default(), calls: AtomicUsize::new(usize::MAX) }
        }

        fn call(&self) -> Result<()> {
            let left =
                self.calls.fetch_update(Memory::SeqCst, Memory::SeqCst, |left| left.checked_sub(1));
            left.map(|_| ()).map_err(|_| Error::Internal("no call is left".into()))
        }
    }

    impl Parts for Memories {
        async fn read(&self, names: &[PartName]) -> Result<Vec<Vec<u8>>> {
            self.call()?;
            let parts = self.parts.lock().unwrap();
            let read = names.iter().map(|name| {
                parts.get(name).cloned().ok_or_else(|| Error::Internal(format!("{name:?}").into()))
            });
            read.collect()
        }

        async fn write(&self, segment: SegmentId, parts: Vec<(Part, Vec<u8>)>) -> Result<()> {
            self.call()?;
            let mut all = self.parts.lock().unwrap();
            for (part, bytes) in parts {
                let before = all.insert(PartName { segment, part }, bytes.clone());
                assert!(before.is_none_or(|before| before == bytes), "{part:?} is another one");
            }
            Ok(())
        }
    }

    /// What nothing waits in.
    fn now<T>(work: impl Future<Output = T>) -> T {
        match pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(done) => done,
            Poll::Pending => panic!("nothing in memory waits"),
        }
    }

    /// Records and their terms.
    type Model = BTreeMap<Position, BTreeSet<Term>>;

    fn term(text: &str) -> Term {
        Term::new(text.as_bytes()).unwrap()
    }

    fn at(millis: i64, id: u128) -> Position {
        Position { time: Timestamp::from_millis(millis).unwrap(), id: Uuid::from_u128(id) }
    }

    fn birth(id: u128) -> Birth {
        Birth {
            id: SegmentId(Uuid::from_u128(id)),
            collection: Collection::Activities,
            analyzer: 1,
            tier: 0,
            number: 0,
        }
    }

    /// Builds the segment of some records.
    fn written(parts: &Memories, id: u128, model: &Model) -> Segment {
        let records = model
            .iter()
            .map(|(position, terms)| EntryPart::new(*position, terms.iter().cloned().collect()));
        let built = build(birth(id), records.collect());
        now(parts.write(built.segment.id, built.parts)).unwrap();
        built.segment
    }

    /// All that a segment says, read through its fences; that it has the parts that it names
    /// and no others; and that none is too long.
    fn content(parts: &Memories, segment: &Segment) -> Model {
        let all = parts.parts.lock().unwrap();
        let has: BTreeSet<Part> =
            all.keys().filter(|name| name.segment == segment.id).map(|name| name.part).collect();
        assert_eq!(segment.parts().collect::<BTreeSet<_>>(), has);
        assert_eq!(segment.parts().count(), has.len());
        let part = |part| all[&segment.name(part)].as_slice();
        let bytes = segment.parts().map(|of_segment| part(of_segment).len());
        assert_eq!(bytes.sum::<usize>() as u64, segment.bytes);

        let mut of_segment = Vec::new();
        let mut times = Vec::new();
        for number in 0..segment.counts().positions() {
            let decoded = positions::decode(part(Part::Positions(number))).unwrap();
            times.push(decoded[0].time);
            of_segment.extend(decoded);
        }
        assert_eq!(of_segment.len(), segment.len as usize);
        let ends = [of_segment[0].time, of_segment[of_segment.len() - 1].time];
        assert_eq!(ends, [segment.newest, segment.oldest]);
        let fences = times.chunks(POSITIONS_PARTS_A_TIME_FENCE as usize);
        for (number, times) in fences.enumerate().filter(|_| segment.len > POSITIONS_A_PART) {
            let fence = part(Part::TimeFence(number as u32));
            assert_eq!(TimeFence::parse(fence).unwrap().times(), times);
        }

        let mut model: Model = of_segment.iter().map(|at| (*at, BTreeSet::new())).collect();
        let (mut last, mut next_block) = (None, 0);
        for bucket in 0..segment.buckets {
            let bytes = part(Part::Bucket(bucket));
            assert!(bytes.len() <= MAX_PART_BYTES);
            for (term, list) in bucket::entries(bytes, segment.len).unwrap() {
                assert!(last.as_ref() < Some(&term));
                assert_eq!(bucket_of(segment, part, term.as_bytes()), bucket);
                let found = bucket::find(bytes, segment.len, term.as_bytes()).unwrap();
                assert_eq!(found.as_ref(), Some(&list));
                let len = list.len();
                let listed = match list {
                    List::Inline(ordinals) => ordinals,
                    List::Blocks { first_block, first_pages, .. } => {
                        assert_eq!(first_block, next_block);
                        next_block += first_pages.len() as u32;
                        let blocks = (first_block..next_block).map(|block| {
                            let bytes = part(Part::Block(block));
                            assert!(bytes.len() <= MAX_PART_BYTES);
                            ordinals::all(bytes, segment.len).unwrap()
                        });
                        let blocks: Vec<_> = blocks.collect();
                        let begins = blocks.iter().map(|block| block[0] / ordinals::PAGE);
                        assert!(begins.eq(first_pages));
                        blocks.concat()
                    }
                };
                assert_eq!(listed.len(), len as usize);
                for ordinal in listed {
                    let terms = model.get_mut(&of_segment[ordinal as usize]).unwrap();
                    assert!(terms.insert(term.clone()));
                }
                last = Some(term);
            }
        }
        assert_eq!(next_block, segment.blocks);
        model
    }

    fn bucket_of<'a>(segment: &Segment, part: impl Fn(Part) -> &'a [u8], term: &[u8]) -> u32 {
        if segment.buckets == 1 {
            return 0;
        }
        let number = fence::fence_of(segment, term);
        assert_eq!(fence::fences_of_prefix(segment, term).start(), &number);
        let bytes = part(Part::TermFence(number));
        assert!(bytes.len() <= MAX_PART_BYTES);
        let fence = TermFence::parse(bytes, segment.buckets).unwrap();
        let bucket = fence.bucket_of(term);
        assert_eq!(fence.buckets_of_prefix(term).start(), &bucket);
        assert!((fence.first()..=fence.last()).contains(&bucket));
        bucket
    }

    /// What a merge is to be.
    fn union(models: &[Model], dropped: &BTreeSet<Position>) -> Model {
        let mut all = Model::new();
        for (position, terms) in models.iter().flatten() {
            if !dropped.contains(position) {
                all.entry(*position).or_default().extend(terms.iter().cloned());
            }
        }
        all
    }

    /// Merges in steps; after each, what is in memory is kept or not.
    fn merged(
        parts: &Memories,
        mut merge: Merge,
        max_bytes_written: usize,
        mut is_kept: impl FnMut() -> bool,
    ) -> (Option<Segment>, usize) {
        let mut steps = 0;
        loop {
            steps += 1;
            match now(merge.advance(parts, max_bytes_written)).unwrap() {
                Advance::Done(segment) => return (segment, steps),
                Advance::Paused(progress) => {
                    assert_eq!(progress, merge.progress);
                    if !is_kept() {
                        let Merge { output, inputs, dropped, .. } = merge;
                        merge = Merge::new(output, inputs, dropped, progress);
                    }
                }
            }
        }
    }

    fn model() -> impl Strategy<Value = Model> {
        let position = (0i64..40, 0u128..4).prop_map(|(time, id)| at(time, id << 80 | id));
        let terms = prop::collection::btree_set("[a-d]{1,3}".prop_map(|text| term(&text)), 0..6);
        prop::collection::btree_map(position, terms, 1..30)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn merges_of_merges_are_the_union_of_all(
            models in prop::collection::vec(model(), 1..8),
            dropped in prop::collection::btree_set((0i64..40, 0u128..4), 0..40),
            groups in prop::collection::vec(1usize..5, 8),
        ) {
            let parts = Memories::new();
            let dropped: BTreeSet<_> =
                dropped.into_iter().map(|(time, id)| at(time, id << 80 | id)).collect();
            let mut expected = models.clone();
            let segments = models.iter().zip(1..);
            let mut segments: Vec<_> =
                segments.map(|(model, id)| written(&parts, id, model)).collect();
            for (id, group) in (100..).zip(groups) {
                let group = group.min(segments.len());
                let inputs: Vec<_> = segments.drain(..group).collect();
                let union = union(&expected.drain(..group).collect::<Vec<_>>(), &dropped);
                let merge = Merge::new(birth(id), inputs, dropped.clone(), Progress::default());
                let (output, _) = merged(&parts, merge, 0, || false);
                prop_assert_eq!(output.as_ref().map(|output| content(&parts, output)),
                    Some(union.clone()).filter(|union| !union.is_empty()));
                segments.extend(output);
                expected.extend(Some(union).filter(|union| !union.is_empty()));
            }
        }
    }

    /// A segment of many positions, lists of every form, and several term fences: long
    /// terms that differ at their ends make separators long.
    fn large(first: i64, step: usize) -> Model {
        let position = |n: usize| at(first + (n * step) as i64, (n as u128) << 80);
        let mut model: Model = (0..5_000).map(|n| (position(n), BTreeSet::new())).collect();
        for (n, terms) in model.values_mut().enumerate() {
            terms.insert(term("all"));
            terms.extend(
                [2, 7, 9, 1_700]
                    .into_iter()
                    .filter(|by| n % by == 1)
                    .map(|by| term(&format!("one of {by}"))),
            );
            if n % 2 == 0 {
                terms.insert(term(&format!("{}{:04}", "x".repeat(190), n * step % 5_000)));
            }
        }
        model
    }

    /// Two such segments that overlap, and what is dropped of them.
    fn large_merge(parts: &Memories) -> (Vec<Segment>, BTreeSet<Position>, Model) {
        let models = [large(0, 1), large(3_000, 3)];
        let dropped: BTreeSet<_> = models[0].keys().copied().step_by(10).collect();
        let segments = vec![written(parts, 1, &models[0]), written(parts, 2, &models[1])];
        for (segment, model) in segments.iter().zip(&models) {
            assert_eq!(content(parts, segment), *model);
            assert!(segment.fences.len() > 1 && segment.blocks > 1);
        }
        let union = union(&models, &dropped);
        (segments, dropped, union)
    }

    #[test]
    fn a_merge_writes_the_same_however_it_was_paused() {
        let parts = Memories::new();
        let (inputs, dropped, union) = large_merge(&parts);
        // Each writes the same parts again, which are compared as they are written.
        let once = Merge::new(birth(3), inputs.clone(), dropped.clone(), Progress::default());
        let (segment, steps) = merged(&parts, once, usize::MAX, || false);
        let segment = segment.unwrap();
        assert_eq!(steps, 1);
        assert_eq!(content(&parts, &segment), union);
        assert!(segment.fences.len() > 2 && segment.len > 2 * ordinals::PAGE);
        let mut is_kept = false;
        for max_bytes_written in [0, 20_000, 200_000] {
            let paused = Merge::new(birth(3), inputs.clone(), dropped.clone(), Progress::default());
            let of_steps = merged(&parts, paused, max_bytes_written, || {
                is_kept = !is_kept;
                is_kept
            });
            assert_eq!(of_steps.0.as_ref(), Some(&segment));
            assert!(of_steps.1 > 1);
        }
        assert_eq!(content(&parts, &segment), union);
    }

    #[test]
    fn a_merge_that_fails_anywhere_goes_on_from_its_last_pause() {
        let parts = Memories::new();
        let (inputs, dropped, union) = large_merge(&parts);
        for calls in 0.. {
            parts.calls.store(calls, Memory::SeqCst);
            let mut merge =
                Merge::new(birth(3), inputs.clone(), dropped.clone(), Progress::default());
            let mut has_failed = false;
            let segment = loop {
                match now(merge.advance(&parts, 0)) {
                    Ok(Advance::Done(segment)) => break segment.unwrap(),
                    Ok(Advance::Paused(_)) => {}
                    Err(_) => {
                        has_failed = true;
                        parts.calls.store(usize::MAX, Memory::SeqCst);
                    }
                }
            };
            if !has_failed {
                assert!(calls > 10, "{calls} calls are enough");
                assert_eq!(content(&parts, &segment), union);
                break;
            }
        }
    }

    #[test]
    fn nothing_is_written_where_every_position_was_dropped() {
        let parts = Memories::new();
        let model = Model::from([(at(1, 1), BTreeSet::from([term("a")]))]);
        let inputs = vec![written(&parts, 1, &model)];
        let dropped = model.keys().copied().collect();
        let merge = Merge::new(birth(2), inputs, dropped, Progress::default());
        assert_eq!(merged(&parts, merge, 0, || true), (None, 1));
        assert_eq!(parts.parts.lock().unwrap().len(), 2);
    }

    #[test]
    fn records_without_terms_are_in_a_segment_with_an_empty_bucket() {
        let parts = Memories::new();
        let models = [1, 2].map(|id| Model::from([(at(5, id), BTreeSet::new())]));
        let inputs = vec![written(&parts, 1, &models[0]), written(&parts, 2, &models[1])];
        let merge = Merge::new(birth(3), inputs, BTreeSet::new(), Progress::default());
        let segment = merged(&parts, merge, 0, || false).0.unwrap();
        assert_eq!(content(&parts, &segment), union(&models, &BTreeSet::new()));
        assert_eq!((segment.buckets, segment.bytes), (1, 26));
    }

    #[test]
    fn a_part_that_is_damaged_or_another_ones_is_an_error_or_harmless() {
        let parts = Memories::new();
        let (inputs, dropped, _) = large_merge(&parts);
        let all = parts.parts.lock().unwrap().clone();
        let mut names: Vec<_> =
            all.keys().copied().filter(|name| name.segment.0.as_u128() == 1).collect();
        names.sort_unstable();
        let mut refused = 0;
        for (at, name) in names.iter().enumerate().step_by(7) {
            let bytes = &all[name];
            let mut flipped = bytes.clone();
            flipped[at % bytes.len()] ^= 1 << (at % 8);
            let other = &all[&names[(at + 1) % names.len()]];
            for damaged in [&flipped, &bytes[..bytes.len() / 2], other, &[][..]] {
                let damaged_parts = Memories::new();
                *damaged_parts.parts.lock().unwrap() = all.clone();
                damaged_parts.parts.lock().unwrap().insert(*name, damaged.to_vec());
                let mut merge =
                    Merge::new(birth(3), inputs.clone(), dropped.clone(), Progress::default());
                refused += usize::from(now(merge.advance(&damaged_parts, usize::MAX)).is_err());
            }
        }
        assert!(refused > names.len() / 7);
    }

    /// It would go on behind all words of that input, and leave them out.
    #[test]
    fn a_resumed_merge_ends_at_a_fence_of_buckets_that_the_segment_has_not() {
        let parts = Memories::new();
        let (inputs, dropped, _) = large_merge(&parts);
        let mut merge = Merge::new(birth(3), inputs.clone(), dropped.clone(), Progress::default());
        let progress = loop {
            match now(merge.advance(&parts, 1)).unwrap() {
                Advance::Paused(progress) if progress.last_term.is_some() => break progress,
                Advance::Paused(_) => {}
                Advance::Done(_) => panic!("it is large enough to pause"),
            }
        };
        let last_term = progress.last_term.clone().unwrap();
        let fenced = inputs.iter().find(|segment| segment.buckets > 1).unwrap();
        let name = fenced.name(Part::TermFence(fence::fence_of(fenced, last_term.as_bytes())));
        for (first, is_read) in [(fenced.buckets - 1, true), (fenced.buckets, false)] {
            let version = parts.parts.lock().unwrap()[&name][0];
            let mut damaged = vec![version];
            varint::put(&mut damaged, first.into());
            parts.parts.lock().unwrap().insert(name, damaged);
            let mut input = [Input::new(fenced.clone(), vec![0; fenced.len as usize])];
            let sought = now(seek(&mut input, Some(&last_term), &parts));
            assert_eq!(sought.is_ok(), is_read);
        }
        let mut resumed = Merge::new(birth(3), inputs, dropped, progress);
        assert!(now(resumed.advance(&parts, usize::MAX)).is_err());
    }

    #[test]
    fn inputs_of_more_positions_than_a_segment_has_are_refused() {
        let parts = Memories::new();
        let mut segment = written(&parts, 1, &Model::from([(at(1, 1), BTreeSet::new())]));
        segment.len = MAX_SEGMENT_LEN;
        let inputs = vec![segment.clone(), segment];
        let mut merge = Merge::new(birth(2), inputs, BTreeSet::new(), Progress::default());
        assert!(now(merge.advance(&parts, 0)).is_err());
    }
}
