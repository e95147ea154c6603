//! What is searched for.

use std::time::{Duration, Instant};

use activity_log_core::Context;
use activity_log_core::domain::client::Client;
use activity_log_core::http::message::Request;
use activity_log_core::http::request_body::RequestBody;
use activity_log_tests::history::{
    ALSO_COMMON, ALSO_TENTH, COMMON, NORTHERN, PHRASE, RARE, SOUTHERN, TENTH, UNCOMMON,
};
use anyhow::{Result, ensure};
use http::{HeaderMap, Method};
use serde_json::Value;

/// A search: its name in tables, and its parameters.
pub(crate) struct Search {
    pub(crate) name: &'static str,
    pub(crate) parameters: Vec<(&'static str, String)>,
}

/// Two words, one in half of all activities and one in six of them.
pub(crate) const RARE_AND_COMMON: &str = "a rare word (6 in all) and a common one (1 of 2)";
/// Two words, each in a tenth of all activities.
pub(crate) const TWO_TENTHS: &str = "two common words (each 1 of 10)";

/// The beginning of many words.
pub(crate) const PREFIX: &str = "a prefix (three letters)";

/// Every kind of search, a page of 20 each.
pub(crate) fn all() -> Vec<Search> {
    let search = |name, parameters: &[(&'static str, &str)]| Search {
        name,
        parameters: parameters.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
    };
    let both = |one: &str, other: &str| format!("{one} {other}");
    vec![
        search("everything", &[]),
        search("a type (1 of 5)", &[("type", "email")]),
        search("a common word (1 of 2)", &[("query", COMMON)]),
        search("a rare word (6 in all)", &[("query", RARE)]),
        search(RARE_AND_COMMON, &[("query", &both(RARE, COMMON))]),
        search(
            "an uncommon word (1 of 40) and a common one that always comes with it",
            &[("query", &both(UNCOMMON, COMMON))],
        ),
        search(
            "an uncommon word (1 of 40) and a common one (1 of 3)",
            &[("query", &both(UNCOMMON, ALSO_COMMON))],
        ),
        search("two common words (1 of 2, 1 of 3)", &[("query", &both(COMMON, ALSO_COMMON))]),
        search(TWO_TENTHS, &[("query", &both(TENTH, ALSO_TENTH))]),
        search("two words that never meet (each 1 of 5)", &[("query", &both(NORTHERN, SOUTHERN))]),
        search(
            "four words (1 of 600)",
            &[("query", &both(&both(COMMON, ALSO_COMMON), &both(TENTH, ALSO_TENTH)))],
        ),
        search("a phrase (1 of 10)", &[("query", PHRASE)]),
        search(PREFIX, &[("query", "ren*")]),
    ]
}

impl Search {
    pub(crate) fn named(name: &str) -> Self {
        let found = all().into_iter().find(|search| search.name == name);
        found.expect("the names are those of the list")
    }

    pub(crate) fn parameters(&self) -> Vec<(&str, &str)> {
        self.parameters.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }

    /// What the function answers, and how long it takes.
    pub(crate) async fn run(&self, ctx: &Context, key: &str) -> Result<(Page, Duration)> {
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(self.parameters())
            .finish();
        let mut headers = HeaderMap::new();
        headers.insert("authorization", format!("Bearer {key}").parse()?);
        let request = Request {
            method: Method::GET,
            prefix: String::new(),
            path: "/v1/activities".to_owned(),
            query,
            headers,
            body: RequestBody::EMPTY,
            client: Client::default(),
        };
        let started = Instant::now();
        let response = fn_search::handle(ctx, request).await;
        let took = started.elapsed();
        ensure!(response.status() == 200, "{}: {response:?}", self.name);
        let body: Value = serde_json::from_slice(response.body())?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let ids = body["activities"].as_array().into_iter().flatten().map(|row| text(&row["id"]));
        Ok((ids.collect(), took))
    }
}

/// The ids of a page, in their order.
pub(crate) type Page = Vec<String>;

pub(crate) fn median_ms(times: &mut [Duration]) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e3
}
