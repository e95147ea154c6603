//! The record: an activity and the newtypes that it is made of.
//!
//! A constructor is the validation: what exists is within the limits, and
//! nothing behind the edge checks again. Messages name the rule and never the
//! value.

use std::fmt;

use schemars::{JsonSchema, Schema, json_schema};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::activity_type::{Category, Label, TypeName};
use crate::domain::clock::Timestamp;
use crate::domain::principal::{ActorId, Attribution, TenantId};
use crate::domain::record_type::{BuiltInRecordType, RecordType};
use crate::domain::searched_text::SearchedText;
use crate::domain::submission::{Submission, SubmittedField};
use crate::domain::value::{Refusal, check_id, id_schema, parse_uuid, text, word_enum};

word_enum! {
    /// The way by which a record came in.
    Source {
        /// A call or an event.
        Api = "api",
        /// The tool of an agent.
        Mcp = "mcp",
        /// An operator's command.
        Admin = "admin",
    }
}

/// An activity's id: a UUID version 7, minted when it is logged.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
#[schemars(inline)]
pub struct ActivityId(#[schemars(with = "String", extend("format" = "uuid"))] pub Uuid);

impl ActivityId {
    /// Reads the hyphenated form in either case, and no other form: one record
    /// has one address.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        parse_uuid(text).map(Self)
    }

    /// When the id was minted.
    #[must_use]
    pub fn minted_at(self) -> Option<Timestamp> {
        minted_at(self.0)
    }
}

/// When a UUID version 7 was minted; `None` for other versions.
pub(crate) fn minted_at(id: Uuid) -> Option<Timestamp> {
    let (seconds, nanos) = id.get_timestamp()?.to_unix();
    let millis = i64::try_from(seconds).ok()?.checked_mul(1000)?;
    Timestamp::from_millis(millis.checked_add(i64::from(nanos / 1_000_000))?)
}

impl fmt::Display for ActivityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

text! {
    /// What happened, in a line: 1 to 500 characters, not only white space.
    Summary, check_summary, summary_schema
}

impl Summary {
    /// The longest summary, in characters (Unicode scalar values).
    pub const MAX_CHARS: usize = 500;

    /// The first line of a text that says something, as far as a summary goes;
    /// `None` where no line does.
    #[must_use]
    pub fn of_first_line(text: &str) -> Option<Self> {
        let line = text.lines().map(str::trim).find(|line| !line.is_empty())?;
        Some(Self(line.chars().take(Self::MAX_CHARS).collect()))
    }
}

fn check_summary(text: &str) -> Result<(), Refusal> {
    if text.chars().all(char::is_whitespace) {
        return Err("must not be empty or only white space".into());
    }
    if text.chars().count() > Summary::MAX_CHARS {
        return Err("must have at most 500 characters".into());
    }
    Ok(())
}

fn summary_schema() -> Schema {
    // White space by its characters: what `\s` stands for differs between the
    // engines that read this. From the beginning to the end of the text, since
    // some look there alone.
    json_schema!({
        "type": "string",
        "minLength": 1,
        "maxLength": Summary::MAX_CHARS,
        "pattern": concat!(
            r"^[\u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*",
            r"[^\u0009-\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]",
            r"[\s\S]*$",
        ),
    })
}

impl From<&Label> for Summary {
    /// A label is shorter than a summary, and is not only white space either.
    fn from(label: &Label) -> Self {
        Self(label.as_str().trim().to_owned())
    }
}

text! {
    /// The longer text: up to 65,536 characters.
    Body, check_body, body_schema
}

impl Body {
    /// The longest body, in characters (Unicode scalar values).
    pub const MAX_CHARS: usize = 65_536;
    /// The longest snippet of it that a search row shows, in characters.
    pub const SNIPPET_CHARS: usize = 240;

    /// The text, where its words are searched: nobody says of a body how it is written.
    #[must_use]
    pub fn searched_text(&self) -> SearchedText<'_> {
        SearchedText::PlainOrHtml(&self.0)
    }

    /// The beginning of the text, as much as a search row shows: up to
    /// [`Self::SNIPPET_CHARS`].
    #[must_use]
    pub fn snippet(&self) -> &str {
        match self.0.char_indices().nth(Self::SNIPPET_CHARS) {
            Some((end, _)) => &self.0[..end],
            None => &self.0,
        }
    }
}

fn check_body(text: &str) -> Result<(), Refusal> {
    if text.chars().count() > Body::MAX_CHARS {
        return Err("must have at most 65536 characters".into());
    }
    Ok(())
}

fn body_schema() -> Schema {
    json_schema!({ "type": "string", "maxLength": Body::MAX_CHARS })
}

text! {
    /// A related record's id, as its own system names it: 1 to 255 bytes without
    /// control characters.
    RelatedResourceId, check_id, id_schema
}

/// The record that an activity is attached to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelatedResource {
    pub resource_type: RecordType,
    pub id: RelatedResourceId,
}

/// The body of an activity as far as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BodyText {
    /// There is none.
    Absent,
    Whole(Body),
    /// Only its beginning, as long as a search row needs it, or longer.
    Beginning(String),
}

impl BodyText {
    /// The whole body, where there is one and it was read.
    #[must_use]
    pub fn whole(&self) -> Option<&Body> {
        match self {
            Self::Whole(body) => Some(body),
            Self::Absent | Self::Beginning(_) => None,
        }
    }
}

/// One logged activity. It is never changed after it was logged.
#[derive(Clone, Debug, PartialEq)]
pub struct Activity {
    pub id: ActivityId,
    /// The tenant that it belongs to.
    pub tenant_id: TenantId,
    /// What kind of thing happened.
    pub category: Category,
    /// What happened, in a line.
    pub summary: Summary,
    /// What happened, at length.
    pub body: BodyText,
    /// What it is attached to, with the names that the records had then. In
    /// `/v1` that is one record at most.
    pub related: Vec<NamedResource>,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// The way by which it came in.
    pub source: Source,
    /// The agent that logged it, where an agent did.
    pub last_agent_actor_id: Option<ActorId>,
    /// Who logged it.
    pub logged_by: Attribution,
    /// When it was logged.
    pub logged_at: Timestamp,
    /// The request that logged it.
    pub request_id: String,
    /// What the logged-activity dialect adds, as far as it was read.
    pub submitted: Submitted,
}

impl Activity {
    /// The related resource of `/v1`: the first record of a built-in type.
    #[must_use]
    pub fn related_resource(&self) -> Option<(BuiltInRecordType, &NamedResource)> {
        self.related
            .iter()
            .find_map(|named| Some((named.resource.resource_type.built_in()?, named)))
    }

    /// Whether there is more of it than was read.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        matches!(self.body, BodyText::Beginning(_))
            || matches!(self.submitted, Submitted::TypeOnly(_))
    }

    /// Adds what was read of its long parts, where it is what the activity says of it already:
    /// rows show the beginning of the body, and all related records.
    pub fn complete(&mut self, parts: LongParts) {
        if let (Some(body), BodyText::Beginning(start)) = (parts.body, &self.body)
            && body.as_str().starts_with(start.as_str())
        {
            self.body = BodyText::Whole(body);
        }
        if let (Some((related, submission)), Submitted::TypeOnly(name)) =
            (parts.submission, &self.submitted)
            && submission.object.api_name == *name
            && self.related.len() == related.len()
            && self.related.iter().zip(&related).all(|(shown, whole)| shown.is_of(whole))
        {
            self.related = related;
            self.submitted = Submitted::Whole(Box::new(submission));
        }
    }

    /// Every text that is searched, as far as it was read.
    pub fn texts(&self) -> impl Iterator<Item = SearchedText<'_>> {
        let fields = self.submitted.whole().map_or(&[][..], |submission| &submission.fields);
        searched_texts(Some(&self.summary), self.body.whole(), fields)
    }
}

/// What an activity of these parts is found by the words of.
pub(crate) fn searched_texts<'a>(
    summary: Option<&'a Summary>,
    body: Option<&'a Body>,
    fields: &'a [SubmittedField],
) -> impl Iterator<Item = SearchedText<'a>> {
    let summary = summary.map(|summary| SearchedText::Plain(summary.as_str()));
    let body = body.map(Body::searched_text);
    let fields = fields.iter().filter_map(SubmittedField::searched_text);
    summary.into_iter().chain(body).chain(fields)
}

/// The parts of an activity that can be too long for its row of a search.
#[derive(Clone, Debug, PartialEq)]
pub struct LongParts {
    /// The body, where it was asked for and there is one.
    pub body: Option<Body>,
    /// What was submitted through the logged-activity dialect, with the names
    /// of the records.
    pub submission: Option<(Vec<NamedResource>, Submission)>,
    /// How long the submission is as JSON.
    pub submission_bytes: usize,
    /// What reading them cost, in read units.
    pub read_units: usize,
}

/// What was submitted through the logged-activity dialect, as far as it was
/// read.
#[derive(Clone, Debug, PartialEq)]
pub enum Submitted {
    /// The activity was logged through another dialect.
    Nothing,
    Whole(Box<Submission>),
    /// Only of which type it is, as a search row needs it.
    TypeOnly(TypeName),
}

impl Submitted {
    /// The submission, where there is one and it was read.
    #[must_use]
    pub fn whole(&self) -> Option<&Submission> {
        match self {
            Self::Whole(submission) => Some(submission),
            Self::Nothing | Self::TypeOnly(_) => None,
        }
    }

    /// The name of the type that was logged, where one was named.
    #[must_use]
    pub fn type_name(&self) -> Option<&TypeName> {
        match self {
            Self::Whole(submission) => Some(&submission.object.api_name),
            Self::TypeOnly(name) => Some(name),
            Self::Nothing => None,
        }
    }
}

/// A related record with its name at the time of logging.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedResource {
    /// The record.
    pub resource: RelatedResource,
    /// Its name, where the registry of related resources knew one.
    pub display_name: Option<String>,
}

impl NamedResource {
    /// Whether it is that one, with its name or without.
    fn is_of(&self, whole: &Self) -> bool {
        let has_its_name = self.display_name.is_none() || self.display_name == whole.display_name;
        self.resource == whole.resource && has_its_name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_has_1_to_500_characters_and_not_only_white_space() {
        assert!(Summary::parse("x").is_ok());
        assert!(Summary::parse(&"é".repeat(500)).is_ok());
        for text in [String::new(), " \t\n\u{3000}".to_owned(), "é".repeat(501)] {
            assert!(Summary::parse(&text).is_err());
        }
    }

    #[test]
    fn a_body_has_up_to_65536_characters() {
        assert!(Body::parse("").is_ok());
        assert!(Body::parse(&"語".repeat(65_536)).is_ok());
        assert!(Body::parse(&"語".repeat(65_537)).is_err());
    }

    #[test]
    fn an_id_has_1_to_255_bytes_without_control_characters() {
        assert!(RelatedResourceId::parse("con_123").is_ok());
        assert!(RelatedResourceId::parse(&"x".repeat(255)).is_ok());
        for text in
            [String::new(), "x".repeat(256), "é".repeat(128), "a\u{7f}".into(), "a\nb".into()]
        {
            assert!(RelatedResourceId::parse(&text).is_err());
        }
    }

    #[test]
    fn a_snippet_ends_on_a_character() {
        let body = Body::parse(&"語".repeat(241)).unwrap();
        assert_eq!(body.snippet().chars().count(), 240);
        assert_eq!(Body::parse("short").unwrap().snippet(), "short");
    }

    #[test]
    fn an_activity_id_is_a_hyphenated_uuid_in_either_case() {
        let id = "01890A5D-AC96-774B-BCCE-B302099A8057";
        assert_eq!(ActivityId::parse(id).unwrap().to_string(), id.to_lowercase());
        for text in [
            "",
            "act_123",
            "01890a5dac96774bbcceb302099a8057",
            "{01890a5d-ac96-774b-bcce-b302099a8057}",
        ] {
            assert_eq!(ActivityId::parse(text), None);
        }
    }
}
