//! How records are laid out as items, one file a kind.

pub(super) mod activity;
pub(super) mod activity_type;
pub(super) mod actor;
pub(super) mod attribution;
pub(super) mod audit_event;
pub(super) mod credential;
pub(super) mod idempotency_record;
pub(super) mod key_use;
pub(super) mod long_text;
pub(super) mod manifest;
pub(super) mod news;
pub(super) mod record_type;
pub(super) mod record_type_ids;
pub(super) mod refusal_tally;
pub(super) mod related_resource;
pub(super) mod scheduled_completion;
pub(super) mod seal;
pub(super) mod tail_entry;
pub(super) mod tenant_settings;
pub(super) mod tombstone;
