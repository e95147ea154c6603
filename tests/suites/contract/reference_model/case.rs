//! A case under way: what the model remembers, and the stack that has to answer
//! as it does.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use activity_log_core::domain::principal::Scope;
use activity_log_tests::client::Answer;
use activity_log_tests::client::mcp::Mcp;
use activity_log_tests::client::v1::V1;
use activity_log_tests::stack::Stack;
use futures_util::future::join_all;
use http::Method;
use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use serde_json::{Value, json};

use super::{Again, Item, LEXICON, Log, Moment, Operation, RELATED, Search, UNKNOWN, WRITERS};

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
            && search.query.iter().all(|part| part.is_in(&texts))
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
pub(super) struct Case {
    tenants: [String; 2],
    /// Those who read.
    pub(super) callers: [V1; 2],
    /// Those who log, by tenant.
    writers: [Vec<V1>; 2],
    /// The same through the other door.
    agents: [Vec<Mcp>; 2],
    pub(super) activities: Vec<Logged>,
    /// Logs that were sent with a key, refused or not.
    keyed: Vec<Log>,
    remembered: Vec<Remembered>,
    /// Refused writes of each tenant.
    rejected: [usize; 2],
}

impl Case {
    pub(super) async fn start(stack: &Stack) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let tenants = [format!("case-{count}"), format!("case-{count}-2")];
        let mut writers = [Vec::new(), Vec::new()];
        let mut agents = [Vec::new(), Vec::new()];
        for tenant in 0..2 {
            for writer in &WRITERS {
                let actor = writer.actors[tenant];
                let key = stack.issue_key(&tenants[tenant], actor, Scope::ALL).await;
                writers[tenant].push(stack.v1(&key));
                agents[tenant].push(stack.mcp(&key));
            }
        }
        let callers = [writers[0][0].clone(), writers[1][0].clone()];
        join_all(tenants.iter().flat_map(|tenant| {
            RELATED.map(|(kind, id)| stack.put_resource(tenant, kind, id, None))
        }))
        .await;
        Self {
            tenants,
            callers,
            writers,
            agents,
            activities: Vec::new(),
            keyed: Vec::new(),
            remembered: Vec::new(),
            rejected: [0; 2],
        }
    }

    pub(super) async fn perform(&mut self, operation: &Operation) -> TestCaseResult {
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
                if let Again::By(writer) = *again {
                    log.writer = writer;
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

    /// Logs what is neither refused nor replayed.
    pub(super) async fn log_plainly(&self, log: &Log) -> Result<Logged, TestCaseError> {
        let input = self.input(log);
        if log.source == "mcp" {
            let agent = &self.agents[log.tenant][log.writer];
            let logged = agent.tool("log_activity", &input).await;
            return self.check_logged(log, &logged["activity"]);
        }
        let answer = self.writers[log.tenant][log.writer].log(&input).await;
        prop_assert_eq!(answer.status, 201, "{:?}", answer);
        self.check_logged(log, &answer.json()["activity"])
    }

    async fn log(&mut self, log: &Log, again: Again) -> TestCaseResult {
        if log.source == "mcp" {
            let logged = self.log_plainly(log).await?;
            self.activities.push(logged);
            return Ok(());
        }
        let input = self.input(log);
        let mut sent = input.clone();
        let mut call = self.writers[log.tenant][log.writer].call(Method::POST, "/v1/activities");
        if let Some(key) = log.key {
            self.keyed.push(log.clone());
            if again == Again::KeyInHeader {
                call = call.header("idempotency-key", &format!("key {key}"));
            } else {
                sent["idempotency_key"] = json!(format!("key {key}"));
            }
        }
        let answer = call.json(&sent).send().await;

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
        prop_assert_eq!(answer.header("idempotency-replayed"), "");
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
        self.callers[tenant].search(&parameters).await
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

    pub(super) async fn search(&self, search: &Search, max_pages: usize) -> TestCaseResult {
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
        other.category = if search.category.is_some() { None } else { Some("note") };
        let of_other_filters = self.page(&other, search.tenant, Some(&cursor)).await;
        refused(&of_other_filters, 422, "validation_failed")?;
        let source = if search.source.is_some() { None } else { Some("api") };
        let of_other_source = Search { source, ..search.clone() };
        let of_other_source = self.page(&of_other_source, search.tenant, Some(&cursor)).await;
        refused(&of_other_source, 422, "validation_failed")?;
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
        let answer = self.callers[tenant].read(&activity.id).await;
        if tenant != activity.log.tenant {
            return refused(&answer, 404, "resource_not_found");
        }
        prop_assert_eq!(answer.status, 200, "{:?}", answer);
        prop_assert_eq!(&answer.json()["activity"], &activity.record);
        Ok(())
    }

    /// Every activity has one audit event, every refused write another, and
    /// replays and reads none.
    pub(super) async fn check_audit_trail(&self) -> TestCaseResult {
        for tenant in 0..2 {
            let answer = self.callers[tenant].audit_events(&[("limit", "100")]).await;
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
