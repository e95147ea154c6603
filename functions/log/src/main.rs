//! The wiring of `log`.

use std::process::ExitCode;

fn main() -> ExitCode {
    activity_log_core::lambda::main(fn_log::handle)
}
