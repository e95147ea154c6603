//! Logging: this project's own events, one line each.
//!
//! Of what a caller sent, the method and the route are logged, and whom it acts for.
//! What the libraries beneath log of their calls is left out, errors excepted: their
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
        // It logs the error of a failed invocation, which is logged already.
        .with_target("lambda_runtime::layers::panic", LevelFilter::OFF)
}

/// The id of a caller's trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceId(String);

impl TraceId {
    /// Reads a `traceparent` (W3C Trace Context): version, trace id, parent id
    /// and flags. `None` for what does not have the form.
    #[must_use]
    pub fn from_traceparent(text: &str) -> Option<Self> {
        let lower_hex = |text: &str, digits: usize| {
            let known = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
            text.len() == digits && text.bytes().all(known)
        };
        let any = |text: &str| text.bytes().any(|byte| byte != b'0');
        let mut parts = text.split('-');
        let (version, trace_id, parent_id, flags) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        // A later version may say more; this one says no more.
        let ends = version != "00" || parts.next().is_none();
        let valid = lower_hex(version, 2)
            && version != "ff"
            && lower_hex(trace_id, 32)
            && any(trace_id)
            && lower_hex(parent_id, 16)
            && any(parent_id)
            && lower_hex(flags, 2);
        (valid && ends).then(|| Self(trace_id.to_owned()))
    }

    /// The id, 32 hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_libraries_are_logged_but_for_those_that_are_logged_already() {
        let targets = targets(LevelFilter::INFO);
        let logs = |target, level| targets.would_enable(target, &level);
        assert!(logs("activity_log_core::http::exchange", tracing::Level::INFO));
        assert!(logs("fn_ingest::delivery", tracing::Level::INFO));
        assert!(logs("lambda_runtime::layers::api_response", tracing::Level::ERROR));
        assert!(!logs("lambda_runtime::layers::api_response", tracing::Level::INFO));
        assert!(!logs("lambda_runtime::layers::panic", tracing::Level::ERROR));
    }

    #[test]
    fn a_traceparent_names_a_trace() {
        let trace = TraceId::from_traceparent;
        let id = "0af7651916cd43dd8448eb211c80319c";
        for text in [
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
        ] {
            assert_eq!(trace(text).unwrap().as_str(), id);
        }
        for text in [
            "",
            "00",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
            "00-0af7651916cd43dd8448eb211c8031é-b7ad6b7169203331-01",
        ] {
            assert_eq!(trace(text), None, "{text}");
        }
    }
}
