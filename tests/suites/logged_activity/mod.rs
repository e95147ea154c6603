//! The logged-activity dialect, with types that a tenant defines.

mod fields;
mod log;
mod responses;
mod types;
