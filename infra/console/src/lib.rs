//! The local stack and the operator's commands of the activity log.
//!
//! [`stack`] serves all functions from one process through the handlers that
//! run on Lambda; [`engine`] is the embedded DynamoDB engine beneath it, which
//! keeps its table in a [`data_folder`]. Both serve through [`listener`]. [`compaction`]
//! merges beside them what is logged, and [`sealing`] seals the audit trail with an
//! [`audit_key`]. [`demo`] is the tenant of a first try. [`verify`] proves an export of the
//! audit trail, and needs nothing of all this. [`cli`] and the modules of its commands are
//! the binary `activity-log`.

pub mod audit_key;
pub mod cli;
pub mod compaction;
pub mod data_folder;
pub mod demo;
pub mod engine;
pub mod http_client;
pub mod listener;
pub mod sealing;
pub mod stack;
pub mod verify;
