//! The suites, one module a promise. They run on the embedded engine, or on the
//! one that `ACTIVITY_LOG_TEST_ENDPOINT` names.

mod capacity;
mod first_minute;
mod reference_model;
mod round_trips;
