//! The command line of `activity-log`.
//!
//! Results go to standard output, as text or, with `--json`, as one JSON value;
//! progress and problems go to standard error.
//!
//! Each command is a file. What commands share is in `arguments`, `columns`,
//! `connection`, `error`, `obstacle`, `operator`, `output`, `signals` and `trust`, and none of
//! these knows a command.

mod actors;
mod arguments;
mod audit;
mod columns;
mod connection;
mod error;
mod import;
mod index;
mod keys;
mod obstacle;
mod operator;
mod output;
mod record_types;
mod records;
mod reindex;
mod resources;
mod serve;
mod shell;
mod signals;
mod sweep;
mod table;
mod tenant;
mod trust;
mod types;

use std::process::ExitCode;

use activity_log_core::domain::clock::{Environment, SystemEnvironment};
use activity_log_core::domain::error::chain;
use activity_log_core::store::operator::layout::Intent;
use clap::{CommandFactory, Parser, Subcommand};
use tracing::level_filters::LevelFilter;

use self::audit::AuditCommand;
use self::connection::{Connected, Connection};
use self::error::CliError;
use self::operator::Operator;
use self::output::Output;

/// The local stack and the operator's commands of the activity log.
#[derive(Debug, Parser)]
#[command(name = "activity-log", version)]
struct Cli {
    #[command(flatten)]
    connection: Connection,
    #[command(flatten)]
    operator: Operator,
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
    /// Create, list, rotate and revoke keys.
    #[command(subcommand)]
    Keys(keys::KeysCommand),
    /// Keep the registry of related resources.
    #[command(subcommand)]
    Resources(resources::ResourcesCommand),
    /// Keep the names of actors.
    #[command(subcommand)]
    Actors(actors::ActorsCommand),
    /// Define, list and disable activity types.
    #[command(subcommand)]
    Types(types::TypesCommand),
    /// Finish the compaction of the index, or print what it is made of.
    #[command(subcommand)]
    Index(index::IndexCommand),
    /// Seal, export and verify the audit trail.
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// Remove staged items that were never committed and are older than an hour.
    Sweep,
    /// File activities under the words of this release's text analyzer.
    Reindex(reindex::ReindexArgs),
    /// Change the settings of a tenant, or remove one.
    #[command(subcommand)]
    Tenant(tenant::TenantCommand),
    /// Bring activities in.
    #[command(subcommand)]
    Activities(import::ActivitiesCommand),
    /// Print what a shell completes the command line by.
    Completions(shell::CompletionsArgs),
    /// Print the manual page, or write one for each command.
    Man(shell::ManArgs),
}

impl Command {
    /// Whether it may begin a table in which there is nothing.
    fn intent(&self) -> Intent {
        match self {
            Self::Keys(command) => command.intent(),
            Self::Actors(command) => command.intent(),
            Self::Types(command) => command.intent(),
            Self::Audit(command) => command.intent(),
            Self::Table(_) | Self::Index(_) | Self::Completions(_) | Self::Man(_) => Intent::Read,
            Self::Serve(_)
            | Self::Resources(_)
            | Self::Sweep
            | Self::Reindex(_)
            | Self::Tenant(_)
            | Self::Activities(_) => Intent::Write,
        }
    }
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
    // It needs no table, and has a status of its own for what can't be told.
    if let Some(Command::Audit(AuditCommand::Verify(args))) = cli.command {
        return audit::verify::run(args, output);
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return report(&error),
    };
    let command = cli.command.unwrap_or_else(|| Command::Serve(serve::ServeArgs::default()));
    let level =
        if matches!(command, Command::Serve(_)) { LevelFilter::INFO } else { LevelFilter::WARN };
    activity_log_core::platform::telemetry::init_text(level);
    match runtime.block_on(run(command, &cli.connection, &cli.operator, output)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report(&error),
    }
}

fn report(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("activity-log: {}", chain(error));
    ExitCode::FAILURE
}

async fn run(
    command: Command,
    connection: &Connection,
    operator: &Operator,
    output: Output,
) -> Result<(), CliError> {
    match command {
        Command::Completions(args) => return shell::completions(&args, definition(), output),
        Command::Man(args) => return shell::man(&args, definition(), output),
        _ => {}
    }
    // Told before anything is begun by a clock that nothing can be done by.
    SystemEnvironment.now()?;
    connection.check()?;
    let command = match command {
        Command::Serve(args) => return serve::run(args, connection, output).await,
        // It needs no table.
        Command::Audit(AuditCommand::Export(args)) if args.api.is_some() => {
            return audit::run_over_api(&args, output).await;
        }
        command => command,
    };
    let connected = connection.connect().await?;
    // The table that these commands make or describe may be missing.
    if !matches!(command, Command::Table(_)) {
        connected.look(command.intent()).await?;
    }
    match work(command, &connected, operator, output).await {
        Ok(()) => Ok(()),
        Err(error) => Err(connected.explain(error).await),
    }
}

/// Does what a command asks of a table.
async fn work(
    command: Command,
    connected: &Connected,
    operator: &Operator,
    output: Output,
) -> Result<(), CliError> {
    let ctx = &connected.ctx;
    match command {
        Command::Table(command) => table::run(&command, connected, output).await,
        Command::Keys(command) => keys::run(command, ctx, operator, output).await,
        Command::Resources(command) => resources::run(command, ctx, operator, output).await,
        Command::Actors(command) => actors::run(command, ctx, operator, output).await,
        Command::Types(command) => types::run(command, ctx, operator, output).await,
        Command::Index(command) => index::run(command, ctx, output).await,
        Command::Audit(command) => audit::run(command, connected, output).await,
        Command::Sweep => sweep::run(ctx, output).await,
        Command::Reindex(args) => reindex::run(args, ctx, operator, output).await,
        Command::Tenant(command) => tenant::run(command, ctx, operator, output).await,
        Command::Activities(command) => import::run(command, ctx, operator, output).await,
        // They need no table of this kind, and were done.
        Command::Serve(_) | Command::Completions(_) | Command::Man(_) => Ok(()),
    }
}
