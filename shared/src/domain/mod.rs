//! The domain: newtypes whose constructors are the validation, and the records
//! that they make. It knows neither HTTP nor DynamoDB nor Lambda.

pub mod activity;
pub mod activity_filters;
pub mod activity_type;
pub mod actor_names;
pub mod address_range;
pub mod audit;
pub mod audit_log;
pub mod audit_reads;
pub mod caller;
pub mod client;
pub mod clock;
pub mod credential;
pub mod error;
pub mod field_value;
pub mod idempotency;
pub mod named_actor;
pub mod principal;
pub mod record_type;
pub mod record_type_ids;
pub mod refusal_tally;
pub mod registry;
pub mod salt;
pub mod searched_text;
pub mod submission;
pub mod tenant_settings;
pub mod value;
pub mod viewer_key;
pub mod viewer_token;
pub mod width;
