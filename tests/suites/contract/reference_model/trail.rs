//! The trail of a case: what it has to have, and lists of it by its filters.

use std::collections::HashSet;

use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;
use serde_json::Value;

use super::case::Case;
use super::operations::TrailSearch;

/// A filter of the trail: the parameter, and what an event has of it.
const FILTERS: [(&str, &str); 9] = [
    ("resource_id", "/resource_id"),
    ("resource_type", "/resource_type"),
    ("actor_id", "/actor/id"),
    ("actor_type", "/actor/type"),
    ("action", "/action"),
    ("credential_id", "/credential_id"),
    ("source", "/source"),
    ("status", "/status"),
    ("request_id", "/request_id"),
];
/// The bits behind those of the filters.
const AFTER: u16 = 1 << FILTERS.len();
const BEFORE: u16 = AFTER << 1;

fn text<'a>(event: &'a Value, path: &str) -> Option<&'a str> {
    event.pointer(path).and_then(Value::as_str)
}

fn is_read_of_trail(event: &Value) -> bool {
    event["action"] == "audit_event.read"
}

impl Case<'_> {
    /// Lists events by what one of them has, and holds that against the list of all.
    pub(super) async fn list_trail(&self, search: &TrailSearch, process: usize) -> TestCaseResult {
        let TrailSearch { tenant, filters, limit, .. } = *search;
        let all = self.events(process, tenant, &[], 100).await?;
        let Some(event) = all.get(search.nth % all.len().max(1)) else { return Ok(()) };
        let mut parameters: Vec<(&str, &str)> = Vec::new();
        let mut expected: Vec<&Value> = all.iter().collect();
        for (bit, (name, path)) in FILTERS.iter().enumerate() {
            let value = text(event, path).filter(|_| filters & 1 << bit != 0);
            if let Some(value) = value {
                parameters.push((name, value));
                expected.retain(|event| text(event, path) == Some(value));
            }
        }
        let time = |event: &Value| event["occurred_at"].as_str().unwrap_or_default().to_owned();
        let bound = time(&all[search.bound % all.len()]);
        if filters & AFTER != 0 {
            parameters.push(("occurred_after", &bound));
            expected.retain(|event| time(event) >= bound);
        } else if filters & BEFORE != 0 {
            parameters.push(("occurred_before", &bound));
            expected.retain(|event| time(event) < bound);
        }
        let found = self.events(process, tenant, &parameters, limit).await?;
        let found: Vec<&Value> = found.iter().collect();
        prop_assert!(
            found == expected,
            "by {:?} found:\n{:#?}\ninstead of:\n{:#?}",
            parameters,
            found,
            expected
        );
        Ok(())
    }

    /// All pages of the trail, without the event that tells of reads of it.
    async fn events(
        &self,
        process: usize,
        tenant: usize,
        parameters: &[(&str, &str)],
        limit: usize,
    ) -> Result<Vec<Value>, TestCaseError> {
        let limit = limit.to_string();
        let mut events: Vec<Value> = Vec::new();
        let mut cursor: Option<String> = None;
        for page in 0.. {
            prop_assert!(page < 200, "paging comes to no end");
            let mut parameters = parameters.to_vec();
            parameters.push(("limit", &limit));
            parameters.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
            let answer =
                self.asked_again(|| self.callers[process][tenant].audit_events(&parameters)).await;
            prop_assert_eq!(answer.status, 200, "{:?}", answer);
            let mut page = answer.json();
            let rows: Vec<Value> =
                serde_json::from_value(page["audit_events"].take()).expect("a page has events");
            events.extend(rows);
            cursor = page["next_cursor"].as_str().map(str::to_owned);
            if cursor.is_none() {
                break;
            }
        }
        events.retain(|event| !is_read_of_trail(event));
        Ok(events)
    }

    /// Every activity has one audit event, every refused write another, and
    /// replays and reads none.
    pub(super) async fn check_audit_trail(&self) -> TestCaseResult {
        for tenant in 0..2 {
            let mut succeeded = HashSet::new();
            let mut rejected = 0;
            for event in self.events(1, tenant, &[], 100).await? {
                if event["status"] == "rejected" {
                    rejected += 1;
                    continue;
                }
                prop_assert_eq!(&event["status"], "succeeded");
                let id = event["resource_id"].as_str().unwrap_or_default().to_owned();
                prop_assert!(succeeded.insert(id), "two events for one write");
            }
            prop_assert_eq!(succeeded, self.ids_of(tenant));
            prop_assert_eq!(rejected, self.rejected[tenant]);
        }
        Ok(())
    }
}
