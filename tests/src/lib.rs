//! What the suites share: engines, faults, a client.

pub mod captured_log;
pub mod engine;
pub mod event_bus;
pub mod faulty_engine;
pub mod gateway;
pub mod history;
pub mod mcp;
pub mod measured;
pub mod rig;
pub mod stack;
pub mod stream;
