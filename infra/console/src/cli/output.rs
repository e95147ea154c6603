//! Results, as text or as JSON.

use std::fmt::Display;

use serde_json::Value;

/// Where results go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Output {
    pub(super) json: bool,
}

impl Output {
    /// Prints a result in the form that was asked for.
    pub(super) fn print(self, text: impl Display, json: &Value) {
        if self.json {
            println!("{json}");
        } else {
            println!("{text}");
        }
    }
}
