//! The wiring of `keys`.

use std::process::ExitCode;

fn main() -> ExitCode {
    activity_log_core::lambda::main(fn_keys::handle)
}
