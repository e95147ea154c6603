//! The wiring of `index`.

use std::process::ExitCode;

fn main() -> ExitCode {
    activity_log_core::lambda::main_of_events(fn_index::handle)
}
