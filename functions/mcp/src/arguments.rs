//! Arguments as agents and their clients write them.
//!
//! Schemas say what is wanted; some clients fill optional arguments with null, and
//! some models write numbers as text. What is meant is plain, so it is taken. It is
//! mended before the input is hashed, so that a retry over REST is the same input.

use activity_log_core::app::input::{NOT_A_STRING, UNKNOWN_PROPERTY};
use activity_log_core::app::json::Object;
use activity_log_core::domain::error::{Error, FieldError};
use serde_json::Value;

use crate::tools::ToolName;

/// The arguments without nulls in the place of nothing, and with numbers as such.
/// What a tool does not take stays, to be refused.
pub(crate) fn as_meant(mut arguments: Object, tool: ToolName) -> Object {
    arguments
        .retain(|name, value| !(value.is_null() && tool.argument_names().any(|own| own == name)));
    for (name, value) in &mut arguments {
        let text = value.as_str().filter(|_| tool.takes_number(name));
        let digits = text.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        if let Some(number) = digits.and_then(|digits| digits.parse::<u64>().ok()) {
            *value = Value::from(number);
        }
    }
    arguments
}

/// The error with what to do about properties that the tool does not have, and about a list
/// where one of several is taken.
pub(crate) fn with_advice(error: Error, tool: ToolName) -> Error {
    let Error::ValidationFailed(mut violations) = error else { return error };
    for FieldError { field, message, .. } in &mut violations {
        if message == NOT_A_STRING && field == "type" && tool == ToolName::Search {
            *message = format!("{NOT_A_STRING}: for several, use types").into();
        }
        if message == UNKNOWN_PROPERTY {
            *message = format!(
                "is not an argument of {}: leave it out. The arguments are {}",
                tool.as_str(),
                tool.argument_names().collect::<Vec<_>>().join(", "),
            )
            .into();
        }
    }
    Error::ValidationFailed(violations)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn meant(arguments: Value) -> Value {
        let Value::Object(arguments) = arguments else { panic!("no object") };
        Value::Object(as_meant(arguments, ToolName::Search))
    }

    #[test]
    fn null_is_absence_for_what_there_is() {
        let given = json!({"query": null, "cursor": null, "limit": null, "type": "note"});
        assert_eq!(meant(given), json!({"type": "note"}));
        let unknown = json!({"sort": null, "type": [null]});
        assert_eq!(meant(unknown.clone()), unknown);
    }

    #[test]
    fn digits_are_a_number_where_one_is_wanted() {
        assert_eq!(meant(json!({"limit": "5", "query": "5"})), json!({"limit": 5, "query": "5"}));
        assert_eq!(meant(json!({"limit": "0500"})), json!({"limit": 500}));
        for other in ["", "five", "5.0", "-5", "+5", " 5", "5 ", "0x5", "1e1", "\u{0665}"] {
            assert_eq!(meant(json!({"limit": other})), json!({"limit": other}));
        }
        let too_large = json!({"limit": "9".repeat(30)});
        assert_eq!(meant(too_large.clone()), too_large);
    }
}
