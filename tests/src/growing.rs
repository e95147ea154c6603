//! A history that grows as it does in life: one activity after the other, with a run of the
//! compactor whenever an entry asks for one.

use activity_log_core::app::compact_index::index_status;
use activity_log_core::domain::principal::TenantId;
use activity_log_core::index::compact::Limits;
use dynoxide::types::{AttributeValue, Item};
use dynoxide::{Database, ImportOptions};
use serde_json::json;

use crate::client::ABSENT_ID;
use crate::client::v1::V1;
use crate::engine::Engine;
use crate::faulty_engine::scramble;
use crate::history::{ENTRY, Past, Template, Vocabulary};
use crate::measured::{MeasuredStack, TENANT};
use crate::stack::Stack;

/// Of the summaries, in characters: ten words and more.
const SUMMARY_CHARS: usize = 60;

/// How often an entry asks for a run, as ARCHITECTURE.md says: the bytes and the entries
/// that one run is for.
const BYTES_A_RUN: usize = 16 * 1024;
const ENTRIES_A_RUN: usize = 8;
/// What an item has beside an entry.
const KEY_BYTES: usize = 90;

/// A history, and the processes that work on it.
pub struct GrowingHistory {
    /// Logs and searches. Nothing else tells it of what the compactor does.
    pub measured: MeasuredStack,
    /// Another process, which only compacts.
    compactor: Stack,
    template: Template,
    database: Database,
    /// How many activities it can have, and how many of these are still to come.
    count: usize,
    coming: usize,
    /// Of their bodies, in characters.
    body_chars: usize,
    vocabulary: Vocabulary,
    limits: Limits,
}

impl GrowingHistory {
    /// A history that can grow to so many activities, whose bodies have so many characters.
    pub async fn start(count: usize, body_chars: usize) -> Self {
        let engine = Engine::fresh().await;
        let database = engine.database().expect("a fresh engine is embedded").clone();
        let measured = MeasuredStack::start(engine).await;
        let MeasuredStack { stack, key, client, .. } = &measured;
        let template = Template::record(stack, key, client).await;
        let compactor = Stack::start_beside(stack).await;
        Self {
            measured,
            compactor,
            template,
            database,
            count,
            coming: count,
            body_chars,
            vocabulary: Vocabulary::new(1),
            limits: Limits::default(),
        }
    }

    /// The same with another compactor.
    #[must_use]
    pub fn compacted_within(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Logs the next activities, runs the compactor as often as their entries ask for it, and
    /// says how many units it wrote for each of them.
    ///
    /// # Panics
    ///
    /// When there are no more, and when a run fails.
    pub async fn grow(&mut self, count: usize) -> f64 {
        assert!(count <= self.coming, "a history grows no further than was said");
        let mut units = 0.0;
        let mut staged = Vec::new();
        for _ in 0..count {
            self.coming -= 1;
            let past = Past::nth(self.coming, self.count, self.vocabulary.text(SUMMARY_CHARS));
            let body = self.vocabulary.text(self.body_chars);
            let items = self.template.items_of(&Past { body, ..past });
            let asks_for_run = asks_for_run(self.coming as u64, entry_bytes(&items));
            staged.extend(items);
            if asks_for_run {
                self.import(std::mem::take(&mut staged));
                let run = self.compactor.compact(TENANT, &self.limits);
                let run = self.measured.measure(run).await;
                run.answer.expect("a run of the compactor succeeds");
                units += run.write_units;
            }
        }
        self.import(staged);
        units / count as f64
    }

    fn import(&self, items: Vec<Item>) {
        let table = self.measured.stack.ctx.store.table_name();
        let imported = self.database.import_items(table, items, ImportOptions::default());
        imported.expect("the engine takes the items");
    }

    /// Lets it grow to its full length, and logs a real activity in each of so many states,
    /// from a quarter of that on.
    ///
    /// # Panics
    ///
    /// When an activity is refused.
    pub async fn cost_of_logs(&mut self, states: usize) -> CostOfLogs {
        let step = self.count * 3 / 4 / states;
        let first_quarter = self.grow(self.count / 4).await;
        let mut vocabulary = Vocabulary::new(7);
        let (mut logged, mut compacted) = (Vec::new(), Vec::new());
        for _ in 0..states {
            let mut input = json!({ "type": "note", "summary": vocabulary.text(SUMMARY_CHARS) });
            if self.body_chars > 0 {
                input["body"] = json!(vocabulary.text(self.body_chars));
            }
            let log = self.measured.measure(self.measured.v1.log(&input)).await;
            drop(log.answer.expect(201));
            logged.push(log.write_units);
            compacted.push(self.grow(step).await);
        }
        let mean = |units: &[f64]| units.iter().sum::<f64>() / units.len() as f64;
        let most = |units: &[f64]| units.iter().copied().fold(0.0, f64::max);
        let tenant = TenantId::parse(TENANT).expect("it is an id");
        let status = index_status(&self.compactor.ctx, &tenant).await;
        let bytes: u64 = status.expect("it is read").tiers.iter().map(|tier| tier.bytes).sum();
        CostOfLogs {
            log: mean(&logged),
            compactor: (first_quarter + 3.0 * mean(&compacted)) / 4.0,
            first_quarter,
            dearest_state: most(&logged) + most(&compacted),
            index_bytes: bytes as f64 / self.count as f64,
        }
    }

    /// Another process that knows the key and nothing else.
    pub async fn cold(&self) -> V1 {
        let stack = Stack::start_beside(&self.measured.stack).await;
        let cold = stack.v1(&self.measured.key);
        drop(cold.read(ABSENT_ID).await.expect(404));
        cold
    }
}

/// What logs cost while a history grows, each in write units where nothing else is said.
#[derive(Clone, Copy, Debug)]
pub struct CostOfLogs {
    /// Of the log itself.
    pub log: f64,
    /// Of the compactor, over the whole history.
    pub compactor: f64,
    /// The same in the first quarter of it.
    pub first_quarter: f64,
    /// Of both in the state in which they were most.
    pub dearest_state: f64,
    /// Payload of the segments, for each activity.
    pub index_bytes: f64,
}

/// The bytes of the entry among an activity's items.
fn entry_bytes(items: &[Item]) -> usize {
    let entry = items.iter().find_map(|item| match item.get(ENTRY) {
        Some(AttributeValue::B(bytes)) => Some(bytes.len()),
        _ => None,
    });
    entry.expect("an activity has an entry")
}

/// Whether the entry of the `n`-th activity, of so many bytes, asks for a run.
#[must_use]
pub fn asks_for_run(n: u64, entry_bytes: usize) -> bool {
    let bytes = (entry_bytes + KEY_BYTES).min(BYTES_A_RUN / ENTRIES_A_RUN);
    scramble(70, n) % (BYTES_A_RUN as u64) < bytes as u64
}
