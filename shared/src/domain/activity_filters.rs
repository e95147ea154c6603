//! Which activities: what a search asks for beside words, and what a viewer is bound to.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::activity::{Activity, RelatedResource, RelatedResourceId, Source};
use crate::domain::activity_type::Category;
use crate::domain::clock::Timestamp;
use crate::domain::named_actor::NamedActor;
use crate::domain::principal::ActorType;
use crate::domain::record_type::BuiltInRecordType;

/// Filters, all of which match. Absent ones match everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActivityFilters {
    /// One of these types; any, where there are none.
    pub categories: BTreeSet<Category>,
    /// One actor, of one type where that is said.
    pub actor: Option<NamedActor>,
    pub actor_type: Option<ActorType>,
    /// One way in.
    pub source: Option<Source>,
    /// One related resource, of a built-in type.
    pub related_resource: Option<(BuiltInRecordType, RelatedResourceId)>,
    /// Inclusive.
    pub occurred_after: Option<Timestamp>,
    /// Exclusive.
    pub occurred_before: Option<Timestamp>,
}

impl ActivityFilters {
    /// Whether an activity that was read whole matches: exactly where a search with
    /// these filters finds it.
    #[must_use]
    pub fn match_activity(&self, activity: &Activity) -> bool {
        self.match_but_related(activity) && self.match_related(activity)
    }

    /// The same of all but the related resource, which the head of an activity may not
    /// have.
    #[must_use]
    pub fn match_but_related(&self, activity: &Activity) -> bool {
        let Self {
            categories,
            actor,
            actor_type,
            source,
            related_resource: _,
            occurred_after,
            occurred_before,
        } = self;
        (categories.is_empty() || categories.contains(&activity.category))
            && source.is_none_or(|source| source == activity.source)
            && actor
                .as_ref()
                .is_none_or(|named| named.actors(*actor_type).contains(&activity.logged_by.actor))
            && occurred_after.is_none_or(|after| after <= activity.occurred_at)
            && occurred_before.is_none_or(|before| activity.occurred_at < before)
    }

    /// Whether an activity has the related resource, where one is asked for.
    #[must_use]
    pub fn match_related(&self, activity: &Activity) -> bool {
        self.related_resource()
            .is_none_or(|wanted| activity.related.iter().any(|named| named.resource == wanted))
    }

    /// The related resource, where there is one.
    #[must_use]
    pub fn related_resource(&self) -> Option<RelatedResource> {
        let (built_in, id) = self.related_resource.as_ref()?;
        Some(RelatedResource { resource_type: (*built_in).into(), id: id.clone() })
    }
}

/// The same as callers write it, and as a viewer token has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ViewerFilters")]
#[serde(deny_unknown_fields)]
pub struct WrittenFilters {
    /// One type.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Category")]
    category: Option<Category>,
    /// Several types, one of which it has; never beside `type`.
    #[serde(rename = "types", default, skip_serializing_if = "BTreeSet::is_empty")]
    #[schemars(with = "Vec<Category>", length(min = 1, max = Category::ALL.len()))]
    categories: BTreeSet<Category>,
    /// What one actor logged: its id, or its type and id, as in `service:crm`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "NamedActor")]
    actor_id: Option<NamedActor>,
    /// The type of that actor.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "ActorType")]
    actor_type: Option<ActorType>,
    /// What came in one way.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Source")]
    source: Option<Source>,
    /// The type of one related resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "BuiltInRecordType")]
    related_resource_type: Option<BuiltInRecordType>,
    /// The id of that resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "RelatedResourceId")]
    related_resource_id: Option<RelatedResourceId>,
    /// What happened then or later, in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Timestamp")]
    occurred_after: Option<Timestamp>,
    /// What happened earlier, in UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Timestamp")]
    occurred_before: Option<Timestamp>,
}

impl From<&ActivityFilters> for WrittenFilters {
    fn from(filters: &ActivityFilters) -> Self {
        // A filter that is left out here would widen every token.
        let ActivityFilters {
            mut categories,
            actor,
            actor_type,
            source,
            related_resource,
            occurred_after,
            occurred_before,
        } = filters.clone();
        let (related_resource_type, related_resource_id) = related_resource.unzip();
        let category = if categories.len() == 1 { categories.pop_first() } else { None };
        Self {
            category,
            categories,
            actor_id: actor,
            actor_type,
            source,
            related_resource_type,
            related_resource_id,
            occurred_after,
            occurred_before,
        }
    }
}

impl From<WrittenFilters> for ActivityFilters {
    fn from(written: WrittenFilters) -> Self {
        Self {
            categories: written.category.into_iter().chain(written.categories).collect(),
            actor: written.actor_id,
            actor_type: written.actor_type,
            source: written.source,
            related_resource: written.related_resource_type.zip(written.related_resource_id),
            occurred_after: written.occurred_after,
            occurred_before: written.occurred_before,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_read_back_as_they_were_written() {
        let id = RelatedResourceId::parse("con_1").unwrap();
        let all = ActivityFilters {
            categories: [Category::Call].into(),
            actor: NamedActor::parse("service:crm").ok(),
            actor_type: Some(ActorType::Service),
            source: Some(Source::Mcp),
            related_resource: Some((BuiltInRecordType::Contact, id)),
            occurred_after: Timestamp::from_millis(1),
            occurred_before: Timestamp::from_millis(2),
        };
        let several = ActivityFilters {
            categories: [Category::Email, Category::Call].into(),
            ..ActivityFilters::default()
        };
        for filters in [ActivityFilters::default(), all, several] {
            let text = serde_json::to_string(&WrittenFilters::from(&filters)).unwrap();
            let read: WrittenFilters = serde_json::from_str(&text).unwrap();
            assert_eq!(ActivityFilters::from(read), filters, "{text}");
        }
        for text in [
            r#"{"types":"call"}"#,
            r#"{"types":["calls"]}"#,
            r#"{"type":"calls"}"#,
            r#"{"actor_id":""}"#,
        ] {
            assert!(serde_json::from_str::<WrittenFilters>(text).is_err(), "{text}");
        }
    }
}
