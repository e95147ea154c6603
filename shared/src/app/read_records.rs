//! Reading the records of activities that a tenant's log proves: each has the hash that the
//! event of its log has.

use std::collections::HashMap;

use super::context::Context;
use super::permit::Permit;
use super::read_tile::read_bundle;
use crate::domain::activity::{Activity, ActivityId};
use crate::domain::audit::{Action, AuditEvent, AuditStatus};
use crate::domain::error::Result;
use crate::trail::record::record;
use crate::trail::tile::TileName;

/// So many activities are read at once: with the longest texts they are some megabytes.
const READ_AT_ONCE: usize = 8;

/// Which records to read.
#[derive(Clone, Copy, Debug)]
pub struct RecordListing {
    /// The bundle of leaves.
    pub name: TileName,
    /// The first leaf of it that is asked for.
    pub from: u64,
    /// So many bytes there are at most, but one record at least.
    pub max_bytes: usize,
}

/// The records of some leaves of a bundle.
#[derive(Clone, Debug)]
pub struct Records {
    /// The record of each succeeded log of an activity, in the order of the leaves; and
    /// of an activity that is no longer there its id.
    pub lines: Vec<RecordLine>,
    /// The leaf that the rest begins with, where not all had room.
    pub next: Option<u64>,
}

/// What there is of the record of an activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordLine {
    /// The record, as canonical JSON.
    Record(Vec<u8>),
    /// The activity is gone, or can't be read.
    Gone(ActivityId),
}

/// The records of a bundle's leaves. Of an event that is no longer there nothing tells
/// whether it was of an activity.
///
/// `_activities` is the proof that the caller may read activities, besides the trail.
///
/// # Errors
///
/// As [`read_bundle`]: also for a bundle that the log does not have, or not yet.
pub async fn read_records(
    ctx: &Context,
    permit: Permit<'_>,
    _activities: Permit<'_>,
    listing: &RecordListing,
) -> Result<Records> {
    let tenant = permit.tenant_id();
    let leaves = read_bundle(ctx, permit, listing.name).await?;
    let logs: Vec<(u64, ActivityId, AuditEvent)> = leaves
        .into_iter()
        .filter(|leaf| leaf.index >= listing.from)
        .filter_map(|leaf| {
            let (event, _) = leaf.event?;
            Some((leaf.index, logged_activity(&event)?, event))
        })
        .collect();
    let mut records = Records { lines: Vec::new(), next: None };
    let mut bytes = 0;
    for some in logs.chunks(READ_AT_ONCE) {
        let ids: Vec<ActivityId> = some.iter().map(|(_, id, _)| *id).collect();
        let activities = ctx.store.activities_as_they_are(tenant, &ids).await?;
        for (index, id, event) in some {
            let line = line_of(&activities, *id, event);
            bytes += line.bytes();
            if bytes > listing.max_bytes && !records.lines.is_empty() {
                records.next = Some(*index);
                return Ok(records);
            }
            records.lines.push(line);
        }
    }
    Ok(records)
}

/// The activity that an event tells the log of.
fn logged_activity(event: &AuditEvent) -> Option<ActivityId> {
    let is_log = event.action == Action::ActivityLogged && event.status == AuditStatus::Succeeded;
    ActivityId::parse(event.resource_id.as_deref().filter(|_| is_log)?)
}

fn line_of(
    activities: &HashMap<ActivityId, Activity>,
    id: ActivityId,
    event: &AuditEvent,
) -> RecordLine {
    let activity = activities.get(&id);
    let made =
        activity.and_then(|activity| record(activity, &event.salts, &event.credential_id).ok());
    made.map_or(RecordLine::Gone(id), RecordLine::Record)
}

impl RecordLine {
    fn bytes(&self) -> usize {
        match self {
            Self::Record(record) => record.len() + 1,
            Self::Gone(_) => 0,
        }
    }
}
