//! The wiring of `search`.

use std::process::ExitCode;

fn main() -> ExitCode {
    activity_log_core::lambda::main(fn_search::handle)
}
