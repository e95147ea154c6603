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

/// Something that alarms count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Something should be in the audit trail and is not, or a use of a key was not noted.
    Unrecorded,
    /// Bytes of a tenant's tail that a run of the compactor left, or that a search had to read.
    TailBytes,
    /// Parts of an index that are absent or can't be read.
    IndexDamage,
    /// Audit events that could not be sealed, and wait until somebody has looked.
    PutAside,
    /// Activities and audit events that somebody has changed or removed in the table.
    TrailTampering,
}

impl Metric {
    /// The name, in the namespace [`METRICS`].
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unrecorded => "Unrecorded",
            Self::TailBytes => "TailBytes",
            Self::IndexDamage => "IndexDamage",
            Self::PutAside => "PutAside",
            Self::TrailTampering => "TrailTampering",
        }
    }

    /// What it is about: an index is found out about by several functions, and what a trail
    /// tells is the table's.
    fn dimension(self) -> Dimension {
        match self {
            Self::Unrecorded => Dimension::FunctionName,
            Self::TailBytes | Self::IndexDamage | Self::PutAside | Self::TrailTampering => {
                Dimension::TableName
            }
        }
    }

    fn unit(self) -> &'static str {
        match self {
            Self::TailBytes => "Bytes",
            Self::Unrecorded | Self::IndexDamage | Self::PutAside | Self::TrailTampering => "Count",
        }
    }
}

/// What the values of a metric belong to.
#[derive(Clone, Copy, Debug)]
enum Dimension {
    FunctionName,
    TableName,
}

impl Dimension {
    fn name(self) -> &'static str {
        match self {
            Self::FunctionName => "FunctionName",
            Self::TableName => "TableName",
        }
    }

    /// The variable that says which one this is.
    fn variable(self) -> &'static str {
        match self {
            Self::FunctionName => FUNCTION_NAME_VARIABLE,
            Self::TableName => "ACTIVITY_LOG_TABLE",
        }
    }
}

/// The namespace of this project's metrics.
pub const METRICS: &str = "ActivityLog";

/// What only a function on Lambda has in its environment.
const FUNCTION_NAME_VARIABLE: &str = "AWS_LAMBDA_FUNCTION_NAME";

/// Counts one for a metric; see [`measure`].
pub fn count(metric: Metric) {
    measure(metric, 1);
}

/// Gives a metric a value, where this is a function on Lambda: CloudWatch makes metrics
/// of lines of the log that have its
/// [embedded metric format](https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
pub fn measure(metric: Metric, value: u64) {
    if std::env::var_os(FUNCTION_NAME_VARIABLE).is_none() {
        return;
    }
    let of = std::env::var(metric.dimension().variable());
    if let (Ok(of), Some(now_ms)) = (of, now_ms()) {
        println!("{}", embedded(metric, value, &of, now_ms));
    }
}

/// Milliseconds since 1970. The metric is CloudWatch's, and no test's to hold still.
#[expect(clippy::disallowed_methods, reason = "the line says when it was written")]
fn now_ms() -> Option<u64> {
    let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()?;
    u64::try_from(since_1970.as_millis()).ok()
}

fn embedded(metric: Metric, value: u64, of: &str, now_ms: u64) -> serde_json::Value {
    let dimension = metric.dimension().name();
    serde_json::json!({
        "_aws": {
            "Timestamp": now_ms,
            "CloudWatchMetrics": [{
                "Namespace": METRICS,
                "Dimensions": [[dimension]],
                "Metrics": [{ "Name": metric.name(), "Unit": metric.unit() }],
            }],
        },
        dimension: of,
        (metric.name()): value,
    })
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
    fn a_metric_is_one_line_of_the_embedded_format() {
        let line = embedded(Metric::Unrecorded, 1, "activity-log-log", 1_772_357_400_000);
        let expected = serde_json::json!({
            "_aws": {
                "Timestamp": 1_772_357_400_000_u64,
                "CloudWatchMetrics": [{
                    "Namespace": "ActivityLog",
                    "Dimensions": [["FunctionName"]],
                    "Metrics": [{ "Name": "Unrecorded", "Unit": "Count" }],
                }],
            },
            "FunctionName": "activity-log-log",
            "Unrecorded": 1,
        });
        assert_eq!(line, expected);
        let bytes = embedded(Metric::TailBytes, 70_000, "activity-log", 1_772_357_400_000);
        let [about] = &bytes["_aws"]["CloudWatchMetrics"].as_array().unwrap()[..] else {
            panic!("there is one: {bytes}");
        };
        assert_eq!(about["Dimensions"], serde_json::json!([["TableName"]]));
        assert_eq!(about["Metrics"][0]["Unit"], "Bytes");
        assert_eq!(
            (&bytes["TableName"], &bytes["TailBytes"]),
            (&"activity-log".into(), &70_000.into())
        );
        assert!(!line.to_string().contains('\n'));
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
