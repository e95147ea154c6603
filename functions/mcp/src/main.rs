//! The wiring of `mcp`.

use std::process::ExitCode;

fn main() -> ExitCode {
    activity_log_core::lambda::main(fn_mcp::handle)
}
