//! Logging: this project's own events, one line each.
//!
//! Nothing that a caller sent is logged but the method and the route. What the
//! libraries beneath log of their calls is left out, errors excepted: their
//! failures reach the log once, with the request that they failed.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Starts logging JSON objects to standard output, as CloudWatch reads them.
pub fn init_json() {
    let json = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false);
    tracing_subscriber::registry().with(targets(LevelFilter::INFO)).with(json).init();
}

/// Starts logging text to standard error, as people read it.
pub fn init_text(default: LevelFilter) {
    let text = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false);
    tracing_subscriber::registry().with(targets(default)).with(text).init();
}

/// The level is that of `AWS_LAMBDA_LOG_LEVEL` or `LOG_LEVEL` (`trace`, `debug`,
/// `info`, `warn`, `error`, `off`) where one is set.
fn targets(default: LevelFilter) -> Targets {
    let level = ["AWS_LAMBDA_LOG_LEVEL", "LOG_LEVEL"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok()?.parse().ok())
        .unwrap_or(default);
    Targets::new()
        .with_default(level.min(LevelFilter::ERROR))
        .with_target("activity_log", level)
        .with_target("fn_", level)
}
