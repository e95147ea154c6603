//! One pass over a log: its bundles, `events.jsonl` and `activities.jsonl` side by side.

use activity_log_core::domain::audit::Data;
use activity_log_core::domain::clock::Timestamp;
use activity_log_core::trail::entry::{BACKFILL, Entry, EntryError};
use activity_log_core::trail::hash::TreeHash;
use activity_log_core::trail::note::Checkpoint;
use activity_log_core::trail::tile::TileName;
use serde_json::Value;
use uuid::Uuid;

use super::activities::{Activities, is_of_an_activity};
use super::clocks::{Clocks, RememberedAt, Times};
use super::code::Code;
use super::disclosures::{Decoded, Parts};
use super::erasures::Erasures;
use super::event_lines::{EVENTS, EventLines};
use super::files::Folder;
use super::ids::Ids;
use super::keys::generation_of;
use super::listing::Listing;
use super::notes::{CHECKPOINT, CHECKPOINTS, Notaries, sizes_of_notes};
use super::plain;
use super::report::{Finding, Report};
use super::tiles::{Bundle, UpperTiles, check_names, read_tile};
use super::times::uuid;
use super::trees::{Held, Trees};
use super::unsealed::Unsealed;

/// What `data` of an entry has beside what the API has.
const OWN_DATA: [&str; 2] = [BACKFILL, "fields"];
const LOG_RESTORED: &str = "log.restored";
/// What the log tells of items that somebody changed or removed.
const TRAIL_ITEM: &str = "trail.item_";

/// A tree that has to be the beginning of the log.
#[derive(Clone, Debug)]
pub(super) struct Anchor {
    pub(super) size: u64,
    pub(super) root: TreeHash,
    /// Who says so: a file, or the next generation.
    pub(super) source: String,
    /// What is found where it is not.
    pub(super) code: Code,
}

/// What the first leaf says of the log before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Before {
    pub(super) origin: Option<String>,
    pub(super) size: Option<u64>,
    pub(super) root: Option<TreeHash>,
}

impl Before {
    fn of(entry: &Entry<'_>) -> Self {
        let text = |name: &str| entry.data.get(name).and_then(Value::as_str);
        Self {
            origin: text("previous_origin").map(str::to_owned),
            size: entry.data.get("previous_size").and_then(Value::as_u64),
            root: text("previous_root").and_then(TreeHash::parse),
        }
    }
}

/// What all logs of an export have in common.
#[derive(Default)]
pub(super) struct Shared {
    pub(super) erasures: Erasures,
    pub(super) listing: Option<Listing>,
    /// Of the newest log.
    pub(super) unsealed: Unsealed,
}

/// What is known of a log behind the pass.
#[derive(Default)]
pub(super) struct LogEnd {
    pub(super) size: u64,
    pub(super) generation: Option<u16>,
    /// What the first leaf says, where it follows a restore.
    pub(super) before: Option<Before>,
    pub(super) first_sealed_at: Option<i64>,
    pub(super) newest_sealed_at: Option<i64>,
    pub(super) ids: Ids,
}

/// A log that is to be verified.
pub(super) struct LogToVerify<'a> {
    pub(super) folder: &'a Folder,
    pub(super) notaries: Notaries<'a>,
    pub(super) anchors: Vec<Anchor>,
    pub(super) remembered_at: Vec<RememberedAt>,
    pub(super) progress: &'a dyn Fn(u64, u64),
}

/// The pass.
struct Pass<'a> {
    report: &'a mut Report,
    shared: &'a mut Shared,
    origin: &'a str,
    trees: Trees,
    clocks: Clocks,
    lines: Option<EventLines>,
    activities: Option<Activities>,
    decoded: Decoded,
    /// The tenant and the generation of the first leaf.
    tenant: Option<String>,
    end: LogEnd,
}

/// Verifies a log. What is wrong is in the report.
pub(super) fn verify_log(log: LogToVerify<'_>, shared: &mut Shared, report: &mut Report) -> LogEnd {
    let LogToVerify { folder, mut notaries, mut anchors, remembered_at, progress } = log;
    report.checked.origins.push(notaries.origin.to_owned());
    let Some(newest) = newest_note(folder, &mut notaries, report) else {
        return LogEnd::default();
    };
    let size = newest.size;
    anchors.sort_by_key(|anchor| anchor.size);
    let mut notes = sizes_of_notes(folder, size, report);
    if let Some(sizes) = &mut notes
        && sizes.last() != Some(&size)
        && size > 0
    {
        let file = folder.name(&format!("{CHECKPOINTS}/{size}"));
        report.add(Finding::new(Code::FileMissing).file(file));
    }
    check_names(folder, size, report);
    let lines = match EventLines::open(folder) {
        Ok(lines) => Some(lines),
        Err(error) => {
            let unread = Finding { code: Code::FileNotRead, ..error.finding() };
            report.add(unread.file(folder.name(EVENTS)));
            None
        }
    };
    let activities = Activities::open(folder, report);
    let origin = notaries.origin;
    let mut pass = Pass {
        report,
        shared,
        origin,
        trees: Trees::default(),
        clocks: Clocks::new(remembered_at),
        lines,
        activities,
        decoded: Decoded::default(),
        tenant: None,
        end: LogEnd { size, ..LogEnd::default() },
    };
    let mut held = Notes {
        folder,
        notaries,
        newest,
        sizes: notes.unwrap_or_default().into_iter().peekable(),
        anchors: anchors.into_iter().peekable(),
    };
    held.hold_all(&mut pass);
    let (mut bundle, mut upper) = (Bundle::default(), UpperTiles::new(size));
    for name in TileName::all(size) {
        progress(name.start(), size);
        let read = bundle.read(folder, name, pass.report);
        let tile = read_tile(folder, 0, name, pass.report);
        // Of what follows nothing could be proved.
        let is_the_end = match &read {
            Ok(()) => false,
            Err(error) if error.tells_nothing() => true,
            Err(_) if tile.is_none() => {
                let finding = Finding::new(Code::EventMissing).index(name.start());
                pass.report.add(finding.expected(format_args!("events up to index {}", size - 1)));
                true
            }
            Err(_) => false,
        };
        if is_the_end {
            held.finish(&mut pass);
            return pass.end;
        }
        let mut hashes = Vec::with_capacity(usize::from(name.width));
        for (n, index) in (name.start()..name.end()).enumerate() {
            let entry = bundle.entry(n);
            let of_tile = tile.as_ref().map(|tile| tile[n]);
            let of_entry = entry.map(TreeHash::of_leaf);
            hashes.extend(of_tile.or(of_entry));
            pass.trees.append(of_entry, of_tile, || id_of(entry));
            pass.leaf(index, entry);
            held.hold_all(&mut pass);
        }
        if name.is_full() && hashes.len() == usize::from(name.width) {
            upper.add(&hashes, folder, pass.report);
        }
    }
    upper.finish(folder, pass.report);
    held.finish(&mut pass);
    pass.finish()
}

/// The newest note. An export without any event has none, and proves nothing.
fn newest_note(
    folder: &Folder,
    notaries: &mut Notaries<'_>,
    report: &mut Report,
) -> Option<Checkpoint> {
    if !folder.lacks(CHECKPOINT) {
        return notaries.read_file(folder, CHECKPOINT, report);
    }
    let mut events = Vec::new();
    // What was not written to its end has no checkpoint either, and at least the folder.
    let is_empty = folder.read(EVENTS, 0, &mut events).is_ok()
        && folder.lacks("tile")
        && folder.lacks(CHECKPOINTS);
    if !is_empty {
        let finding = Finding::new(Code::FileNotRead).file(folder.name(CHECKPOINT));
        report.add(finding.expected("the newest checkpoint"));
        return None;
    }
    report.not_checked.push(
        "there is no checkpoint and no event: nothing is signed yet, and nothing is proved"
            .to_owned(),
    );
    let root = TreeHash::of_nothing();
    Some(Checkpoint { origin: notaries.origin.to_owned(), size: 0, root })
}

fn id_of(entry: Option<&[u8]>) -> Option<String> {
    let value: Value = serde_json::from_slice(entry?).ok()?;
    Some(value.get("id")?.as_str()?.to_owned())
}

/// The notes and the anchors of the log, in the order of their sizes.
struct Notes<'a, S: Iterator<Item = u64>, A: Iterator<Item = Anchor>> {
    folder: &'a Folder,
    notaries: Notaries<'a>,
    newest: Checkpoint,
    sizes: std::iter::Peekable<S>,
    anchors: std::iter::Peekable<A>,
}

impl<S: Iterator<Item = u64>, A: Iterator<Item = Anchor>> Notes<'_, S, A> {
    /// Holds those of the size of the tree against it.
    fn hold_all(&mut self, pass: &mut Pass<'_>) {
        let size = pass.trees.size();
        while let Some(size) = self.sizes.next_if(|next| *next <= size) {
            let file = format!("{CHECKPOINTS}/{size}");
            let note = self.notaries.read_file(self.folder, &file, pass.report);
            let file = self.folder.name(&file);
            match note {
                Some(note) if note.size != size => {
                    let finding = Finding::new(Code::NoteWrongSize).file(file);
                    pass.report.add(finding.expected(size).found(note.size));
                }
                Some(note) => pass.trees.hold_note(note.root, &file, pass.report),
                None => {}
            }
        }
        if size == self.newest.size && pass.trees.size() == size {
            let file = self.folder.name(CHECKPOINT);
            pass.trees.hold_note(self.newest.root, &file, pass.report);
        }
        while let Some(anchor) = self.anchors.next_if(|next| next.size <= size) {
            if let Held::Differs(ours) = pass.trees.hold(anchor.root, pass.report) {
                let finding = Finding::new(anchor.code).file(anchor.source);
                let expected = format_args!("the root {} of {} events", anchor.root, anchor.size);
                pass.report.add(finding.expected(expected).found(ours));
            }
        }
    }

    /// Reports the anchors of larger trees.
    fn finish(&mut self, pass: &mut Pass<'_>) {
        let size = self.newest.size;
        for anchor in self.anchors.by_ref().filter(|anchor| anchor.size > size) {
            let code = match anchor.code {
                Code::RememberedDiffers => Code::RolledBack,
                code => code,
            };
            let finding = Finding::new(code).file(anchor.source);
            let finding = finding.expected(format_args!("{} events at least", anchor.size));
            pass.report.add(finding.found(size));
        }
    }
}

impl Pass<'_> {
    /// Everything of a leaf but its place in the tree.
    fn leaf(&mut self, index: u64, bytes: Option<&[u8]>) {
        let entry = bytes.map(|bytes| (bytes, plain::entry(bytes)));
        let mut decoded = std::mem::take(&mut self.decoded);
        let report = &mut *self.report;
        let mut parts = None;
        let parsed = match &entry {
            None => None,
            Some((_, Ok(entry))) => Some(entry),
            Some((bytes, Err(error))) => {
                let code = match error {
                    EntryError::Malformed => Code::EntryMalformed,
                    EntryError::Unknown => Code::EntryUnknown,
                };
                let finding = Finding::new(code).index(index);
                let text = String::from_utf8_lossy(bytes);
                report.add(
                    finding
                        .expected(match error {
                            EntryError::Malformed => "an entry in its one form",
                            EntryError::Unknown => {
                                "an entry of version 1: a newer activity-log is needed"
                            }
                        })
                        .found(text),
                );
                None
            }
        };
        if let Some(lines) = &mut self.lines {
            lines.disclosures_of(index, bytes, report, |texts, report| {
                parts = parsed.map(|entry| Parts::read(index, entry, texts, &mut decoded, report));
            });
        } else if bytes.is_none() {
            report.add(Finding::new(Code::EventMissing).index(index));
        }
        report.checked.events += 1;
        if let Some(entry) = parsed {
            self.entry(index, entry, parts.as_ref());
        }
        self.decoded = decoded;
    }

    fn entry(&mut self, index: u64, entry: &Entry<'_>, parts: Option<&Parts<'_>>) {
        let report = &mut *self.report;
        let finding = |code| Finding::new(code).index(index).id(&entry.id);
        if !entry.digests.is_sorted_by(|one, next| one < next) {
            report.add(finding(Code::EntryMalformed).expected("digests in their order, each once"));
        }
        for name in entry.data.keys() {
            if !Data::has_name(name) && !OWN_DATA.contains(&name.as_str()) {
                report.add(finding(Code::DataNotKnown).found(name));
            }
        }
        if entry.action.starts_with(TRAIL_ITEM) {
            let what = entry.data.get("item").and_then(Value::as_str).unwrap_or_default();
            let item = entry.resource_id.as_deref().unwrap_or_default();
            report.add(
                finding(Code::ItemTouched).found(format_args!("{}: {what} {item}", entry.action)),
            );
        }
        let id = uuid(&entry.id);
        let times = self.clocks.check(index, id, entry, report);
        self.owner(index, entry);
        if index == 0 {
            self.end.first_sealed_at = times.map(|times| times.sealed_at);
        }
        let Some(id) = id else {
            let finding = Finding::new(Code::EntryMalformed).index(index);
            self.report.add(finding.expected("an id in its one form").found(&entry.id));
            return;
        };
        self.end.ids.check(index, id, entry, self.report);
        if let Some(parts) = parts {
            self.missing_parts((index, id), entry, times.as_ref(), parts);
        }
        if let Some(times) = &times {
            self.shared.erasures.note(entry, times);
        }
        if is_of_an_activity(entry) {
            self.shared.unsealed.note_sealed(entry.resource_id.as_deref().unwrap_or_default());
        }
        if is_of_an_activity(entry)
            && let Some(activities) = &mut self.activities
        {
            let leaf = (index, entry, times.as_ref());
            activities.check(leaf, parts, &mut self.shared.erasures, self.report);
        }
    }

    /// Whose event it is, and what the first one says.
    fn owner(&mut self, index: u64, entry: &Entry<'_>) {
        let finding = |code| Finding::new(code).index(index).id(&entry.id);
        let tenant = self.tenant.get_or_insert_with(|| entry.tenant_id.clone().into_owned());
        let number = generation_of(self.origin, tenant);
        if *tenant != entry.tenant_id.as_ref() || number.is_none() {
            let finding = finding(Code::TenantDiffers).expected(self.origin);
            self.report.add(finding.found(&entry.tenant_id));
        }
        self.end.generation = number;
        if entry.action == LOG_RESTORED && entry.status == "succeeded" {
            let (before, number) = (Before::of(entry), number.unwrap_or(1));
            if index == 0 && number >= 2 {
                self.end.before = Some(before);
            } else if !self.is_told_elsewhere(&before, number) {
                let expected = "it as the first event of a later generation, and nowhere else";
                self.report.add(finding(Code::RestoreOutOfPlace).expected(expected));
            }
        }
    }

    /// Whether an event within a log tells of a restore that is told of where it belongs: the
    /// first leaf says the same, since sealing it took a second attempt; or it follows an
    /// earlier log, whose events were sealed in this one once more.
    fn is_told_elsewhere(&self, before: &Before, number: u16) -> bool {
        let is_of_an_earlier_one = || {
            let origin = before.origin.as_deref()?;
            Some(generation_of(origin, self.tenant.as_deref()?)? < number.saturating_sub(1))
        };
        self.end.before.as_ref() == Some(before) || is_of_an_earlier_one().unwrap_or(false)
    }

    /// What is not disclosed has to have been erased.
    fn missing_parts(
        &mut self,
        (index, id): (u64, Uuid),
        entry: &Entry<'_>,
        times: Option<&Times>,
        parts: &Parts<'_>,
    ) {
        let may_be_erased =
            parts.missing() == 1 && !parts.has("content") && is_of_an_activity(entry);
        if may_be_erased {
            let erasures = &mut self.shared.erasures;
            erasures.expect(Code::DisclosureMissing, index, entry, times, self.report);
        } else if parts.missing() > 0 {
            let finding = Finding::new(Code::DisclosureMissing).index(index).id(&entry.id);
            let expected = format_args!("{} disclosures", entry.digests.len());
            let found = entry.digests.len() - parts.missing();
            self.report.add(finding.expected(expected).found(found));
        }
        if let (Some(listing), Some(times)) = (&mut self.shared.listing, times) {
            listing.check((index, id), entry, times, parts, self.report);
        }
    }

    fn finish(mut self) -> LogEnd {
        self.trees.finish(self.report);
        if let Some(lines) = &mut self.lines {
            lines.finish(self.report);
        }
        if let Some(activities) = &mut self.activities {
            activities.finish(&mut self.shared.unsealed, self.report);
        }
        self.end.newest_sealed_at = self.clocks.newest_sealed_at();
        let newest = self.end.newest_sealed_at.and_then(Timestamp::from_millis);
        let checked = &mut self.report.checked;
        checked.newest_sealed_at = checked.newest_sealed_at.max(newest);
        self.end
    }
}
