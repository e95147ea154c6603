//! An activity: a head that costs one read unit, and an item of its own for
//! the long parts where they don't fit together.
//!
//! | the head has | of an activity of |
//! | --- | --- |
//! | `related_type`, `related_id`, `related_name` | every dialect but one |
//! | `object`, `related`, `submission` | the logged-activity dialect |
//! | `body` | any, where everything fits |
//! | `body_start` instead of `body` | any, where the body is an item of its own |
//! | `object`, and `related`, without names where only that fits | the logged-activity dialect, where the submission is in the body's item |

use crate::domain::activity::{
    Activity, ActivityId, Body, BodyText, LongParts, NamedResource, RelatedResource,
    RelatedResourceId, Source, Submitted, Summary,
};
use crate::domain::activity_type::{Category, TypeName};
use crate::domain::principal::{ActorType, TenantId};
use crate::domain::record_type::{BuiltInRecordType, RecordType};
use crate::domain::submission::Submission;
use crate::store::failure::CorruptItem;
use crate::store::item::{Item, ItemReader, ItemWriter, READ_UNIT_BYTES, size_bytes};
use crate::store::items::attribution;
use crate::store::keys;
use crate::text::ANALYZER_VERSION;

/// A strongly consistent read of up to this many bytes costs one unit.
const HEAD_MAX_BYTES: usize = READ_UNIT_BYTES;
/// The attribute of the version of the analyzer that the words are of.
pub(in crate::store) const ANALYZER: &str = "analyzer";
/// The attribute of what the logged-activity dialect adds.
pub(in crate::store) const SUBMISSION: &str = "submission";
/// The attribute of all related records, where there can be several.
pub(in crate::store) const RELATED: &str = "related";
/// The attribute of the beginning of a body that is an item of its own.
const BODY_START: &str = "body_start";

/// The items of an activity.
pub(in crate::store) struct ActivityItems {
    /// Written in the transaction.
    pub(in crate::store) head: Item,
    /// Staged before it, where the long parts do not fit the head.
    pub(in crate::store) body: Option<Item>,
}

/// A head as far as it says.
pub(in crate::store) struct Head {
    pub(in crate::store) activity: Activity,
    /// Whether the related records are only in the body's item.
    pub(in crate::store) related_is_elsewhere: bool,
}

/// A related record as JSON has it: type, id, name.
type RelatedTuple = (RecordType, RelatedResourceId, Option<String>);

fn related_tuples(activity: &Activity) -> Vec<RelatedTuple> {
    let tuple = |named: &NamedResource| {
        let RelatedResource { resource_type, id } = named.resource.clone();
        (resource_type, id, named.display_name.clone())
    };
    activity.related.iter().map(tuple).collect()
}

fn from_tuples(tuples: Vec<RelatedTuple>) -> Vec<NamedResource> {
    let named = |(resource_type, id, display_name)| NamedResource {
        resource: RelatedResource { resource_type, id },
        display_name,
    };
    tuples.into_iter().map(named).collect()
}

/// What an activity has that may be long, as the attributes of the one item or the
/// other.
struct LongAttributes<'a> {
    body: Option<&'a Body>,
    related: Option<Vec<RelatedTuple>>,
    submission: Option<&'a Submission>,
}

impl<'a> LongAttributes<'a> {
    fn of(activity: &'a Activity) -> Self {
        let submission = activity.submitted.whole();
        Self {
            body: activity.body.whole(),
            related: submission.map(|_| related_tuples(activity)),
            submission,
        }
    }

    fn are_absent(&self) -> bool {
        self.body.is_none() && self.submission.is_none()
    }

    fn write(&self, item: ItemWriter) -> ItemWriter {
        item.text_if_some("body", self.body.map(Body::as_str))
            .json_if_some(RELATED, self.related.as_ref())
            .json_if_some(SUBMISSION, self.submission)
    }
}

/// Lays an activity out.
pub(in crate::store) fn write(activity: &Activity) -> ActivityItems {
    let long = LongAttributes::of(activity);
    let whole = long.write(write_short(activity));
    if whole.size_bytes() <= HEAD_MAX_BYTES || long.are_absent() {
        return ActivityItems { head: whole.finish(), body: None };
    }
    let body = long.write(ItemWriter::new(keys::body(&activity.tenant_id, activity.id)));
    let head = write_beginning(activity, &long);
    ActivityItems { head: head.finish(), body: Some(body.finish()) }
}

/// A head with what an activity has that can't be long.
fn write_short(activity: &Activity) -> ItemWriter {
    let related = match activity.submitted {
        Submitted::Nothing => activity.related.first(),
        Submitted::Whole(_) | Submitted::TypeOnly(_) => None,
    };
    let item = ItemWriter::new(keys::head(&activity.tenant_id, activity.id));
    attribution::write(item, &activity.logged_by)
        .number(ANALYZER, i64::from(ANALYZER_VERSION))
        .text("type", activity.category)
        .text_if_some("object", activity.submitted.type_name())
        .text("summary", activity.summary.as_str())
        .text_if_some("related_type", related.map(|named| &named.resource.resource_type))
        .text_if_some("related_id", related.map(|named| named.resource.id.as_str()))
        .text_if_some("related_name", related.and_then(|named| named.display_name.as_deref()))
        .text("occurred_at", activity.occurred_at)
        .text("source", activity.source)
        .text("logged_at", activity.logged_at)
        .text("request_id", &activity.request_id)
}

/// A head without the long parts: the related records, with their names or without,
/// and the beginning of the body, as far as there is room.
fn write_beginning(activity: &Activity, long: &LongAttributes<'_>) -> ItemWriter {
    let snippet = long.body.map(Body::snippet);
    let nameless: Option<Vec<RelatedTuple>> = long
        .related
        .clone()
        .map(|all| all.into_iter().map(|(record_type, id, _)| (record_type, id, None)).collect());
    let snippet_bytes = BODY_START.len() + snippet.map_or(0, str::len);
    let with = |related| write_short(activity).json_if_some(RELATED, related);
    // The names, and then the records, give way to the beginning of the body.
    let mut head = [long.related.as_ref(), nameless.as_ref()]
        .map(with)
        .into_iter()
        .find(|head| head.size_bytes() + snippet_bytes <= HEAD_MAX_BYTES)
        .unwrap_or_else(|| write_short(activity));
    if let Some(snippet) = snippet {
        // As much of it as there is room for; the longest summary, names and
        // ids leave some.
        let room = HEAD_MAX_BYTES.saturating_sub(head.size_bytes() + BODY_START.len());
        head = head.text(BODY_START, &snippet[..snippet.floor_char_boundary(room)]);
    }
    head
}

/// Reads a head. The long parts are whole where the head has them.
pub(in crate::store) fn read(tenant: &TenantId, item: &Item) -> Result<Head, CorruptItem> {
    let reader = ItemReader::new(item);
    let id = read_id(&reader)?;
    let body = match (reader.text_if_some("body")?, reader.text_if_some(BODY_START)?) {
        (Some(_), _) => BodyText::Whole(reader.parsed("body", Body::parse)?),
        (None, Some(start)) => BodyText::Beginning(start.to_owned()),
        (None, None) => BodyText::Absent,
    };
    let submitted = match reader.parsed_if_some("object", TypeName::parse)? {
        None => Submitted::Nothing,
        Some(name) => match reader.json_if_some(SUBMISSION)? {
            Some(submission) => Submitted::Whole(Box::new(submission)),
            None => Submitted::TypeOnly(name),
        },
    };
    let tuples: Option<Vec<RelatedTuple>> = reader.json_if_some(RELATED)?;
    let related_is_elsewhere = tuples.is_none() && submitted != Submitted::Nothing;
    let related = match tuples {
        Some(tuples) => from_tuples(tuples),
        None => read_one_related(&reader)?.into_iter().collect(),
    };
    let logged_by = attribution::read(&reader)?;
    let activity = Activity {
        id,
        tenant_id: tenant.clone(),
        category: reader.parsed("type", Category::parse)?,
        summary: reader.parsed("summary", Summary::parse)?,
        body,
        related,
        occurred_at: reader.timestamp("occurred_at")?,
        source: reader.parsed("source", Source::parse)?,
        last_agent_actor_id: (logged_by.actor.actor_type == ActorType::Agent)
            .then(|| logged_by.actor.id.clone()),
        logged_by,
        logged_at: reader.timestamp("logged_at")?,
        request_id: reader.text("request_id")?.to_owned(),
        submitted,
    };
    Ok(Head { activity, related_is_elsewhere })
}

/// The version of the analyzer that an activity's words are of.
pub(in crate::store) fn read_analyzer(item: &Item) -> Result<u32, CorruptItem> {
    let reader = ItemReader::new(item);
    u32::try_from(reader.number(ANALYZER)?)
        .map_err(|_| reader.corrupt(format!("{ANALYZER} is not a version")))
}

fn read_one_related(reader: &ItemReader<'_>) -> Result<Option<NamedResource>, CorruptItem> {
    let Some(built_in) = reader.parsed_if_some("related_type", BuiltInRecordType::parse)? else {
        return Ok(None);
    };
    Ok(Some(NamedResource {
        resource: RelatedResource {
            resource_type: built_in.into(),
            id: reader.parsed("related_id", RelatedResourceId::parse)?,
        },
        display_name: reader.text_if_some("related_name")?.map(str::to_owned),
    }))
}

/// Reads the item of the long parts, or what was asked for of it.
pub(in crate::store) fn read_long_parts(
    item: &Item,
) -> Result<(ActivityId, LongParts), CorruptItem> {
    let reader = ItemReader::new(item);
    let id = read_id(&reader)?;
    let related: Option<Vec<RelatedTuple>> = reader.json_if_some(RELATED)?;
    let submission = reader.json_if_some(SUBMISSION)?;
    let parts = LongParts {
        submission_bytes: reader.text_if_some(SUBMISSION)?.map_or(0, str::len),
        read_units: size_bytes(item).div_ceil(READ_UNIT_BYTES),
        body: reader.parsed_if_some("body", Body::parse)?,
        submission: related.map(from_tuples).zip(submission),
    };
    Ok((id, parts))
}

/// Reads nothing of the item of the long parts but the related records.
pub(in crate::store) fn read_related(
    item: &Item,
) -> Result<(ActivityId, Vec<NamedResource>), CorruptItem> {
    let reader = ItemReader::new(item);
    Ok((read_id(&reader)?, from_tuples(reader.json(RELATED)?)))
}

/// The activity that an item of it names.
fn read_id(reader: &ItemReader<'_>) -> Result<ActivityId, CorruptItem> {
    ActivityId::parse(reader.key_part()?)
        .ok_or_else(|| reader.corrupt("the key does not name an activity"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::activity_type::AssociationMode;
    use crate::domain::clock::Timestamp;
    use crate::domain::principal::{Actor, ActorId, Attribution};
    use crate::domain::record_type::ApiNamed;
    use crate::domain::submission::TypeSnapshot;
    use crate::store::item::size_bytes;

    fn activity(summary: &str, body: Option<&str>) -> Activity {
        let resource = RelatedResource {
            resource_type: BuiltInRecordType::SupportTicket.into(),
            id: RelatedResourceId::parse(&"i".repeat(255)).unwrap(),
        };
        Activity {
            id: ActivityId(uuid::Uuid::from_u128(1)),
            tenant_id: TenantId::parse(&"t".repeat(64)).unwrap(),
            category: Category::AgentAction,
            summary: Summary::parse(summary).unwrap(),
            body: body.map_or(BodyText::Absent, |text| BodyText::Whole(Body::parse(text).unwrap())),
            related: vec![NamedResource { resource, display_name: Some("😀".repeat(200)) }],
            occurred_at: Timestamp::MIN,
            source: Source::Mcp,
            last_agent_actor_id: Some(ActorId::parse(&"a".repeat(255)).unwrap()),
            logged_by: Attribution {
                on_behalf_of: Some(Actor::parse(&format!("user:{}", "u".repeat(255))).unwrap()),
                ..Attribution::of(Actor::parse(&format!("agent:{}", "a".repeat(255))).unwrap())
            },
            logged_at: Timestamp::MAX,
            request_id: format!("req_{}", "0".repeat(32)),
            submitted: Submitted::Nothing,
        }
    }

    fn refused(activity: &Activity, head: &Item) -> CorruptItem {
        read(&activity.tenant_id, head).err().expect("the item is corrupt")
    }

    #[test]
    fn an_activity_reads_back_as_it_was_written() {
        for body in [None, Some(""), Some("short")] {
            let activity = activity("x", body);
            let items = write(&activity);
            assert!(items.body.is_none());
            assert_eq!(read(&activity.tenant_id, &items.head).unwrap().activity, activity);
        }
    }

    #[test]
    fn a_head_costs_one_read_unit_however_long_its_parts_are() {
        let activity = activity(&"😀".repeat(500), Some(&"😀".repeat(65_536)));
        let items = write(&activity);
        assert!(size_bytes(&items.head) <= HEAD_MAX_BYTES);
        let read_back = read(&activity.tenant_id, &items.head).unwrap().activity;
        assert!(read_back.body.snippet().is_some_and(|snippet| !snippet.is_empty()));
        let (id, parts) = read_long_parts(&items.body.unwrap()).unwrap();
        assert_eq!((id, parts.body.as_ref()), (activity.id, activity.body.whole()));
    }

    fn submitted(activity: Activity, mentions: usize, related: usize) -> Activity {
        let name = TypeName::parse("site_visit").unwrap();
        let object = TypeSnapshot {
            id: name.id(&activity.tenant_id),
            name: "Site visit".to_owned(),
            api_name: name,
            association_mode: AssociationMode::All,
        };
        let one = activity.related[0].clone();
        let numbered = |n: usize| {
            let mut named = one.clone();
            named.resource.resource_type = RecordType::parse(&format!("kind_{n}")).unwrap();
            named
        };
        let submission = Submission {
            object,
            completed_at: Some(Timestamp::MAX),
            scheduled_activity_id: Some(uuid::Uuid::max()),
            mentions: vec![uuid::Uuid::max(); mentions],
            fields: Vec::new(),
        };
        Activity {
            related: (0..related).map(numbered).collect(),
            submitted: Submitted::Whole(Box::new(submission)),
            ..activity
        }
    }

    #[test]
    fn a_submission_is_in_the_head_where_it_fits_and_else_with_the_body() {
        for (body, mentions, related, in_head, related_in_head) in [
            (None, 0, 0, true, true),
            (Some("short"), 2, 1, true, true),
            (None, 100, 2, false, true),
            (Some("short"), 100, 20, false, false),
        ] {
            let activity = submitted(activity("x", body), mentions, related);
            let items = write(&activity);
            assert!(size_bytes(&items.head) <= HEAD_MAX_BYTES);
            let head = read(&activity.tenant_id, &items.head).unwrap();
            assert_eq!(items.body.is_none(), in_head);
            assert_eq!(!head.related_is_elsewhere, related_in_head);
            assert_eq!(head.activity.body.snippet(), body);
            let mut read_back = head.activity;
            assert_eq!(read_back.is_partial(), !in_head);
            if let Some(item) = &items.body {
                read_back.complete(read_long_parts(item).unwrap().1);
            }
            assert_eq!(read_back, activity);
        }
    }

    #[test]
    fn a_corrupt_item_is_an_error_that_names_its_key_and_not_its_values() {
        let activity = activity("secret summary", None);
        for (name, value) in [("type", "secret"), ("occurred_at", "secret"), ("related_id", "")] {
            let mut head = write(&activity).head;
            head.insert(name.into(), aws_sdk_dynamodb::types::AttributeValue::S(value.into()));
            let message = refused(&activity, &head).to_string();
            assert!(message.contains("#ACT#") && message.contains(name), "{message}");
            assert!(!message.contains("secret"), "{message}");
        }
        let mut head = write(&activity).head;
        head.remove("summary");
        refused(&activity, &head);
    }
}
