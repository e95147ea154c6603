//! The application: one use case a file, each of which takes the context first.
//!
//! A use case knows no dialect. It is given values of the domain and a
//! [permit](permit::Permit), the proof that its caller has the scope; and it
//! alone joins the index and the store.

pub mod audited;
pub mod authenticate;
pub mod context;
pub mod credential_cache;
pub mod define_activity_type;
pub mod find_page;
pub mod get_logged_activity;
pub mod input;
pub mod json;
pub mod list_activities_of_type;
pub mod list_activity_types;
pub mod list_audit_events;
pub mod listing;
pub mod log_activity;
pub mod log_typed_activity;
pub mod name_actors;
pub mod permit;
pub mod put_actor;
mod refusal_watch;
pub mod search_activity;
pub mod write_activity;
