//! What each function may cost: `tests/bench/budget.toml`.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::seeded::Seeded;

/// By name of the function.
pub(crate) type Budgets = BTreeMap<String, Budget>;

/// The budget of a function.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Budget {
    /// The deployment package, at most.
    pub(crate) zip_bytes: u64,
    /// The most memory resident in 2,000 invocations, at most.
    pub(crate) rss_kib: u64,
    /// Crates that are compiled into it, at most.
    pub(crate) crates: usize,
    /// Whether it calls AWS. One that does not is built without a client.
    #[serde(default = "most_do")]
    pub(crate) calls_aws: bool,
    /// What it is measured with.
    #[serde(default)]
    pub(crate) requests: Vec<Request>,
}

/// An event, and what it costs with a credential that the process knows.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    /// How it is called in tables.
    pub(crate) name: String,
    /// A file of `infra/events`.
    pub(crate) event: String,
    /// Instead of the event's path.
    path: Option<String>,
    /// Instead of the event's query string.
    query: Option<String>,
    /// Instead of the event's body.
    body: Option<String>,
    /// Properties that the response has to have.
    answer: Map<String, Value>,
    /// How many rows the response has, where it is a page.
    rows: Option<usize>,
    /// Rounds of calls to the table, exactly.
    pub(crate) round_trips: usize,
    /// Calls to the table, exactly.
    pub(crate) calls: BTreeMap<String, usize>,
}

fn most_do() -> bool {
    true
}

pub(crate) fn read(path: &Path) -> Result<Budgets> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    toml::from_str(&text).with_context(|| path.display().to_string())
}

impl Request {
    /// The event to feed.
    pub(crate) fn event(&self, root: &Path, seeded: &Seeded) -> Result<Bytes> {
        let path = root.join("infra/events").join(&self.event);
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let mut event: Value = serde_json::from_str(&text)?;
        if let Some(path) = &self.path {
            event["rawPath"] = path.as_str().into();
            event["requestContext"]["http"]["path"] = path.as_str().into();
        }
        if let Some(query) = &self.query {
            event["rawQueryString"] = query.as_str().into();
        }
        if let Some(body) = &self.body {
            event["body"] = body.as_str().into();
        }
        Ok(seeded.fill(&event.to_string()).into())
    }

    /// What is wrong with a response, if anything is.
    pub(crate) fn check(&self, response: &Bytes) -> Result<()> {
        let response: Value = serde_json::from_slice(response).context("the response is JSON")?;
        for (name, expected) in &self.answer {
            anyhow::ensure!(
                response[name] == *expected,
                "{}: expected {name} to be {expected}, got {response}",
                self.name
            );
        }
        if let Some(expected) = self.rows {
            let body = response["body"].as_str().context("the response has a body")?;
            let body: Value = serde_json::from_str(body)?;
            let pages = ["activities", "audit_events", "keys"].map(|name| &body[name]);
            let of_tool = &body["result"]["structuredContent"]["activities"];
            let page = pages.into_iter().chain([of_tool]).find_map(Value::as_array);
            let rows = page.map(Vec::len);
            anyhow::ensure!(rows == Some(expected), "{}: {rows:?} rows", self.name);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(text: &str) -> Request {
        let rest = r#"
            name = "a page"
            event = "search.json"
            round_trips = 1
            calls = {}
        "#;
        toml::from_str(&format!("{rest}\n{text}")).expect("it is a request")
    }

    fn check(request: &Request, response: &str) -> Result<()> {
        request.check(&Bytes::from(response.to_owned()))
    }

    #[test]
    fn a_response_has_to_have_what_the_request_names() {
        let http = request("answer = { statusCode = 200 }");
        assert!(check(&http, r#"{"statusCode":200,"body":""}"#).is_ok());
        for wrong in [r#"{"statusCode":500}"#, "{}", "no JSON"] {
            assert!(check(&http, wrong).is_err(), "{wrong}");
        }
        let batch = request("answer = { batchItemFailures = [] }");
        assert!(check(&batch, r#"{"batchItemFailures":[]}"#).is_ok());
        assert!(check(&batch, r#"{"batchItemFailures":[{"itemIdentifier":"1"}]}"#).is_err());
    }

    #[test]
    fn a_page_has_to_have_its_rows() {
        let page = request("answer = { statusCode = 200 }\nrows = 2");
        let full = r#"{"statusCode":200,"body":"{\"activities\":[1,2]}"}"#;
        let of_tool = r#"{"statusCode":200,"body":"{\"result\":{\"structuredContent\":{\"activities\":[1,2]}}}"}"#;
        for right in [full, of_tool] {
            assert!(check(&page, right).is_ok(), "{right}");
        }
        for wrong in
            [r#"{"statusCode":200,"body":"{\"activities\":[1]}"}"#, r#"{"statusCode":200}"#]
        {
            assert!(check(&page, wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_budget_with_a_property_that_is_not_known_is_refused() {
        let budgets =
            toml::from_str::<Budgets>("[log]\nzip_bytes = 1\nrss_kib = 1\ncrates = 1\nseconds = 1");
        assert!(budgets.is_err());
    }
}
