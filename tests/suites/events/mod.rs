//! Events in and out: what `ingest` takes from queues and buses, what `index` is asked for, what
//! `publish` puts on the bus, and what `seal` makes of the table's stream.

mod index_runs;
mod ingest;
mod publish;
mod runs_requested;
mod seal;
mod signing;
