//! Results, as text or as JSON.

use std::fmt::Display;
use std::io::{ErrorKind, Write};

use serde_json::Value;

use super::error::CliError;

/// Where results go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Output {
    pub(super) json: bool,
}

impl Output {
    /// Prints a result in the form that was asked for. A reader may have read enough of
    /// it, as `head` does; that is no failure.
    pub(super) fn print(self, text: impl Display, json: &Value) -> Result<(), CliError> {
        let mut stdout = std::io::stdout().lock();
        let printed =
            if self.json { writeln!(stdout, "{json}") } else { writeln!(stdout, "{text}") };
        match printed.and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                Err(CliError::io("the result can't be printed")(error))
            }
            _ => Ok(()),
        }
    }
}
