//! The suites, one module a promise. They run on the embedded engine, or on the
//! one that `ACTIVITY_LOG_TEST_ENDPOINT` names.

mod first_minute;
mod mcp_parity;
mod mcp_protocol;
mod mcp_tools;
