//! Events in and out: what `ingest` takes from queues and buses, and what
//! `publish` puts on the bus.

mod ingest;
mod publish;
mod runs_requested;
