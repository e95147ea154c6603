//! The binary `activity-log`.

use std::process::ExitCode;

fn main() -> ExitCode {
    activity_log::cli::main()
}
