//! `activity-log table`.

use activity_log_core::store::operator::obstacle::Obstacle;
use activity_log_core::store::operator::table::{self, ChangeStream, Created};
use clap::Subcommand;
use serde_json::json;

use super::connection::Connected;
use super::error::CliError;
use super::output::Output;

#[derive(Debug, Subcommand)]
pub(super) enum TableCommand {
    /// Make the table, with time to live and stream, unless it is there.
    Create,
    /// Describe the table.
    Describe,
}

pub(super) async fn run(
    command: &TableCommand,
    connected: &Connected,
    output: Output,
) -> Result<(), CliError> {
    let store = &connected.ctx.store;
    let name = store.table_name();
    match command {
        TableCommand::Create => {
            let created = table::create(store, ChangeStream::On).await?;
            let (text, is_new) = match created {
                Created::New => ("is made", true),
                Created::Existing => ("was there", false),
            };
            output.print(
                format_args!("The table {name} {text}."),
                &json!({ "table": name, "created": is_new }),
            )?;
        }
        TableCommand::Describe => {
            let missing = || CliError::Obstacle(Obstacle::TableMissing, connected.place.clone());
            let table = table::describe(store).await?.ok_or_else(missing)?;
            let off = || "off".to_owned();
            // One that is being made can't be read.
            let layout = match table.status.as_str() {
                "ACTIVE" | "UPDATING" => store.layout().await?,
                _ => None,
            };
            let text = format!(
                "table         {}\nstatus        {}\nlayout        {}\nitems         {}\nsize_bytes    {}\ntime to live  {}\nstream        {}",
                table.table,
                table.status,
                layout.map_or_else(|| "none".to_owned(), |layout| layout.to_string()),
                table.items,
                table.size_bytes,
                table.time_to_live_attribute.clone().unwrap_or_else(off),
                table.stream_arn.clone().unwrap_or_else(off),
            );
            let mut described = json!(table);
            described["layout"] = json!(layout);
            output.print(text, &described)?;
        }
    }
    Ok(())
}
