//! The command line of `activity-log`.
//!
//! Results go to standard output, as text or, with `--json`, as one JSON value;
//! progress and problems go to standard error.
//!
//! Each command is a file. What commands share is in `arguments`, `connection`,
//! `error` and `output`, and none of these knows a command.

mod arguments;
mod connection;
mod error;
mod import;
mod keys;
mod output;
mod record_types;
mod records;
mod reindex;
mod resources;
mod serve;
mod sweep;
mod table;
mod tenant;
mod types;

use std::process::ExitCode;

use activity_log_core::domain::clock::{Environment, SystemEnvironment};
use activity_log_core::domain::error::chain;
use clap::{CommandFactory, Parser, Subcommand};
use tracing::level_filters::LevelFilter;

use self::connection::Connection;
use self::error::CliError;
use self::output::Output;

/// The local stack and the operator's commands of the activity log.
#[derive(Debug, Parser)]
#[command(name = "activity-log", version)]
struct Cli {
    #[command(flatten)]
    connection: Connection,
    /// Print results as JSON.
    #[arg(long, global = true)]
    json: bool,
    /// `serve` when it is left out.
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve all HTTP functions from this machine, over an embedded engine.
    Serve(serve::ServeArgs),
    /// Make or describe the table.
    #[command(subcommand)]
    Table(table::TableCommand),
    /// Create, list and revoke credentials.
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Keep the registry of related resources.
    #[command(subcommand)]
    Resources(resources::ResourcesCommand),
    /// Define, list and disable activity types.
    #[command(subcommand)]
    Types(types::TypesCommand),
    /// Remove staged items that were never committed and are older than an hour.
    Sweep,
    /// File activities under the words of this release's text analyzer.
    Reindex(reindex::ReindexArgs),
    /// Remove a tenant.
    #[command(subcommand)]
    Tenant(tenant::TenantCommand),
    /// Bring activities in.
    #[command(subcommand)]
    Activities(import::ActivitiesCommand),
}

/// What the command line takes, for those who hold documents against it.
#[must_use]
pub fn definition() -> clap::Command {
    Cli::command()
}

/// Runs the command that the arguments name.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let output = Output { json: cli.json };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return report(&error),
    };
    let command = cli.command.unwrap_or_else(|| Command::Serve(serve::ServeArgs::default()));
    let level =
        if matches!(command, Command::Serve(_)) { LevelFilter::INFO } else { LevelFilter::WARN };
    activity_log_core::platform::telemetry::init_text(level);
    match runtime.block_on(run(command, &cli.connection, output)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report(&error),
    }
}

fn report(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("activity-log: {}", chain(error));
    ExitCode::FAILURE
}

async fn run(command: Command, connection: &Connection, output: Output) -> Result<(), CliError> {
    // Told before anything is begun by a clock that nothing can be done by.
    SystemEnvironment.now()?;
    match command {
        Command::Serve(args) => serve::run(args, connection, output).await,
        Command::Table(command) => table::run(&command, &connection.context().await?, output).await,
        Command::Keys(command) => keys::run(command, &connection.context().await?, output).await,
        Command::Resources(command) => {
            resources::run(command, &connection.context().await?, output).await
        }
        Command::Types(command) => types::run(command, &connection.context().await?, output).await,
        Command::Sweep => sweep::run(&connection.context().await?, output).await,
        Command::Reindex(args) => reindex::run(args, &connection.context().await?, output).await,
        Command::Tenant(command) => {
            tenant::run(command, &connection.context().await?, output).await
        }
        Command::Activities(command) => {
            import::run(command, &connection.context().await?, output).await
        }
    }
}
