//! A tail of 10,000 entries, as after hours in which the compactor was down: searches and
//! lists of the trail are slow and correct, and the compactor comes back by itself.

use std::collections::BTreeSet;

use activity_log_core::domain::clock::{Rounding, Timestamp};
use activity_log_core::domain::principal::Actor;
use activity_log_core::index::Position;
use activity_log_core::index::compact::Limits;
use activity_log_core::index::entry::{Entry, EntryPart};
use activity_log_core::index::term::Term;
use activity_log_core::store::client::connect_local;
use activity_log_core::text::{IndexTerms, index_terms};
use activity_log_tests::client::v1::{
    ACTIVITIES, AUDIT_EVENTS, V1, id_of, next_cursor, note, rows,
};
use activity_log_tests::client::with_query;
use activity_log_tests::engine::{Engine, unique_name};
use activity_log_tests::faulty_engine::FaultyEngine;
use activity_log_tests::history::Vocabulary;
use activity_log_tests::raw_table::{Item, Items, RawTable};
use activity_log_tests::stack::Stack;
use aws_sdk_dynamodb::types::AttributeValue;
use dynoxide::types::AttributeValue as EngineValue;
use dynoxide::{Database, ImportOptions};
use uuid::{Builder, Uuid};

const TENANT: &str = "acme";
/// Entries of the tail, beside those that are in segments.
const ENTRIES: usize = 10_000;
/// What was flushed before the compactor was down.
const FLUSHED: usize = 40;
/// Characters of a text: entries of a short e-mail.
const TEXT_CHARS: usize = 250;
/// A word of one entry of ten, and one of a few.
const TENTH: &str = "renewal";
const RARE: &str = "zeppelin";
const RARE_COUNT: usize = 4;
/// 2026-01-01T00:00:00Z.
const NEWEST_MS: i64 = 1_767_225_600_000;

/// What a log wrote, and what of it differs from log to log.
struct Template {
    items: Items,
    id: Uuid,
    event_id: Uuid,
    occurred_at: Timestamp,
    logged_at: Timestamp,
}

/// One of the many.
struct Copy {
    activity: Position,
    event: Position,
    is_tenth: bool,
    is_rare: bool,
}

impl Copy {
    fn new(n: usize) -> Self {
        let n_ms = i64::try_from(n).expect("a count is small");
        let at = |millis| Timestamp::from_millis(millis).expect("it is after 1970");
        let id = |kind: u8| {
            let mut random = [kind; 10];
            random[2..].copy_from_slice(&(n as u64).to_be_bytes());
            let millis = u64::try_from(NEWEST_MS + n_ms * 500).expect("it is after 1970");
            Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
        };
        Self {
            // The older it is, the later it was logged.
            activity: Position { time: at(NEWEST_MS - n_ms * 1_000), id: id(1) },
            event: Position { time: at(NEWEST_MS + n_ms * 500), id: id(2) },
            is_tenth: n % 10 == 3,
            is_rare: n % (ENTRIES / RARE_COUNT) == ENTRIES / RARE_COUNT - 1,
        }
    }
}

impl Template {
    /// Logs one and reads back what was written.
    async fn record(v1: &V1, table: &RawTable<'_>) -> Self {
        let before = table.items().await;
        let answer = v1.log(&note("template")).await.expect(201).json();
        let items = table.items_since(&before).await;
        let activity = &answer["activity"];
        let text = |name: &str| activity[name].as_str().expect("it is text");
        let time = |name| Timestamp::parse(text(name), Rounding::Down).expect("it is a time");
        let event = items.keys().find_map(|(pk, _)| Some(pk.split_once("#AUD#")?.1.to_owned()));
        Self {
            id: text("id").parse().expect("it is a UUID"),
            event_id: event.and_then(|id| id.parse().ok()).expect("a log has an audit event"),
            occurred_at: time("occurred_at"),
            logged_at: time("logged_at"),
            items,
        }
    }

    fn positions(&self) -> [Position; 2] {
        [
            Position { time: self.occurred_at, id: self.id },
            Position { time: self.logged_at, id: self.event_id },
        ]
    }

    /// The items of a copy.
    fn items_of(
        &self,
        copy: &Copy,
        words: &IndexTerms,
    ) -> impl Iterator<Item = dynoxide::types::Item> {
        let texts = self.positions().into_iter().zip([copy.activity, copy.event]);
        let replaced: Vec<(String, String)> = texts
            .flat_map(|(old, new)| {
                [
                    (old.encode(), new.encode()),
                    (old.id.to_string(), new.id.to_string()),
                    (old.time.to_string(), new.time.to_string()),
                ]
            })
            .collect();
        let replace = move |text: &str| {
            let replaced = replaced.iter();
            replaced.fold(text.to_owned(), |text, (old, new)| text.replace(old, new))
        };
        let entry = self.entry(copy, words);
        self.items.iter().map(move |((pk, _), item): (_, &Item)| {
            let attributes = item.iter().map(|(name, value)| {
                let value = match value {
                    AttributeValue::B(_) if pk.contains("#TAIL") => EngineValue::B(entry.clone()),
                    AttributeValue::S(text) => EngineValue::S(replace(text)),
                    AttributeValue::N(digits) => EngineValue::N(digits.clone()),
                    AttributeValue::B(bytes) => EngineValue::B(bytes.clone().into_inner()),
                    other => panic!("an item holds {other:?}"),
                };
                (name.clone(), value)
            });
            attributes.collect()
        })
    }

    /// What a copy is found by.
    fn entry(&self, copy: &Copy, words: &IndexTerms) -> Vec<u8> {
        let tail = self.items.iter().find(|((pk, _), _)| pk.contains("#TAIL"));
        let (_, item) = tail.expect("a log writes an entry");
        let bytes = item["b"].as_b().expect("an entry is bytes").as_ref();
        let Entry { activity, event, analyzer } = Entry::decode(bytes).expect("it is an entry");
        let (activity, event) = (activity.expect("it has both"), event.expect("it has both"));
        let mut of_activity: Vec<Term> = activity.terms;
        of_activity.extend(words.iter().map(Term::word));
        let is_new = |term: &Term| *term != Term::resource(&self.id.to_string());
        let mut of_event: Vec<Term> = event.terms.into_iter().filter(is_new).collect();
        of_event.push(Term::resource(&copy.activity.id.to_string()));
        if copy.is_rare {
            of_event.push(Term::actor(&Actor::parse("user:rare").expect("it is an actor")));
        }
        let entry = Entry {
            activity: Some(EntryPart::new(copy.activity, of_activity)),
            event: Some(EntryPart::new(copy.event, of_event)),
            analyzer,
        };
        entry.encode()
    }

    /// Writes the copies into the engine's database.
    fn fill(&self, database: &Database, table: &str) {
        let mut vocabulary = Vocabulary::new(7);
        let mut items = Vec::new();
        for copy in (0..ENTRIES).map(Copy::new) {
            let mut text = vocabulary.text(TEXT_CHARS);
            for (is_there, word) in [(copy.is_tenth, TENTH), (copy.is_rare, RARE)] {
                if is_there {
                    text.push(' ');
                    text.push_str(word);
                }
            }
            let words = index_terms([text.as_str()]).expect("a text is short");
            items.extend(self.items_of(&copy, &words));
        }
        database
            .import_items(table, items, ImportOptions::default())
            .expect("the engine takes the items");
    }
}

/// The pages of a listing: the ids in their order, and the most units that a page read.
async fn paged(
    v1: &V1,
    proxy: &FaultyEngine,
    path: &str,
    filter: (&str, &str),
    most_pages: usize,
) -> (Vec<String>, f64) {
    let list = if path == ACTIVITIES { "activities" } else { "audit_events" };
    let mut ids = Vec::new();
    let mut cursor: Option<String> = None;
    let mut most_units: f64 = 0.0;
    for page in 1.. {
        let mut parameters = vec![filter, ("limit", "100")];
        parameters.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
        proxy.reset_calls();
        let answer = v1.get(&with_query(path, &parameters)).await.expect(200);
        let units = proxy.calls().iter().filter_map(|call| call.consumed_capacity).sum();
        most_units = most_units.max(units);
        ids.extend(rows(&answer, list, "id"));
        cursor = next_cursor(&answer);
        if cursor.is_none() || page == most_pages {
            break;
        }
        assert!(page <= ENTRIES, "pages come to no end");
    }
    (ids, most_units)
}

/// The budget of a page, and a page of the tail, with which it may end.
const MOST_UNITS: f64 = 660.0;
/// What asks for audit events reads the tail once, which is some 870 units.
const MOST_UNITS_OF_EVENTS: f64 = 1_000.0;

#[tokio::test]
async fn a_tail_of_ten_thousand_entries_is_slow_and_correct() {
    let engine = Engine::fresh().await;
    let proxy = FaultyEngine::start(&engine.endpoint).await;
    proxy.measure_capacity();
    let stack = Stack::start_on(&proxy.endpoint, &unique_name("tail"), |_| {}).await;
    let key = stack.service_key(TENANT).await;
    let v1 = stack.v1(&key);
    let table = RawTable::through(&connect_local(&engine.endpoint), &stack);
    let mut vocabulary = Vocabulary::new(3);
    let mut flushed = Vec::new();
    for n in 0..FLUSHED {
        let text = format!("{} {TENTH}", vocabulary.text(TEXT_CHARS));
        flushed.push(id_of(&v1.log(&note(&text)).await.expect(201)));
        if n % 8 == 7 {
            stack.compact(TENANT, &Limits::default()).await.expect("it runs");
        }
    }
    stack.settle(TENANT).await.expect("the index is settled");
    flushed.reverse();
    let template = Template::record(&v1, &table).await;
    template.fill(engine.database().expect("it is embedded"), stack.ctx.store.table_name());

    let copies: Vec<Copy> = (0..ENTRIES).map(Copy::new).collect();
    let with = |holds: fn(&Copy) -> bool, id: fn(&Copy) -> Uuid| -> Vec<String> {
        copies.iter().filter(|copy| holds(copy)).map(|copy| id(copy).to_string()).collect()
    };
    let tenths = [flushed, with(|copy| copy.is_tenth, |copy| copy.activity.id)].concat();
    let rare = with(|copy| copy.is_rare, |copy| copy.activity.id);
    let mut rare_events = with(|copy| copy.is_rare, |copy| copy.event.id);
    rare_events.reverse();
    let oldest = copies.last().expect("there are many");
    let oldest_id = oldest.activity.id.to_string();
    let oldest_event = vec![oldest.event.id.to_string()];

    for is_compacted in [false, true] {
        for (path, filter, expected, most_units) in [
            (ACTIVITIES, ("query", TENTH), &tenths, MOST_UNITS),
            (ACTIVITIES, ("query", RARE), &rare, MOST_UNITS),
            (ACTIVITIES, ("query", "zepp* -renewal"), &rare, MOST_UNITS),
            (AUDIT_EVENTS, ("actor_id", "user:rare"), &rare_events, MOST_UNITS_OF_EVENTS),
            (
                AUDIT_EVENTS,
                ("resource_id", oldest_id.as_str()),
                &oldest_event,
                MOST_UNITS_OF_EVENTS,
            ),
        ] {
            // Such as a function that has just started.
            let cold = Stack::start_beside(&stack).await;
            let cold = cold.v1(&key);
            let (found, units) = paged(&cold, &proxy, path, filter, usize::MAX).await;
            assert_eq!(found, *expected, "{filter:?}");
            assert!(units <= most_units, "{filter:?}: {units} units");
        }
        let of_all = ("action", "activity.logged");
        let (found, _) = paged(&v1, &proxy, AUDIT_EVENTS, of_all, 3).await;
        assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), 300);

        // The compactor is there again.
        let limits = Limits::default();
        while stack.compact(TENANT, &limits).await.expect("it runs").tail_bytes_left > 0 {
            assert!(!is_compacted, "it has done all before");
        }
        let keys = stack.keys_in_table().await;
        assert!(!keys.iter().any(|(pk, _)| pk.contains("#TAIL")), "all of it is flushed");
    }
}
