//! The suites, one module a promise. They run on the embedded engine, or on the
//! one that `ACTIVITY_LOG_TEST_ENDPOINT` names.

mod concurrency;
mod crash;
mod faulty_engine;
mod first_minute;
mod long_bodies;
