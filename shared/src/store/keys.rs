//! Every key of the table, in one place.
//!
//! | item | `pk` | `sk` |
//! | --- | --- | --- |
//! | activity head | `T#<tenant>#ACT#<id>` | `HEAD` |
//! | activity body | `T#<tenant>#BODY#<id>` | `BODY` |
//! | activity, in the list of all | `T#<tenant>#IX` | `<position>` of occurred_at and id |
//! | idempotency record | `T#<tenant>#IDEM#<sha256 of the key in its space>` | `IDEM` |
//! | audit event | `T#<tenant>#AUD#<id>` | `EVENT` |
//! | audit event, in the list of all | `T#<tenant>#AX` | `<position>` of time and id |
//! | seal of some audit events | `T#<tenant>#SEAL#<generation>` | `<first index>`, 12 digits |
//! | hashes of the tree of seals | `T#<tenant>#TILE#<generation>` | `<level>#<index>`, 12 digits |
//! | cosignature of a witness | `T#<tenant>#COSIG#<generation>` | `<size>`, 12 digits, and `#<name of the witness>` |
//! | audit event that could not be sealed yet | `T#<tenant>#UNSEALED` | `<id>` |
//! | entry of the index's tail | `T#<tenant>#TAIL`, or `T#<tenant>#TAIL#<shard>` | `<position>` |
//! | manifest of the index | `T#<tenant>#SEGS` | `SEGS` |
//! | hint that a run is at work | `T#<tenant>#SEGS` | `BUSY` |
//! | part of a segment | `T#<tenant>#SEG#<segment>#<part>` | `SEG` |
//! | tally of refusals | `T#<tenant>#REF` | `<minute>#<key id>#<code>` |
//! | related resource | `T#<tenant>#RES#<type>#<id>` | `RES` |
//! | actor | `T#<tenant>#ACTOR#<type>#<id>` | `ACTOR` |
//! | sign that there are actors | `T#<tenant>#ACTORS` | `ACTORS` |
//! | record type | `T#<tenant>#RTYPE` | `<uuid>` |
//! | ids registered for record types | `T#<tenant>#RTIDS` | `RTIDS` |
//! | activity type, for the list | `T#<tenant>#TYPE` | `<api_name>` |
//! | activity type, with its fields | `T#<tenant>#TYPE#<uuid>` | `TYPE` |
//! | scheduled completion | `T#<tenant>#SCHED#<uuid>` | `SCHED` |
//! | credential | `T#<tenant>#KEY` | `<key id>` |
//! | use of a key | `T#<tenant>#USED#<key id>` | `<hour>`, as `2026-11-28T16` |
//! | settings of the tenant | `T#<tenant>#TENANT` | `TENANT` |
//! | tombstone of the tenant | `T#<tenant>#REMOVED` | `REMOVED` |
//! | layout of the table | `LAYOUT` | `LAYOUT` |
//!
//! Variable parts escape `%` and `#`, so no id can look like another key.
//!
//! A search reads many positions and pays for their bytes, so they are short:
//! [`Position::encode`].

use std::borrow::Cow;
use std::ops::RangeInclusive;

use uuid::Uuid;

use super::item::Key;
use crate::domain::activity::{ActivityId, RelatedResource};
use crate::domain::activity_type::TypeName;
use crate::domain::audit_log::Generation;
use crate::domain::clock::Timestamp;
use crate::domain::error::ErrorCode;
use crate::domain::idempotency::KeyInSpace;
use crate::domain::principal::{Actor, KeyId, TenantId};
use crate::domain::value::word_enum;
use crate::index::Position;
use crate::index::manifest::TailKey;
use crate::index::segment::{Collection, Part, PartName, SegmentId};

fn primary_key(tenant: &TenantId, kind: &str, part: &str, sk: impl Into<String>) -> Key {
    Key { pk: partition_key(tenant, kind, part), sk: sk.into() }
}

/// Written piece by piece: a log makes hundreds.
fn partition_key(tenant: &TenantId, kind: &str, part: &str) -> String {
    ["T#", tenant.as_str(), "#", kind, "#", &escape(part)].concat()
}

/// The sort key of every head.
pub(super) const HEAD: &str = "HEAD";
/// The sort key of every audit event.
pub(super) const EVENT: &str = "EVENT";

pub(super) fn head(tenant: &TenantId, id: ActivityId) -> Key {
    primary_key(tenant, "ACT", &id.to_string(), HEAD)
}

pub(super) fn body(tenant: &TenantId, id: ActivityId) -> Key {
    primary_key(tenant, "BODY", &id.to_string(), "BODY")
}

pub(super) fn idempotency(tenant: &TenantId, key: &KeyInSpace) -> Key {
    primary_key(tenant, "IDEM", &key.digest(), "IDEM")
}

pub(super) fn audit_event(tenant: &TenantId, id: Uuid) -> Key {
    primary_key(tenant, "AUD", &id.to_string(), EVENT)
}

/// The seals of a log.
pub(super) fn seals(tenant: &TenantId, generation: Generation) -> String {
    format!("T#{tenant}#SEAL#{}", generation.number())
}
/// A seal, by the index of its first leaf.
pub(super) fn seal(tenant: &TenantId, generation: Generation, first: u64) -> Key {
    Key { pk: seals(tenant, generation), sk: leaf_index(first) }
}

/// The sort key of an index: its order as text is that of the numbers.
pub(super) fn leaf_index(index: u64) -> String {
    format!("{index:012}")
}

/// The index that a seal's sort key has.
pub(super) fn seal_of(sk: &str) -> Option<u64> {
    let is_index = sk.len() >= 12 && sk.bytes().all(|byte| byte.is_ascii_digit());
    sk.parse().ok().filter(|_| is_index)
}

/// What follows from the seals of a log.
pub(super) fn tiles(tenant: &TenantId, generation: Generation) -> String {
    format!("T#{tenant}#TILE#{}", generation.number())
}

pub(super) fn tile(tenant: &TenantId, generation: Generation, level: u8, index: u64) -> Key {
    Key { pk: tiles(tenant, generation), sk: tile_index(level, index) }
}

/// The sort key of a level's hash, or of the lowest level's tile.
pub(super) fn tile_index(level: u8, index: u64) -> String {
    format!("{level}#{index:012}")
}

/// The index that a tile's sort key has.
pub(super) fn tile_of(sk: &str) -> Option<u64> {
    seal_of(sk.split_once('#')?.1)
}

/// The cosignatures of a log.
pub(super) fn cosignatures(tenant: &TenantId, generation: Generation) -> String {
    format!("T#{tenant}#COSIG#{}", generation.number())
}

/// A witness's cosignature of the tree of a size.
pub(super) fn cosignature(
    tenant: &TenantId,
    generation: Generation,
    size: u64,
    witness: &str,
) -> Key {
    let sk = format!("{}#{}", leaf_index(size), escape(witness));
    Key { pk: cosignatures(tenant, generation), sk }
}

/// The partition of the cosignatures of trees of some sizes, and the sort keys that they
/// stand between.
pub(super) fn cosignatures_of(
    tenant: &TenantId,
    generation: Generation,
    sizes: RangeInclusive<u64>,
) -> (String, RangeInclusive<String>) {
    // What follows the sign behind a size.
    let behind = char::from(b'#' + 1);
    let (first, last) = (leaf_index(*sizes.start()), leaf_index(*sizes.end()));
    (cosignatures(tenant, generation), first..=format!("{last}{behind}"))
}

/// The size that a cosignature's sort key has.
pub(super) fn cosigned_size(sk: &str) -> Option<u64> {
    seal_of(sk.split_once('#')?.0)
}

/// The audit events that were put aside.
pub(super) fn unsealed_events(tenant: &TenantId) -> String {
    format!("T#{tenant}#UNSEALED")
}

pub(super) fn unsealed(tenant: &TenantId, id: Uuid) -> Key {
    Key { pk: unsealed_events(tenant), sk: id.to_string() }
}

/// The tenant and the id of a head's key.
pub(super) fn head_of(pk: &str, sk: &str) -> Option<(TenantId, Uuid)> {
    let (tenant, kind, id) = split(pk)?;
    if kind != "ACT" || sk != HEAD {
        return None;
    }
    Some((tenant, crate::domain::value::parse_uuid(id)?))
}

/// Whether a key is one of audit events, whatever tenant and id stand in it.
pub(super) fn is_audit_event(pk: &str, sk: &str) -> bool {
    let mut parts = pk.splitn(4, '#');
    parts.next() == Some("T") && parts.nth(1) == Some("AUD") && sk == EVENT
}

/// The tenant and the id of an audit event's key.
pub(super) fn audit_event_of(pk: &str, sk: &str) -> Option<(TenantId, Uuid)> {
    let (tenant, kind, id) = split(pk)?;
    if kind != "AUD" || sk != EVENT {
        return None;
    }
    Some((tenant, crate::domain::value::parse_uuid(id)?))
}

pub(super) fn refusals(tenant: &TenantId) -> String {
    format!("T#{tenant}#REF")
}

/// What counts the refusals of a credential with a code from a minute on.
pub(super) fn refusal_tally(
    tenant: &TenantId,
    minute: Timestamp,
    key_id: &KeyId,
    code: ErrorCode,
) -> Key {
    Key { pk: refusals(tenant), sk: format!("{minute}#{key_id}#{code}") }
}

pub(super) fn related_resource(tenant: &TenantId, resource: &RelatedResource) -> Key {
    let kind = format!("RES#{}", resource.resource_type);
    primary_key(tenant, &kind, resource.id.as_str(), "RES")
}

/// The registry's entry of an actor.
pub(super) fn actor(tenant: &TenantId, actor: &Actor) -> Key {
    let kind = format!("ACTOR#{}", actor.actor_type);
    primary_key(tenant, &kind, actor.id.as_str(), "ACTOR")
}

/// What says that the registry may have entries of actors.
pub(super) fn actor_registry(tenant: &TenantId) -> Key {
    Key { pk: format!("T#{tenant}#ACTORS"), sk: "ACTORS".to_owned() }
}

/// A record type that the registry has seen, by its id, which tells nothing of
/// its name.
pub(super) fn record_type(tenant: &TenantId, id: Uuid) -> Key {
    Key { pk: format!("T#{tenant}#RTYPE"), sk: id.to_string() }
}

pub(super) fn record_type_ids(tenant: &TenantId) -> Key {
    Key { pk: format!("T#{tenant}#RTIDS"), sk: "RTIDS".to_owned() }
}

pub(super) fn activity_types(tenant: &TenantId) -> String {
    format!("T#{tenant}#TYPE")
}

pub(super) fn activity_type_row(tenant: &TenantId, name: &TypeName) -> Key {
    Key { pk: activity_types(tenant), sk: name.as_str().to_owned() }
}

pub(super) fn activity_type(tenant: &TenantId, id: Uuid) -> Key {
    primary_key(tenant, "TYPE", &id.to_string(), "TYPE")
}

pub(super) fn scheduled_completion(tenant: &TenantId, id: Uuid) -> Key {
    primary_key(tenant, "SCHED", &id.to_string(), "SCHED")
}

pub(super) fn credentials(tenant: &TenantId) -> String {
    format!("T#{tenant}#KEY")
}

pub(super) fn credential(tenant: &TenantId, key_id: &KeyId) -> Key {
    Key { pk: credentials(tenant), sk: key_id.as_str().to_owned() }
}

/// The hours in which a key was used, in their order.
pub(super) fn key_uses(tenant: &TenantId, key_id: &KeyId) -> String {
    partition_key(tenant, "USED", key_id.as_str())
}

pub(super) fn key_use(tenant: &TenantId, key_id: &KeyId, time: Timestamp) -> Key {
    const HOUR_BYTES: usize = "2026-11-28T16".len();
    let mut sk = time.to_string();
    sk.truncate(HOUR_BYTES);
    Key { pk: key_uses(tenant, key_id), sk }
}

pub(super) fn tenant_settings(tenant: &TenantId) -> Key {
    Key { pk: format!("T#{tenant}#TENANT"), sk: "TENANT".to_owned() }
}

/// What says that a tenant is removed.
pub(super) fn tombstone(tenant: &TenantId) -> Key {
    Key { pk: format!("T#{tenant}#REMOVED"), sk: "REMOVED".to_owned() }
}

/// What says the layout of the table. It is the one item of no tenant.
pub(super) fn layout() -> Key {
    Key { pk: "LAYOUT".to_owned(), sk: "LAYOUT".to_owned() }
}

/// The list of all records of a collection.
pub(super) fn list(tenant: &TenantId, collection: Collection) -> String {
    let kind = match collection {
        Collection::Activities => "IX",
        Collection::AuditEvents => "AX",
    };
    format!("T#{tenant}#{kind}")
}

/// A record in the list of all.
pub(super) fn listed(tenant: &TenantId, collection: Collection, position: Position) -> Key {
    Key { pk: list(tenant, collection), sk: position.encode() }
}

/// A shard of the tail.
pub(super) fn tail(tenant: &TenantId, shard: u8) -> String {
    match shard {
        0 => format!("T#{tenant}#TAIL"),
        shard => format!("T#{tenant}#TAIL#{shard}"),
    }
}

pub(super) fn tail_entry(tenant: &TenantId, key: TailKey) -> Key {
    Key { pk: tail(tenant, key.shard), sk: key.position.encode() }
}

pub(super) fn manifest(tenant: &TenantId) -> Key {
    Key { pk: format!("T#{tenant}#SEGS"), sk: "SEGS".to_owned() }
}

/// What says that a run of the compactor is at work.
pub(super) fn busy(tenant: &TenantId) -> Key {
    Key { pk: format!("T#{tenant}#SEGS"), sk: "BUSY".to_owned() }
}

pub(super) fn part(tenant: &TenantId, name: PartName) -> Key {
    let (letter, number) = match name.part {
        Part::Bucket(number) => ('b', number),
        Part::Block(number) => ('l', number),
        Part::Positions(number) => ('p', number),
        Part::TermFence(number) => ('f', number),
        Part::TimeFence(number) => ('t', number),
    };
    let SegmentId(segment) = name.segment;
    Key { pk: format!("T#{tenant}#SEG#{segment}#{letter}{number}"), sk: "SEG".to_owned() }
}

/// The tenant and the name of a part; `None` for what is none.
pub(super) fn part_name(pk: &str) -> Option<(TenantId, PartName)> {
    let (tenant, "SEG", rest) = split(pk)? else { return None };
    let (segment, part) = rest.split_once('#')?;
    let number = part.get(1..)?.parse().ok()?;
    let part = match part.get(..1)? {
        "b" => Part::Bucket(number),
        "l" => Part::Block(number),
        "p" => Part::Positions(number),
        "f" => Part::TermFence(number),
        "t" => Part::TimeFence(number),
        _ => return None,
    };
    let segment = SegmentId(crate::domain::value::parse_uuid(segment)?);
    Some((tenant, PartName { segment, part }))
}

/// What the partition keys of a tenant begin with. It ends where the id does, so
/// that no other tenant's begin with it.
pub(super) fn tenant_prefix(tenant: &TenantId) -> String {
    format!("T#{tenant}#")
}

/// The tenant of a partition key, the code of the kind, and what follows, which
/// is empty where nothing does.
fn split(pk: &str) -> Option<(TenantId, &str, &str)> {
    let mut parts = pk.splitn(4, '#');
    let ("T", tenant, kind) = (parts.next()?, parts.next()?, parts.next()?) else { return None };
    Some((TenantId::parse(tenant).ok()?, kind, parts.next().unwrap_or_default()))
}

word_enum! {
    /// What an item of a tenant is.
    ItemKind {
        /// The head of an activity.
        Activity = "activities",
        /// The long parts of an activity.
        Body = "bodies",
        /// An activity in the list of all.
        Listed = "listed_activities",
        /// What an idempotency key is remembered by.
        IdempotencyRecord = "idempotency_records",
        AuditEvent = "audit_events",
        /// An audit event in the list of all.
        AuditListed = "listed_audit_events",
        /// A seal of some audit events.
        Seal = "seals",
        /// Hashes of the tree of seals.
        Tile = "tiles",
        /// A witness's signature of a checkpoint.
        Cosignature = "cosignatures",
        /// An audit event that could not be sealed yet.
        Unsealed = "unsealed_audit_events",
        /// What records are found by before a segment has it.
        TailEntry = "tail_entries",
        /// What says which segments there are.
        Manifest = "manifests",
        /// A part of a segment.
        SegmentPart = "segment_parts",
        /// A count of refusals that the trail has no events of.
        RefusalTally = "refusal_tallies",
        /// An entry of the registry of related resources.
        RelatedResource = "related_resources",
        /// An entry of the registry of actors.
        Actor = "actors",
        /// What says that there are entries of actors.
        ActorRegistry = "actor_registries",
        /// A record type of the tenant's own.
        RecordType = "record_types",
        /// The ids that the tenant registered for its record types.
        RecordTypeIds = "record_type_ids",
        /// A row or the definition of an activity type.
        ActivityType = "activity_types",
        /// The completion of a scheduled activity.
        ScheduledCompletion = "scheduled_completions",
        Credential = "credentials",
        /// An hour in which a key was used.
        KeyUse = "key_uses",
        /// What the tenant has set.
        TenantSettings = "tenant_settings",
        /// What says that the tenant is removed.
        Tombstone = "tombstones",
        /// What this version doesn't know.
        Other = "others",
    }
}

/// The tenant and the kind of an item; `None` for what is not of a tenant.
pub(super) fn kind_of(pk: &str) -> Option<(TenantId, ItemKind)> {
    let (tenant, kind, _) = split(pk)?;
    let kind = match kind {
        "ACT" => ItemKind::Activity,
        "BODY" => ItemKind::Body,
        "IX" => ItemKind::Listed,
        "IDEM" => ItemKind::IdempotencyRecord,
        "AUD" => ItemKind::AuditEvent,
        "AX" => ItemKind::AuditListed,
        "SEAL" => ItemKind::Seal,
        "TILE" => ItemKind::Tile,
        "COSIG" => ItemKind::Cosignature,
        "UNSEALED" => ItemKind::Unsealed,
        "TAIL" => ItemKind::TailEntry,
        "SEGS" => ItemKind::Manifest,
        "SEG" => ItemKind::SegmentPart,
        "REF" => ItemKind::RefusalTally,
        "RES" => ItemKind::RelatedResource,
        "ACTOR" => ItemKind::Actor,
        "ACTORS" => ItemKind::ActorRegistry,
        "RTYPE" => ItemKind::RecordType,
        "RTIDS" => ItemKind::RecordTypeIds,
        "TYPE" => ItemKind::ActivityType,
        "SCHED" => ItemKind::ScheduledCompletion,
        "KEY" => ItemKind::Credential,
        "USED" => ItemKind::KeyUse,
        "TENANT" => ItemKind::TenantSettings,
        "REMOVED" => ItemKind::Tombstone,
        _ => ItemKind::Other,
    };
    Some((tenant, kind))
}

/// What an item is, told from its key alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Staged {
    /// A body of an activity, or its place in the list of all.
    Activity(Uuid),
    /// The place of an audit event in the list of all.
    AuditEvent(Uuid),
    /// What an activity with its event is found by, or an event alone.
    Either(Uuid),
}

/// The tenant and the owner of an item that was staged; `None` for items that
/// are not staged.
pub(super) fn staged_owner(pk: &str, sk: &str) -> Option<(TenantId, Staged)> {
    let (tenant, kind, rest) = split(pk)?;
    let owner = match kind {
        "IX" => Staged::Activity(Position::decode(sk)?.id),
        "BODY" => Staged::Activity(crate::domain::value::parse_uuid(rest)?),
        "AX" => Staged::AuditEvent(Position::decode(sk)?.id),
        "TAIL" => Staged::Either(Position::decode(sk)?.id),
        _ => return None,
    };
    Some((tenant, owner))
}

/// The tenant that the key of a head names, as it stands there; `None` for
/// items of other kinds.
pub(super) fn tenant_of_head<'a>(pk: &'a str, sk: &str) -> Option<&'a str> {
    let mut parts = pk.splitn(4, '#');
    match (parts.next()?, parts.next()?, parts.next()?, parts.next()?, sk) {
        ("T", tenant, "ACT", _, HEAD) => Some(tenant),
        _ => None,
    }
}

/// The tenant that the key of an entry of the tail names, as it stands there; `None` for
/// items of other kinds.
pub(super) fn tenant_of_tail(pk: &str) -> Option<&str> {
    let mut parts = pk.splitn(4, '#');
    match (parts.next()?, parts.next()?, parts.next()?, parts.next()) {
        ("T", tenant, "TAIL", shard) => {
            shard.is_none_or(|shard| shard.parse::<u8>().is_ok()).then_some(tenant)
        }
        _ => None,
    }
}

fn escape(part: &str) -> Cow<'_, str> {
    if part.contains(['%', '#']) {
        part.replace('%', "%25").replace('#', "%23").into()
    } else {
        part.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::activity::RelatedResourceId;
    use crate::domain::idempotency::{IdempotencyKey, IdempotencySpace};
    use crate::domain::record_type::BuiltInRecordType;

    fn tenant() -> TenantId {
        TenantId::parse("acme").unwrap()
    }

    fn related(id: &str) -> RelatedResource {
        RelatedResource {
            resource_type: BuiltInRecordType::Contact.into(),
            id: RelatedResourceId::parse(id).unwrap(),
        }
    }

    #[test]
    fn no_id_can_look_like_another_key() {
        let key = related_resource(&tenant(), &related("a#b%23c"));
        assert_eq!(key.pk, "T#acme#RES#contact#a%23b%2523c");
        assert_eq!(key.sk, "RES");
        let key = actor(&tenant(), &Actor::parse("user:a#b%23c").unwrap());
        assert_eq!((&*key.pk, &*key.sk), ("T#acme#ACTOR#user#a%23b%2523c", "ACTOR"));
    }

    #[test]
    fn a_record_has_a_place_in_the_list_of_all_and_in_a_shard_of_the_tail() {
        let position = Position {
            time: Timestamp::from_millis(1_772_357_400_000).unwrap(),
            id: Uuid::from_u128(7),
        };
        let key = listed(&tenant(), Collection::Activities, position);
        assert_eq!(key.pk, "T#acme#IX");
        assert_eq!(key.sk, ".NmcivL...................../k");
        let owner = staged_owner(&key.pk, &key.sk).unwrap();
        assert_eq!(owner, (tenant(), Staged::Activity(position.id)));
        for (shard, pk) in [(0, "T#acme#TAIL"), (3, "T#acme#TAIL#3")] {
            let key = tail_entry(&tenant(), TailKey { shard, position });
            assert_eq!((&*key.pk, &*key.sk), (pk, ".NmcivL...................../k"));
            let owner = staged_owner(&key.pk, &key.sk).unwrap();
            assert_eq!(owner, (tenant(), Staged::Either(position.id)));
        }
    }

    #[test]
    fn only_staged_kinds_have_an_owner() {
        let id = ActivityId(Uuid::from_u128(7));
        let body = body(&tenant(), id);
        assert!(staged_owner(&body.pk, &body.sk).is_some());
        let head = head(&tenant(), id);
        assert_eq!(staged_owner(&head.pk, &head.sk), None);
        let event = audit_event(&tenant(), id.0);
        assert_eq!(staged_owner(&event.pk, &event.sk), None);
        assert_eq!(staged_owner("x", "y"), None);
        for list in ["T#acme#IX", "T#acme#AX", "T#acme#TAIL"] {
            assert_eq!(staged_owner(list, "no position"), None);
        }
    }

    #[test]
    fn a_key_tells_its_kind_and_tenant() {
        let id = Uuid::from_u128(7);
        let position = Position { time: Timestamp::MIN, id };
        let visit = TypeName::parse("visit").unwrap();
        let key = KeyInSpace {
            space: IdempotencySpace::Events,
            key: IdempotencyKey::parse("k").unwrap(),
        };
        let all = [
            (head(&tenant(), ActivityId(id)), ItemKind::Activity),
            (body(&tenant(), ActivityId(id)), ItemKind::Body),
            (listed(&tenant(), Collection::Activities, position), ItemKind::Listed),
            (idempotency(&tenant(), &key), ItemKind::IdempotencyRecord),
            (audit_event(&tenant(), id), ItemKind::AuditEvent),
            (listed(&tenant(), Collection::AuditEvents, position), ItemKind::AuditListed),
            (tail_entry(&tenant(), TailKey { shard: 2, position }), ItemKind::TailEntry),
            (manifest(&tenant()), ItemKind::Manifest),
            (busy(&tenant()), ItemKind::Manifest),
            (
                part(&tenant(), PartName { segment: SegmentId(id), part: Part::Bucket(1) }),
                ItemKind::SegmentPart,
            ),
            (related_resource(&tenant(), &related("a#b")), ItemKind::RelatedResource),
            (actor(&tenant(), &Actor::parse("user:a#b").unwrap()), ItemKind::Actor),
            (actor_registry(&tenant()), ItemKind::ActorRegistry),
            (record_type(&tenant(), id), ItemKind::RecordType),
            (record_type_ids(&tenant()), ItemKind::RecordTypeIds),
            (activity_type_row(&tenant(), &visit), ItemKind::ActivityType),
            (activity_type(&tenant(), id), ItemKind::ActivityType),
            (scheduled_completion(&tenant(), id), ItemKind::ScheduledCompletion),
            (credential(&tenant(), &KeyId::parse("a").unwrap()), ItemKind::Credential),
            (key_use(&tenant(), &KeyId::parse("a").unwrap(), Timestamp::MIN), ItemKind::KeyUse),
            (tombstone(&tenant()), ItemKind::Tombstone),
            (Key { pk: "T#acme#NEW#1".to_owned(), sk: String::new() }, ItemKind::Other),
        ];
        for (key, kind) in all {
            assert_eq!(kind_of(&key.pk), Some((tenant(), kind)), "{key:?}");
            assert!(key.pk.starts_with(&tenant_prefix(&tenant())));
        }
        for pk in ["", "x", "T#acme", "T##ACT#1", "T#a_b#ACT#1", "U#acme#ACT#1"] {
            assert_eq!(kind_of(pk), None, "{pk}");
        }
    }

    #[test]
    fn a_part_of_a_segment_is_named_by_its_key() {
        let segment = SegmentId(Uuid::from_u128(9));
        for part in [
            Part::Bucket(0),
            Part::Block(12),
            Part::Positions(3),
            Part::TermFence(u32::MAX),
            Part::TimeFence(1),
        ] {
            let name = PartName { segment, part };
            let key = super::part(&tenant(), name);
            assert_eq!(part_name(&key.pk), Some((tenant(), name)), "{key:?}");
        }
        let id = "00000000-0000-0000-0000-000000000009";
        for rest in [format!("{id}#b"), format!("{id}#x1"), format!("{id}#b-1"), "1#b1".to_owned()]
        {
            assert_eq!(part_name(&format!("T#acme#SEG#{rest}")), None, "{rest}");
        }
        assert_eq!(part_name("T#acme#SEGS"), None);
    }

    #[test]
    fn only_the_key_of_a_head_names_the_tenant_of_one() {
        let id = ActivityId(Uuid::from_u128(7));
        let head = head(&tenant(), id);
        assert_eq!(tenant_of_head(&head.pk, &head.sk), Some("acme"));
        let event = audit_event(&tenant(), id.0);
        for (pk, sk) in [(&*event.pk, "HEAD"), (&*head.pk, "BODY"), ("T#acme#ACT", "HEAD")] {
            assert_eq!(tenant_of_head(pk, sk), None);
        }
    }

    #[test]
    fn only_the_keys_of_what_the_trail_proves_name_it() {
        let id = Uuid::from_u128(7);
        let (head, event) = (head(&tenant(), ActivityId(id)), audit_event(&tenant(), id));
        assert_eq!(head_of(&head.pk, &head.sk), Some((tenant(), id)));
        assert_eq!(audit_event_of(&event.pk, &event.sk), Some((tenant(), id)));
        assert!(is_audit_event(&event.pk, &event.sk));
        let body = body(&tenant(), ActivityId(id));
        for (pk, sk) in [(&*head.pk, EVENT), (&*event.pk, HEAD), (&*body.pk, &*body.sk)] {
            assert_eq!((head_of(pk, sk), audit_event_of(pk, sk)), (None, None), "{pk} {sk}");
            assert!(!is_audit_event(pk, sk), "{pk} {sk}");
        }
        for pk in ["T#a_b#AUD#1", "T#acme#AUD#1", "T#acme#AUD"] {
            assert_eq!(audit_event_of(pk, EVENT), None, "{pk}");
            assert!(is_audit_event(pk, EVENT), "{pk}");
        }
        assert_eq!(head_of("T#acme#ACT#1", HEAD), None);
    }

    #[test]
    fn only_the_key_of_a_shard_of_the_tail_names_the_tenant_of_one() {
        for pk in ["T#acme#TAIL", "T#acme#TAIL#1", "T#acme#TAIL#15"] {
            assert_eq!(tenant_of_tail(pk), Some("acme"));
        }
        let head = head(&tenant(), ActivityId(Uuid::from_u128(7)));
        for pk in [&*head.pk, "", "T#acme", "T#acme#TAILS", "T#acme#TAIL#", "T#acme#TAIL#1#2"] {
            assert_eq!(tenant_of_tail(pk), None, "{pk}");
        }
    }
}
