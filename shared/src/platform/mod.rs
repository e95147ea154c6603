//! What a process runs on: configuration, logging, the AWS SDK, time limits.

pub mod aws;
pub mod aws_check;
pub mod backoff;
pub mod config;
pub mod guard;
pub mod loopback;
pub mod telemetry;
pub mod usage;
