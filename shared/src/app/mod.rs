//! The application: one use case a file, each of which takes the context first.
//!
//! A use case knows no dialect. It is given values of the domain and a
//! [permit](permit::Permit), the proof that its caller has the scope; and it
//! alone joins the index and the store.

pub mod audited;
pub mod authenticate;
mod candidates;
pub mod checkpoints;
pub mod compact_index;
pub mod context;
pub mod create_key;
pub mod credential_cache;
pub mod define_activity_type;
pub mod find_leaf;
pub mod find_page;
pub mod found_activity;
pub mod get_key;
pub mod get_logged_activity;
pub mod input;
pub mod json;
pub mod list_activities_of_type;
pub mod list_activity_types;
pub mod list_audit_events;
pub mod list_keys;
pub mod listing;
pub mod log_activity;
pub mod log_reader;
pub mod log_typed_activity;
pub mod make_key;
pub mod make_viewer_token;
pub mod name_actors;
pub mod note_use;
mod noted_uses;
pub mod permit;
pub mod prove_event;
pub mod put_activity_type;
pub mod put_actor;
pub mod put_aside;
pub mod put_resource;
pub mod read_records;
pub mod read_tile;
pub mod record_act;
mod refusal_watch;
pub mod revoke_key;
pub mod rotate_key;
pub mod seal_backlog;
pub mod seal_events;
pub mod search_activity;
pub mod set_tenant;
mod suggest_queries;
pub mod write_activity;
