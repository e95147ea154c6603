//! The common crate of the activity log: one domain, one validation, one audit
//! trail and one store behind every function and dialect.
//!
//! The arrows between the modules run one way. [`http`] and [`lambda`] translate
//! calls into the use cases ([`log_activity`], [`log_typed_activity`],
//! [`search_activity`], [`list_responses`], [`get_logged_activity`],
//! [`list_activity_types`], [`list_audit_events`]); the use cases join the
//! [`index`] and write through the [`store`]; both rest on the domain types
//! ([`activity`], [`activity_type`], [`record_type`], [`principal`], [`audit`],
//! [`error`]). The domain knows neither
//! HTTP nor DynamoDB nor Lambda, and only [`store`] speaks to the table. [`aws`] is
//! what every client of the AWS SDK is made of.

pub mod activity;
pub mod activity_type;
pub mod audit;
pub mod authenticate;
pub mod aws;
pub mod backoff;
pub mod clock;
pub mod config;
pub mod context;
pub mod error;
pub mod field_value;
pub mod get_logged_activity;
pub mod guard;
pub mod http;
pub mod idempotency;
pub mod index;
pub mod input;
pub mod lambda;
pub mod list_activity_types;
pub mod list_audit_events;
pub mod list_responses;
pub mod listing;
pub mod log_activity;
pub mod log_typed_activity;
pub mod principal;
pub mod record_type;
pub mod registry;
pub mod search_activity;
pub mod store;
pub mod submission;
pub mod telemetry;
pub mod text;
pub mod value;

pub use context::Context;
pub use error::{Error, Result};
