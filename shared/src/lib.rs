//! The common crate of the activity log: one domain, one validation, one audit
//! trail and one store behind every function and dialect.
//!
//! It has shelves, and the arrows between them run one way, downwards:
//!
//! ```text
//! lambda                 invocations of AWS Lambda
//! http                   requests, responses and the three dialects
//! app                    the use cases
//! store                  the only shelf that speaks to the table
//! index     platform     the index and its compactor; what a process runs on
//! trail     text         the forms of the provable trail; the words of a text
//! domain                 values and records, which know nothing of the above
//! ```
//!
//! A suite reads the `use` lines and holds the arrows.

pub mod app;
pub mod domain;
pub mod http;
pub mod index;
pub mod lambda;
pub mod platform;
pub mod store;
pub mod text;
pub mod trail;

pub use app::context::Context;
pub use domain::error::{Error, Result};
