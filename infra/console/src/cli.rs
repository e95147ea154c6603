//! The command line of `activity-log`.
//!
//! Results go to standard output, as text or, with `--json`, as one JSON value;
//! progress and problems go to standard error.

mod import;
mod json_lines;
mod keys;
mod reindex;
mod resources;
mod serve;
mod sweep;
mod table;
mod tenant;
mod types;

use std::fmt::Display;
use std::process::ExitCode;

use activity_log_core::Context;
use activity_log_core::activity::RelatedResourceId;
use activity_log_core::aws::{Endpoint, StartError};
use activity_log_core::config::{Config, ConfigError};
use activity_log_core::error::{FieldError, chain};
use activity_log_core::principal::{Actor, Scope, TenantId};
use activity_log_core::record_type::{Identifier, RecordType};
use activity_log_core::store::Store;
use activity_log_core::store::client::connect;
use clap::{Args, CommandFactory, Parser, Subcommand};
use serde_json::Value;
use tracing::level_filters::LevelFilter;

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

/// Where the table is.
#[derive(Clone, Debug, Args)]
struct Connection {
    /// Address of the DynamoDB engine; AWS, or what AWS_ENDPOINT_URL_DYNAMODB says, by default.
    #[arg(long, global = true, value_name = "URL")]
    endpoint_url: Option<String>,
    /// Name of the table; ACTIVITY_LOG_TABLE or `activity-log` by default.
    #[arg(long, global = true, value_name = "NAME")]
    table: Option<String>,
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

/// A resource as the command line names it.
#[derive(Clone, Debug, Args)]
struct ResourceArgs {
    /// The tenant.
    #[arg(long, value_parser = tenant)]
    tenant: TenantId,
    /// A kind of record: contact, company, deal, task, support_ticket, or one of
    /// the tenant's own. A kind that the registry has seen can be named by its UUID.
    #[arg(long = "type", value_parser = record_type)]
    record_type: Identifier<RecordType>,
    /// Its id.
    #[arg(long, value_parser = resource_id)]
    id: RelatedResourceId,
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
enum CliError {
    #[error("the configuration is not valid")]
    Config(#[from] ConfigError),
    #[error("the table can't be connected to")]
    Connect(#[from] StartError),
    #[error("the table did not do what was asked")]
    Core(#[from] activity_log_core::Error),
    #[error("the embedded engine could not start")]
    Engine(#[from] crate::engine::EngineError),
    #[error("{what}")]
    Io { what: String, source: std::io::Error },
    #[error("there is no {0}")]
    Missing(&'static str),
    #[error("the file is refused{}", list(.0))]
    FileRefused(Vec<FieldError>),
    #[error("{refused} of {lines} lines were refused")]
    LinesRefused { refused: usize, lines: usize },
    #[error("{failed} records can't be indexed")]
    NotIndexed { failed: usize },
    #[error(
        "nothing was removed: {activities} activities have only words of an older version; \
         run `activity-log reindex` first"
    )]
    OldWordsInUse { activities: usize },
    #[error(
        "nothing was removed: name the tenant at the prompt of a terminal, or confirm with --yes; \
         --dry-run counts what would be removed"
    )]
    NotConfirmed,
}

fn list(violations: &[FieldError]) -> String {
    violations.iter().map(|error| format!("\n  {}: {}", error.field, error.message)).collect()
}

impl CliError {
    fn io(what: impl Display) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.to_string();
        move |source| Self::Io { what, source }
    }
}

/// Where results go.
#[derive(Clone, Copy, Debug)]
struct Output {
    json: bool,
}

impl Output {
    /// Prints a result in the form that was asked for.
    fn print(self, text: impl Display, json: &Value) {
        if self.json {
            println!("{json}");
        } else {
            println!("{text}");
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
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return report(&error),
    };
    let command = cli.command.unwrap_or_else(|| Command::Serve(serve::ServeArgs::default()));
    let level =
        if matches!(command, Command::Serve(_)) { LevelFilter::INFO } else { LevelFilter::WARN };
    activity_log_core::telemetry::init_text(level);
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

impl Connection {
    fn config(&self) -> Result<Config, CliError> {
        let mut config = Config::from_env()?;
        if let Some(table) = &self.table {
            config.table_name.clone_from(table);
        }
        Ok(config)
    }

    async fn context(&self) -> Result<Context, CliError> {
        let config = self.config()?;
        let client = connect(&Endpoint { url: self.endpoint_url.clone() }).await?;
        Ok(Context::new(Store::new(client, &config.table_name), config))
    }
}

fn tenant(text: &str) -> Result<TenantId, String> {
    TenantId::parse(text).map_err(|error| error.to_string())
}

fn actor(text: &str) -> Result<Actor, String> {
    Actor::parse(text).map_err(|error| error.to_string())
}

fn scope(text: &str) -> Result<Scope, String> {
    Scope::parse(text).map_err(str::to_owned)
}

fn record_type(text: &str) -> Result<Identifier<RecordType>, String> {
    Identifier::parse(text)
        .ok_or_else(|| "must be a UUID, or a name of 1 to 64 of a-z 0-9 _".to_owned())
}

fn resource_id(text: &str) -> Result<RelatedResourceId, String> {
    RelatedResourceId::parse(text).map_err(|error| error.to_string())
}
