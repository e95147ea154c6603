//! What the suites share: the stack and a client for each of its dialects,
//! engines, faults, and what tables, streams and buses hold.

pub mod captured_log;
pub mod client;
pub mod compaction;
pub mod description;
pub mod engine;
pub mod event_bus;
pub mod faulty_engine;
pub mod function_process;
pub mod gateway;
pub mod growing;
pub mod history;
pub mod iam;
pub mod key_service;
pub mod lambda;
pub mod longest;
pub mod markdown;
pub mod measured;
pub mod pages;
pub mod raw_table;
pub mod rig;
pub mod sealing;
pub mod shell;
pub mod stack;
pub mod stream;
pub mod template;
pub mod trail_log;
pub mod workspace;
