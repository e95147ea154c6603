//! An activity: a head that costs one read unit, and an item of its own for
//! the long parts where they don't fit together.
//!
//! | the head has | of an activity of |
//! | --- | --- |
//! | `related_type`, `related_id`, `related_name` | every dialect but one |
//! | `object`, `related`, `submission` | the logged-activity dialect |
//! | `body` | any, where everything is in the head |
//! | `body_start` instead of `body` | any, where the body is an item of its own |
//! | `object`, and `related`, without names where only that fits | the logged-activity dialect, where the submission is in the body's item |
//!
//! `body`, `related` and `submission` are texts, or deflated ones in the same attribute
//! ([`LongText`]). Of all layouts the one with the fewest write units is written: a head
//! is in a transaction, where each kilobyte that it begins counts twice, and the item of
//! the long parts is staged, where it counts once. So 3,000 characters are cheaper beside
//! the head, though they would fit into it. What is equal in price is laid out in fewer
//! items, and not deflated. Only what the logged-activity dialect adds stays in a head
//! that it fits, whatever that costs: the list of its type shows it in every row.
//!
//! No head has more than would fit into it in plain, so a page of heads and a batch of
//! the stream take no more memory than they seem to.

use crate::domain::activity::{
    Activity, ActivityId, Body, BodyText, LongParts, NamedResource, RelatedResource,
    RelatedResourceId, Source, Submitted, Summary,
};
use crate::domain::activity_type::{Category, TypeName};
use crate::domain::principal::{ActorType, TenantId};
use crate::domain::record_type::{BuiltInRecordType, RecordType};
use crate::store::failure::{CorruptItem, ItemTooLarge};
use crate::store::item::{
    Item, ItemReader, ItemWriter, MAX_ITEM_BYTES, READ_UNIT_BYTES, WRITE_UNIT_BYTES, size_bytes,
    write_units,
};
use crate::store::items::attribution;
use crate::store::items::long_text::{Form, LongText, inflated_if_some};
use crate::store::keys;

/// A strongly consistent read of up to this many bytes costs one unit.
const HEAD_MAX_BYTES: usize = READ_UNIT_BYTES;
/// The attribute of a body.
const BODY: &str = "body";
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
    /// How large its item is.
    bytes: usize,
}

impl Head {
    /// The activity with what was read of its long parts, as far as they agree with it.
    pub(in crate::store) fn completed_by(mut self, parts: LongParts) -> Activity {
        if self.related_is_elsewhere
            && let Some((related, _)) = &parts.submission
        {
            self.activity.related.clone_from(related);
        }
        if self.shows_as_much_as_a_row(parts.body.as_ref()) {
            self.activity.complete(parts);
        }
        self.activity
    }

    /// Whether its beginning of the body is as long as what a row shows of it, or as there
    /// was room for, up to a character.
    fn shows_as_much_as_a_row(&self, body: Option<&Body>) -> bool {
        match (&self.activity.body, body) {
            (BodyText::Beginning(start), Some(body)) => {
                let is_full = self.bytes + char::MAX.len_utf8() > HEAD_MAX_BYTES;
                start.len() >= body.snippet().len() || is_full
            }
            _ => true,
        }
    }
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

impl ActivityItems {
    /// The write units of all of it: those of what is in a transaction count twice.
    fn write_units(&self) -> usize {
        let staged = self.body.as_ref().map_or(0, |body| write_units(size_bytes(body)));
        2 * write_units(size_bytes(&self.head)) + staged
    }
}

/// What an activity has that may be long, as the attributes of the one item or the
/// other.
struct LongAttributes<'a> {
    body: Option<LongText<'a>>,
    related: Option<LongText<'a>>,
    submission: Option<LongText<'a>>,
}

impl<'a> LongAttributes<'a> {
    fn of(activity: &'a Activity) -> Self {
        let submission = activity.submitted.whole();
        Self {
            body: activity.body.whole().map(|body| LongText::new(BODY, body.as_str())),
            related: submission.map(|_| LongText::json(RELATED, &related_tuples(activity))),
            submission: submission.map(|submission| LongText::json(SUBMISSION, submission)),
        }
    }

    fn are_absent(&self) -> bool {
        self.body.is_none() && self.submission.is_none()
    }

    fn write(&self, item: ItemWriter, form: Form) -> ItemWriter {
        [&self.body, &self.related, &self.submission]
            .into_iter()
            .flatten()
            .fold(item, |item, text| text.write(item, form))
    }
}

/// Lays an activity out.
///
/// # Errors
///
/// Long parts that an item of theirs could not have in plain. So what is refused does
/// not depend on how well a text deflates, and one activity that was read is never
/// longer than an item.
pub(in crate::store) fn write(activity: &Activity) -> Result<ActivityItems, ItemTooLarge> {
    let long = LongAttributes::of(activity);
    let alone = |form| long.write(write_short(activity), form).finish();
    let plain = ActivityItems { head: alone(Form::Plain), body: None };
    if long.are_absent() || size_bytes(&plain.head) <= WRITE_UNIT_BYTES {
        return Ok(plain);
    }
    let mut layouts = Vec::with_capacity(3);
    let fits = size_bytes(&plain.head) <= HEAD_MAX_BYTES;
    if fits {
        layouts.extend([plain, ActivityItems { head: alone(Form::Shorter), body: None }]);
    }
    // Every row of a type's list shows what was submitted, and is read without another call.
    if !fits || long.submission.is_none() {
        layouts.push(write_apart(activity, &long)?);
    }
    // The first one of those that cost as little.
    let cheapest = layouts.into_iter().min_by_key(ActivityItems::write_units);
    Ok(cheapest.expect("there is a layout"))
}

/// Lays an activity out with its long parts in an item of their own.
fn write_apart(
    activity: &Activity,
    long: &LongAttributes<'_>,
) -> Result<ActivityItems, ItemTooLarge> {
    let body = |form| {
        long.write(ItemWriter::new(keys::body(&activity.tenant_id, activity.id)), form).finish()
    };
    let plain = body(Form::Plain);
    let bytes = size_bytes(&plain);
    if bytes > MAX_ITEM_BYTES {
        return Err(ItemTooLarge { bytes });
    }
    let shorter = body(Form::Shorter);
    let saves = write_units(size_bytes(&shorter)) < write_units(bytes);
    Ok(ActivityItems {
        head: write_beginning(activity, long).finish(),
        body: Some(if saves { shorter } else { plain }),
    })
}

/// A head with what an activity has that can't be long.
fn write_short(activity: &Activity) -> ItemWriter {
    let related = match activity.submitted {
        Submitted::Nothing => activity.related.first(),
        Submitted::Whole(_) | Submitted::TypeOnly(_) => None,
    };
    let item = ItemWriter::new(keys::head(&activity.tenant_id, activity.id));
    attribution::write(item, &activity.logged_by)
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
/// and the beginning of the body, as far as the last kilobyte that is paid has room.
fn write_beginning(activity: &Activity, long: &LongAttributes<'_>) -> ItemWriter {
    let body = activity.body.whole();
    let nameless = long.related.as_ref().map(|_| {
        let all = related_tuples(activity).into_iter();
        let all: Vec<RelatedTuple> = all.map(|(kind, id, _)| (kind, id, None)).collect();
        LongText::json(RELATED, &all)
    });
    // What a row shows is paid for.
    let start_bytes = body.map_or(0, |body| BODY_START.len() + body.snippet().len());
    let with = |related: &LongText<'_>, form| related.write(write_short(activity), form);
    let bytes = |head: &ItemWriter| head.size_bytes() + start_bytes;
    // The names, and then the records, give way to the beginning of the body.
    let related = [&long.related, &nameless].into_iter().flatten();
    let head = related
        .map(|related| (related, with(related, Form::Plain)))
        .find(|(_, plain)| bytes(plain) <= HEAD_MAX_BYTES)
        .map(|(related, plain)| {
            let heads = [plain, with(related, Form::Shorter)];
            heads.into_iter().min_by_key(|head| write_units(bytes(head)))
        });
    let mut head = head.flatten().unwrap_or_else(|| write_short(activity));
    if let Some(body) = body {
        // The longest summary, names and ids leave less room than a row could show.
        let units = write_units(bytes(&head));
        let max_bytes = HEAD_MAX_BYTES.min(units * WRITE_UNIT_BYTES);
        let room = max_bytes.saturating_sub(head.size_bytes() + BODY_START.len());
        let text = body.as_str();
        head = head.text(BODY_START, &text[..text.floor_char_boundary(room)]);
    }
    head
}

/// Reads a head. The long parts are whole where the head has them.
pub(in crate::store) fn read(tenant: &TenantId, item: &Item) -> Result<Head, CorruptItem> {
    let reader = ItemReader::new(item);
    let id = read_id(&reader)?;
    let body = match (read_body(&reader, HEAD_MAX_BYTES)?, reader.text_if_some(BODY_START)?) {
        (Some(body), _) => BodyText::Whole(body),
        (None, Some(start)) => BodyText::Beginning(start.to_owned()),
        (None, None) => BodyText::Absent,
    };
    let submitted = match reader.parsed_if_some("object", TypeName::parse)? {
        None => Submitted::Nothing,
        Some(name) => match inflated_if_some(&reader, SUBMISSION, HEAD_MAX_BYTES)? {
            Some(text) => Submitted::Whole(Box::new(json_of(&reader, SUBMISSION, &text)?)),
            None => Submitted::TypeOnly(name),
        },
    };
    let tuples = read_tuples(&reader, HEAD_MAX_BYTES)?;
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
    Ok(Head { activity, related_is_elsewhere, bytes: size_bytes(item) })
}

/// A body, in plain or deflated.
fn read_body(reader: &ItemReader<'_>, max_bytes: usize) -> Result<Option<Body>, CorruptItem> {
    let text = inflated_if_some(reader, BODY, max_bytes)?;
    text.map(|text| reader.parse_text(BODY, &text, Body::parse)).transpose()
}

/// All related records, in plain or deflated.
fn read_tuples(
    reader: &ItemReader<'_>,
    max_bytes: usize,
) -> Result<Option<Vec<RelatedTuple>>, CorruptItem> {
    let text = inflated_if_some(reader, RELATED, max_bytes)?;
    text.map(|text| json_of(reader, RELATED, &text)).transpose()
}

fn json_of<T: serde::de::DeserializeOwned>(
    reader: &ItemReader<'_>,
    name: &str,
    text: &str,
) -> Result<T, CorruptItem> {
    reader.parse_text(name, text, |text| serde_json::from_str(text))
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
    let related = read_tuples(&reader, MAX_ITEM_BYTES)?;
    let submission = inflated_if_some(&reader, SUBMISSION, MAX_ITEM_BYTES)?;
    let parts = LongParts {
        submission_bytes: submission.as_deref().map_or(0, str::len),
        body: read_body(&reader, MAX_ITEM_BYTES)?,
        submission: related
            .map(from_tuples)
            .zip(submission.map(|text| json_of(&reader, SUBMISSION, &text)).transpose()?),
        read_units: size_bytes(item).div_ceil(READ_UNIT_BYTES),
    };
    Ok((id, parts))
}

/// Reads nothing of the item of the long parts but the related records.
pub(in crate::store) fn read_related(
    item: &Item,
) -> Result<(ActivityId, Vec<NamedResource>), CorruptItem> {
    let reader = ItemReader::new(item);
    let tuples = read_tuples(&reader, MAX_ITEM_BYTES)?;
    let tuples = tuples.ok_or_else(|| reader.corrupt(format!("{RELATED} is missing")))?;
    Ok((read_id(&reader)?, from_tuples(tuples)))
}

/// The activity that an item of it names.
fn read_id(reader: &ItemReader<'_>) -> Result<ActivityId, CorruptItem> {
    ActivityId::parse(reader.key_part()?)
        .ok_or_else(|| reader.corrupt("the key does not name an activity"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use aws_sdk_dynamodb::types::AttributeValue;

    use crate::domain::activity_type::AssociationMode;
    use crate::domain::clock::Timestamp;
    use crate::domain::principal::{Actor, ActorId, Attribution};
    use crate::domain::record_type::ApiNamed;
    use crate::domain::submission::{Submission, TypeSnapshot};

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
            let items = write(&activity).unwrap();
            assert!(items.body.is_none());
            assert_eq!(read(&activity.tenant_id, &items.head).unwrap().activity, activity);
        }
    }

    /// As much of a body as a row shows without a query.
    fn shown(body: &BodyText) -> String {
        let text = match body {
            BodyText::Absent => "",
            BodyText::Whole(body) => body.as_str(),
            BodyText::Beginning(beginning) => beginning,
        };
        text.chars().take(Body::SNIPPET_CHARS).collect()
    }

    #[test]
    fn a_head_costs_one_read_unit_however_long_its_parts_are() {
        let activity = activity(&"😀".repeat(500), Some(&"😀".repeat(65_536)));
        let items = write(&activity).unwrap();
        assert!(size_bytes(&items.head) <= HEAD_MAX_BYTES);
        let read_back = read(&activity.tenant_id, &items.head).unwrap().activity;
        assert!(!shown(&read_back.body).is_empty());
        let (id, parts) = read_long_parts(&items.body.unwrap()).unwrap();
        assert_eq!((id, parts.body.as_ref()), (activity.id, activity.body.whole()));
    }

    /// Words that deflate as English does, to about a half.
    fn prose(chars: usize) -> String {
        let words = (0_u32..).map(|n| {
            let word = n.wrapping_mul(2_654_435_761) >> 20;
            format!("{word:x}{} ", ["ing", "ed", "tion", ""][(n % 4) as usize])
        });
        let mut text: String = words.take(chars).collect();
        text.truncate(chars);
        text
    }

    /// An activity whose head has some 400 bytes without its body.
    fn short_activity(body: Option<&str>) -> Activity {
        let activity = activity("s", body);
        Activity {
            tenant_id: TenantId::parse("t").unwrap(),
            related: Vec::new(),
            last_agent_actor_id: None,
            logged_by: Attribution::of(Actor::parse("service:crm").unwrap()),
            ..activity
        }
    }

    #[test]
    fn the_layout_with_the_fewest_write_units_is_written() {
        // The head, and the item of the long parts: kilobytes, and whether the body is
        // deflated there.
        for (chars, head, body) in [
            (500, (1, false), None),
            // It is deflated in a head of one kilobyte instead of two.
            (900, (1, true), None),
            (1_500, (1, true), None),
            // In a head that is paid double it would be four units.
            (2_000, (1, false), Some((1, true))),
            // Both cost four units, and one item takes fewer calls.
            (3_000, (2, true), None),
            (10_000, (1, false), Some((5, true))),
        ] {
            let text = prose(chars);
            let activity = short_activity(Some(&text));
            let items = write(&activity).unwrap();
            let is_deflated = |item: &Item| item.get(BODY).is_some_and(AttributeValue::is_b);
            let of = |item: &Item| (write_units(size_bytes(item)), is_deflated(item));
            assert_eq!(of(&items.head), head, "{chars}");
            assert_eq!(items.body.as_ref().map(of), body, "{chars}");
        }
    }

    #[test]
    fn what_is_equal_in_price_is_not_deflated() {
        // Bytes of four units each way: nothing of them repeats.
        let text: String = (0..3_000_u32).filter_map(|n| char::from_u32(0x4e00 + n * 7)).collect();
        let items = write(&short_activity(Some(&text[..3_000]))).unwrap();
        let body = items.body.expect("it is cheaper beside the head");
        assert!(body[BODY].is_s());
    }

    #[test]
    fn a_head_has_as_much_of_a_body_as_costs_nothing() {
        let text = prose(20_000);
        let items = write(&short_activity(Some(&text))).unwrap();
        assert_eq!(size_bytes(&items.head), WRITE_UNIT_BYTES);
        let start = items.head[BODY_START].as_s().unwrap();
        assert!(start.len() > 400 && text.starts_with(start), "{}", start.len());
    }

    #[test]
    fn no_head_has_more_than_would_fit_into_it_in_plain() {
        let text = "a".repeat(Body::MAX_CHARS);
        let activity = short_activity(Some(&text));
        let items = write(&activity).unwrap();
        let body = items.body.expect("it has an item of its own");
        assert_eq!(write_units(size_bytes(&body)), 1);

        let mut head = items.head;
        head.insert(BODY.to_owned(), body[BODY].clone());
        assert!(refused(&activity, &head).to_string().contains("body is damaged"));
    }

    #[test]
    fn what_would_not_fit_an_item_in_plain_is_refused_however_well_it_deflates() {
        let body = "\u{1f600}".repeat(Body::MAX_CHARS);
        let fitting = submitted(activity("x", Some(&body)), 3_000, 1);
        assert!(size_bytes(&write(&fitting).unwrap().body.unwrap()) < MAX_ITEM_BYTES / 10);
        let too_long = submitted(activity("x", Some(&body)), 4_000, 1);
        let refused = write(&too_long).err().expect("it does not fit");
        assert!(refused.to_string().contains("larger than the table takes"), "{refused}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_body_reads_back_whole_and_its_beginning_is_in_the_head(
            text in "\\PC{0,300}|[a-e \u{0}\u{1f600}\u{8a9e}]{0,3000}",
            repeated in 1..20_usize,
            is_short in any::<bool>(),
        ) {
            let text: String = text.repeat(repeated).chars().take(Body::MAX_CHARS).collect();
            let activity =
                if is_short { short_activity(Some(&text)) } else { activity("x", Some(&text)) };
            let items = write(&activity).unwrap();
            prop_assert!(size_bytes(&items.head) <= HEAD_MAX_BYTES);
            let head = read(&activity.tenant_id, &items.head).unwrap();
            prop_assert_eq!(shown(&head.activity.body), shown(&activity.body));
            if let BodyText::Beginning(start) = &head.activity.body {
                prop_assert!(text.starts_with(start.as_str()));
            }
            prop_assert_eq!(head.activity.is_partial(), items.body.is_some());
            prop_assert_eq!(whole(head, items.body.as_ref()), activity);
        }
    }

    fn whole(head: Head, body: Option<&Item>) -> Activity {
        match body {
            Some(item) => head.completed_by(read_long_parts(item).unwrap().1),
            None => head.activity,
        }
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
            let items = write(&activity).unwrap();
            assert!(size_bytes(&items.head) <= HEAD_MAX_BYTES);
            let head = read(&activity.tenant_id, &items.head).unwrap();
            assert_eq!(items.body.is_none(), in_head);
            assert_eq!(!head.related_is_elsewhere, related_in_head);
            assert_eq!(shown(&head.activity.body), body.unwrap_or_default());
            assert_eq!(head.activity.is_partial(), !in_head);
            assert_eq!(whole(head, items.body.as_ref()), activity);
        }
    }

    #[test]
    fn a_head_that_says_something_else_than_the_long_parts_is_not_completed_by_them() {
        let activity = submitted(activity("x", Some(&prose(20_000))), 100, 2);
        let items = write(&activity).unwrap();
        let completed = |change: &dyn Fn(&mut Item)| {
            let mut head = items.head.clone();
            change(&mut head);
            whole(read(&activity.tenant_id, &head).unwrap(), items.body.as_ref())
        };
        assert_eq!(completed(&|_| {}), activity);
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let shorter = items.head[BODY_START].as_s().unwrap()[..Body::SNIPPET_CHARS - 1].to_owned();
        let changes: [(&str, AttributeValue); 8] = [
            (BODY_START, text("Another")),
            (BODY_START, text(&shorter)),
            (BODY_START, text("")),
            ("object", text("call_down")),
            (RELATED, text(r#"[["kind_7","contact_1",null],["kind_1","contact_1",null]]"#)),
            (RELATED, text(r#"[["kind_1","contact_1",null],["kind_0","contact_1",null]]"#)),
            (RELATED, text(r#"[["kind_0","contact_1",null]]"#)),
            (RELATED, text("[]")),
        ];
        for (name, value) in changes {
            assert!(items.head.contains_key(name), "{name}");
            let changed = completed(&|head| drop(head.insert(name.to_owned(), value.clone())));
            assert!(changed.is_partial(), "{name}");
        }
    }

    #[test]
    fn a_corrupt_item_is_an_error_that_names_its_key_and_not_its_values() {
        let activity = activity("secret summary", None);
        for (name, value) in [("type", "secret"), ("occurred_at", "secret"), ("related_id", "")] {
            let mut head = write(&activity).unwrap().head;
            head.insert(name.into(), AttributeValue::S(value.into()));
            let message = refused(&activity, &head).to_string();
            assert!(message.contains("#ACT#") && message.contains(name), "{message}");
            assert!(!message.contains("secret"), "{message}");
        }
        let mut head = write(&activity).unwrap().head;
        head.remove("summary");
        refused(&activity, &head);
    }
}
