//! Signed logs, made without a table: any number of events, sealed and exported as
//! `activity-log audit export` writes them, and open to be tampered with.
//!
//! [`ExportWriter`] writes an export leaf by leaf. [`TrailLog`] keeps a small log in
//! memory, whose leaves a test can change before and after they are sealed.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use activity_log_core::domain::activity::{
    Activity, ActivityId, Body, BodyText, NamedResource, RelatedResource, RelatedResourceId,
    Source, Submitted, Summary,
};
use activity_log_core::domain::activity_type::Category;
use activity_log_core::domain::actor_names::ActorNames;
use activity_log_core::domain::audit::{
    Action, AuditEvent, AuditStatus, Call, Data, EntryPoint, computed_event_id,
};
use activity_log_core::domain::audit_log::{AuditLog, Generation, LogName};
use activity_log_core::domain::client::Client;
use activity_log_core::domain::clock::{ClockOutOfRange, Environment, HOUR, Timestamp};
use activity_log_core::domain::error::ErrorCode;
use activity_log_core::domain::idempotency::InputHash;
use activity_log_core::domain::principal::{Actor, Attribution, KeyId, TenantId};
use activity_log_core::domain::record_type::BuiltInRecordType;
use activity_log_core::domain::salt::Salts;
use activity_log_core::http::view::AuditEventView;
use activity_log_core::trail::edge::Edge;
use activity_log_core::trail::entry::{SealingTimes, WrittenAt, sealed_event};
use activity_log_core::trail::hash::{TreeHash, concatenated};
use activity_log_core::trail::note::{Checkpoint, VerifierKey};
use activity_log_core::trail::record::{record, record_hash};
use activity_log_core::trail::tile::{TileName, add_to_bundle};
use activity_log_core::trail::tree::TILE_WIDTH;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::faulty_engine::scramble;

/// 2026-09-21T14:00:00Z: when the first event occurred.
pub const BEGIN_MS: i64 = 1_789_999_200_000;
/// Between two events.
const STEP_MS: i64 = 250;
/// Between the last event of a seal and the seal.
const SEALED_AFTER_MS: i64 = 10_000;
/// What the names of the logs begin with.
pub const LOG_NAME: &str = "log.example";
const MINUTE: std::time::Duration = std::time::Duration::from_secs(60);

/// A time, in milliseconds since 1970.
#[must_use]
pub fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).expect("it is within range")
}

/// Random bytes that are the same in every run.
struct Numbered(AtomicU64);

impl Environment for Numbered {
    fn now(&self) -> Result<Timestamp, ClockOutOfRange> {
        Ok(at(BEGIN_MS))
    }
    fn fill_random(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let number = scramble(0, self.0.fetch_add(1, Ordering::Relaxed));
            chunk.copy_from_slice(&number.to_le_bytes()[..chunk.len()]);
        }
    }
}

/// A key that signs logs, or cosigns them.
pub struct SigningKey(Ed25519KeyPair);

impl SigningKey {
    /// The key of a number.
    ///
    /// # Panics
    ///
    /// Never: every seed makes one.
    #[must_use]
    pub fn new(number: u8) -> Self {
        Self(Ed25519KeyPair::from_seed_unchecked(&[number; 32]).expect("a seed has 32 bytes"))
    }

    fn public(&self) -> [u8; 32] {
        self.0.public_key().as_ref().try_into().expect("a public key has 32 bytes")
    }

    /// What verifies its signatures of a log.
    #[must_use]
    pub fn verifier(&self, origin: &str) -> VerifierKey {
        VerifierKey::of_log(origin, self.public())
    }

    /// Its line under a checkpoint.
    #[must_use]
    pub fn line(&self, checkpoint: &Checkpoint) -> String {
        let signature = self.0.sign(checkpoint.text().as_bytes());
        self.verifier(&checkpoint.origin).signature_line(signature.as_ref())
    }

    /// A note that it signs.
    #[must_use]
    pub fn note(&self, checkpoint: &Checkpoint) -> String {
        checkpoint.note(&self.line(checkpoint))
    }

    /// What verifies its cosignatures as a witness.
    ///
    /// # Panics
    ///
    /// Where it is none, which would be a mistake here.
    #[must_use]
    pub fn witness(&self, name: &str) -> VerifierKey {
        use base64::Engine as _;
        use sha2::Digest as _;
        let mut bytes = vec![4];
        bytes.extend(self.public());
        let hash = sha2::Sha256::digest([name.as_bytes(), b"\n", &bytes].concat());
        let id = u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]);
        let key = base64::engine::general_purpose::STANDARD.encode(bytes);
        VerifierKey::parse(&format!("{name}+{id:08x}+{key}")).expect("it is a key")
    }

    /// Its line under a checkpoint, as a witness.
    #[must_use]
    pub fn cosignature(&self, name: &str, checkpoint: &Checkpoint, seconds: u64) -> String {
        let message = format!("cosignature/v1\ntime {seconds}\n{}", checkpoint.text());
        let mut bytes = seconds.to_be_bytes().to_vec();
        bytes.extend(self.0.sign(message.as_bytes()).as_ref());
        self.witness(name).signature_line(&bytes)
    }
}

/// Writes an export leaf by leaf.
pub struct ExportWriter {
    dir: PathBuf,
    events: BufWriter<File>,
    bundle: Vec<u8>,
    /// The hashes of the tile that each level is at, and the index of that.
    levels: Vec<(Vec<TreeHash>, u64)>,
    edge: Edge,
}

impl ExportWriter {
    /// Begins an export.
    ///
    /// # Errors
    ///
    /// What the disk could not do.
    pub fn create(dir: &Path) -> io::Result<Self> {
        fs::create_dir_all(dir.join("checkpoints"))?;
        let events = BufWriter::new(File::create(dir.join("events.jsonl"))?);
        let (bundle, levels, edge) = (Vec::new(), vec![(Vec::new(), 0)], Edge::default());
        Ok(Self { dir: dir.to_owned(), events, bundle, levels, edge })
    }

    /// The tree up to here.
    #[must_use]
    pub fn checkpoint(&self, origin: &str) -> Checkpoint {
        let (size, root) = (self.edge.size(), self.edge.root());
        Checkpoint { origin: origin.to_owned(), size, root }
    }

    /// Adds a leaf: its hash as it was sealed, and the entry as it is rebuilt, if it can be.
    ///
    /// # Errors
    ///
    /// What the disk could not do.
    pub fn leaf(
        &mut self,
        hash: TreeHash,
        id: Uuid,
        entry: Option<&[u8]>,
        disclosures: &[String],
    ) -> io::Result<()> {
        let index = self.edge.size();
        self.edge.append(hash);
        add_to_bundle(&mut self.bundle, entry.unwrap_or_default());
        match entry {
            Some(entry) => {
                self.events.write_all(br#"{"disclosures":["#)?;
                for (n, disclosure) in disclosures.iter().enumerate() {
                    let comma = if n > 0 { "," } else { "" };
                    write!(self.events, r#"{comma}"{disclosure}""#)?;
                }
                self.events.write_all(br#"],"entry":"#)?;
                self.events.write_all(entry)?;
                writeln!(self.events, r#","index":{index}}}"#)?;
            }
            None => writeln!(self.events, r#"{{"id":"{id}","index":{index}}}"#)?,
        }
        self.hash(0, hash)
    }

    fn hash(&mut self, level: usize, hash: TreeHash) -> io::Result<()> {
        if self.levels.len() == level {
            self.levels.push((Vec::new(), 0));
        }
        let (hashes, index) = &mut self.levels[level];
        hashes.push(hash);
        if (hashes.len() as u64) < TILE_WIDTH {
            return Ok(());
        }
        let (hashes, full) = (std::mem::take(hashes), *index);
        *index += 1;
        self.put_tile(level, full, &hashes)?;
        self.hash(level + 1, TreeHash::of_perfect(&hashes))
    }

    fn put_tile(&mut self, level: usize, index: u64, hashes: &[TreeHash]) -> io::Result<()> {
        let width = u16::try_from(hashes.len()).expect("a tile has up to 256 hashes");
        let path = TileName { index, width }.path();
        if level == 0 {
            put(&self.dir.join("tile/entries").join(&path), &self.bundle)?;
            self.bundle.clear();
        }
        put(&self.dir.join(format!("tile/{level}")).join(&path), &concatenated(hashes))
    }

    /// Writes a note under the size of its tree.
    ///
    /// # Errors
    ///
    /// What the disk could not do.
    pub fn note(&self, size: u64, note: &str) -> io::Result<()> {
        put(&self.dir.join("checkpoints").join(size.to_string()), note.as_bytes())
    }

    /// Writes the newest note and what is not full.
    ///
    /// # Errors
    ///
    /// What the disk could not do.
    pub fn finish(mut self, newest: Option<&str>) -> io::Result<()> {
        for level in 0..self.levels.len() {
            let (hashes, index) = std::mem::take(&mut self.levels[level]);
            if !hashes.is_empty() {
                self.put_tile(level, index, &hashes)?;
            }
        }
        if let Some(note) = newest {
            put(&self.dir.join("checkpoint"), note.as_bytes())?;
        } else {
            fs::remove_dir(self.dir.join("checkpoints"))?;
        }
        self.events.flush()
    }
}

fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(path.parent().expect("it is in a folder"))?;
    fs::write(path, bytes)
}

/// Events of all kinds, as a tenant has them.
pub struct Events {
    tenant: TenantId,
    environment: Numbered,
}

impl Events {
    /// Those of a tenant.
    ///
    /// # Panics
    ///
    /// Where the tenant's id is none.
    #[must_use]
    pub fn of(tenant: &str) -> Self {
        let seed = tenant.bytes().fold(1, |seed, byte| scramble(seed, u64::from(byte)));
        let tenant = TenantId::parse(tenant).expect("it is the id of a tenant");
        Self { tenant, environment: Numbered(AtomicU64::new(seed)) }
    }

    fn uuid(&self, millis: i64) -> Uuid {
        let mut random = [0; 10];
        self.environment.fill_random(&mut random);
        let millis = u64::try_from(millis).expect("it is behind 1970");
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }

    /// An event of an action at a time, with everything that all of them have.
    ///
    /// # Panics
    ///
    /// Never: what it is made of is valid.
    #[must_use]
    pub fn event(&self, action: Action, millis: i64) -> AuditEvent {
        let actor = Actor::parse("service:crm").expect("it is an actor");
        let request_id = format!("req_{:08x}", self.environment.0.load(Ordering::Relaxed) as u32);
        let mut call = Call::of_operator(self.tenant.clone(), actor, "", request_id);
        call.principal.credential_id = KeyId::parse("0f3a").expect("it is the id of a key");
        call.door.source = Source::Api;
        call.door.entry_point = EntryPoint::ApiRoute("/v1/activities".to_owned());
        call.door.client = Client::new(Some(Ipv4Addr::LOCALHOST.into()), Some("crm-sync/2.1"));
        let salts = Salts::random(&self.environment);
        AuditEvent::of(&call, action, self.uuid(millis), at(millis), salts)
    }

    /// An activity that was logged at a time, and its event.
    ///
    /// # Panics
    ///
    /// Never: what it is made of is valid.
    #[must_use]
    pub fn logged(&self, millis: i64, summary: &str) -> (AuditEvent, Activity) {
        let event = self.event(Action::ActivityLogged, millis);
        let activity = Activity {
            id: ActivityId(self.uuid(millis)),
            tenant_id: self.tenant.clone(),
            category: Category::Email,
            summary: Summary::parse(summary).expect("it is a summary"),
            body: BodyText::Whole(
                Body::parse("40 seats, \u{20ac} 1,200\n\u{1f600}").expect("it is one"),
            ),
            related: vec![NamedResource {
                resource: RelatedResource {
                    resource_type: BuiltInRecordType::Contact.into(),
                    id: RelatedResourceId::parse("contact_9").expect("it is an id"),
                },
                display_name: Some("Jane Doe".to_owned()),
            }],
            // Imports bring activities of any time.
            occurred_at: Timestamp::MIN,
            source: Source::Api,
            last_agent_actor_id: None,
            logged_by: Attribution::of(Actor::parse("service:crm").expect("it is an actor")),
            logged_at: at(millis),
            request_id: event.request_id.clone(),
            submitted: Submitted::Nothing,
        };
        let hash = record_hash(&activity, &event.salts, &event.credential_id);
        let input = InputHash::of_canonical(&json!({ "summary": summary }));
        let event = AuditEvent {
            resource_id: Some(activity.id.to_string()),
            input_hash: Some(input.expect("it has canonical JSON")),
            record_hash: Some(hash.expect("it is whole")),
            ..event
        };
        (event, activity)
    }

    /// The n-th of a mix of all kinds: most are activities.
    ///
    /// # Panics
    ///
    /// Never: what it is made of is valid.
    #[must_use]
    pub fn nth(&self, n: u64) -> (AuditEvent, Option<Activity>) {
        let millis = BEGIN_MS + i64::try_from(n).expect("there are fewer") * STEP_MS;
        let event = match n % 32 {
            7 => {
                let refused = self.event(Action::ActivityLogged, millis);
                AuditEvent {
                    status: AuditStatus::Rejected,
                    error_code: Some(ErrorCode::ValidationFailed),
                    fields: vec!["summary".to_owned(), "$".to_owned()],
                    ..refused
                }
            }
            13 => AuditEvent {
                resource_id: Some("key-1".to_owned()),
                data: Data::default().word("replaced_by", "key-2").number("count", n),
                ..self.event(Action::KeyRotated, millis)
            },
            19 => {
                let hour = at(millis).start_of(HOUR);
                let read = self.event(Action::AuditEventsRead, millis);
                AuditEvent {
                    // Another key each time, else there would be one in an hour.
                    id: computed_event_id(hour, &[&n.to_string()]),
                    data: Data::default().time("hour", hour),
                    ..read
                }
            }
            25 => {
                let minute = at(millis - 120_000).start_of(MINUTE);
                let counted = self.event(Action::RefusalsCounted, millis);
                let data = Data::default().number("count", 15);
                let data = data.time("first_at", at(minute.as_millis() + 20));
                AuditEvent {
                    id: computed_event_id(minute, &[&n.to_string()]),
                    resource_id: Some("0f3a".to_owned()),
                    status: AuditStatus::Denied,
                    error_code: Some(ErrorCode::MissingRequiredScope),
                    client: Client::default(),
                    data: data.time("last_at", at(minute.as_millis() + 59_000)),
                    ..counted
                }
            }
            _ => {
                let (event, activity) = self.logged(millis, &format!("Note {n} \"to\" J\u{e4}ne"));
                return (event, Some(activity));
            }
        };
        (event, None)
    }
}

/// A leaf: as it was sealed, and as the table has it now.
#[derive(Clone)]
pub struct Leaf {
    /// What it was made of.
    pub event: AuditEvent,
    /// When.
    pub times: SealingTimes,
    /// Its hash, as it was sealed.
    pub hash: TreeHash,
    /// Its entry as it is rebuilt; `None` where the event is missing from the table.
    pub entry: Option<Vec<u8>>,
    /// Its disclosures as they are made again.
    pub disclosures: Vec<String>,
    /// The line of its activity, where it is of one.
    pub record: Option<String>,
}

impl Leaf {
    /// Of an event and its activity.
    ///
    /// # Panics
    ///
    /// Where it can't be one, which would be a mistake here.
    #[must_use]
    pub fn of(event: AuditEvent, activity: Option<&Activity>, times: SealingTimes) -> Self {
        let sealed = sealed_event(&event, times).expect("it has all salts");
        let record = activity.map(|activity| {
            let record = record(activity, &event.salts, &event.credential_id);
            String::from_utf8(record.expect("it is whole")).expect("it is text")
        });
        let disclosures = sealed.disclosures.iter().map(|text| text.as_str().to_owned()).collect();
        let hash = TreeHash::of_leaf(&sealed.entry);
        Self { event, times, hash, entry: Some(sealed.entry), disclosures, record }
    }

    /// The entry as text.
    ///
    /// # Panics
    ///
    /// Where it is missing.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8(self.entry.clone().expect("it is there")).expect("it is text")
    }

    /// Changes the entry behind the seal, as somebody does who changes the event.
    pub fn change(&mut self, from: &str, to: &str) {
        let text = self.text();
        assert!(text.contains(from), "{text} has no {from}");
        self.entry = Some(text.replacen(from, to, 1).into_bytes());
    }

    /// Seals the entry as it is now, as somebody can who signs.
    pub fn seal(&mut self) {
        self.hash = TreeHash::of_leaf(self.entry.as_deref().unwrap_or_default());
    }
}

/// A log in memory.
pub struct TrailLog {
    /// Its tenant.
    pub tenant: TenantId,
    /// Its name and generation.
    pub audit_log: AuditLog,
    /// Who signs it.
    pub keys: Vec<SigningKey>,
    /// What is made up of it.
    pub events: Events,
    /// Its leaves.
    pub leaves: Vec<Leaf>,
    /// The sizes at which it was sealed.
    pub seals: Vec<u64>,
    /// Whether the export has activities.
    pub has_activities: bool,
    /// Lines behind those of the activities that leaves are of.
    pub more_activities: Vec<String>,
    /// The lines of events that are in no seal.
    pub unsealed: Vec<String>,
}

impl TrailLog {
    /// A log without an event.
    ///
    /// # Panics
    ///
    /// Where the tenant's id is none.
    #[must_use]
    pub fn empty(tenant: &str) -> Self {
        let name = LogName::parse(LOG_NAME).expect("it is a name");
        Self {
            tenant: TenantId::parse(tenant).expect("it is the id of a tenant"),
            audit_log: AuditLog { name, generation: Generation::FIRST },
            keys: vec![SigningKey::new(1)],
            events: Events::of(tenant),
            leaves: Vec::new(),
            seals: Vec::new(),
            has_activities: true,
            more_activities: Vec::new(),
            unsealed: Vec::new(),
        }
    }

    /// A log of so many events, with a seal for some of them.
    #[must_use]
    pub fn of(tenant: &str, events: u64, events_a_seal: u64) -> Self {
        let mut log = Self::empty(tenant);
        for first in (0..events).step_by(usize::try_from(events_a_seal).unwrap_or(1)) {
            let end = (first + events_a_seal).min(events);
            log.seal((first..end).map(|n| log.events.nth(n)).collect());
        }
        log
    }

    /// Seals events a bit after the last of them.
    ///
    /// # Panics
    ///
    /// Where there is none.
    pub fn seal(&mut self, events: Vec<(AuditEvent, Option<Activity>)>) {
        let last = events.iter().map(|(event, _)| event.occurred_at).max();
        let last = last.expect("there is an event").as_millis();
        self.seal_at(last + SEALED_AFTER_MS, events);
    }

    /// Seals events at a time; the table took each of them at once.
    pub fn seal_at(&mut self, millis: i64, events: Vec<(AuditEvent, Option<Activity>)>) {
        for (event, activity) in events {
            let written_at = WrittenAt::of(event.occurred_at);
            let times = SealingTimes { written_at, sealed_at: at(millis) };
            self.leaves.push(Leaf::of(event, activity.as_ref(), times));
        }
        self.seals.push(self.size());
    }

    /// How many leaves there are.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.leaves.len() as u64
    }

    /// Its name.
    #[must_use]
    pub fn origin(&self) -> String {
        self.audit_log.origin(&self.tenant)
    }

    /// The keys that verify it.
    #[must_use]
    pub fn verifier_keys(&self) -> Vec<VerifierKey> {
        self.keys.iter().map(|key| key.verifier(&self.origin())).collect()
    }

    /// The tree of the first leaves.
    ///
    /// # Panics
    ///
    /// Where there are fewer.
    #[must_use]
    pub fn checkpoint(&self, size: u64) -> Checkpoint {
        let mut edge = Edge::default();
        let count = usize::try_from(size).expect("there are fewer");
        self.leaves[..count].iter().for_each(|leaf| edge.append(leaf.hash));
        Checkpoint { origin: self.origin(), size, root: edge.root() }
    }

    /// The signed note of a tree.
    #[must_use]
    pub fn note_of(&self, checkpoint: &Checkpoint) -> String {
        let lines: String = self.keys.iter().map(|key| key.line(checkpoint)).collect();
        checkpoint.note(&lines)
    }

    /// The signed note of the tree of the first leaves.
    #[must_use]
    pub fn note(&self, size: u64) -> String {
        self.note_of(&self.checkpoint(size))
    }

    /// Writes the export.
    ///
    /// # Panics
    ///
    /// Where the disk can't.
    pub fn export(&self, dir: &Path) {
        self.try_export(dir).expect("the export is written");
    }

    fn try_export(&self, dir: &Path) -> io::Result<()> {
        let mut writer = ExportWriter::create(dir)?;
        let mut seals = self.seals.iter().peekable();
        let mut newest = None;
        let (mut activities, mut of_no_leaf) = (String::new(), String::new());
        for leaf in &self.leaves {
            writer.leaf(leaf.hash, leaf.event.id, leaf.entry.as_deref(), &leaf.disclosures)?;
            let checkpoint = |writer: &ExportWriter| writer.checkpoint(&self.origin());
            if seals.next_if(|size| **size == writer.edge.size()).is_some() {
                let note = self.note_of(&checkpoint(&writer));
                writer.note(writer.edge.size(), &note)?;
                newest = Some(note);
            }
            // Nobody knows of an activity whose event is missing.
            match &leaf.record {
                Some(record) if leaf.entry.is_some() => activities += &format!("{record}\n"),
                Some(record) => of_no_leaf += &format!("{record}\n"),
                None => {}
            }
        }
        writer.finish(newest.as_deref())?;
        activities += &of_no_leaf;
        activities.extend(self.more_activities.iter().map(|line| format!("{line}\n")));
        if self.has_activities {
            fs::write(dir.join("activities.jsonl"), activities)?;
        }
        if !self.unsealed.is_empty() {
            let lines: String = self.unsealed.iter().map(|line| format!("{line}\n")).collect();
            fs::write(dir.join("unsealed.jsonl"), lines)?;
        }
        Ok(())
    }

    /// Events as the API lists them: newest first, in pages of 100.
    ///
    /// # Panics
    ///
    /// Never: what is listed has a JSON form.
    #[must_use]
    pub fn listing(&self) -> Vec<Value> {
        let names = ActorNames::none();
        let mut events: Vec<&AuditEvent> = self.leaves.iter().map(|leaf| &leaf.event).collect();
        events.sort_by_key(|event| std::cmp::Reverse((event.occurred_at, event.id)));
        events.dedup_by_key(|event| event.id);
        let pages = events.chunks(100).map(|page| {
            let events: Vec<_> =
                page.iter().map(|event| AuditEventView::of(event, &names)).collect();
            json!({ "audit_events": events, "request_id": "req_1" })
        });
        pages.collect()
    }
}

/// Writes the export of a log of so many events, with a seal for some of them, without
/// keeping it in memory. Answers the key that verifies it.
///
/// # Errors
///
/// What the disk could not do.
pub fn export_of(dir: &Path, events: u64, events_a_seal: u64) -> io::Result<VerifierKey> {
    let log = TrailLog::empty("acme");
    let (origin, key) = (log.origin(), SigningKey::new(1));
    let mut writer = ExportWriter::create(dir)?;
    let mut activities = BufWriter::new(File::create(dir.join("activities.jsonl"))?);
    let mut newest = None;
    for first in (0..events).step_by(usize::try_from(events_a_seal).unwrap_or(1)) {
        let end = (first + events_a_seal).min(events);
        let last = BEGIN_MS + i64::try_from(end).unwrap_or(0) * STEP_MS;
        for n in first..end {
            let (event, activity) = log.events.nth(n);
            let written_at = WrittenAt::of(event.occurred_at);
            let times = SealingTimes { written_at, sealed_at: at(last + SEALED_AFTER_MS) };
            let leaf = Leaf::of(event, activity.as_ref(), times);
            writer.leaf(leaf.hash, leaf.event.id, leaf.entry.as_deref(), &leaf.disclosures)?;
            if let Some(record) = leaf.record {
                writeln!(activities, "{record}")?;
            }
        }
        let note = key.note(&writer.checkpoint(&origin));
        writer.note(end, &note)?;
        newest = Some(note);
    }
    activities.flush()?;
    writer.finish(newest.as_deref())?;
    Ok(key.verifier(&origin))
}
