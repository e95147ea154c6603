//! What holds when things go wrong: an engine that throttles, a process that
//! ends between two calls, many callers at once, and the longest and the most
//! hostile inputs.

mod clock;
mod compaction;
mod concurrency;
mod crash;
mod faulty_engine;
mod long_bodies;
mod long_tail;
mod memory;
mod refusals;
