//! A search of one segment: its matches, newest first, as far as the parts that are at
//! hand tell them, and which parts are missing.
//!
//! ```text
//! fences ─▶ buckets ─▶ lists ─▶ pages of 4,096 ordinals ─▶ ordinals ─▶ positions
//!                                 (blocks of long lists)     (blocks of positions)
//! ```
//!
//! Nothing here waits for the table: [`SegmentSearch::advance`] goes on as far as it can,
//! and says what it lacks. So the parts that many segments lack are read side by side.

use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;
use std::sync::Arc;

use uuid::Uuid;

use super::expression::Leaf;
use super::plan::{Clause, Plan};
use super::segment::bucket::{self, List};
use super::segment::fence::{self, TermFence, TimeFence};
use super::segment::ordinals::{self, PAGE, PageSet};
use super::segment::{Corrupt, POSITIONS_A_PART, Part, PartName, Segment, positions};
use super::{Position, Range};

/// With what probability positions may turn out to be of no match, and are still read
/// before it is known.
const MOST_GUESSED_FOR_NOTHING: f64 = 0.8;

/// How many matches are to be expected so that most often so many are there. One more round
/// costs more than some units.
pub(super) fn with_slack(matches: usize) -> usize {
    matches + (2.0 * (matches as f64).sqrt()) as usize
}

/// How many buckets of one segment are read for beginnings of words. More of them would be all
/// that a search may read. A beginning of so many words is mostly found soon in the text.
const MOST_BUCKETS_OF_BEGINNINGS: u32 = 100;

/// The bytes of parts that were read.
pub(super) type Parts = HashMap<PartName, Arc<[u8]>>;

/// The parts that are missing, in the order in which they are wanted.
#[derive(Debug, Default)]
pub(super) struct Missing {
    names: Vec<PartName>,
    known: HashSet<PartName>,
}

impl Missing {
    fn want(&mut self, name: PartName) {
        if self.known.insert(name) {
            self.names.push(name);
        }
    }

    pub(super) fn into_names(self) -> Vec<PartName> {
        self.names
    }
}

/// How far a round of reading may go ahead over pages that lack blocks: those of the oldest
/// are read for nothing, where the newer ones have enough.
#[derive(Debug)]
pub(super) struct Ahead {
    /// So many pages in any case.
    pub(super) pages: usize,
    /// Further ones until so many matches can be expected.
    pub(super) matches: f64,
    /// And with them so many blocks at most.
    pub(super) blocks: usize,
    /// How many matches can be expected of the pages that were taken.
    pub(super) expected: f64,
}

impl Ahead {
    /// Whether a page that lacks so many blocks, and of which so many matches can be
    /// expected, is still read in this round.
    fn allows(&mut self, blocks: usize, expected: f64) -> bool {
        let is_wanted = self.matches > self.expected && self.blocks >= blocks;
        if self.pages == 0 && !is_wanted {
            return false;
        }
        self.pages = self.pages.saturating_sub(1);
        self.blocks = self.blocks.saturating_sub(blocks);
        self.expected += expected;
        true
    }
}

/// What is known of a leaf.
#[derive(Clone, Debug)]
enum Lists {
    Unread,
    /// Its lists.
    Read(Vec<List>),
    /// They are not read: any record may be filed under it, or not.
    Open,
}

/// A search of one segment.
#[derive(Debug)]
pub(super) struct SegmentSearch {
    segment: Segment,
    /// The ordinals that can be within the range of time; known when the fences of a long
    /// segment were read.
    within: Option<std::ops::Range<u32>>,
    lists: Vec<Lists>,
    /// The buckets of each leaf, where they are known.
    buckets: Vec<Option<RangeInclusive<u32>>>,
    /// How many buckets are still read for beginnings.
    buckets_of_beginnings: u32,
    /// Matches so far, in their order.
    matches: Vec<u32>,
    /// The positions of the first of them.
    positions: Vec<Position>,
    /// The first ordinal that was not judged.
    next: u32,
    /// Whether there is nothing behind the matches so far.
    is_judged: bool,
    /// Where positions were guessed first. Once that is judged, it shows whether guesses are
    /// good for anything.
    first_guess: Option<u32>,
    /// The blocks of positions that were read.
    blocks: HashMap<u32, Vec<Position>>,
}

/// What is known of a page.
struct Page {
    /// What matches, by what is at hand.
    set: PageSet,
    /// The share of it that can be expected to match in the end.
    share: f64,
    /// The blocks that tell. Where there are none, the page is judged.
    lacking: Vec<PartName>,
}

impl Page {
    fn judged(set: PageSet) -> Self {
        Self { set, share: 1.0, lacking: Vec::new() }
    }
}

impl SegmentSearch {
    pub(super) fn new(segment: Segment, plan: &Plan) -> Self {
        // Whoever is bound must not learn from reads what others have: only the bounds are
        // looked up.
        let is_open = |leaf: &usize| !plan.bounds.is_empty() && !plan.is_bound(*leaf);
        let lists_of = |leaf| if is_open(&leaf) { Lists::Open } else { Lists::Unread };
        Self {
            segment,
            within: None,
            lists: (0..plan.leaves.len()).map(lists_of).collect(),
            buckets: vec![None; plan.leaves.len()],
            buckets_of_beginnings: MOST_BUCKETS_OF_BEGINNINGS,
            matches: Vec::new(),
            positions: Vec::new(),
            next: 0,
            is_judged: false,
            first_guess: None,
            blocks: HashMap::new(),
        }
    }

    pub(super) fn segment(&self) -> &Segment {
        &self.segment
    }

    /// The positions that were found, newest first.
    pub(super) fn found(&self) -> &[Position] {
        &self.positions
    }

    /// Whether all of its matches are known.
    pub(super) fn is_finished(&self) -> bool {
        self.is_judged && self.positions.len() == self.matches.len()
    }

    /// The newest position that it may still have a match at; `None` when it is finished.
    pub(super) fn undecided(&self, range: Range) -> Option<Position> {
        if self.is_finished() {
            return None;
        }
        let newest = Position { time: self.segment.newest, id: Uuid::max() }.min(range.newest);
        let next = self.matches.get(self.positions.len()).copied().unwrap_or(self.next);
        let at_next = self
            .blocks
            .get(&(next / POSITIONS_A_PART))
            .and_then(|block| block.get((next % POSITIONS_A_PART) as usize))
            .copied();
        let behind_found = || self.positions.last().and_then(|last| last.older());
        let known = at_next.or_else(behind_found);
        Some(known.map_or(newest, |known| known.min(newest)))
    }

    /// Asks for the positions that tell how far it came.
    pub(super) fn pin(&self, missing: &mut Missing) {
        let next = self.matches.get(self.positions.len()).copied().unwrap_or(self.next);
        let block = next / POSITIONS_A_PART;
        if !self.is_finished() && next > 0 && !self.blocks.contains_key(&block) {
            missing.want(self.name(Part::Positions(block)));
        }
    }

    /// Takes the positions that were read.
    pub(super) fn take_positions(&mut self, parts: &Parts) -> Result<(), Corrupt> {
        let next = self.matches.get(self.positions.len()).copied().unwrap_or(self.next);
        self.block(next / POSITIONS_A_PART, parts).map(drop)
    }

    /// Whether its lists are known, so that it can be told how many matches it may have.
    pub(super) fn knows_its_lists(&self) -> bool {
        self.is_judged || !self.lists.iter().any(|lists| matches!(lists, Lists::Unread))
    }

    /// Whether all that it finds matches. Where lists were not read, some of it may not.
    pub(super) fn is_exact(&self) -> bool {
        !self.lists.iter().any(|lists| matches!(lists, Lists::Open))
    }

    /// How many matches are known by now.
    pub(super) fn matches(&self) -> usize {
        self.matches.len()
    }

    /// About how many more matches it has than positions, where its lists are known.
    pub(super) fn expected(&self, plan: &Plan) -> usize {
        let known = self.matches.len() - self.positions.len();
        if self.is_judged || !self.knows_its_lists() {
            return known;
        }
        let rest = self.within.as_ref().map_or(0, |within| within.end.saturating_sub(self.next));
        known + (self.density(plan) * f64::from(rest)) as usize
    }

    /// The ordinals that match, as far as that is known.
    pub(super) fn ordinals(&self) -> &[u32] {
        &self.matches
    }

    /// Whether all ordinals that match are known.
    pub(super) fn is_judged(&self) -> bool {
        self.is_judged
    }

    /// About how many matches it has; `None` where its lists tell that there is none.
    pub(super) fn likely(&self, plan: &Plan) -> Option<f64> {
        if self.is_judged && self.matches.is_empty() {
            return None;
        }
        Some(self.density(plan) * f64::from(self.segment.len))
    }

    /// The share of its ordinals that match, were its lists independent of each other.
    fn density(&self, plan: &Plan) -> f64 {
        plan.positive().map(|clause| self.share(clause)).product()
    }

    /// The share of its ordinals that a clause holds of, about.
    fn share(&self, clause: &Clause) -> f64 {
        let len = f64::from(self.segment.len);
        let of_leaf = |leaf: &usize| match &self.lists[*leaf] {
            Lists::Unread => 0.0,
            Lists::Read(lists) => lists.iter().map(|list| f64::from(list.len())).sum::<f64>() / len,
            Lists::Open => 1.0,
        };
        let of_all = |all: &Vec<usize>| all.iter().map(of_leaf).fold(1.0, f64::min);
        clause.iter().map(of_all).sum::<f64>().min(1.0)
    }

    /// Goes on until it has `wanted` positions in all, or lacks parts.
    pub(super) fn advance(
        &mut self,
        plan: &Plan,
        range: Range,
        parts: &Parts,
        wanted: usize,
        ahead: &mut Ahead,
        missing: &mut Missing,
    ) -> Result<(), Corrupt> {
        if self.is_finished() {
            return Ok(());
        }
        if self.within.is_none() {
            self.find_ends(range, parts, missing)?;
        }
        self.find_lists(plan, parts, missing)?;
        if let Some(within) = self.within.clone()
            && self.knows_its_lists()
            && !self.is_judged
        {
            self.judge(plan, &within, parts, wanted, ahead, missing)?;
        }
        self.locate(range, parts, wanted, missing)
    }

    fn name(&self, part: Part) -> PartName {
        PartName { segment: self.segment.id, part }
    }

    /// A part, or `None` where it is missing, which is noted.
    fn part<'a>(&self, part: Part, parts: &'a Parts, missing: &mut Missing) -> Option<&'a [u8]> {
        let name = self.name(part);
        let found = parts.get(&name);
        if found.is_none() {
            missing.want(name);
        }
        found.map(|bytes| &**bytes)
    }

    /// The ordinals that can be within the range. They end where blocks of positions do,
    /// so that no position has to be read for them.
    fn find_ends(
        &mut self,
        range: Range,
        parts: &Parts,
        missing: &mut Missing,
    ) -> Result<(), Corrupt> {
        let Segment { len, newest, oldest, .. } = self.segment;
        let covers = newest < range.newest.time && range.oldest.time <= oldest;
        if covers || len <= POSITIONS_A_PART {
            self.within = Some(0..len);
            return Ok(());
        }
        let fences: Vec<Option<&[u8]>> = (0..self.segment.counts().time_fences())
            .map(|number| self.part(Part::TimeFence(number), parts, missing))
            .collect();
        let Some(fences) = fences.into_iter().collect::<Option<Vec<&[u8]>>>() else {
            return Ok(());
        };
        let mut times = Vec::new();
        for fence in fences {
            times.extend_from_slice(TimeFence::parse(fence)?.times());
        }
        // The last block that begins with something newer than all of the range, and the
        // first that begins with something older.
        let newer = times.partition_point(|time| *time > range.newest.time);
        let first = newer.saturating_sub(1);
        let end = times.partition_point(|time| *time >= range.oldest.time);
        let ordinal = |block: usize| {
            u32::try_from(block).unwrap_or(u32::MAX).saturating_mul(POSITIONS_A_PART).min(len)
        };
        let within = ordinal(first)..ordinal(end);
        self.next = within.start;
        self.within = Some(within);
        Ok(())
    }

    /// Looks up the lists of the leaves: those that come first, and the others where
    /// these can have something in common.
    fn find_lists(
        &mut self,
        plan: &Plan,
        parts: &Parts,
        missing: &mut Missing,
    ) -> Result<(), Corrupt> {
        for leaf in &plan.first {
            self.find_list(*leaf, plan, parts, missing)?;
        }
        if plan.first.iter().any(|leaf| matches!(self.lists[*leaf], Lists::Unread)) {
            return Ok(());
        }
        // A clause whose leaves are all known, and that no ordinal can match.
        let is_empty = |clause: &Clause| {
            let has_none =
                |leaf: &usize| matches!(&self.lists[*leaf], Lists::Read(lists) if lists.is_empty());
            clause.iter().all(|all| all.iter().any(has_none))
        };
        if plan.positive().any(is_empty) {
            self.is_judged = true;
            return Ok(());
        }
        for leaf in 0..plan.leaves.len() {
            self.find_list(leaf, plan, parts, missing)?;
        }
        Ok(())
    }

    fn find_list(
        &mut self,
        leaf: usize,
        plan: &Plan,
        parts: &Parts,
        missing: &mut Missing,
    ) -> Result<(), Corrupt> {
        if !matches!(self.lists[leaf], Lists::Unread) {
            return Ok(());
        }
        if self.buckets[leaf].is_none() {
            let Some(buckets) = self.buckets_of(&plan.leaves[leaf], parts, missing)? else {
                return Ok(());
            };
            if matches!(plan.leaves[leaf], Leaf::Beginning(_)) {
                let count = buckets.end().saturating_sub(*buckets.start()).saturating_add(1);
                let Some(left) = self.buckets_of_beginnings.checked_sub(count) else {
                    self.lists[leaf] = Lists::Open;
                    return Ok(());
                };
                self.buckets_of_beginnings = left;
            }
            self.buckets[leaf] = Some(buckets);
        }
        let Some(buckets) = self.buckets[leaf].clone() else { return Ok(()) };
        let mut lists = Vec::new();
        let mut is_whole = true;
        for number in buckets {
            let Some(bytes) = self.part(Part::Bucket(number), parts, missing) else {
                is_whole = false;
                continue;
            };
            match &plan.leaves[leaf] {
                Leaf::Term(term) => {
                    lists.extend(bucket::find(bytes, self.segment.len, term.as_bytes())?)
                }
                Leaf::Beginning(term) => {
                    let len = self.segment.len;
                    lists.extend(bucket::with_prefix(bytes, len, term.as_bytes())?);
                }
            }
        }
        if is_whole {
            self.lists[leaf] = Lists::Read(lists);
        }
        Ok(())
    }

    /// The buckets that a leaf's terms are in; `None` where fences are missing.
    fn buckets_of(
        &self,
        leaf: &Leaf,
        parts: &Parts,
        missing: &mut Missing,
    ) -> Result<Option<RangeInclusive<u32>>, Corrupt> {
        if self.segment.buckets <= 1 {
            return Ok(Some(0..=0));
        }
        let fences = match leaf {
            Leaf::Term(term) => {
                let number = fence::fence_of(&self.segment, term.as_bytes());
                number..=number
            }
            Leaf::Beginning(term) => fence::fences_of_prefix(&self.segment, term.as_bytes()),
        };
        let mut ends: Option<(u32, u32)> = None;
        for number in fences {
            let Some(bytes) = self.part(Part::TermFence(number), parts, missing) else {
                ends = None;
                continue;
            };
            let fence = TermFence::parse(bytes, self.segment.buckets)?;
            let (first, last) = match leaf {
                Leaf::Term(term) => {
                    let bucket = fence.bucket_of(term.as_bytes());
                    (bucket, bucket)
                }
                Leaf::Beginning(term) => fence.buckets_of_prefix(term.as_bytes()).into_inner(),
            };
            ends = Some(ends.map_or((first, last), |(from, to)| (from.min(first), to.max(last))));
        }
        Ok(ends.map(|(first, last)| first..=last))
    }

    /// Judges page after page, until there are enough matches or too much is missing.
    fn judge(
        &mut self,
        plan: &Plan,
        within: &std::ops::Range<u32>,
        parts: &Parts,
        wanted: usize,
        ahead: &mut Ahead,
        missing: &mut Missing,
    ) -> Result<(), Corrupt> {
        let mut is_complete = true;
        let mut page = self.next / PAGE;
        let mut lacking: Vec<PartName> = Vec::new();
        // How many matches are still hoped for behind those that are known.
        let mut hoped_for = ahead.matches - ahead.expected;
        while page * PAGE < within.end {
            if is_complete && self.matches.len() >= wanted {
                return Ok(());
            }
            let Page { set, share, lacking: blocks } = self.page(plan, within, page, parts)?;
            if blocks.is_empty() && is_complete {
                let first = page * PAGE;
                self.matches.extend(set.places().map(|place| first + place));
                self.next = (first + PAGE).min(within.end);
            }
            if !blocks.is_empty() {
                is_complete = false;
                let more = blocks.iter().filter(|block| !lacking.contains(block)).count();
                let expected = share * f64::from(set.len());
                let wanted_more = wanted.saturating_sub(self.matches.len());
                hoped_for = hoped_for.min(with_slack(wanted_more) as f64);
                if more > 0 && !ahead.allows(more, expected) {
                    return Ok(());
                }
                for block in blocks {
                    missing.want(block);
                    lacking.push(block);
                }
                // Guesses that were all wrong are not made again.
                let first_guess = *self.first_guess.get_or_insert(page * PAGE);
                if self.next <= first_guess || !self.matches.is_empty() {
                    self.guess_positions(page, &set, share, hoped_for, missing);
                }
                hoped_for -= expected;
            }
            page += 1;
        }
        self.is_judged = is_complete;
        Ok(())
    }

    /// Which ordinals of a page match. What is bound to is judged before anything else,
    /// and blocks are asked for only where something is left to be judged by them.
    fn page(
        &self,
        plan: &Plan,
        within: &std::ops::Range<u32>,
        page: u32,
        parts: &Parts,
    ) -> Result<Page, Corrupt> {
        let first = page * PAGE;
        let start = within.start.saturating_sub(first);
        let end = within.end.saturating_sub(first).min(PAGE);
        let whole = PageSet::of(start..end);
        let mut set = whole.clone();
        for clauses in [&plan.bounds, &plan.all] {
            let mut lacking = Vec::new();
            let mut later: Vec<&Clause> = Vec::new();
            for clause in clauses {
                let before = lacking.len();
                let of_clause = self.clause(clause, &whole, page, parts, &mut lacking)?;
                if lacking.len() == before {
                    set.intersect(&of_clause);
                } else {
                    later.push(clause);
                }
            }
            if set.is_empty() {
                return Ok(Page::judged(set));
            }
            if !later.is_empty() {
                // What is left out is read along.
                for clause in plan.none.iter().filter(|_| std::ptr::eq(clauses, &plan.all)) {
                    self.clause(clause, &PageSet::EMPTY, page, parts, &mut lacking)?;
                }
                let share = later.iter().map(|clause| self.share(clause)).product();
                return Ok(Page { set, share, lacking });
            }
        }
        let mut lacking = Vec::new();
        for clause in &plan.none {
            let of_clause = self.clause(clause, &PageSet::EMPTY, page, parts, &mut lacking)?;
            set.subtract(&of_clause);
        }
        if set.is_empty() || lacking.is_empty() {
            return Ok(Page::judged(set));
        }
        Ok(Page { set, share: 1.0, lacking })
    }

    /// Asks for the positions that matches of a page will most probably need, beside the
    /// blocks that tell these.
    fn guess_positions(
        &self,
        page: u32,
        candidates: &PageSet,
        share: f64,
        mut wanted: f64,
        missing: &mut Missing,
    ) {
        let places: Vec<u32> = candidates.places().collect();
        for of_part in places.chunk_by(|a, b| a / POSITIONS_A_PART == b / POSITIONS_A_PART) {
            let none = (1.0 - share).powi(i32::try_from(of_part.len()).unwrap_or(i32::MAX));
            if wanted <= 0.0 {
                return;
            }
            if none <= MOST_GUESSED_FOR_NOTHING {
                let number = (page * PAGE + of_part[0]) / POSITIONS_A_PART;
                missing.want(self.name(Part::Positions(number)));
            }
            wanted -= share * of_part.len() as f64;
        }
    }

    /// The ordinals of a page that a clause holds of. Of a leaf that is open, `open` stands for
    /// its ordinals.
    fn clause(
        &self,
        clause: &Clause,
        open: &PageSet,
        page: u32,
        parts: &Parts,
        lacking: &mut Vec<PartName>,
    ) -> Result<PageSet, Corrupt> {
        let mut any = PageSet::EMPTY;
        for alternative in clause {
            let mut all: Option<PageSet> = None;
            for leaf in alternative {
                let of_leaf = match &self.lists[*leaf] {
                    Lists::Open => open.clone(),
                    Lists::Unread => PageSet::EMPTY,
                    Lists::Read(lists) => {
                        let mut of_leaf = PageSet::EMPTY;
                        for list in lists {
                            self.add(list, page, parts, &mut of_leaf, lacking)?;
                        }
                        of_leaf
                    }
                };
                match &mut all {
                    None => all = Some(of_leaf),
                    Some(all) => all.intersect(&of_leaf),
                }
            }
            // One without leaves holds of everything.
            any.unite(all.as_ref().unwrap_or(open));
        }
        Ok(any)
    }

    /// Adds the ordinals that a list has in a page.
    fn add(
        &self,
        list: &List,
        page: u32,
        parts: &Parts,
        into: &mut PageSet,
        lacking: &mut Vec<PartName>,
    ) -> Result<(), Corrupt> {
        match list {
            List::Inline(ordinals) => {
                let first = page * PAGE;
                let from = ordinals.partition_point(|ordinal| *ordinal < first);
                for ordinal in &ordinals[from..] {
                    if *ordinal - first >= PAGE {
                        break;
                    }
                    into.insert(*ordinal - first);
                }
                Ok(())
            }
            List::Blocks { first_block, first_pages, .. } => {
                let behind = first_pages.partition_point(|first| *first <= page);
                let Some(number) = behind.checked_sub(1) else { return Ok(()) };
                let number = u32::try_from(number).unwrap_or(u32::MAX).saturating_add(*first_block);
                let name = self.name(Part::Block(number));
                match parts.get(&name) {
                    Some(bytes) => ordinals::add_page(bytes, self.segment.len, page, into),
                    None => {
                        lacking.push(name);
                        Ok(())
                    }
                }
            }
        }
    }

    /// Finds the positions of the first matches.
    fn locate(
        &mut self,
        range: Range,
        parts: &Parts,
        wanted: usize,
        missing: &mut Missing,
    ) -> Result<(), Corrupt> {
        let mut is_complete = true;
        for at in self.positions.len()..self.matches.len().min(wanted) {
            let ordinal = self.matches[at];
            let number = ordinal / POSITIONS_A_PART;
            match self.block(number, parts)? {
                Some(block) => {
                    let position = block.get((ordinal % POSITIONS_A_PART) as usize).copied();
                    let position = position.ok_or(Corrupt("an ordinal has no position"))?;
                    if is_complete {
                        self.positions.push(position);
                        if position < range.oldest {
                            // All that follows is older still.
                            self.matches.truncate(self.positions.len());
                            self.is_judged = true;
                            return Ok(());
                        }
                    }
                }
                None => {
                    is_complete = false;
                    missing.want(self.name(Part::Positions(number)));
                }
            }
        }
        Ok(())
    }

    fn block(&mut self, number: u32, parts: &Parts) -> Result<Option<&[Position]>, Corrupt> {
        if !self.blocks.contains_key(&number) {
            let Some(bytes) = parts.get(&self.name(Part::Positions(number))) else {
                return Ok(None);
            };
            self.blocks.insert(number, positions::decode(bytes)?);
        }
        Ok(self.blocks.get(&number).map(Vec::as_slice))
    }
}
