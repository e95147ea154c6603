//! A saved listing of `GET /v1/audit-events`, held against the log: whoever reads the API
//! has to be shown what was sealed, all of it and nothing else.
//!
//! It is read first. Of each event of it a hash is kept, and the time; the leaves are held
//! against these.

use std::collections::HashMap;
use std::collections::hash_map::{Entry as Slot, RandomState};
use std::hash::BuildHasher as _;
use std::io::Read as _;
use std::path::Path;

use activity_log_core::app::json::UniqueObject;
use activity_log_core::trail::entry::{BACKFILL, Entry};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::clocks::{LATE_AFTER, Times};
use super::code::Code;
use super::disclosures::Parts;
use super::files::open_named;
use super::ids::Ids;
use super::report::{Finding, Report};
use super::times::{millis, uuid};
use super::unsealed::Unsealed;

const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024 * 1024;
const INPUT_HASH: &str = "input_hash";
const DISPLAY_NAME: &str = "display_name";
/// What `data` of an entry has and the API has beside it.
const FIELDS: &str = "fields";
const PROPERTIES: [&str; 22] = [
    "action",
    "actor",
    "api_route",
    "authenticated_as",
    "client_address",
    "command",
    "credential_id",
    "data",
    "error_code",
    FIELDS,
    "id",
    INPUT_HASH,
    "occurred_at",
    "on_behalf_of",
    "request_id",
    "resource_id",
    "resource_type",
    "source",
    "status",
    "tenant_id",
    "tool_name",
    "user_agent",
];

/// A page of the listing. Of a key that is there twice, others may have been shown the
/// first.
#[derive(Deserialize)]
struct Page {
    audit_events: Vec<UniqueObject>,
}

/// What is kept of an event of the listing.
struct Listed {
    occurred_at: i64,
    /// Of everything but the input's hash, which an erasure takes away.
    hash: u64,
    input_hash: Option<u64>,
    is_sealed: bool,
}

pub(super) struct Listing {
    events: HashMap<Uuid, Listed>,
    /// The first and the last of it, in the order of the API.
    range: Option<((i64, Uuid), (i64, Uuid))>,
    /// Leaves that occurred before the first of it or behind the last.
    outside: u64,
    hasher: RandomState,
    file: String,
}

impl Listing {
    /// Reads a file that the caller named: one document or several, one behind the other.
    pub(super) fn read(path: &Path, report: &mut Report) -> Self {
        let mut listing = Self {
            events: HashMap::new(),
            range: None,
            outside: 0,
            hasher: RandomState::new(),
            file: path.display().to_string(),
        };
        let file = match open_named(path) {
            Ok(file) => file,
            Err(_) => {
                report.add(listing.not_read("the file can't be opened"));
                return listing;
            }
        };
        for page in serde_json::Deserializer::from_reader(file.take(MAX_FILE_BYTES)).into_iter() {
            let page: Page = match page {
                Ok(page) => page,
                Err(error) => {
                    report.add(listing.not_read(&error.to_string()));
                    break;
                }
            };
            for UniqueObject(event) in page.audit_events {
                listing.add(event, report);
            }
        }
        if listing.range.is_none() {
            report.add(listing.not_read("it shows no event"));
        }
        listing
    }

    fn not_read(&self, why: &str) -> Finding {
        Finding::new(Code::ListingNotRead).file(&self.file).found(why)
    }

    fn add(&mut self, mut event: Map<String, Value>, report: &mut Report) {
        let text = |name: &str| event.get(name).and_then(Value::as_str);
        let id = text("id").and_then(uuid);
        let (Some(id), Some(occurred_at)) = (id, text("occurred_at").and_then(millis)) else {
            report.add(self.not_read("an event has no id or no time"));
            return;
        };
        let is_known = |name: &String| PROPERTIES.contains(&name.as_str());
        if let Some(name) = event.keys().find(|name| !is_known(name)) {
            let why = format!("a newer version is needed: {name} is not known");
            report.add(self.not_read(&why).id(id));
            event.retain(|name, _| is_known(name));
        }
        // Names of today are no part of the trail.
        for actor in ["actor", "authenticated_as", "on_behalf_of"] {
            if let Some(Value::Object(actor)) = event.get_mut(actor) {
                actor.remove(DISPLAY_NAME);
            }
        }
        let input_hash = event.remove(INPUT_HASH);
        let listed = Listed {
            occurred_at,
            hash: self.hash(&event),
            input_hash: input_hash.map(|hash| self.hasher.hash_one(hash.to_string())),
            is_sealed: false,
        };
        report.checked.listed_events += 1;
        let place = (occurred_at, id);
        self.range = Some(match self.range {
            Some((first, last)) => (first.min(place), last.max(place)),
            None => (place, place),
        });
        match self.events.entry(id) {
            Slot::Vacant(slot) => {
                slot.insert(listed);
            }
            // A page that was saved twice. Between the two the input's hash may be erased.
            Slot::Occupied(slot) => {
                let before = slot.get();
                let inputs = before.input_hash.zip(listed.input_hash);
                if before.hash != listed.hash || inputs.is_some_and(|(one, other)| one != other) {
                    let finding = Finding::new(Code::ListingDiffers).file(&self.file).id(id);
                    report.add(finding.found("two events of one id"));
                }
            }
        }
    }

    fn hash(&self, event: &Map<String, Value>) -> u64 {
        let mut members: Vec<(&String, String)> =
            event.iter().map(|(name, value)| (name, value.to_string())).collect();
        members.sort_unstable();
        self.hasher.hash_one(members)
    }

    /// Holds a leaf against it.
    pub(super) fn check(
        &mut self,
        (index, id): (u64, Uuid),
        entry: &Entry<'_>,
        times: &Times,
        parts: &Parts<'_>,
        report: &mut Report,
    ) {
        let Some((first, last)) = self.range else { return };
        let place = (times.occurred_at, id);
        let expected = api_event(entry, parts);
        let hash = self.hash(&expected);
        let input_hash = parts.member("content", INPUT_HASH);
        let sealed_input = input_hash.map(|hash| self.hasher.hash_one(json!(hash).to_string()));
        let finding = |code| Finding::new(code).file(&self.file).index(index).id(&entry.id);
        match self.events.get_mut(&id) {
            Some(listed) => {
                listed.is_sealed = true;
                // The listing may be older than an erasure.
                let may_be_erased = parts.missing() > 0;
                if listed.hash != hash || (listed.input_hash != sealed_input && !may_be_erased) {
                    let expected = Value::Object(expected).to_string();
                    let input = input_hash.unwrap_or("none");
                    let expected = format!("{expected} and the input_hash {input}");
                    report.add(finding(Code::ListingDiffers).expected(expected));
                }
            }
            None if (first..=last).contains(&place) => {
                report.add(finding(Code::ListingLacksEvent).expected("the event"));
            }
            None => self.outside += 1,
        }
    }

    /// Reports what it shows and no leaf has.
    ///
    /// Of what occurred before `since` the export has no leaves.
    pub(super) fn finish(
        &self,
        unsealed: &Unsealed,
        ids: &Ids,
        (since, newest_sealed_at): (Option<i64>, Option<i64>),
        report: &mut Report,
    ) {
        let mut rest: Vec<_> = self
            .events
            .iter()
            .filter(|(id, listed)| !listed.is_sealed && !ids.contains(**id))
            .map(|(id, listed)| (listed.occurred_at, *id))
            .collect();
        rest.sort_unstable();
        for (occurred_at, id) in rest {
            let is_old = newest_sealed_at.is_some_and(|newest| newest - occurred_at > LATE_AFTER);
            let is_before = since.is_some_and(|since| occurred_at < since);
            let waits = unsealed.contains(id, occurred_at);
            let code = if is_old && !is_before && !waits {
                Code::ListingNotSealed
            } else {
                Code::ListedNotSealedYet
            };
            report.add(Finding::new(code).file(&self.file).id(id).expected("a leaf"));
        }
        if self.outside > 0 {
            report.not_checked.push(format!(
                "{} events are from before the first event of the listing or behind its last: \
                 whether the API shows these",
                self.outside
            ));
        }
    }
}

/// An event as the API shows it, but for the input's hash and the names of actors.
fn api_event(entry: &Entry<'_>, parts: &Parts<'_>) -> Map<String, Value> {
    let mut event = Map::new();
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            event.insert(name.to_owned(), value);
        }
    };
    let text = |text: Option<&str>| text.map(Value::from);
    let actor = |part: &str| {
        let (id, kind) = (parts.member(part, "id")?, parts.member(part, "type")?);
        Some(json!({ "id": id, "type": kind }))
    };
    let (by, service) = (actor("actor"), actor("authenticated_as"));
    set("authenticated_as", service.filter(|service| Some(service) != by.as_ref()));
    set("actor", by);
    set("on_behalf_of", actor("on_behalf_of"));
    set("credential_id", text(parts.member("authenticated_as", "credential_id")));
    set("client_address", text(parts.member("client", "address")));
    set("user_agent", text(parts.member("client", "user_agent")));
    let subject = parts.member("subject", "id");
    set("resource_id", text(entry.resource_id.as_deref().or(subject)));
    let mut data: Map<String, Value> =
        entry.data.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    data.remove(BACKFILL);
    set(FIELDS, data.remove(FIELDS));
    if let Some(key) = parts.member("subject", "replaced_by") {
        data.insert("replaced_by".to_owned(), key.into());
    }
    set("data", (!data.is_empty()).then(|| data.into()));
    set("action", text(Some(&entry.action)));
    set("api_route", text(entry.api_route.as_deref()));
    set("command", text(entry.command.as_deref()));
    set("error_code", text(entry.error_code.as_deref()));
    set("id", text(Some(&entry.id)));
    set("occurred_at", text(Some(&entry.occurred_at)));
    set("request_id", text(Some(&entry.request_id)));
    set("resource_type", text(Some(&entry.resource_type)));
    set("source", text(Some(&entry.source)));
    set("status", text(Some(&entry.status)));
    set("tenant_id", text(Some(&entry.tenant_id)));
    set("tool_name", text(entry.tool_name.as_deref()));
    event
}
