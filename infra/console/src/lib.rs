//! The local stack and the operator's commands of the activity log.
//!
//! [`stack`] serves all functions from one process through the handlers that
//! run on Lambda; [`engine`] is the embedded DynamoDB engine beneath it, spoken
//! to over the wire like any other. [`cli`] and the modules of its commands are
//! the binary `activity-log`.

pub mod cli;
pub mod engine;
pub mod stack;
