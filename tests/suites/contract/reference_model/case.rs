//! A case under way: what the model remembers, and the stack that has to answer
//! as it does.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use activity_log_core::domain::principal::Scope;
use activity_log_tests::client::Answer;
use activity_log_tests::client::mcp::Mcp;
use activity_log_tests::client::v1::{V1, is_refused_for_now};
use futures_util::future::{join, join_all};
use http::Method;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use serde_json::{Value, json};

use super::lane::Lane;
use super::operations::{Again, Log, Moment, Operation, RELATED, Search, Step, UNKNOWN, WRITERS};
use super::texts::{Item, LEXICON};

/// The keys of writes that are sent again where they are refused for now. Others are
/// smaller.
const FIRST_OWN_KEY: u8 = 100;

/// An activity of the model.
#[derive(Clone, Debug)]
pub(super) struct Logged {
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
            && search.category.is_none_or(|kind| kind == self.log.category)
            && search.asks_for(WRITERS[self.log.writer].actors[self.log.tenant])
            && search.source.is_none_or(|source| source == self.log.source)
            && search.related.is_none_or(|related| Some(related) == self.log.related)
            && search.after.is_none_or(|after| millis >= after.halves)
            && search.before.is_none_or(|before| millis < before.halves)
            && search.finds(&texts)
    }
}

/// What a key of a tenant's writers stands for.
#[derive(Clone, Debug)]
struct Remembered {
    tenant: usize,
    space: usize,
    key: u8,
    input: Value,
    /// Which activity.
    index: usize,
}

/// One case: two tenants, their callers, and what they have logged.
pub(super) struct Case<'a> {
    lane: &'a Lane,
    tenants: [String; 2],
    /// Those who read, by process and tenant.
    pub(super) callers: Vec<[V1; 2]>,
    /// Those who log, by process and tenant.
    writers: Vec<[Vec<V1>; 2]>,
    /// The same through the other door.
    agents: Vec<[Vec<Mcp>; 2]>,
    pub(super) activities: Vec<Logged>,
    /// Logs that were sent with a key, refused or not.
    keyed: Vec<Log>,
    remembered: Vec<Remembered>,
    /// Refused writes of each tenant.
    pub(super) rejected: [usize; 2],
    /// Whether nothing fails and nothing goes on beside.
    pub(super) is_quiet: bool,
}

impl<'a> Case<'a> {
    pub(super) async fn start(lane: &'a Lane) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        lane.begin_case();
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let tenants = [format!("case-{count}"), format!("case-{count}-2")];
        let stack = &lane.processes[1];
        let keys = tenants.iter().enumerate().map(|(n, tenant)| {
            let keys =
                WRITERS.iter().map(|writer| stack.issue_key(tenant, writer.actors[n], Scope::ALL));
            join_all(keys)
        });
        let keys = join_all(keys).await;
        let (mut callers, mut writers, mut agents) = (Vec::new(), Vec::new(), Vec::new());
        for process in &lane.processes {
            let v1 = |key: &String| process.v1(key);
            let mcp = |key: &String| process.mcp(key);
            callers.push([0, 1].map(|tenant: usize| v1(&keys[tenant][0])));
            writers.push([0, 1].map(|tenant: usize| keys[tenant].iter().map(v1).collect()));
            agents.push([0, 1].map(|tenant: usize| keys[tenant].iter().map(mcp).collect()));
        }
        join_all(tenants.iter().flat_map(|tenant| {
            RELATED.map(|(kind, id)| stack.put_resource(tenant, kind, id, None))
        }))
        .await;
        Self {
            lane,
            tenants,
            callers,
            writers,
            agents,
            activities: Vec::new(),
            keyed: Vec::new(),
            remembered: Vec::new(),
            rejected: [0; 2],
            is_quiet: true,
        }
    }

    /// The name of the first tenant.
    pub(super) fn tenant(&self) -> &str {
        &self.tenants[0]
    }

    /// Does a step, and what goes on beside it.
    pub(super) async fn perform(&mut self, step: &Step) -> TestCaseResult {
        let lane = self.lane;
        let is_troubled = step.trouble.is_some();
        self.is_quiet = step.beside.is_empty() && !is_troubled;
        if let Some(trouble) = &step.trouble {
            lane.trouble(trouble);
        }
        let tenants = self.tenants.clone();
        let beside = step
            .beside
            .iter()
            .map(|compaction| lane.compact(&tenants[compaction.tenant], compaction, is_troubled));
        let beside = join_all(beside.collect::<Vec<_>>());
        let (done, ran) = join(self.operate(step, is_troubled), beside).await;
        lane.mend();
        self.is_quiet = true;
        done?;
        ran.into_iter().collect()
    }

    /// Settles the indexes, after which everything is found as before.
    pub(super) async fn finish(&self) -> TestCaseResult {
        for (tenant, name) in self.tenants.iter().enumerate() {
            self.lane.settle(name).await?;
            for (process, source) in ["api", "mcp"].into_iter().enumerate() {
                let limit = Some(100);
                let search = Search { source: Some(source), limit, ..Search::all_of(tenant) };
                self.search(&search, process, usize::MAX).await?;
            }
        }
        self.check_audit_trail().await
    }

    async fn operate(&mut self, step: &Step, is_troubled: bool) -> TestCaseResult {
        let process = step.process;
        match &step.operation {
            Operation::Log(log) if is_troubled => {
                // By its key it can be sent again.
                let own_key = u8::try_from(self.keyed.len()).expect("a case is short");
                let key = Some(FIRST_OWN_KEY + own_key);
                let log = Log { source: "api", key, ..log.clone() };
                self.log(&log, Again::Same, process).await
            }
            Operation::Log(log) => self.log(log, Again::Same, process).await,
            Operation::LogSome(logs) => {
                let known = logs.iter().filter(|log| log.related != Some(UNKNOWN));
                let logged = known.enumerate().map(|(n, log)| self.log_plainly(log, n % 2));
                for logged in join_all(logged.collect::<Vec<_>>()).await {
                    self.activities.push(logged?);
                }
                Ok(())
            }
            Operation::Repeat(nth, again) => {
                let Some(log) = self.keyed.get(nth % self.keyed.len().max(1)) else {
                    return Ok(());
                };
                let mut log = log.clone();
                if *again == Again::Changed {
                    log.summary.0.push((Item { entry: &LEXICON[0], way: 0 }, "!"));
                }
                if let Again::By(writer) = *again {
                    log.writer = writer;
                }
                self.log(&log, *again, process).await
            }
            Operation::Search(search) => self.search(search, process, usize::MAX).await,
            Operation::SearchWhileLogging(search, logs) => {
                self.search_while_logging(search, logs, process).await
            }
            Operation::MisuseCursor(search) => self.misuse_cursor(search, process).await,
            Operation::Get(nth, tenant) => self.get(*nth, *tenant, process).await,
            Operation::ListTrail(search) => self.list_trail(search, process).await,
            Operation::Compact(compaction) => {
                let tenant = &self.tenants[compaction.tenant];
                self.lane.compact(tenant, compaction, is_troubled).await
            }
            Operation::CompactAndDie(compaction, nth) => {
                let tenant = &self.tenants[compaction.tenant];
                self.lane.compact_and_die(tenant, compaction, *nth).await
            }
        }
    }

    /// Asks, and once more where it is refused for now while there is trouble.
    pub(super) async fn asked_again<F: Future<Output = Answer>>(
        &self,
        ask: impl Fn() -> F,
    ) -> Answer {
        let answer = ask().await;
        if is_refused_for_now(&answer) && self.lane.mend() {
            return ask().await;
        }
        answer
    }

    /// Logs what is neither refused nor replayed.
    pub(super) async fn log_plainly(
        &self,
        log: &Log,
        process: usize,
    ) -> Result<Logged, TestCaseError> {
        let input = self.input(log);
        if log.source == "mcp" {
            let agent = &self.agents[process][log.tenant][log.writer];
            let logged = agent.tool("log_activity", &input).await;
            return self.check_logged(log, &logged["activity"]);
        }
        let answer = self.writers[process][log.tenant][log.writer].log(&input).await;
        prop_assert_eq!(answer.status, 201, "{:?}", answer);
        self.check_logged(log, &answer.json()["activity"])
    }

    async fn log(&mut self, log: &Log, again: Again, process: usize) -> TestCaseResult {
        if log.source == "mcp" {
            let logged = self.log_plainly(log, process).await?;
            self.activities.push(logged);
            return Ok(());
        }
        let input = self.input(log);
        let mut sent = input.clone();
        if let Some(key) = log.key {
            self.keyed.push(log.clone());
            if again != Again::KeyInHeader {
                sent["idempotency_key"] = json!(format!("key {key}"));
            }
        }
        let send = || {
            let writer = &self.writers[process][log.tenant][log.writer];
            let mut call = writer.call(Method::POST, "/v1/activities");
            if let Some(key) = log.key.filter(|_| again == Again::KeyInHeader) {
                call = call.header("idempotency-key", &format!("key {key}"));
            }
            call.json(&sent).send()
        };
        // What was refused for now may have been done.
        let may_be_replay = log.key.is_some_and(|key| key >= FIRST_OWN_KEY);
        let answer = self.asked_again(send).await;

        let space = WRITERS[log.writer].space;
        let known = log.key.and_then(|key| {
            let mut known = self.remembered.iter();
            known.find(|known| (known.tenant, known.space, known.key) == (log.tenant, space, key))
        });
        if let Some(Remembered { input: first_input, index, .. }) = known {
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
        if !may_be_replay {
            prop_assert_eq!(answer.header("idempotency-replayed"), "");
        }
        let logged = self.check_logged(log, &answer.json()["activity"])?;
        if let Some(key) = log.key {
            let index = self.activities.len();
            let remembered = Remembered { tenant: log.tenant, space, key, input, index };
            self.remembered.push(remembered);
        }
        self.activities.push(logged);
        Ok(())
    }

    /// The input as JSON, without its key.
    pub(super) fn input(&self, log: &Log) -> Value {
        let mut input = json!({ "type": log.category, "summary": log.summary.to_string() });
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
    pub(super) fn check_logged(&self, log: &Log, answer: &Value) -> Result<Logged, TestCaseError> {
        let id = answer["id"].as_str().unwrap_or_default().to_owned();
        let logged_at = answer["logged_at"].as_str().unwrap_or_default().to_owned();
        prop_assert!(self.activities.iter().all(|activity| activity.id != id), "id {} twice", id);
        prop_assert_eq!(logged_at.len(), "2026-03-01T09:30:00.000Z".len());
        let occurred_at = log.occurred_at.map_or_else(|| logged_at.clone(), Moment::stored);
        let mut row = json!({
            "id": id,
            "tenant_id": self.tenants[log.tenant],
            "type": log.category,
            "summary": log.summary.to_string(),
            "occurred_at": occurred_at,
            "source": log.source,
            "logged_at": logged_at,
        });
        let actor = WRITERS[log.writer].actors[log.tenant].split_once(':');
        row["actor"] = actor.map(|(kind, id)| json!({ "type": kind, "id": id })).into();
        if let Some((kind, id)) = log.related {
            row["related_resource_type"] = json!(kind);
            row["related_resource_id"] = json!(id);
        }
        // An agent's rows name it.
        if WRITERS[log.writer].actors[log.tenant].starts_with("agent:") {
            row["last_agent_actor_id"] = json!("model");
        }
        let mut record = row.clone();
        if let Some(body) = log.body.written() {
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

    /// Whether anything matches.
    pub(super) fn has_match(&self, search: &Search) -> bool {
        self.activities.iter().any(|activity| activity.matches(search))
    }

    async fn page(
        &self,
        search: &Search,
        (process, tenant): (usize, usize),
        cursor: Option<&str>,
    ) -> Answer {
        let mut parameters = search.parameters();
        parameters.extend(cursor.map(|cursor| ("cursor", cursor.to_owned())));
        let parameters: Vec<(&str, &str)> =
            parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.asked_again(|| self.callers[process][tenant].search(&parameters)).await
    }

    /// The rows of a page, and the cursor of the next.
    async fn rows(
        &self,
        search: &Search,
        process: usize,
        cursor: Option<&str>,
    ) -> Result<(Vec<Value>, Option<String>), TestCaseError> {
        let answer = self.page(search, (process, search.tenant), cursor).await;
        prop_assert_eq!(answer.status, 200, "{:?}", answer);
        let mut page = answer.json();
        self.check_suggestions(search, &page, cursor.is_none())?;
        let rows: Vec<Value> =
            serde_json::from_value(page["activities"].take()).expect("a page has rows");
        prop_assert!(rows.len() <= search.limit.unwrap_or(20), "a page of {}", rows.len());
        let rows = rows.into_iter().map(|row| self.without_snippet(search, row));
        let rows = rows.collect::<Result<_, _>>()?;
        Ok((rows, page["next_cursor"].as_str().map(str::to_owned)))
    }

    /// A row without its snippet, which is a part of the body: the beginning, unless
    /// something is marked in it.
    fn without_snippet(&self, search: &Search, mut row: Value) -> Result<Value, TestCaseError> {
        let logged = self.activities.iter().find(|activity| row["id"] == *activity.id);
        let body = logged.and_then(|activity| activity.record["body"].as_str()).unwrap_or("");
        let fields = row.as_object_mut().expect("a row is an object");
        let (snippet, places) = (fields.remove("snippet"), fields.remove("match"));
        prop_assert_eq!(snippet.is_some(), !body.is_empty(), "{:?}", snippet);
        let snippet = snippet.as_ref().and_then(Value::as_str).unwrap_or("");
        let chars = snippet.chars().count();
        prop_assert!(body.contains(snippet) && chars <= 240, "{}", snippet);
        let Some(places) = places else {
            prop_assert!(body.starts_with(snippet), "{}", snippet);
            return Ok(row);
        };
        prop_assert!(!search.query.is_empty(), "{}", places);
        let mut last = 0;
        for place in places.as_array().expect("places are a list") {
            let at = |name: &str| place[name].as_u64().and_then(|at| usize::try_from(at).ok());
            let (start, end) = at("start").zip(at("end")).expect("a place has both its ends");
            prop_assert!(last <= start && start < end && end <= chars, "{}", places);
            last = end;
        }
        prop_assert!(last > 0, "nothing is marked");
        Ok(row)
    }

    pub(super) async fn search(
        &self,
        search: &Search,
        process: usize,
        max_pages: usize,
    ) -> TestCaseResult {
        if search.is_refused() {
            let answer = self.page(search, (process, search.tenant), None).await;
            return refused(&answer, 422, "validation_failed");
        }
        let expected = self.expected(search);
        let mut found = Vec::new();
        let mut cursor = None;
        for page in 0.. {
            prop_assert!(page <= expected.len() + 20, "paging comes to no end");
            let (rows, next) = self.rows(search, process, cursor.as_deref()).await?;
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

    async fn search_while_logging(
        &mut self,
        search: &Search,
        logs: &[Log],
        process: usize,
    ) -> TestCaseResult {
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
            let (rows, next) = self.rows(search, process, cursor.as_deref()).await?;
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
                self.log(log, Again::Same, process).await?;
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

    async fn misuse_cursor(&self, search: &Search, process: usize) -> TestCaseResult {
        let search = Search { limit: Some(1), ..search.clone() };
        if search.is_refused() {
            return Ok(());
        }
        let (_, Some(cursor)) = self.rows(&search, process, None).await? else { return Ok(()) };
        let of_other_tenant = self.page(&search, (process, 1 - search.tenant), Some(&cursor)).await;
        refused(&of_other_tenant, 422, "validation_failed")?;
        let mut other = search.clone();
        other.category = if search.category.is_some() { None } else { Some("note") };
        let of_other_filters = self.page(&other, (process, search.tenant), Some(&cursor)).await;
        refused(&of_other_filters, 422, "validation_failed")?;
        let source = if search.source.is_some() { None } else { Some("api") };
        let of_other_source = Search { source, ..search.clone() };
        let of_other_source =
            self.page(&of_other_source, (process, search.tenant), Some(&cursor)).await;
        refused(&of_other_source, 422, "validation_failed")?;
        // The limit is no filter.
        let other = Search { limit: Some(2), ..search.clone() };
        let answer = self.page(&other, (process, search.tenant), Some(&cursor)).await;
        prop_assert_eq!(answer.status, 200, "{:?}", answer);
        Ok(())
    }

    async fn get(&self, nth: usize, tenant: usize, process: usize) -> TestCaseResult {
        let Some(activity) = self.activities.get(nth % self.activities.len().max(1)) else {
            return Ok(());
        };
        let answer = self.callers[process][tenant].read(&activity.id).await;
        if tenant != activity.log.tenant {
            return refused(&answer, 404, "resource_not_found");
        }
        prop_assert_eq!(answer.status, 200, "{:?}", answer);
        prop_assert_eq!(&answer.json()["activity"], &activity.record);
        Ok(())
    }

    /// What a tenant has logged.
    pub(super) fn ids_of(&self, tenant: usize) -> HashSet<String> {
        let own = self.activities.iter().filter(|activity| activity.log.tenant == tenant);
        own.map(|activity| activity.id.clone()).collect()
    }
}

fn refused(answer: &Answer, status: u16, code: &str) -> TestCaseResult {
    prop_assert_eq!(answer.status.as_u16(), status, "{:?}", answer);
    prop_assert_eq!(answer.error_code(), code);
    Ok(())
}
