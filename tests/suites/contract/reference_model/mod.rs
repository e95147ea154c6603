//! A reference model: whatever is logged and searched for, in whatever order,
//! the stack answers as a vector in memory does.
//!
//! The model filters and sorts, and knows nothing of postings, cursors or the
//! analyzer. What counts as the same word is written down here by hand, in
//! [`LEXICON`], and all texts are made of it.
//!
//! `ACTIVITY_LOG_TEST_CASES` asks for more cases than the ordinary run has.

mod case;

use std::fmt;
use std::thread;

use activity_log_tests::stack::Stack;
use futures_util::stream::{StreamExt, iter};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestCaseResult, TestError, TestRunner};

use self::case::Case;

/// Cases of the ordinary run, of each test.
const CASES: u32 = 256;
/// A case waits for answers most of the time, so two run side by side.
const LANES: u32 = 2;
/// More cases than the ordinary run has.
const CASES_VARIABLE: &str = "ACTIVITY_LOG_TEST_CASES";

/// A word, or a run of a script without spaces, and the ways to write it.
#[derive(Debug)]
struct Entry {
    /// Words of one class find each other; a run has none.
    class: &'static str,
    /// What a phrase compares: one unit of a word, each character of a run
    /// with the marks above and below it.
    units: &'static [&'static str],
    ways: &'static [&'static str],
}

const fn word(
    class: &'static str,
    units: &'static [&'static str],
    ways: &'static [&'static str],
) -> Entry {
    Entry { class, units, ways }
}

const fn run(units: &'static [&'static str], ways: &'static [&'static str]) -> Entry {
    Entry { class: "", units, ways }
}

/// The first words are the common ones.
static LEXICON: [Entry; 30] = [
    word("the", &["the"], &["the", "The"]),
    word("price", &["price"], &["price", "Price", "PRICE"]),
    word("price", &["prices"], &["prices"]),
    word("meet", &["meeting"], &["meeting", "Meeting"]),
    word("cafe", &["cafe"], &["cafe", "café", "CAFÉ", "Cafe\u{301}"]),
    run(&["値", "下", "げ"], &["値下げ"]),
    word("price", &["pricing"], &["pricing", "Pricing"]),
    word("meet", &["meetings"], &["meetings"]),
    word("renew", &["renewal"], &["renewal", "Ｒｅｎｅｗａｌ"]),
    word("renew", &["renewed"], &["renewed", "RENEWED"]),
    word("100", &["100"], &["100", "１００"]),
    word("q3", &["q3"], &["q3", "Q3", "Ｑ３"]),
    word("naive", &["naive"], &["naive", "naïve", "NAÏVE"]),
    word("strasse", &["strasse"], &["strasse", "Straße", "STRASSE"]),
    word("цены", &["цены"], &["цены", "ЦЕНЫ"]),
    word("елка", &["елка"], &["елка", "ёлка", "Ёлка"]),
    word("αθηνα", &["αθηνα"], &["αθηνα", "Αθήνα", "ΑΘΗΝΑ"]),
    word("회의", &["회의"], &["회의", "\u{1112}\u{116c}\u{110b}\u{1174}"]),
    word("हिन्दी", &["हिन्दी"], &["हिन्दी"]),
    word("שלום", &["שלום"], &["שלום"]),
    word("اجتماع", &["اجتماع"], &["اجتماع"]),
    run(&["東", "京"], &["東京"]),
    run(&["東", "京", "都"], &["東京都"]),
    run(&["京", "都"], &["京都"]),
    run(&["下", "げ", "値", "下"], &["下げ値下"]),
    run(&["デ", "ー", "タ"], &["データ", "ﾃﾞｰﾀ"]),
    run(&["价", "格"], &["价格"]),
    run(&["ป", "ร", "ะ", "ชุ", "ม"], &["ประชุม"]),
    run(&["ชุ", "ม", "กั", "บ"], &["ชุมกับ"]),
    word("the", &["the"], &["THE"]),
];

/// Entries that often stand side by side, so that phrases are found.
const PAIRS: [&[usize]; 5] = [&[1, 3], &[3, 1], &[4, 5], &[5, 4], &[11, 8, 10]];

/// What stands between entries. All of it separates.
const SEPARATORS: [&str; 9] = [" ", ", ", "-", " — ", "_", ". ", "/", "\n", "…"];

/// An entry, in one of its ways.
#[derive(Clone, Copy, Debug)]
struct Item {
    entry: &'static Entry,
    way: usize,
}

impl Item {
    fn written(self) -> &'static str {
        self.entry.ways[self.way % self.entry.ways.len()]
    }
}

/// A unit of a text, in order.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Token {
    unit: &'static str,
    class: &'static str,
    /// Whether it follows the one before in the same run.
    joined: bool,
}

fn tokens(items: &[Item]) -> impl Iterator<Item = Token> + '_ {
    items.iter().flat_map(|item| {
        let Entry { class, units, .. } = item.entry;
        units.iter().enumerate().map(|(n, unit)| Token { unit, class, joined: n > 0 })
    })
}

/// Items with separators behind them.
#[derive(Clone, Default)]
struct Text(Vec<(Item, &'static str)>);

impl Text {
    fn tokens(&self) -> Vec<Token> {
        let items: Vec<Item> = self.0.iter().map(|(item, _)| *item).collect();
        tokens(&items).collect()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(item, separator)| write!(f, "{}{separator}", item.written()))
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_string())
    }
}

#[derive(Clone, Debug)]
enum Body {
    Absent,
    Short(Text),
    /// Over 4 KB, so that it is an item of its own: two texts and, between
    /// them, one word again and again.
    Long(Text, Text),
}

impl Body {
    const FILLER: Token = Token { unit: "filler", class: "filler", joined: false };

    fn written(&self) -> Option<String> {
        match self {
            Self::Absent => None,
            Self::Short(text) => Some(text.to_string()),
            Self::Long(before, after) => Some(format!("{before}{}{after}", "filler ".repeat(700))),
        }
    }

    fn tokens(&self) -> Vec<Token> {
        match self {
            Self::Absent => Vec::new(),
            Self::Short(text) => text.tokens(),
            Self::Long(before, after) => {
                let mut all = before.tokens();
                all.push(Self::FILLER);
                all.extend(after.tokens());
                all
            }
        }
    }
}

/// A moment near the others, in half milliseconds, and how it is written.
#[derive(Clone, Copy)]
struct Moment {
    halves: u32,
    eastern: bool,
}

impl Moment {
    fn written(self) -> String {
        let (millis, half) = (self.halves / 2, if self.halves % 2 == 1 { "5" } else { "" });
        if self.eastern {
            format!("2026-03-01T15:15:00.{millis:03}{half}+05:45")
        } else {
            format!("2026-03-01T09:30:00.{millis:03}{half}Z")
        }
    }

    /// As an activity that occurred then shows it.
    fn stored(self) -> String {
        format!("2026-03-01T09:30:00.{:03}Z", self.halves / 2)
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written())
    }
}

/// Record type and id of a related resource.
type Related = (&'static str, &'static str);

/// Ids that are alike, or need an escape in a key.
const RELATED: [Related; 4] =
    [("contact", "con_1"), ("deal", "con_1"), ("contact", "con_1#x%23"), ("task", "con_1")];
/// One that no registry knows.
const UNKNOWN: Related = ("company", "ghost");

const TYPES: [&str; 5] = ["note", "call", "email", "meeting", "agent_action"];

#[derive(Clone, Debug)]
struct Log {
    tenant: usize,
    /// Which of the tenant's credentials logs it.
    writer: usize,
    category: &'static str,
    summary: Text,
    body: Body,
    related: Option<Related>,
    occurred_at: Option<Moment>,
    key: Option<u8>,
    /// Which door it comes through: `api` or `mcp`.
    source: &'static str,
}

#[derive(Clone)]
enum Part {
    Word(Item),
    /// Some units of a run that follow each other.
    Units(&'static Entry, usize, usize),
    Phrase(Vec<Item>, &'static str, (char, char)),
}

impl Part {
    fn is_in(&self, texts: &[Vec<Token>]) -> bool {
        match self {
            Self::Word(item) => texts.iter().flatten().any(|token| token.class == item.entry.class),
            Self::Units(entry, from, to) => {
                let asked: Vec<Token> = entry.units[*from..*to]
                    .iter()
                    .enumerate()
                    .map(|(n, unit)| Token { unit, class: "", joined: n > 0 })
                    .collect();
                texts.iter().any(|text| follows(text, &asked))
            }
            Self::Phrase(items, ..) => {
                let asked: Vec<Token> = tokens(items).collect();
                texts.iter().any(|text| follows(text, &asked))
            }
        }
    }
}

/// Whether the tokens stand in a text, one after the other.
fn follows(text: &[Token], asked: &[Token]) -> bool {
    text.windows(asked.len()).any(|window| {
        let mut pairs = window.iter().zip(asked);
        pairs.all(|(have, ask)| have.unit == ask.unit && (have.joined || !ask.joined))
    })
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(item) => f.write_str(item.written()),
            Self::Units(entry, from, to) => f.write_str(&entry.units[*from..*to].concat()),
            Self::Phrase(items, separator, (open, close)) => {
                let words: Vec<&str> = items.iter().map(|item| item.written()).collect();
                write!(f, "{open}{}{close}", words.join(separator))
            }
        }
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[derive(Clone, Debug)]
struct Search {
    tenant: usize,
    query: Vec<Part>,
    category: Option<&'static str>,
    actor: Option<&'static str>,
    actor_type: Option<&'static str>,
    source: Option<&'static str>,
    related: Option<Related>,
    after: Option<Moment>,
    before: Option<Moment>,
    limit: Option<usize>,
}

impl Search {
    fn parameters(&self) -> Vec<(&'static str, String)> {
        let mut parameters = Vec::new();
        if !self.query.is_empty() {
            let parts: Vec<String> = self.query.iter().map(Part::to_string).collect();
            parameters.push(("query", parts.join(" ")));
        }
        let words = [
            ("type", self.category),
            ("actor_id", self.actor),
            ("actor_type", self.actor_type),
            ("source", self.source),
        ];
        let given = words.into_iter().filter_map(|(name, word)| Some((name, word?.to_owned())));
        parameters.extend(given);
        if let Some((kind, id)) = self.related {
            parameters.push(("related_resource_type", kind.to_owned()));
            parameters.push(("related_resource_id", id.to_owned()));
        }
        parameters.extend(self.after.map(|moment| ("occurred_after", moment.written())));
        parameters.extend(self.before.map(|moment| ("occurred_before", moment.written())));
        parameters.extend(self.limit.map(|limit| ("limit", limit.to_string())));
        parameters
    }

    fn is_refused(&self) -> bool {
        let bounds = self.after.zip(self.before);
        let no_range = bounds.is_some_and(|(after, before)| before.halves <= after.halves);
        let other_type = self.actor_type.is_some_and(|actor_type| match self.actor {
            None => true,
            Some(actor) => actor.split_once(':').is_some_and(|(known, _)| known != actor_type),
        });
        no_range || other_type
    }

    /// Whether it asks for what an actor, `user:ID`, logged.
    fn asks_for(&self, actor: &str) -> bool {
        let (actor_type, id) = actor.split_once(':').expect("an actor has a type and an id");
        self.actor.is_none_or(|asked| asked == id || asked == actor)
            && self.actor_type.is_none_or(|asked| asked == actor_type)
    }
}

/// A credential of a case, one in each of its tenants.
#[derive(Debug)]
struct Writer {
    /// Whom it stands for, in either tenant.
    actors: [&'static str; 2],
    /// Which of the writers share their keys.
    space: usize,
}

/// The first reads as well. The second is what it was rotated to, and the others
/// are of other actors, whose ids are the same.
const WRITERS: [Writer; 4] = [
    Writer { actors: ["service:model", "agent:model"], space: 0 },
    Writer { actors: ["service:model", "agent:model"], space: 0 },
    Writer { actors: ["user:model", "user:model"], space: 1 },
    Writer { actors: ["agent:model", "service:model"], space: 2 },
];

/// How an earlier write with a key is sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Again {
    /// The same input.
    Same,
    /// The same input, and the key in the header.
    KeyInHeader,
    /// Another input.
    Changed,
    /// By another credential of the tenant.
    By(usize),
}

#[derive(Clone, Debug)]
enum Operation {
    Log(Log),
    /// Sends the n-th log that had a key again.
    Repeat(usize, Again),
    /// Searches, page by page.
    Search(Search),
    /// Searches, and logs something after each page.
    SearchWhileLogging(Search, Vec<Log>),
    /// Uses a cursor where it does not belong.
    MisuseCursor(Search),
    /// Reads the n-th activity as a tenant.
    Get(usize, usize),
}

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

fn moment(halves: u32) -> impl Strategy<Value = Moment> {
    (0..halves, any::<bool>()).prop_map(|(halves, eastern)| Moment { halves, eastern })
}

/// `halves` is how far apart activities occur, in half milliseconds: with few,
/// many occur at the same time.
fn log(halves: u32, keys: u8) -> impl Strategy<Value = Log> {
    let related = prop_oneof![
        8 => Just(None),
        8 => select(&RELATED[..]).prop_map(Some),
        1 => Just(Some(UNKNOWN)),
    ];
    (
        (0..2_usize, 0..WRITERS.len()),
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
        Part::Units(entry, from, to)
    });
    let quotes = select(&[('"', '"'), ('“', '”'), ('«', '»')][..]);
    let phrase = (prop::collection::vec(items(), 1..3), select(&[" ", ", ", "-"][..]), quotes)
        .prop_map(|(items, separator, quotes)| Part::Phrase(items.concat(), separator, quotes));
    prop_oneof![
        4 => item().prop_map(|item| match item.entry {
            Entry { class: "", units, .. } => Part::Units(item.entry, 0, units.len()),
            _ => Part::Word(item),
        }),
        1 => units,
        2 => phrase,
    ]
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

fn search(halves: u32) -> impl Strategy<Value = Search> {
    let bound = || prop::option::weighted(0.25, moment(halves + 2));
    let limit = prop_oneof![
        1 => Just(None),
        6 => (1..8_usize).prop_map(Some),
        1 => select(&[20, 100][..]).prop_map(Some),
    ];
    (
        0..2_usize,
        prop_oneof![1 => Just(Vec::new()), 2 => prop::collection::vec(part(), 1..4)],
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
        12 => log(HALVES, KEYS).prop_map(Operation::Log),
        3 => (0..20_usize, again).prop_map(|(nth, again)| Operation::Repeat(nth, again)),
        6 => search(HALVES).prop_map(Operation::Search),
        2 => (search(HALVES), prop::collection::vec(log(HALVES, KEYS), 1..4))
            .prop_map(|(search, logs)| Operation::SearchWhileLogging(search, logs)),
        1 => search(HALVES).prop_map(Operation::MisuseCursor),
        2 => (0..20_usize, 0..2_usize).prop_map(|(nth, tenant)| Operation::Get(nth, tenant)),
    ]
    .boxed()
}

/// Runs the cases, each lane its share.
fn run_cases<S: Strategy>(
    strategy: impl Fn() -> S + Sync,
    test: impl Fn(S::Value) -> TestCaseResult + Sync,
) {
    let asked = std::env::var(CASES_VARIABLE).ok();
    let cases = asked.map_or(CASES, |text| text.parse().expect("the number of cases is a number"));
    // A failing case is printed whole, as what was called.
    let config =
        Config { cases: cases.div_ceil(LANES), failure_persistence: None, ..Config::default() };
    let run_lane = || match TestRunner::new(config.clone()).run(&strategy(), &test) {
        Ok(()) => {}
        Err(TestError::Fail(reason, case)) => panic!("{reason}\nthe smallest case:\n{case:#?}"),
        Err(error) => panic!("{error}"),
    };
    thread::scope(|scope| {
        for _ in 0..LANES {
            scope.spawn(run_lane);
        }
    });
}

fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(2).enable_all().build().expect("a runtime can be started")
}

#[test]
fn the_stack_answers_as_the_model() {
    let runtime = runtime();
    let stack = runtime.block_on(Stack::start());
    run_cases(
        || prop::collection::vec(operation(), 5..25),
        |operations| {
            runtime.block_on(async {
                let mut case = Case::start(&stack).await;
                for operation in &operations {
                    case.perform(operation).await?;
                }
                case.check_audit_trail().await
            })
        },
    );
}

/// Long enough that lists are read in pages, and that a rare term and a common
/// one are joined by asking the common one's list for single entries.
#[test]
fn a_longer_history_is_searched_as_the_model_does() {
    const ACTIVITIES: usize = 600;
    const SIDE_BY_SIDE: usize = 8;
    /// Two activities a millisecond.
    const HALVES: u32 = 600;
    const COMMON: Item = Item { entry: &LEXICON[0], way: 0 };
    const RARE: Related = RELATED[3];
    /// Another actor than that of the other activities.
    const RARE_WRITER: usize = 3;
    let runtime = runtime();
    let stack = runtime.block_on(Stack::start());
    // The same history in each run; the searches differ.
    let mut generator = TestRunner::deterministic();
    let logs: Vec<Log> = (0..ACTIVITIES)
        .map(|n| {
            let tree = log(HALVES, 1).new_tree(&mut generator).expect("a log is made");
            let writer = if n % 150 == 11 { RARE_WRITER } else { 0 };
            let mut log = Log { tenant: 0, writer, key: None, ..tree.current() };
            log.related = log.related.filter(|related| *related != UNKNOWN && *related != RARE);
            if n % 120 == 7 {
                log.related = Some(RARE);
            }
            if n % 10 != 0 {
                log.summary.0.push((COMMON, "."));
            }
            log
        })
        .collect();
    let mut case = runtime.block_on(Case::start(&stack));
    case.activities = runtime.block_on(async {
        let answers = iter(&logs)
            .map(|log| async { case.log_plainly(log).await.expect("it is logged as sent") });
        answers.buffered(SIDE_BY_SIDE).collect().await
    });
    let searches = || {
        let rare_and_common = search(HALVES).prop_map(|mut search| {
            search.query.truncate(1);
            search.query.push(Part::Word(COMMON));
            Search { related: Some(RARE), category: None, ..search }
        });
        let rare_actor = search(HALVES).prop_map(|mut search| {
            search.query.truncate(1);
            let actor = Some(WRITERS[RARE_WRITER].actors[0]);
            Search { actor, actor_type: None, related: None, ..search }
        });
        prop_oneof![3 => search(HALVES), 1 => rare_and_common, 1 => rare_actor]
    };
    run_cases(
        || (searches(), 1..6_usize),
        |(search, max_pages)| {
            let search = Search { tenant: 0, ..search };
            runtime.block_on(case.search(&search, max_pages))
        },
    );
}
