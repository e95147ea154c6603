//! Logging: one JSON object a line on standard output, as CloudWatch reads it.
//!
//! Nothing that a caller sent is logged but the method and the route.

use tracing::level_filters::LevelFilter;

/// Starts logging at the level of `AWS_LAMBDA_LOG_LEVEL` or `LOG_LEVEL`
/// (`trace`, `debug`, `info`, `warn`, `error`, `off`), `info` by default.
pub fn init_json() {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_max_level(level_from_env(LevelFilter::INFO))
        .with_target(false)
        .init();
}

/// The level that the environment names.
#[must_use]
pub fn level_from_env(default: LevelFilter) -> LevelFilter {
    ["AWS_LAMBDA_LOG_LEVEL", "LOG_LEVEL"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok()?.parse().ok())
        .unwrap_or(default)
}
