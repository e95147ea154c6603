//! Events in and out: what `ingest` takes from queues and buses, what `index` is asked for, and what
//! `publish` puts on the bus.

mod index_runs;
mod ingest;
mod publish;
mod runs_requested;
