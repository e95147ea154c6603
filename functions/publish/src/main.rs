//! The wiring of `publish`.

use std::process::ExitCode;

use fn_publish::EventBus;

fn main() -> ExitCode {
    activity_log_core::lambda::main_of_events_to(
        async |ctx| EventBus::connect(&ctx.config.event_bus).await,
        fn_publish::handle,
    )
}
