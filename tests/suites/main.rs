//! The suites, one module a promise, in a folder for each part of the system.
//! They run on the embedded engine, or on the one that
//! `ACTIVITY_LOG_TEST_ENDPOINT` names.

mod contract;
mod deployment;
mod events;
mod faults;
mod gateways;
mod index_protocol;
mod logged_activity;
mod mcp;
mod operations;
mod project;
mod trail;
