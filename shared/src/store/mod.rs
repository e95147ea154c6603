//! The one shelf that knows DynamoDB.
//!
//! One table, partition key `pk` and sort key `sk`, no secondary index. Every
//! key but that of the layout begins with the tenant (`keys`). All reads are strongly consistent.
//! What is read back is parsed, and an item that can't be is an error that
//! names its key.
//!
//! Writes are staged, then committed (`commit`): entries of the index and long bodies
//! mean nothing until the head that they name exists, so only that head, the
//! audit event and the idempotency record share a transaction.
//!
//! Each file stands above those that it uses:
//!
//! ```text
//! operator                        what operators' commands do, and functions never
//! checkpoints                     the seals of the trail without their leaves
//! stream                          the table's changes as records
//! audit   refusals   seals        the audit trail, and what is sealed of it
//! audited_write                   writes that share a transaction with their event
//! compaction                      what runs of the index's compactor read and write
//! segments                        what searches read of the index
//! activity   commit   lists       one file for each thing that is read or written
//! credentials   key_uses
//! idempotency   actors
//! registry   types   tenant_settings   tombstone
//! first_read                      what every request begins with
//! items                           how records are laid out
//! calls   index_memory            the table, and the calls that all make
//! new_events                      events that were just written
//! layout                          which layout the table has
//! keys                            every key
//! item   failure   client   measured
//! ```

mod activity;
mod actors;
mod audit;
mod audited_write;
mod calls;
mod checkpoints;
pub mod client;
mod commit;
mod compaction;
mod credentials;
mod failure;
mod first_read;
mod idempotency;
mod index_memory;
mod item;
mod items;
mod key_uses;
mod keys;
mod layout;
mod lists;
mod measured;
mod new_events;
pub mod operator;
mod refusals;
mod registry;
mod seals;
mod segments;
pub mod stream;
mod tenant_settings;
mod tombstone;
mod types;

pub use activity::Parts;
pub use calls::Store;
pub use commit::{Commit, NewHead, Outcome, Staging};
pub use credentials::{
    Added, CredentialPage, NewCredential, PutCredentialError, RemovedTenant, Replaced, Revoked,
};
pub use failure::{ItemTooLarge, STORAGE_UNAVAILABLE, is_corrupt_item, is_passing};
pub use items::tail_entry::TailShards;
pub use keys::ItemKind;
pub use layout::{LAYOUT, OtherLayout};
pub use new_events::NewEvent;
pub use refusals::CLOSED_AT_ONCE;
pub use registry::Registered;
pub use seals::{EventPutAside, PutSeal, UnsealedEvent};
pub use segments::TenantIndex;
