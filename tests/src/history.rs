//! A history of any length, made quickly: what a tenant has logged long ago.
//!
//! Logging 50,000 activities one by one takes minutes. Here one real log is
//! taken as the template: its items are read back from the table, and what
//! differs from activity to activity is replaced in them. So the history has
//! the layout that the store writes, whatever that is, and goes straight into
//! the embedded engine's database.

use std::collections::{BTreeMap, BTreeSet};

use activity_log_core::domain::activity_type::{Category, TypeName};
use activity_log_core::domain::clock::{Rounding, Timestamp};
use activity_log_core::index::Position;
use activity_log_core::index::entry::{Entry, EntryPart};
use activity_log_core::index::term::Term;
use activity_log_core::text::index_terms;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue as SdkValue;
use dynoxide::types::{AttributeValue, Item};
use dynoxide::{Database, ImportOptions};
use serde_json::json;

use crate::faulty_engine::scramble;
use crate::raw_table::{Item as StoredItem, Items, RawTable};
use crate::stack::Stack;

/// A word in every second activity.
pub const COMMON: &str = "quarterly";
/// A word in every third activity.
pub const ALSO_COMMON: &str = "budget";
/// A word in one of forty activities, always with [`COMMON`], and in a third of them
/// with [`ALSO_COMMON`].
pub const UNCOMMON: &str = "escalation";
/// A word in [`RARE_COUNT`] activities, spread over the history, however long
/// that is. Half of them have [`COMMON`], too.
pub const RARE: &str = "zeppelin";
/// How many activities have [`RARE`].
pub const RARE_COUNT: usize = 6;
/// Two words that are each in one of ten activities, and so together in one of
/// a hundred.
pub const TENTH: &str = "renewal";
/// The other one.
pub const ALSO_TENTH: &str = "invoice";
/// Two words that are each in one of five activities, and never together.
pub const NORTHERN: &str = "northern";
/// The other one.
pub const SOUTHERN: &str = "southern";
/// A phrase in one of ten activities.
pub const PHRASE: &str = "\"signed copy\"";

/// Types take turns.
const TYPES: [&str; 5] = ["note", "call", "email", "meeting", "agent_action"];
/// Items that are written in one go: few enough to stay in memory.
const ITEMS_AT_ONCE: usize = 50_000;
/// 2026-01-01T00:00:00Z: the newest activity; the others are each a minute
/// older than the next.
const NEWEST_MS: i64 = 1_767_225_600_000;
const MINUTE_MS: i64 = 60_000;

/// Words as a team's notes have them: a few very often, many now and then.
#[derive(Clone, Debug)]
pub struct Vocabulary {
    words: Vec<String>,
    seed: u64,
    drawn: u64,
}

impl Vocabulary {
    /// So many that a text of 65,536 characters has about 2,500 different
    /// ones, as an English transcript has.
    const WORDS: usize = 6_000;
    /// Zipf's law as Mandelbrot corrected it: the word of rank r comes as often
    /// as 1 / (r + 2.7).
    const SHIFT: f64 = 2.7;

    /// The same words in the same order for the same seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let words = (0..Self::WORDS).map(Self::spell).collect();
        Self { words, seed, drawn: 0 }
    }

    /// Common words are short.
    fn spell(rank: usize) -> String {
        const ONSETS: [&str; 16] =
            ["t", "s", "r", "n", "l", "m", "c", "p", "d", "b", "f", "g", "v", "st", "pr", "tr"];
        const RHYMES: [&str; 12] =
            ["a", "e", "i", "o", "u", "an", "er", "on", "al", "ent", "or", "im"];
        const SYLLABLES: usize = ONSETS.len() * RHYMES.len();
        let mut rest = rank;
        let mut word = String::new();
        loop {
            let syllable = rest % SYLLABLES;
            word.push_str(ONSETS[syllable % ONSETS.len()]);
            word.push_str(RHYMES[syllable / ONSETS.len()]);
            rest /= SYLLABLES;
            if rest == 0 {
                return word;
            }
        }
    }

    /// The next word.
    pub fn word(&mut self) -> &str {
        self.drawn += 1;
        let share = scramble(self.seed, self.drawn) as f64 / u64::MAX as f64;
        let first = 1.0 + Self::SHIFT;
        let rank = first * ((Self::WORDS as f64 + Self::SHIFT) / first).powf(share) - first;
        &self.words[(rank as usize).min(Self::WORDS - 1)]
    }

    /// A text of exactly so many characters, in sentences.
    pub fn text(&mut self, chars: usize) -> String {
        let mut text = String::with_capacity(chars + 16);
        for count in 1.. {
            if text.len() >= chars {
                break;
            }
            text.push_str(self.word());
            text.push_str(if count % 14 == 0 { ". " } else { " " });
        }
        text.truncate(chars);
        text
    }
}

/// An activity of the past. Ids and times are as they stand in items.
#[derive(Clone, Debug)]
pub struct Past {
    /// The activity's id.
    pub id: String,
    /// Its audit event's id.
    pub event_id: String,
    /// The request that logged it.
    pub request_id: String,
    /// Its type.
    pub category: String,
    pub summary: String,
    /// A body, of which only the words are written: no head has it.
    pub body: String,
    /// When it occurred.
    pub occurred_at: String,
    /// When it was logged.
    pub logged_at: String,
}

/// The characters of a summary, but for the words above: short, so that a long
/// history is made quickly.
pub const SHORT_SUMMARY_CHARS: usize = 12;

/// The `count` activities of a history, newest first, with about so many
/// characters each.
pub fn past(count: usize, chars: usize) -> impl Iterator<Item = Past> {
    let mut vocabulary = Vocabulary::new(1);
    (0..count).map(move |n| Past::nth(n, count, vocabulary.text(chars)))
}

impl Past {
    /// The n-th newest of `count` activities, with a text to which the words above are added.
    ///
    /// # Panics
    ///
    /// When there are not as many minutes since 1970.
    #[must_use]
    pub fn nth(n: usize, count: usize, text: String) -> Self {
        let rare_step = count / (RARE_COUNT + 1);
        let rare = n.is_multiple_of(rare_step).then_some(n / rare_step);
        let rare = rare.filter(|k| (1..=RARE_COUNT).contains(k));
        let is_common = rare.map_or(n % 2 == 1, |k| k % 2 == 0);
        let fifth = scramble(42, n as u64) % 5;
        let marks = [
            (is_common, COMMON),
            (rare.is_some(), RARE),
            (n.is_multiple_of(3), ALSO_COMMON),
            (n % 40 == 3, UNCOMMON),
            (scramble(40, n as u64).is_multiple_of(10), TENTH),
            (scramble(41, n as u64).is_multiple_of(10), ALSO_TENTH),
            (n % 10 == 7, PHRASE.trim_matches('"')),
            (fifth == 0, NORTHERN),
            (fifth == 1, SOUTHERN),
        ];
        let mut summary = text;
        for (_, mark) in marks.into_iter().filter(|(is_there, _)| *is_there) {
            summary.push(' ');
            summary.push_str(mark);
        }
        let time_ms = NEWEST_MS - MINUTE_MS * i64::try_from(n).expect("a count is small");
        let time = Timestamp::from_millis(time_ms).expect("it is after 1970").to_string();
        let random = |salt| scramble(salt, n as u64);
        // As UUIDs of version 7 are: their beginning is the time.
        let uuid = |salt| {
            let (head, tail) = (time_ms >> 16, time_ms & 0xffff);
            let (a, b) = (random(salt) & 0xfff, random(salt + 1) & 0xfff);
            format!("{head:08x}-{tail:04x}-7{a:03x}-8{b:03x}-{:012x}", random(salt + 2) >> 16)
        };
        Self {
            id: uuid(10),
            event_id: uuid(20),
            request_id: format!("req_{:016x}{:016x}", random(30), random(31)),
            category: TYPES[n % TYPES.len()].to_owned(),
            summary,
            body: String::new(),
            occurred_at: time.clone(),
            logged_at: time,
        }
    }
}

fn position(time: &str, id: &str) -> Position {
    let time = Timestamp::parse(time, Rounding::Down).expect("it is a time");
    Position { time, id: id.parse().expect("it is a UUID") }
}

/// What differs from activity to activity.
#[derive(Clone, Copy, Debug)]
enum Slot {
    Id,
    EventId,
    RequestId,
    Category,
    Summary,
    OccurredAt,
    LoggedAt,
    /// Where it stands in the lists of activities.
    Position,
    /// Where its audit event stands in those of audit events.
    EventPosition,
}

/// A string of an item: literals, and a slot behind each but the last.
#[derive(Clone, Debug)]
struct Pattern(Vec<(String, Option<Slot>)>);

impl Pattern {
    fn new(text: &str, slots: &[(String, Slot)]) -> Self {
        let first = slots.iter().filter_map(|(value, slot)| Some((text.find(value)?, value, slot)));
        let Some((at, value, slot)) = first.min_by_key(|(at, ..)| *at) else {
            return Self(vec![(text.to_owned(), None)]);
        };
        let mut parts = vec![(text[..at].to_owned(), Some(*slot))];
        parts.extend(Self::new(&text[at + value.len()..], slots).0);
        Self(parts)
    }

    fn fill<'a>(&self, value_of: impl Fn(Slot) -> &'a str) -> String {
        let mut filled = String::with_capacity(96);
        for (literal, slot) in &self.0 {
            filled.push_str(literal);
            filled.push_str(slot.map_or("", &value_of));
        }
        filled
    }
}

fn type_name(name: &str) -> TypeName {
    TypeName::parse(name).expect("it is a name")
}

#[derive(Clone, Debug)]
enum Attribute {
    Text(Pattern),
    Number(String),
    Bytes(Vec<u8>),
}

/// The items of one log.
#[derive(Clone, Debug)]
pub struct Template {
    items: Vec<BTreeMap<String, Attribute>>,
    /// The item that has the entry, but for the entry.
    tail: BTreeMap<String, Attribute>,
    /// What the log is found by, but for what differs from activity to activity.
    entry: Entry,
}

/// The attribute that has the bytes of an entry.
pub(crate) const ENTRY: &str = "b";
/// The attribute that asks for a run of the compactor, which some entries have.
const MARK: &str = "m";

impl Template {
    const SUMMARY: &str = "4711081547110815";
    const OCCURRED_AT: &str = "2001-02-03T04:05:06.789Z";

    /// Logs one activity of the tenant that the key belongs to, and reads back
    /// what was written. `client` speaks to the table without the stack.
    pub async fn record(stack: &Stack, key: &str, client: &Client) -> Self {
        let table = RawTable::through(client, stack);
        let before = table.items().await;
        let input = json!({
            "type": "agent_action",
            "summary": Self::SUMMARY,
            "occurred_at": Self::OCCURRED_AT,
        });
        let answer = stack.v1(key).log(&input).await.expect(201).json();
        let written = table.items_since(&before).await;

        let text = |value: &serde_json::Value| value.as_str().expect("it is text").to_owned();
        let activity = &answer["activity"];
        let event_id =
            written.keys().find_map(|(pk, _)| Some(pk.split_once("#AUD#")?.1.to_owned()));
        let (id, event_id) = (text(&activity["id"]), event_id.expect("a log has an audit event"));
        let (logged_at, request_id) = (text(&activity["logged_at"]), text(&answer["request_id"]));
        let slots = [
            (position(Self::OCCURRED_AT, &id).encode(), Slot::Position),
            (position(&logged_at, &event_id).encode(), Slot::EventPosition),
            (id.clone(), Slot::Id),
            (event_id, Slot::EventId),
            (request_id.clone(), Slot::RequestId),
            ("agent_action".to_owned(), Slot::Category),
            (Self::SUMMARY.to_owned(), Slot::Summary),
            (Self::OCCURRED_AT.to_owned(), Slot::OccurredAt),
            (logged_at, Slot::LoggedAt),
        ];
        let (mut tail, items): (Items, Items) =
            written.into_iter().partition(|((pk, _), _)| pk.contains("#TAIL"));
        let (_, mut tail) = tail.pop_first().expect("a log has an entry");
        tail.remove(MARK);
        let bytes = tail.remove(ENTRY).expect("it has bytes");
        let bytes = bytes.as_b().expect("they are binary").as_ref();
        let mut entry = Entry::decode(bytes).expect("it is an entry");
        let differs = BTreeSet::from([
            Term::category(Category::AgentAction),
            Term::listed_as(&type_name("agent_action")),
            Term::word(Self::SUMMARY),
            Term::request(&request_id),
            Term::resource(&id),
        ]);
        for part in entry.activity.iter_mut().chain(&mut entry.event) {
            part.terms.retain(|term| !differs.contains(term));
        }
        let patterns = |item: StoredItem| {
            let attributes = item.into_iter().map(|(name, value)| {
                let value = match value {
                    SdkValue::S(text) => Attribute::Text(Pattern::new(&text, &slots)),
                    SdkValue::N(digits) => Attribute::Number(digits),
                    SdkValue::B(bytes) => Attribute::Bytes(bytes.into_inner()),
                    other => panic!("an item holds {other:?}"),
                };
                (name, value)
            });
            attributes.collect()
        };
        let items = items.into_values().map(patterns).collect();
        Self { items, tail: patterns(tail), entry }
    }

    /// The items that a log of this activity writes, but for marks.
    #[must_use]
    pub fn items_of(&self, past: &Past) -> Vec<Item> {
        let event_position = position(&past.logged_at, &past.event_id).encode();
        let position = position(&past.occurred_at, &past.id).encode();
        let value_of = |slot| match slot {
            Slot::Id => past.id.as_str(),
            Slot::EventId => past.event_id.as_str(),
            Slot::RequestId => past.request_id.as_str(),
            Slot::Category => past.category.as_str(),
            Slot::Summary => past.summary.as_str(),
            Slot::OccurredAt => past.occurred_at.as_str(),
            Slot::LoggedAt => past.logged_at.as_str(),
            Slot::Position => position.as_str(),
            Slot::EventPosition => event_position.as_str(),
        };
        let fill = |item: &BTreeMap<String, Attribute>| -> Item {
            let attributes = item.iter().map(|(name, value)| {
                let value = match value {
                    Attribute::Text(pattern) => AttributeValue::S(pattern.fill(value_of)),
                    Attribute::Number(digits) => AttributeValue::N(digits.clone()),
                    Attribute::Bytes(bytes) => AttributeValue::B(bytes.clone()),
                };
                (name.clone(), value)
            });
            attributes.collect()
        };
        let mut tail = fill(&self.tail);
        tail.insert(ENTRY.to_owned(), AttributeValue::B(self.entry_of(past).encode()));
        self.items.iter().map(fill).chain([tail]).collect()
    }

    /// What a log of this activity is found by.
    ///
    /// # Panics
    ///
    /// When its texts have more words than a record may have.
    #[must_use]
    pub fn entry_of(&self, past: &Past) -> Entry {
        let Entry { activity, event, analyzer } = self.entry.clone();
        let with = |part: Option<EntryPart>, position, more: Vec<Term>| {
            let mut terms = part.expect("a log has both").terms;
            terms.extend(more);
            Some(EntryPart::new(position, terms))
        };
        let words = index_terms([past.summary.as_str(), past.body.as_str()]);
        let words = words.expect("generated texts have few words");
        let category = Category::parse(&past.category).expect("it is a type");
        let mut more: Vec<Term> = words.iter().map(Term::word).collect();
        more.extend([Term::category(category), Term::listed_as(&type_name(&past.category))]);
        let of_event = vec![Term::request(&past.request_id), Term::resource(&past.id)];
        Entry {
            activity: with(activity, position(&past.occurred_at, &past.id), more),
            event: with(event, position(&past.logged_at, &past.event_id), of_event),
            analyzer,
        }
    }

    /// Writes activities of the past.
    ///
    /// # Panics
    ///
    /// When the engine does not take them.
    pub fn write_history(
        &self,
        database: &Database,
        table: &str,
        history: impl Iterator<Item = Past>,
    ) {
        let mut items = Vec::with_capacity(ITEMS_AT_ONCE);
        let import = |items: Vec<Item>| {
            database
                .import_items(table, items, ImportOptions::default())
                .expect("the engine takes the items");
        };
        for past in history {
            items.extend(self.items_of(&past));
            if items.len() >= ITEMS_AT_ONCE {
                import(std::mem::take(&mut items));
            }
        }
        import(items);
    }
}
