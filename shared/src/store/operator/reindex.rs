//! Files activities under the words of this build's analyzer, and removes the
//! words of older ones.
//!
//! A search looks a word up under the version of its own build, whatever the
//! version of an activity is: an activity is found by its words as soon as they
//! are filed under that version. So the order is
//!
//! ```text
//! file under the new version ─▶ switch the functions ─▶ remove the old words
//! ```
//!
//! Nothing here is lost or done twice when it is cut off, because what is
//! written follows from the activity alone: the next run does what is missing.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use futures_util::stream::{TryStreamExt, iter};
use tokio::time::Instant;

use super::scan::{self, Scan, ScanPage, Tally, insist};
use super::sweep::Swept;
use crate::domain::activity::ActivityId;
use crate::domain::error::{Error, Result};
use crate::domain::principal::TenantId;
use crate::index::Position;
use crate::index::entry::Entry;
use crate::index::filed::{activity_part, entry_of_event};
use crate::index::visible_text::visible_text;
use crate::store::calls::Store;
use crate::store::failure::{is_corrupt_item, is_failed_condition, to_error};
use crate::store::item::{Item, ItemReader, Key};
use crate::store::items;
use crate::store::items::activity::{ANALYZER, read_analyzer};
use crate::store::items::tail_entry::{self, TailShards};
use crate::store::keys::{self, ItemKind};
use crate::text::{self, ANALYZER_VERSION};

/// Records of a page that are worked on side by side.
const RECORDS_IN_FLIGHT: usize = 4;
/// How long the writes of a chunk, or the deletions of a page, may take.
const WRITE_DEADLINE: Duration = Duration::from_secs(60);

/// Which records are indexed again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection {
    /// Activities whose words are of an older version of the analyzer.
    Outdated,
    /// All activities and audit events, of whatever version.
    All,
}

/// What was done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Reindexed {
    /// Items that were looked at.
    pub scanned: usize,
    /// Activities whose postings are complete.
    pub activities: usize,
    /// Audit events whose postings are complete.
    pub audit_events: usize,
    /// Postings that were missing, and were written.
    pub written: usize,
    /// Records that can't be indexed.
    pub failed: usize,
}

/// What a run tells while it goes on.
#[derive(Clone, Copy, Debug)]
pub enum Step<'a> {
    /// A page is done.
    Progress(Reindexed),
    /// Postings of a record of a tenant were missing, and were written.
    Written {
        /// The tenant.
        tenant: &'a TenantId,
        /// How many.
        postings: usize,
    },
    /// A record can't be indexed, because of what it is. The others go on.
    Failed(&'a Error),
}

/// What became of the words of older versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OldWords {
    /// So many activities would not be found by their words. Nothing was removed.
    InUse {
        /// Activities of an older version.
        activities: usize,
    },
    /// They are gone.
    Removed(Swept),
}

/// A record whose postings are complete, and how many were missing.
enum Done {
    Activity { written: usize },
    AuditEvent { written: usize },
}

impl Done {
    fn written(&self) -> usize {
        let (Self::Activity { written } | Self::AuditEvent { written }) = self;
        *written
    }
}

impl Reindexed {
    fn add(&mut self, done: Option<Done>) {
        match done {
            Some(Done::Activity { written }) => {
                self.activities += 1;
                self.written += written;
            }
            Some(Done::AuditEvent { written }) => {
                self.audit_events += 1;
                self.written += written;
            }
            None => self.failed += 1,
        }
    }
}

/// Writes the postings that selected records lack, and notes the version of
/// the analyzer where it was older. Tells `report` of each page, and of each
/// record that can't be indexed.
///
/// # Errors
///
/// A failed call. What was done until then stays.
pub async fn reindex(
    store: &Store,
    selection: Selection,
    report: impl Fn(Step<'_>),
) -> Result<Reindexed> {
    let scan = match selection {
        Selection::Outdated => outdated(Scan::default()),
        Selection::All => Scan::default()
            .only("sk = :head OR sk = :event")
            .with(":head", AttributeValue::S(keys::HEAD.to_owned()))
            .with(":event", AttributeValue::S(keys::EVENT.to_owned())),
    };
    let tally = Tally::default();
    let (report, shared) = (&report, &tally);
    let page = |page: ScanPage| async move {
        iter(page.items.iter().map(Ok))
            .try_for_each_concurrent(RECORDS_IN_FLIGHT, |item| async move {
                let done = insist(|| reindex_record(store, item)).await;
                let tenant = Key::of(item).and_then(|key| keys::kind_of(&key.pk));
                match (&done, &tenant) {
                    (Ok(done), Some((tenant, _))) if done.written() > 0 => {
                        report(Step::Written { tenant, postings: done.written() });
                    }
                    _ => {}
                }
                match &done {
                    Err(error) if is_corrupt_item(error) => report(Step::Failed(error)),
                    Err(_) => return done.map(drop),
                    Ok(_) => {}
                }
                shared.update(|so_far: &mut Reindexed| so_far.add(done.ok()));
                Ok(())
            })
            .await?;
        report(Step::Progress(shared.update(|so_far| so_far.scanned += page.scanned)));
        Ok(())
    };
    scan::each_page(store, &scan, page).await?;
    Ok(tally.into_inner())
}

async fn reindex_record(store: &Store, item: &Item) -> Result<Done> {
    let reader = ItemReader::new(item);
    let kind = Key::of(item).and_then(|key| keys::kind_of(&key.pk));
    match kind {
        Some((tenant, ItemKind::Activity)) => {
            let analyzer = read_analyzer(item)?;
            let head = items::activity::read(&tenant, item)?.activity;
            let activity = store.with_long_parts(head).await?;
            let words = text::index_terms_and_forms(activity.texts().map(visible_text))
                .map_err(|error| reader.corrupt(format!("it can't be indexed: {error}")))?;
            let part = activity_part(&activity, words.all());
            let entry = Entry { activity: Some(part), event: None, analyzer: ANALYZER_VERSION };
            put_entry(store, &tenant, Position::of_activity(&activity), &entry).await?;
            let written = 1;
            if analyzer < ANALYZER_VERSION {
                set_analyzer(store, &tenant, activity.id, analyzer).await?;
            }
            Ok(Done::Activity { written })
        }
        Some((tenant, ItemKind::AuditEvent)) => {
            let event = items::audit_event::read(&tenant, item)?;
            let position = Position::of_audit_event(&event);
            put_entry(store, &tenant, position, &entry_of_event(&event)).await?;
            let written = 1;
            Ok(Done::AuditEvent { written })
        }
        _ => Err(reader.corrupt("it is neither an activity nor an audit event").into()),
    }
}

async fn put_entry(
    store: &Store,
    tenant: &TenantId,
    position: Position,
    entry: &Entry,
) -> Result<()> {
    let written = tail_entry::write(tenant, position, entry, TailShards::new(1));
    store.batch_put(&[written.item], Clone::clone, Instant::now() + WRITE_DEADLINE).await
}

/// Notes that the words of an activity are those of this build. Where that
/// can't be, another run has done it, or the activity was removed.
async fn set_analyzer(store: &Store, tenant: &TenantId, id: ActivityId, old: u32) -> Result<()> {
    let version = |version: u32| AttributeValue::N(version.to_string());
    let answer = store
        .client
        .update_item()
        .table_name(&store.table_name)
        .set_key(Some(keys::head(tenant, id).into_item()))
        .update_expression(format!("SET {ANALYZER} = :new"))
        .condition_expression(format!("attribute_exists(pk) AND {ANALYZER} = :old"))
        .expression_attribute_values(":new", version(ANALYZER_VERSION))
        .expression_attribute_values(":old", version(old))
        .send()
        .await;
    match answer {
        Ok(_) => Ok(()),
        Err(error) if is_failed_condition(&error) => Ok(()),
        Err(error) => Err(to_error("UpdateItem", &error)),
    }
}

/// Removes the lists of words of older versions, unless an activity is still
/// of one. An activity that a function of an older build commits after that
/// was looked at may lose some; [`reindex`] files it as any other.
///
/// # Errors
///
/// A failed call. What was removed until then stays removed.
pub async fn remove_old_words(store: &Store, report: impl Fn(Swept)) -> Result<OldWords> {
    let tally = Tally::default();
    let (report, shared) = (&report, &tally);
    let count = |page: ScanPage| async move {
        shared.update(|in_use: &mut usize| *in_use += page.items.len());
        Ok(())
    };
    scan::each_page(store, &outdated(Scan::keys()), count).await?;
    let activities = shared.update(|_| {});
    if activities > 0 {
        return Ok(OldWords::InUse { activities });
    }

    report(Swept::default());
    Ok(OldWords::Removed(Swept::default()))
}

/// The activities, of what a scan reads, of an older version or of none.
fn outdated(scan: Scan) -> Scan {
    scan.only(format!("sk = :head AND NOT {ANALYZER} >= :version"))
        .with(":head", AttributeValue::S(keys::HEAD.to_owned()))
        .with(":version", AttributeValue::N(ANALYZER_VERSION.to_string()))
}
