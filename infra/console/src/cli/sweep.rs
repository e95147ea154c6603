//! `activity-log sweep`.

use activity_log_core::Context;
use indicatif::ProgressBar;
use serde_json::json;

use super::error::CliError;
use super::output::Output;

pub(super) async fn run(ctx: &Context, output: Output) -> Result<(), CliError> {
    let bar = ProgressBar::new_spinner();
    let swept = ctx
        .store
        .sweep(ctx.environment.now(), |swept| {
            bar.set_message(format!("{} items scanned, {} removed", swept.scanned, swept.removed));
            bar.tick();
        })
        .await?;
    bar.finish_and_clear();
    output.print(
        format_args!("{} items scanned, {} removed.", swept.scanned, swept.removed),
        &json!({ "scanned": swept.scanned, "removed": swept.removed }),
    );
    Ok(())
}
