//! The wiring of `web`.

use std::process::ExitCode;

fn main() -> ExitCode {
    activity_log_core::lambda::main_without_table(fn_web::handle)
}
