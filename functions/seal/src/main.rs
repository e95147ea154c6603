//! The wiring of `seal`.

use std::process::ExitCode;

fn main() -> ExitCode {
    activity_log_core::lambda::main_of_events_to(
        async |ctx| fn_seal::connect(&ctx.config.audit_signing_keys).await,
        fn_seal::handle,
    )
}
