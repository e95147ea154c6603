//! The common crate of the activity log: one domain, one validation, one audit
//! trail and one store behind every function and dialect.
//!
//! The arrows between the modules run one way. [`http`] and [`lambda`] translate
//! calls into the use cases ([`log_activity`], [`search_activity`],
//! [`get_logged_activity`], [`list_audit_events`]); the use cases join the
//! [`index`] and write through the [`store`]; both rest on the domain types
//! ([`activity`], [`principal`], [`audit`], [`error`]). The domain knows neither
//! HTTP nor DynamoDB nor Lambda, and only [`store`] imports the AWS SDK.

pub mod activity;
pub mod audit;
pub mod authenticate;
pub mod clock;
pub mod config;
pub mod context;
pub mod error;
pub mod get_logged_activity;
pub mod http;
pub mod idempotency;
pub mod index;
pub mod input;
pub mod lambda;
pub mod list_audit_events;
pub mod listing;
pub mod log_activity;
pub mod principal;
pub mod registry;
pub mod search_activity;
pub mod store;
pub mod telemetry;
pub mod text;

pub use context::Context;
pub use error::{Error, Result};
