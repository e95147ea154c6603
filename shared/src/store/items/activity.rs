//! An activity: a head that costs one read unit, and a body of its own where
//! the two don't fit together.

use super::{ItemReader, ItemWriter};
use crate::activity::{
    Activity, ActivityId, ActivityType, Body, BodyText, NamedResource, RelatedResource,
    RelatedResourceId, RelatedResourceType, Source, Summary,
};
use crate::principal::{Actor, ActorId, ActorType, TenantId};
use crate::store::Item;
use crate::store::failure::CorruptItem;
use crate::store::keys;
use crate::text::ANALYZER_VERSION;

/// A strongly consistent read of up to this many bytes costs one unit.
const HEAD_MAX_BYTES: usize = 4_096;

/// The items of an activity.
pub(in crate::store) struct ActivityItems {
    /// Written in the transaction.
    pub(in crate::store) head: Item,
    /// Staged before it, where the body does not fit the head.
    pub(in crate::store) body: Option<Item>,
}

pub(in crate::store) fn write(activity: &Activity) -> ActivityItems {
    let tenant = &activity.tenant_id;
    let related = activity.related_resource.as_ref();
    let head = || {
        ItemWriter::new(keys::head(tenant, activity.id))
            .number("analyzer", i64::from(ANALYZER_VERSION))
            .text("type", activity.activity_type)
            .text("summary", activity.summary.as_str())
            .text_if_some("related_type", related.map(|named| named.resource.resource_type))
            .text_if_some("related_id", related.map(|named| named.resource.id.as_str()))
            .text_if_some("related_name", related.and_then(|named| named.display_name.as_deref()))
            .text("occurred_at", activity.occurred_at)
            .text("source", activity.source)
            .text("actor_type", activity.logged_by.actor_type)
            .text("actor_id", activity.logged_by.id.as_str())
            .text("logged_at", activity.logged_at)
            .text("request_id", &activity.request_id)
    };
    let Some(body) = activity.body.whole() else {
        return ActivityItems { head: head().finish(), body: None };
    };
    let whole = head().text("body", body.as_str());
    if whole.size_bytes() <= HEAD_MAX_BYTES {
        return ActivityItems { head: whole.finish(), body: None };
    }
    // As much of the snippet as the head has room for; the longest summary,
    // names and ids leave some.
    let room = HEAD_MAX_BYTES.saturating_sub(head().text("body_start", "").size_bytes());
    let snippet = body.snippet();
    let start = &snippet[..snippet.floor_char_boundary(room)];
    ActivityItems {
        head: head().text("body_start", start).finish(),
        body: Some(
            ItemWriter::new(keys::body(tenant, activity.id)).text("body", body.as_str()).finish(),
        ),
    }
}

/// Reads a head. The body is whole where the head has it.
pub(in crate::store) fn read(tenant: &TenantId, item: &Item) -> Result<Activity, CorruptItem> {
    let reader = ItemReader::new(item);
    let id = ActivityId::parse(reader.key_part()?)
        .ok_or_else(|| reader.corrupt("the key does not name an activity"))?;
    let body = match (reader.text_if_some("body")?, reader.text_if_some("body_start")?) {
        (Some(_), _) => BodyText::Whole(reader.parsed("body", Body::parse)?),
        (None, Some(start)) => BodyText::Beginning(start.to_owned()),
        (None, None) => BodyText::Absent,
    };
    let related_resource =
        match reader.parsed_if_some("related_type", RelatedResourceType::parse)? {
            None => None,
            Some(resource_type) => Some(NamedResource {
                resource: RelatedResource {
                    resource_type,
                    id: reader.parsed("related_id", RelatedResourceId::parse)?,
                },
                display_name: reader.text_if_some("related_name")?.map(str::to_owned),
            }),
        };
    let logged_by = Actor {
        actor_type: reader.parsed("actor_type", ActorType::parse)?,
        id: reader.parsed("actor_id", ActorId::parse)?,
    };
    Ok(Activity {
        id,
        tenant_id: tenant.clone(),
        activity_type: reader.parsed("type", ActivityType::parse)?,
        summary: reader.parsed("summary", Summary::parse)?,
        body,
        related_resource,
        occurred_at: reader.timestamp("occurred_at")?,
        source: reader.parsed("source", Source::parse)?,
        last_agent_actor_id: (logged_by.actor_type == ActorType::Agent)
            .then(|| logged_by.id.clone()),
        logged_by,
        logged_at: reader.timestamp("logged_at")?,
        request_id: reader.text("request_id")?.to_owned(),
    })
}

/// Reads a body item.
pub(in crate::store) fn read_body(item: &Item) -> Result<(ActivityId, Body), CorruptItem> {
    let reader = ItemReader::new(item);
    let id = ActivityId::parse(reader.key_part()?)
        .ok_or_else(|| reader.corrupt("the key does not name an activity"))?;
    Ok((id, reader.parsed("body", Body::parse)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;

    fn activity(summary: &str, body: Option<&str>) -> Activity {
        let resource = RelatedResource {
            resource_type: RelatedResourceType::SupportTicket,
            id: RelatedResourceId::parse(&"i".repeat(255)).unwrap(),
        };
        Activity {
            id: ActivityId(uuid::Uuid::from_u128(1)),
            tenant_id: TenantId::parse(&"t".repeat(64)).unwrap(),
            activity_type: ActivityType::AgentAction,
            summary: Summary::parse(summary).unwrap(),
            body: body.map_or(BodyText::Absent, |text| BodyText::Whole(Body::parse(text).unwrap())),
            related_resource: Some(NamedResource {
                resource,
                display_name: Some("😀".repeat(200)),
            }),
            occurred_at: Timestamp::MIN,
            source: Source::Mcp,
            last_agent_actor_id: Some(ActorId::parse(&"a".repeat(255)).unwrap()),
            logged_by: Actor::parse(&format!("agent:{}", "a".repeat(255))).unwrap(),
            logged_at: Timestamp::MAX,
            request_id: format!("req_{}", "0".repeat(32)),
        }
    }

    fn size(item: &Item) -> usize {
        ItemWriter(item.clone()).size_bytes()
    }

    #[test]
    fn an_activity_reads_back_as_it_was_written() {
        for body in [None, Some(""), Some("short")] {
            let activity = activity("x", body);
            let items = write(&activity);
            assert!(items.body.is_none());
            assert_eq!(read(&activity.tenant_id, &items.head).unwrap(), activity);
        }
    }

    #[test]
    fn a_head_costs_one_read_unit_however_long_its_parts_are() {
        let activity = activity(&"😀".repeat(500), Some(&"😀".repeat(65_536)));
        let items = write(&activity);
        assert!(size(&items.head) <= HEAD_MAX_BYTES);
        let read_back = read(&activity.tenant_id, &items.head).unwrap();
        assert!(read_back.body.snippet().is_some_and(|snippet| !snippet.is_empty()));
        let (id, body) = read_body(&items.body.unwrap()).unwrap();
        assert_eq!((id, Some(&body)), (activity.id, activity.body.whole()));
    }

    #[test]
    fn a_corrupt_item_is_an_error_that_names_its_key_and_not_its_values() {
        let activity = activity("secret summary", None);
        for (name, value) in [("type", "secret"), ("occurred_at", "secret"), ("related_id", "")] {
            let mut head = write(&activity).head;
            head.insert(name.into(), aws_sdk_dynamodb::types::AttributeValue::S(value.into()));
            let message = read(&activity.tenant_id, &head).unwrap_err().to_string();
            assert!(message.contains("#ACT#") && message.contains(name), "{message}");
            assert!(!message.contains("secret"), "{message}");
        }
        let mut head = write(&activity).head;
        head.remove("summary");
        assert!(read(&activity.tenant_id, &head).is_err());
    }
}
