//! The wiring of `audit`.

use std::process::ExitCode;

fn main() -> ExitCode {
    activity_log_core::lambda::main(fn_audit::handle)
}
