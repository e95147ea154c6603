//! The local stack and the operator's commands of the activity log.
//!
//! [`stack`] serves all functions from one process through the handlers that
//! run on Lambda; [`engine`] is the embedded DynamoDB engine beneath it, which
//! keeps its table in a [`data_folder`]. Both serve through [`listener`]. [`compaction`]
//! merges beside them what is logged. [`demo`] is the tenant of a first try. [`verify`]
//! proves an export of the audit trail, and needs nothing of all this. [`cli`] and the
//! modules of its commands are the binary `activity-log`.

pub mod cli;
pub mod compaction;
pub mod data_folder;
pub mod demo;
pub mod engine;
pub mod listener;
pub mod stack;
pub mod verify;
