//! The wiring of `get-logged`.

use std::process::ExitCode;

fn main() -> ExitCode {
    activity_log_core::lambda::main(fn_get_logged::handle)
}
