//! The suites, one module a promise. They run on the embedded engine, or on the
//! one that `ACTIVITY_LOG_TEST_ENDPOINT` names.

mod audit_coverage;
mod capacity;
mod concurrency;
mod contract;
mod contract_audit;
mod contract_credentials;
mod contract_errors;
mod contract_http;
mod contract_idempotency;
mod contract_log;
mod contract_paging;
mod contract_read;
mod contract_search;
mod crash;
mod faulty_engine;
mod first_minute;
mod ingest;
mod isolation;
mod logged_activity;
mod logged_activity_fields;
mod logged_activity_log;
mod logged_activity_responses;
mod logged_activity_types;
mod long_bodies;
mod mcp_parity;
mod mcp_protocol;
mod mcp_tools;
mod openapi;
mod publish;
mod raw_table;
mod reference_model;
mod reindex;
mod remove_tenant;
mod round_trips;
mod template;
