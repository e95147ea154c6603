//! What the suites share: engines, faults, a client.

pub mod engine;
pub mod faulty_engine;
pub mod mcp;
pub mod rig;
pub mod stack;
