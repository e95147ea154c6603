//! The logged-activity dialect, with types that a tenant defines.

mod fields;
mod log;
mod record_types;
mod responses;
mod types;
