//! What is logged and searched for, and what goes on beside it.

use std::fmt;

use activity_log_tests::faulty_engine::{FaultKind, When};

use super::texts::{Body, Clause, Text, Token};

/// A moment near the others, in half milliseconds, and how it is written.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    pub(super) halves: u32,
    pub(super) eastern: bool,
}

impl Moment {
    pub(super) fn written(self) -> String {
        let (millis, half) = (self.halves / 2, if self.halves % 2 == 1 { "5" } else { "" });
        if self.eastern {
            format!("2026-03-01T15:15:00.{millis:03}{half}+05:45")
        } else {
            format!("2026-03-01T09:30:00.{millis:03}{half}Z")
        }
    }

    /// As an activity that occurred then shows it.
    pub(super) fn stored(self) -> String {
        format!("2026-03-01T09:30:00.{:03}Z", self.halves / 2)
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written())
    }
}

/// Record type and id of a related resource.
pub(super) type Related = (&'static str, &'static str);

/// Ids that are alike, or need an escape in a key.
pub(super) const RELATED: [Related; 4] =
    [("contact", "con_1"), ("deal", "con_1"), ("contact", "con_1#x%23"), ("task", "con_1")];
/// One that no registry knows.
pub(super) const UNKNOWN: Related = ("company", "ghost");

pub(super) const TYPES: [&str; 5] = ["note", "call", "email", "meeting", "agent_action"];

#[derive(Clone, Debug)]
pub(super) struct Log {
    pub(super) tenant: usize,
    /// Which of the tenant's credentials logs it.
    pub(super) writer: usize,
    pub(super) category: &'static str,
    pub(super) summary: Text,
    pub(super) body: Body,
    pub(super) related: Option<Related>,
    pub(super) occurred_at: Option<Moment>,
    pub(super) key: Option<u8>,
    /// Which door it comes through: `api` or `mcp`.
    pub(super) source: &'static str,
}

#[derive(Clone, Debug)]
pub(super) struct Search {
    pub(super) tenant: usize,
    pub(super) query: Vec<Clause>,
    pub(super) category: Option<&'static str>,
    pub(super) actor: Option<&'static str>,
    pub(super) actor_type: Option<&'static str>,
    pub(super) source: Option<&'static str>,
    pub(super) related: Option<Related>,
    pub(super) after: Option<Moment>,
    pub(super) before: Option<Moment>,
    pub(super) limit: Option<usize>,
}

impl Search {
    /// All that a tenant has.
    pub(super) fn all_of(tenant: usize) -> Self {
        Self {
            tenant,
            query: Vec::new(),
            category: None,
            actor: None,
            actor_type: None,
            source: None,
            related: None,
            after: None,
            before: None,
            limit: None,
        }
    }

    pub(super) fn parameters(&self) -> Vec<(&'static str, String)> {
        let mut parameters = Vec::new();
        if !self.query.is_empty() {
            let clauses: Vec<String> = self.query.iter().map(Clause::to_string).collect();
            parameters.push(("query", clauses.join(" ")));
        }
        let words = [
            ("type", self.category),
            ("actor_id", self.actor),
            ("actor_type", self.actor_type),
            ("source", self.source),
        ];
        let given = words.into_iter().filter_map(|(name, word)| Some((name, word?.to_owned())));
        parameters.extend(given);
        if let Some((kind, id)) = self.related {
            parameters.push(("related_resource_type", kind.to_owned()));
            parameters.push(("related_resource_id", id.to_owned()));
        }
        parameters.extend(self.after.map(|moment| ("occurred_after", moment.written())));
        parameters.extend(self.before.map(|moment| ("occurred_before", moment.written())));
        parameters.extend(self.limit.map(|limit| ("limit", limit.to_string())));
        parameters
    }

    pub(super) fn is_refused(&self) -> bool {
        let bounds = self.after.zip(self.before);
        let no_range = bounds.is_some_and(|(after, before)| before.halves <= after.halves);
        let other_type = self.actor_type.is_some_and(|actor_type| match self.actor {
            None => true,
            Some(actor) => actor.split_once(':').is_some_and(|(known, _)| known != actor_type),
        });
        no_range || other_type || self.only_excludes()
    }

    fn only_excludes(&self) -> bool {
        let excludes = |clause: &Clause| matches!(clause, Clause::Without(_));
        let has_filter = self.category.is_some()
            || self.actor.is_some()
            || self.source.is_some()
            || self.related.is_some()
            || self.after.is_some()
            || self.before.is_some();
        !self.query.is_empty() && self.query.iter().all(excludes) && !has_filter
    }

    /// Whether texts have what it asks for.
    pub(super) fn finds(&self, texts: &[Vec<Token>]) -> bool {
        self.query.iter().all(|clause| clause.holds_of(texts))
    }

    /// Whether it asks for what an actor, `user:ID`, logged.
    pub(super) fn asks_for(&self, actor: &str) -> bool {
        let (actor_type, id) = actor.split_once(':').expect("an actor has a type and an id");
        self.actor.is_none_or(|asked| asked == id || asked == actor)
            && self.actor_type.is_none_or(|asked| asked == actor_type)
    }
}

/// A credential of a case, one in each of its tenants.
#[derive(Debug)]
pub(super) struct Writer {
    /// Whom it stands for, in either tenant.
    pub(super) actors: [&'static str; 2],
    /// Which of the writers share their keys.
    pub(super) space: usize,
}

/// The first reads as well. The second is what it was rotated to, and the others
/// are of other actors, whose ids are the same.
pub(super) const WRITERS: [Writer; 4] = [
    Writer { actors: ["service:model", "agent:model"], space: 0 },
    Writer { actors: ["service:model", "agent:model"], space: 0 },
    Writer { actors: ["user:model", "user:model"], space: 1 },
    Writer { actors: ["agent:model", "service:model"], space: 2 },
];

/// How an earlier write with a key is sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Again {
    /// The same input.
    Same,
    /// The same input, and the key in the header.
    KeyInHeader,
    /// Another input.
    Changed,
    /// By another credential of the tenant.
    By(usize),
}

#[derive(Clone, Debug)]
pub(super) enum Operation {
    Log(Log),
    /// Logs some, side by side, without keys.
    LogSome(Vec<Log>),
    /// Sends the n-th log that had a key again.
    Repeat(usize, Again),
    /// Searches, page by page.
    Search(Search),
    /// Searches, and logs something after each page.
    SearchWhileLogging(Search, Vec<Log>),
    /// Uses a cursor where it does not belong.
    MisuseCursor(Search),
    /// Reads the n-th activity as a tenant.
    Get(usize, usize),
    /// Lists the trail by some of what one of its events has.
    ListTrail(TrailSearch),
    /// Compacts the index.
    Compact(Compaction),
    /// Compacts it in the first process, which is killed when it makes its n-th call.
    CompactAndDie(Compaction, usize),
}

impl Operation {
    /// Whether it can be asked again where it was refused for now, and leaves nothing else
    /// then. A refusal that can't be recorded would.
    pub(super) fn bears_trouble(&self) -> bool {
        match self {
            Self::Log(log) => log.related != Some(UNKNOWN),
            Self::Search(search) => !search.is_refused(),
            Self::ListTrail(_) | Self::Compact(_) => true,
            _ => false,
        }
    }
}

/// Which of the events of a tenant are listed: those that have of the n-th of them what
/// `filters` says, a bit for each filter.
#[derive(Clone, Debug)]
pub(super) struct TrailSearch {
    pub(super) tenant: usize,
    pub(super) nth: usize,
    pub(super) filters: u16,
    /// The event whose time a bound is.
    pub(super) bound: usize,
    pub(super) limit: usize,
}

/// Work of the compactor for a tenant, in a process.
#[derive(Clone, Debug)]
pub(super) struct Compaction {
    pub(super) tenant: usize,
    pub(super) process: usize,
    pub(super) how: How,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum How {
    /// With limits that let little be much.
    Run,
    /// The same, and merges are claimed.
    RunClaiming,
    /// All that there is to do.
    Settle,
}

/// What goes wrong meanwhile, in the first process.
#[derive(Clone, Debug)]
pub(super) struct Trouble {
    pub(super) kind: FaultKind,
    pub(super) when: When,
}

/// One step of a case.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) operation: Operation,
    /// Which process it is asked of.
    pub(super) process: usize,
    /// What the compactor does meanwhile.
    pub(super) beside: Vec<Compaction>,
    pub(super) trouble: Option<Trouble>,
}
