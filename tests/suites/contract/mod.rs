//! The contract of `/v1`, and what holds at every door: tenants are apart, the
//! audit trail is whole, and the description is true.

mod actors;
mod audit;
mod audit_coverage;
mod audit_log;
mod audited_facts;
mod credentials;
mod errors;
mod http;
mod idempotency;
mod idempotency_spaces;
mod isolation;
mod keys;
mod log;
mod openapi;
mod pages;
mod paging;
mod queries;
mod read;
mod reference_model;
mod search;
mod suggestions;
mod viewer_tokens;
