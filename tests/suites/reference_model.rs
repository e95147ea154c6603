//! A reference model: whatever is logged and searched for, in whatever order,
//! the stack answers as a vector in memory does.
//!
//! The model filters and sorts, and knows nothing of postings, cursors or the
//! analyzer. What counts as the same word is written down here by hand, in
//! [`LEXICON`], and all texts are made of it.
//!
//! `ACTIVITY_LOG_TEST_CASES` asks for more cases than the ordinary run has.

use std::collections::HashSet;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use activity_log_core::principal::Scope;
use activity_log_tests::stack::{Answer, Stack};
use futures_util::future::join_all;
use futures_util::stream::{StreamExt, iter};
use http::Method;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestCaseResult, TestError, TestRunner};
use serde_json::{Value, json};

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

/// A kind and an id of a related resource.
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
    activity_type: &'static str,
    summary: Text,
    body: Body,
    related: Option<Related>,
    occurred_at: Option<Moment>,
    key: Option<u8>,
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
    activity_type: Option<&'static str>,
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
        parameters.extend(self.activity_type.map(|kind| ("type", kind.to_owned())));
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
        bounds.is_some_and(|(after, before)| before.halves <= after.halves)
    }
}

/// How an earlier write with a key is sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Again {
    /// The same input.
    Same,
    /// The same input, and the key in the header.
    KeyInHeader,
    /// Another input.
    Changed,
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
        0..2_usize,
        select(&TYPES[..]),
        text(1..5),
        body(),
        related,
        prop::option::weighted(0.9, moment(halves)),
        prop_oneof![2 => Just(None), 1 => (0..keys).prop_map(Some)],
    )
        .prop_map(|(tenant, activity_type, summary, body, related, occurred_at, key)| Log {
            tenant,
            activity_type,
            summary,
            body,
            related,
            occurred_at,
            key,
        })
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
        prop::option::weighted(0.25, select(&RELATED[..])),
        bound(),
        bound(),
        limit,
    )
        .prop_map(|(tenant, query, activity_type, related, after, before, limit)| Search {
            tenant,
            query,
            activity_type,
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
    let again = select(&[Again::Same, Again::KeyInHeader, Again::Changed][..]);
    prop_oneof![
        12 => log(HALVES, KEYS).prop_map(Operation::Log),
        2 => (0..20_usize, again).prop_map(|(nth, again)| Operation::Repeat(nth, again)),
        6 => search(HALVES).prop_map(Operation::Search),
        2 => (search(HALVES), prop::collection::vec(log(HALVES, KEYS), 1..4))
            .prop_map(|(search, logs)| Operation::SearchWhileLogging(search, logs)),
        1 => search(HALVES).prop_map(Operation::MisuseCursor),
        2 => (0..20_usize, 0..2_usize).prop_map(|(nth, tenant)| Operation::Get(nth, tenant)),
    ]
    .boxed()
}

/// An activity of the model.
#[derive(Clone, Debug)]
struct Logged {
    log: Log,
    id: String,
    occurred_at: String,
    /// What a read of it shows.
    record: Value,
    /// What a search shows of it.
    row: Value,
}

impl Logged {
    fn matches(&self, search: &Search) -> bool {
        let texts = [self.log.summary.tokens(), self.log.body.tokens()];
        // What is logged without a time occurs now, long after the others.
        let millis = self.log.occurred_at.map_or(u32::MAX, |moment| moment.halves / 2 * 2);
        self.log.tenant == search.tenant
            && search.activity_type.is_none_or(|kind| kind == self.log.activity_type)
            && search.related.is_none_or(|related| Some(related) == self.log.related)
            && search.after.is_none_or(|after| millis >= after.halves)
            && search.before.is_none_or(|before| millis < before.halves)
            && search.query.iter().all(|part| part.is_in(&texts))
    }
}

/// One case: two tenants, what they have logged, and the stack.
struct Case<'a> {
    stack: &'a Stack,
    tenants: [String; 2],
    keys: [String; 2],
    activities: Vec<Logged>,
    /// Logs that were sent with a key, refused or not.
    keyed: Vec<Log>,
    /// What each key of a tenant stands for: the input, and which activity.
    remembered: Vec<(usize, u8, Value, usize)>,
    /// Refused writes of each tenant.
    rejected: [usize; 2],
}

impl<'a> Case<'a> {
    async fn start(stack: &'a Stack) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let tenants = [format!("case-{count}"), format!("case-{count}-2")];
        // One tenant's writer is an agent, which its rows name.
        let keys = [
            stack.issue_key(&tenants[0], "service:model", Scope::ALL).await,
            stack.issue_key(&tenants[1], "agent:model", Scope::ALL).await,
        ];
        join_all(tenants.iter().flat_map(|tenant| {
            RELATED.map(|(kind, id)| stack.put_resource(tenant, kind, id, None))
        }))
        .await;
        Self {
            stack,
            tenants,
            keys,
            activities: Vec::new(),
            keyed: Vec::new(),
            remembered: Vec::new(),
            rejected: [0; 2],
        }
    }

    async fn perform(&mut self, operation: &Operation) -> TestCaseResult {
        match operation {
            Operation::Log(log) => self.log(log, Again::Same).await,
            Operation::Repeat(nth, again) => {
                let Some(log) = self.keyed.get(nth % self.keyed.len().max(1)) else {
                    return Ok(());
                };
                let mut log = log.clone();
                if *again == Again::Changed {
                    log.summary.0.push((Item { entry: &LEXICON[0], way: 0 }, "!"));
                }
                self.log(&log, *again).await
            }
            Operation::Search(search) => self.search(search, usize::MAX).await,
            Operation::SearchWhileLogging(search, logs) => {
                self.search_while_logging(search, logs).await
            }
            Operation::MisuseCursor(search) => self.misuse_cursor(search).await,
            Operation::Get(nth, tenant) => self.get(*nth, *tenant).await,
        }
    }

    async fn log(&mut self, log: &Log, again: Again) -> TestCaseResult {
        let input = self.input(log);
        let mut sent = input.clone();
        let mut call = self.stack.call(&self.keys[log.tenant], Method::POST, "/v1/activities");
        if let Some(key) = log.key {
            self.keyed.push(log.clone());
            if again == Again::KeyInHeader {
                call = call.header("idempotency-key", &format!("key {key}"));
            } else {
                sent["idempotency_key"] = json!(format!("key {key}"));
            }
        }
        let answer = call.json(&sent).send().await;

        let known = log.key.and_then(|key| {
            let mut known = self.remembered.iter();
            known.find(|(tenant, other, ..)| *tenant == log.tenant && *other == key)
        });
        if let Some((_, _, first_input, index)) = known {
            if *first_input != input {
                self.rejected[log.tenant] += 1;
                return refused(&answer, 409, "idempotency_conflict");
            }
            prop_assert_eq!(answer.status, 201, "{:?}", answer);
            prop_assert_eq!(answer.header("idempotency-replayed"), "true");
            prop_assert_eq!(&answer.json()["activity"], &self.activities[*index].record);
            return Ok(());
        }
        if log.related == Some(UNKNOWN) {
            self.rejected[log.tenant] += 1;
            return refused(&answer, 404, "resource_not_found");
        }
        prop_assert_eq!(answer.status, 201, "{:?}", answer);
        prop_assert_eq!(answer.header("idempotency-replayed"), "");
        let logged = self.check_logged(log, &answer.json()["activity"])?;
        if let Some(key) = log.key {
            self.remembered.push((log.tenant, key, input, self.activities.len()));
        }
        self.activities.push(logged);
        Ok(())
    }

    /// The input as JSON, without its key.
    fn input(&self, log: &Log) -> Value {
        let mut input = json!({ "type": log.activity_type, "summary": log.summary.to_string() });
        if let Some(body) = log.body.written() {
            input["body"] = json!(body);
        }
        if let Some((kind, id)) = log.related {
            input["related_resource_type"] = json!(kind);
            input["related_resource_id"] = json!(id);
        }
        if let Some(moment) = log.occurred_at {
            input["occurred_at"] = json!(moment.written());
        }
        input
    }

    /// What reads and searches have to show from now on. Only what the stack
    /// decides is taken from its answer: the id and the time of logging.
    fn check_logged(&self, log: &Log, answer: &Value) -> Result<Logged, TestCaseError> {
        let id = answer["id"].as_str().unwrap_or_default().to_owned();
        let logged_at = answer["logged_at"].as_str().unwrap_or_default().to_owned();
        prop_assert!(self.activities.iter().all(|activity| activity.id != id), "id {} twice", id);
        prop_assert_eq!(logged_at.len(), "2026-03-01T09:30:00.000Z".len());
        let occurred_at = log.occurred_at.map_or_else(|| logged_at.clone(), Moment::stored);
        let mut row = json!({
            "id": id,
            "tenant_id": self.tenants[log.tenant],
            "type": log.activity_type,
            "summary": log.summary.to_string(),
            "occurred_at": occurred_at,
            "source": "api",
            "logged_at": logged_at,
        });
        if let Some((kind, id)) = log.related {
            row["related_resource_type"] = json!(kind);
            row["related_resource_id"] = json!(id);
        }
        if log.tenant == 1 {
            row["last_agent_actor_id"] = json!("model");
        }
        let mut record = row.clone();
        if let Some(body) = log.body.written() {
            let snippet: String = body.chars().take(240).collect();
            if !snippet.is_empty() {
                row["snippet"] = json!(snippet);
            }
            record["body"] = json!(body);
        }
        prop_assert_eq!(answer, &record);
        Ok(Logged { log: log.clone(), id, occurred_at, record, row })
    }

    /// What matches, newest first.
    fn expected(&self, search: &Search) -> Vec<&Logged> {
        let mut matches: Vec<&Logged> =
            self.activities.iter().filter(|activity| activity.matches(search)).collect();
        matches.sort_by_key(|activity| (&activity.occurred_at, &activity.id));
        matches.reverse();
        matches
    }

    async fn page(&self, search: &Search, tenant: usize, cursor: Option<&str>) -> Answer {
        let mut parameters = search.parameters();
        parameters.extend(cursor.map(|cursor| ("cursor", cursor.to_owned())));
        let parameters: Vec<(&str, &str)> =
            parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.stack.search(&self.keys[tenant], &parameters).await
    }

    /// The rows of a page, and the cursor of the next.
    async fn rows(
        &self,
        search: &Search,
        cursor: Option<&str>,
    ) -> Result<(Vec<Value>, Option<String>), TestCaseError> {
        let answer = self.page(search, search.tenant, cursor).await;
        prop_assert_eq!(answer.status, 200, "{:?}", answer);
        let mut page = answer.json();
        let rows: Vec<Value> =
            serde_json::from_value(page["activities"].take()).expect("a page has rows");
        prop_assert!(rows.len() <= search.limit.unwrap_or(20), "a page of {}", rows.len());
        Ok((rows, page["next_cursor"].as_str().map(str::to_owned)))
    }

    async fn search(&self, search: &Search, max_pages: usize) -> TestCaseResult {
        if search.is_refused() {
            let answer = self.page(search, search.tenant, None).await;
            return refused(&answer, 422, "validation_failed");
        }
        let expected = self.expected(search);
        let mut found = Vec::new();
        let mut cursor = None;
        for page in 0.. {
            prop_assert!(page <= expected.len() + 20, "paging comes to no end");
            let (rows, next) = self.rows(search, cursor.as_deref()).await?;
            found.extend(rows);
            cursor = next;
            if cursor.is_none() || page + 1 == max_pages {
                break;
            }
        }
        let mut expected: Vec<&Value> = expected.iter().map(|activity| &activity.row).collect();
        if cursor.is_some() {
            expected.truncate(found.len());
        }
        let found: Vec<&Value> = found.iter().collect();
        let lines = |rows: &[&Value]| rows.iter().map(|row| format!("{row}\n")).collect::<String>();
        prop_assert!(
            found == expected,
            "found:\n{}instead of:\n{}",
            lines(&found),
            lines(&expected)
        );
        Ok(())
    }

    async fn search_while_logging(&mut self, search: &Search, logs: &[Log]) -> TestCaseResult {
        if search.is_refused() {
            return Ok(());
        }
        let at_first: Vec<Value> =
            self.expected(search).iter().map(|activity| activity.row.clone()).collect();
        let mut found: Vec<Value> = Vec::new();
        let mut cursor = None;
        let mut logs = logs.iter();
        loop {
            prop_assert!(found.len() <= self.activities.len(), "paging comes to no end");
            let (rows, next) = self.rows(search, cursor.as_deref()).await?;
            // Each row is one that matches now.
            let now = self.expected(search);
            for row in &rows {
                prop_assert!(now.iter().any(|activity| activity.row == *row), "{} is foreign", row);
            }
            found.extend(rows);
            cursor = next;
            if cursor.is_none() {
                break;
            }
            if let Some(log) = logs.next() {
                self.log(log, Again::Same).await?;
            }
        }
        let order = |row: &Value| (row["occurred_at"].to_string(), row["id"].to_string());
        let descends = found.windows(2).all(|pair| order(&pair[0]) > order(&pair[1]));
        prop_assert!(descends, "out of order, or twice: {:#?}", found);
        for row in &at_first {
            prop_assert!(found.contains(row), "{} was skipped: {:#?}", row, found);
        }
        Ok(())
    }

    async fn misuse_cursor(&self, search: &Search) -> TestCaseResult {
        let search = Search { limit: Some(1), ..search.clone() };
        if search.is_refused() {
            return Ok(());
        }
        let (_, Some(cursor)) = self.rows(&search, None).await? else { return Ok(()) };
        let of_other_tenant = self.page(&search, 1 - search.tenant, Some(&cursor)).await;
        refused(&of_other_tenant, 422, "validation_failed")?;
        let mut other = search.clone();
        other.activity_type = if search.activity_type.is_some() { None } else { Some("note") };
        let of_other_filters = self.page(&other, search.tenant, Some(&cursor)).await;
        refused(&of_other_filters, 422, "validation_failed")?;
        // The limit is no filter.
        let other = Search { limit: Some(2), ..search.clone() };
        let answer = self.page(&other, search.tenant, Some(&cursor)).await;
        prop_assert_eq!(answer.status, 200, "{:?}", answer);
        Ok(())
    }

    async fn get(&self, nth: usize, tenant: usize) -> TestCaseResult {
        let Some(activity) = self.activities.get(nth % self.activities.len().max(1)) else {
            return Ok(());
        };
        let path = format!("/v1/activities/{}", activity.id);
        let answer = self.stack.get(&self.keys[tenant], &path).await;
        if tenant != activity.log.tenant {
            return refused(&answer, 404, "resource_not_found");
        }
        prop_assert_eq!(answer.status, 200, "{:?}", answer);
        prop_assert_eq!(&answer.json()["activity"], &activity.record);
        Ok(())
    }

    /// Every activity has one audit event, every refused write another, and
    /// replays and reads none.
    async fn check_audit_trail(&self) -> TestCaseResult {
        for tenant in 0..2 {
            let answer = self.stack.audit_events(&self.keys[tenant], &[("limit", "100")]).await;
            prop_assert_eq!(answer.status, 200, "{:?}", answer);
            let page = answer.json();
            prop_assert!(page.get("next_cursor").is_none(), "a case fits a page");
            let mut succeeded = HashSet::new();
            let mut rejected = 0;
            for event in page["audit_events"].as_array().expect("a page has events") {
                if event["status"] == "rejected" {
                    rejected += 1;
                    continue;
                }
                prop_assert_eq!(&event["status"], "succeeded");
                let id = event["resource_id"].as_str().unwrap_or_default().to_owned();
                prop_assert!(succeeded.insert(id), "two events for one write");
            }
            let own = self.activities.iter().filter(|activity| activity.log.tenant == tenant);
            let expected: HashSet<String> = own.map(|activity| activity.id.clone()).collect();
            prop_assert_eq!(succeeded, expected);
            prop_assert_eq!(rejected, self.rejected[tenant]);
        }
        Ok(())
    }
}

fn refused(answer: &Answer, status: u16, code: &str) -> TestCaseResult {
    prop_assert_eq!(answer.status.as_u16(), status, "{:?}", answer);
    prop_assert_eq!(answer.error_code(), code);
    Ok(())
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
    let runtime = runtime();
    let stack = runtime.block_on(Stack::start());
    // The same history in each run; the searches differ.
    let mut generator = TestRunner::deterministic();
    let logs: Vec<Log> = (0..ACTIVITIES)
        .map(|n| {
            let tree = log(HALVES, 1).new_tree(&mut generator).expect("a log is made");
            let mut log = Log { tenant: 0, key: None, ..tree.current() };
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
        let answers = iter(&logs).map(|log| async {
            let answer = stack.log(&case.keys[0], &case.input(log)).await.expect(201);
            case.check_logged(log, &answer.json()["activity"]).expect("it is logged as sent")
        });
        answers.buffered(SIDE_BY_SIDE).collect().await
    });
    let searches = || {
        let rare_and_common = search(HALVES).prop_map(|mut search| {
            search.query.truncate(1);
            search.query.push(Part::Word(COMMON));
            Search { related: Some(RARE), activity_type: None, ..search }
        });
        prop_oneof![3 => search(HALVES), 1 => rare_and_common]
    };
    run_cases(
        || (searches(), 1..6_usize),
        |(search, max_pages)| {
            let search = Search { tenant: 0, ..search };
            runtime.block_on(case.search(&search, max_pages))
        },
    );
}
