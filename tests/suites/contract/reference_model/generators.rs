//! How cases are made.

use activity_log_tests::faulty_engine::{FaultKind, When};
use proptest::prelude::*;
use proptest::sample::select;

use super::operations::{
    Again, Compaction, How, Log, Moment, Operation, RELATED, Search, Step, TYPES, TrailSearch,
    Trouble, UNKNOWN, WRITERS,
};
use super::texts::{Body, Clause, Entry, Item, LEXICON, PAIRS, Part, SEPARATORS, Text};

/// The most words of a query.
const MAX_QUERY_WORDS: usize = 16;

fn item() -> impl Strategy<Value = Item> {
    // Squared, so that the first entries are common and the last are rare.
    (0.0..1.0_f64, 0..4_usize).prop_map(|(share, way)| {
        let index = (share * share * LEXICON.len() as f64) as usize;
        Item { entry: &LEXICON[index], way }
    })
}

/// One item, or a few that often stand side by side.
fn items() -> impl Strategy<Value = Vec<Item>> {
    let pair =
        (select(&PAIRS[..]), prop::collection::vec(0..4_usize, 3)).prop_map(|(entries, ways)| {
            let ways = ways.into_iter();
            entries.iter().zip(ways).map(|(n, way)| Item { entry: &LEXICON[*n], way }).collect()
        });
    prop_oneof![3 => item().prop_map(|item| vec![item]), 1 => pair]
}

fn text(pieces: impl Into<prop::collection::SizeRange>) -> impl Strategy<Value = Text> {
    prop::collection::vec((items(), select(&SEPARATORS[..])), pieces).prop_map(|pieces| {
        let pieces = pieces.into_iter();
        Text(pieces.flat_map(|(items, sep)| items.into_iter().map(move |i| (i, sep))).collect())
    })
}

fn body() -> impl Strategy<Value = Body> {
    prop_oneof![
        4 => Just(Body::Absent),
        4 => text(0..5).prop_map(Body::Short),
        1 => (text(0..3), text(0..3)).prop_map(|(before, after)| Body::Long(before, after)),
    ]
}

/// The first tenant has more.
fn tenant() -> impl Strategy<Value = usize> {
    prop_oneof![2 => Just(0), 1 => Just(1)]
}

fn moment(halves: u32) -> impl Strategy<Value = Moment> {
    (0..halves, any::<bool>()).prop_map(|(halves, eastern)| Moment { halves, eastern })
}

/// `halves` is how far apart activities occur, in half milliseconds: with few,
/// many occur at the same time.
pub(super) fn log(halves: u32, keys: u8) -> impl Strategy<Value = Log> {
    let related = prop_oneof![
        8 => Just(None),
        8 => select(&RELATED[..]).prop_map(Some),
        1 => Just(Some(UNKNOWN)),
    ];
    (
        (tenant(), 0..WRITERS.len()),
        select(&TYPES[..]),
        text(1..5),
        body(),
        related,
        prop::option::weighted(0.9, moment(halves)),
        prop_oneof![2 => Just(None), 1 => (0..keys).prop_map(Some)],
        select(&["api", "api", "mcp"][..]),
    )
        .prop_map(
            |((tenant, writer), category, summary, body, related, occurred_at, key, door)| {
                // What is refused or replayed is a matter of the first door.
                let plain = key.is_none() && related != Some(UNKNOWN);
                let source = if plain { door } else { "api" };
                Log { tenant, writer, category, summary, body, related, occurred_at, key, source }
            },
        )
}

fn part() -> impl Strategy<Value = Part> {
    let runs: Vec<&'static Entry> = LEXICON.iter().filter(|entry| entry.class.is_empty()).collect();
    let units = (select(runs), any::<[prop::sample::Index; 2]>()).prop_map(|(entry, cut)| {
        let from = cut[0].index(entry.units.len());
        let to = from + 1 + cut[1].index(entry.units.len() - from);
        let has_asterisk = to - from > 1 && cut[0].index(3) == 0;
        Part::Units(entry, from, to, has_asterisk)
    });
    let words: Vec<&'static Entry> = LEXICON.iter().filter(|entry| has_beginnings(entry)).collect();
    // Common words more often, as in texts.
    let beginning = (0.0..1.0_f64, any::<prop::sample::Index>(), any::<bool>()).prop_map(
        move |(n, letters, capitals)| {
            let entry = words[(n * n * words.len() as f64) as usize];
            let len = entry.units[0].chars().count();
            Part::Beginning(entry, 3 + letters.index(len - 2), capitals)
        },
    );
    let quotes = select(&[('"', '"'), ('“', '”'), ('«', '»')][..]);
    let phrase = (prop::collection::vec(items(), 1..3), select(&[" ", ", ", "-"][..]), quotes)
        .prop_map(|(items, separator, quotes)| Part::Phrase(items.concat(), separator, quotes));
    prop_oneof![
        4 => item().prop_map(|item| match item.entry {
            Entry { class: "", units, .. } => Part::Units(item.entry, 0, units.len(), false),
            _ => Part::Word(item),
        }),
        1 => units,
        2 => phrase,
        3 => beginning,
    ]
}

/// Whether a word has beginnings of three letters, of one code point each.
fn has_beginnings(entry: &Entry) -> bool {
    let letters = entry.units[0];
    let is_plain = |c: char| matches!(c, 'a'..='z' | '0'..='9' | 'α'..='ω' | 'а'..='я');
    !entry.class.is_empty() && letters.chars().count() >= 3 && letters.chars().all(is_plain)
}

fn clause() -> impl Strategy<Value = Clause> {
    prop_oneof![
        5 => part().prop_map(|part| Clause::Any(vec![part])),
        2 => prop::collection::vec(part(), 2..4).prop_map(Clause::Any),
        2 => part().prop_map(Clause::Without),
    ]
}

/// What a query asks for, within the number of words that it may have.
fn query() -> impl Strategy<Value = Vec<Clause>> {
    // Of many, mostly nothing has all.
    let clauses = prop_oneof![
        3 => prop::collection::vec(clause(), 1..4),
        1 => prop::collection::vec(clause(), 4..8),
    ];
    clauses.prop_map(|mut clauses| {
        while clauses.iter().map(Clause::words).sum::<usize>() > MAX_QUERY_WORDS {
            clauses.pop();
        }
        clauses
    })
}

/// An actor as a search names it, with its type beside it or not, and now and then
/// with another or with the type alone.
fn actor() -> impl Strategy<Value = (Option<&'static str>, Option<&'static str>)> {
    const NAMES: [&str; 5] =
        ["model", "service:model", "agent:model", "user:model", "service:nobody"];
    const ACTOR_TYPES: [&str; 3] = ["user", "agent", "service"];
    prop_oneof![
        12 => Just((None, None)),
        4 => select(&NAMES[..]).prop_map(|name| (Some(name), None)),
        2 => select(&ACTOR_TYPES[..]).prop_map(|actor_type| (Some("model"), Some(actor_type))),
        1 => (select(&NAMES[..]), select(&ACTOR_TYPES[..]))
            .prop_map(|(name, actor_type)| (Some(name), Some(actor_type))),
        1 => select(&ACTOR_TYPES[..]).prop_map(|actor_type| (None, Some(actor_type))),
    ]
}

pub(super) fn search(halves: u32) -> impl Strategy<Value = Search> {
    let bound = || prop::option::weighted(0.25, moment(halves + 2));
    let limit = prop_oneof![
        1 => Just(None),
        6 => (1..8_usize).prop_map(Some),
        1 => select(&[20, 100][..]).prop_map(Some),
    ];
    (
        tenant(),
        prop_oneof![1 => Just(Vec::new()), 2 => query()],
        prop::option::weighted(0.25, select(&TYPES[..])),
        (actor(), prop::option::weighted(0.2, select(&["api", "mcp", "admin"][..]))),
        prop::option::weighted(0.25, select(&RELATED[..])),
        bound(),
        bound(),
        limit,
    )
        .prop_map(|(tenant, query, category, by, related, after, before, limit)| Search {
            tenant,
            query,
            category,
            actor: by.0.0,
            actor_type: by.0.1,
            source: by.1,
            related,
            after,
            // Bounds are as fine as a millisecond: two within one are neither
            // a range nor a mistake, and are not asked for.
            before: before.map(|before| match after {
                Some(after) if after.halves.div_ceil(2) == before.halves.div_ceil(2) => {
                    Moment { halves: after.halves, ..before }
                }
                _ => before,
            }),
            limit,
        })
}

fn operation() -> BoxedStrategy<Operation> {
    const HALVES: u32 = 16;
    const KEYS: u8 = 3;
    let again = prop_oneof![
        3 => select(&[Again::Same, Again::KeyInHeader, Again::Changed][..]),
        2 => (0..WRITERS.len()).prop_map(Again::By),
    ];
    prop_oneof![
        4 => log(HALVES, KEYS).prop_map(Operation::Log),
        8 => prop::collection::vec(log(HALVES, KEYS), 2..5).prop_map(Operation::LogSome),
        3 => (0..20_usize, again).prop_map(|(nth, again)| Operation::Repeat(nth, again)),
        6 => search(HALVES).prop_map(Operation::Search),
        2 => (search(HALVES), prop::collection::vec(log(HALVES, KEYS), 1..4))
            .prop_map(|(search, logs)| Operation::SearchWhileLogging(search, logs)),
        1 => search(HALVES).prop_map(Operation::MisuseCursor),
        1 => (0..20_usize, 0..2_usize).prop_map(|(nth, tenant)| Operation::Get(nth, tenant)),
        3 => trail_search().prop_map(Operation::ListTrail),
        4 => compaction().prop_map(Operation::Compact),
        2 => (compaction(), 1..40_usize)
            .prop_map(|(compaction, nth)| Operation::CompactAndDie(compaction, nth)),
    ]
    .boxed()
}

fn trail_search() -> impl Strategy<Value = TrailSearch> {
    // One to three of the filters.
    let filters = prop::collection::vec(0..11_u16, 1..4);
    let filters = filters.prop_map(|bits| bits.into_iter().fold(0, |all, bit| all | 1 << bit));
    (tenant(), 0..20_usize, filters, 0..20_usize, select(&[3, 100, 100][..])).prop_map(
        |(tenant, nth, filters, bound, limit)| TrailSearch { tenant, nth, filters, bound, limit },
    )
}

fn compaction() -> impl Strategy<Value = Compaction> {
    let how = prop_oneof![4 => Just(How::Run), 3 => Just(How::RunClaiming), 1 => Just(How::Settle)];
    (tenant(), 0..2_usize, how).prop_map(|(tenant, process, how)| Compaction {
        tenant,
        process,
        how,
    })
}

fn trouble() -> impl Strategy<Value = Trouble> {
    let once = prop_oneof![
        3 => Just(FaultKind::LoseAnswer),
        1 => Just(FaultKind::DropRequest),
        1 => Just(FaultKind::Throttle),
        1 => Just(FaultKind::ServerError),
        2 => Just(FaultKind::StorageUnavailable),
        1 => Just(FaultKind::TransactionConflict),
    ];
    let once = (once, 1..20_usize).prop_map(|(kind, nth)| (kind, When::Nth(nth)));
    let often = prop_oneof![
        (1..3_usize).prop_map(|keep| FaultKind::UnprocessedItems { keep }),
        (1..3_usize).prop_map(|keep| FaultKind::UnprocessedKeys { keep }),
        (1..3_usize).prop_map(|limit| FaultKind::ShortPage { limit }),
    ];
    let often = (often, select(&[When::Every(2), When::Every(3), When::First(2)][..]));
    prop_oneof![3 => once, 2 => often].prop_map(|(kind, when)| Trouble { kind, when })
}

/// Steps of a case.
pub(super) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let beside = prop_oneof![
        5 => Just(Vec::new()),
        2 => prop::collection::vec(compaction(), 1..3),
    ];
    let step = (operation(), 0..2_usize, beside, prop::option::weighted(0.2, trouble()));
    let step = step.prop_map(|(operation, process, beside, trouble)| {
        let trouble = trouble.filter(|_| operation.bears_trouble());
        let process = if trouble.is_some() { 0 } else { process };
        Step { operation, process, beside, trouble }
    });
    prop::collection::vec(step, 4..14)
}
