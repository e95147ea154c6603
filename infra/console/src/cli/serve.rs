//! `activity-log serve`: everything on this machine.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use activity_log_core::app::authenticate::is_taken;
use activity_log_core::app::seal_events::Sealer;
use activity_log_core::domain::clock::SystemEnvironment;
use activity_log_core::domain::principal::TenantId;
use activity_log_core::platform::aws::LOCAL_REGION_NAME;
use activity_log_core::platform::config::WebPages;
use activity_log_core::store::operator::layout::{Intent, settle};
use activity_log_core::store::operator::obstacle::Obstacle;
use activity_log_core::store::operator::table::{self, ChangeStream};
use activity_log_core::store::{PutCredentialError, Store};
use activity_log_core::{Context, Error};
use clap::Args;
use serde_json::json;
use tokio::net::TcpListener;

use super::arguments::address;
use super::audit::{AuditKeyArgs, verifier_keys};
use super::connection::{Connected, Connection, DATA_DIR};
use super::error::CliError;
use super::obstacle::{At, Place};
use super::output::Output;
use super::signals::Signals;
use crate::audit_key::FileKey;
use crate::compaction::Compaction;
use crate::data_folder::{DataFolder, Found};
use crate::demo::{self, Content, DemoError};
use crate::engine::{AccessKey, Contents, Engine};
use crate::sealing::Sealing;
use crate::stack;

#[derive(Clone, Debug, Args)]
pub(super) struct ServeArgs {
    /// Address of the HTTP functions, or a port of this machine alone.
    #[arg(long, value_name = "ADDRESS", value_parser = address, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Opens the embedded engine to DynamoDB clients on this machine, at an address.
    #[arg(
        long, value_name = "ADDRESS", value_parser = address,
        conflicts_with_all = ["endpoint_url", "local"]
    )]
    dynamodb_listen: Option<SocketAddr>,
    /// Keep nothing: the table is gone with the process.
    #[arg(long, conflicts_with_all = ["endpoint_url", "local"])]
    in_memory: bool,
    /// Make the demo tenant on an engine that is named with --endpoint-url or --local.
    #[arg(long)]
    demo: bool,
    /// Make the demo tenant without a week of activities.
    #[arg(long)]
    empty: bool,
    /// Make the table on an engine that is named with --endpoint-url or --local, if it is
    /// missing.
    #[arg(long)]
    create_table: bool,
    /// Run the index's compactor on an engine that is named with --endpoint-url and https://
    /// as well. It runs on any other one; on AWS the function `index` does it.
    #[arg(long)]
    compact: bool,
    #[command(flatten)]
    audit_key: AuditKeyArgs,
}

impl ServeArgs {
    /// Whether this process runs the compactor for what it writes, and seals it. On AWS a function does,
    /// and no other engine is reached by TLS in general.
    fn compacts(&self, connection: &Connection) -> bool {
        let is_aws = |url: &String| url.starts_with("https://");
        self.compact || !connection.endpoint_url.as_ref().is_some_and(is_aws)
    }

    fn content(&self) -> Content {
        if self.empty { Content::Nothing } else { Content::Week }
    }
}

impl Default for ServeArgs {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            dynamodb_listen: None,
            in_memory: false,
            demo: false,
            empty: false,
            create_table: false,
            compact: false,
            audit_key: AuditKeyArgs::default(),
        }
    }
}

pub(super) async fn run(
    args: ServeArgs,
    connection: &Connection,
    output: Output,
) -> Result<(), CliError> {
    // Asked for first, so that a signal during the start is not lost.
    let mut signals = Signals::listen()?;
    let shutdown = async move {
        signals.next().await;
        eprintln!("stopping");
    };
    let (listener, address) = bind(args.listen, "--listen").await?;
    let url = format!("http://{address}");
    let (ctx, backend, demo_key) = if connection.endpoint_url.is_some() || connection.local {
        let connected = connection.connect().await?;
        let demo_key = match prepare(&connected, &args).await {
            Ok(demo_key) => demo_key,
            Err(error) => return Err(connected.explain(error).await),
        };
        (connected.ctx, None, demo_key)
    } else {
        let (ctx, backend) = start_engine(&args, connection).await?;
        if let Err(error) = table::create(&ctx.store, ChangeStream::Off).await {
            return Err(not_created(error, &ctx, &backend));
        }
        let demo_key = demo_tenant(&ctx, backend.engine.folder(), args.content()).await?;
        (ctx, Some(backend), demo_key)
    };
    let sealer = match args.compacts(connection) {
        true => Some(sealer(&args, connection)?),
        false => None,
    };
    let vkey = sealer.as_ref().zip(demo_key.as_ref()).and_then(|(sealer, _)| {
        let tenant = TenantId::parse(demo::TENANT).ok()?;
        verifier_keys(&ctx, sealer, &tenant).first().map(ToString::to_string)
    });
    let (pages, table) = (ctx.config.web_pages, ctx.store.table_name());
    let announced = Announced { url, pages, table, demo_key, vkey, backend: backend.as_ref() };
    output.print(announced.text(), &announced.json())?;

    let disk = backend.as_ref().and_then(|backend| backend.engine.disk());
    let ctx = Arc::new(ctx);
    let compaction = args.compacts(connection).then(|| Compaction::start(&ctx)).flatten();
    let sealing = sealer.and_then(|sealer| Sealing::start(&ctx, sealer));
    stack::serve(listener, ctx, disk, shutdown).await;
    if let Some(sealing) = sealing {
        sealing.stop().await;
    }
    if let Some(compaction) = compaction {
        compaction.stop().await;
    }
    if let Some(backend) = backend {
        backend.engine.stop().await;
    }
    Ok(())
}

/// Who signs what this process seals: the key in the folder, one that is named, or, where
/// nothing is kept, one that is gone with the process.
fn sealer(args: &ServeArgs, connection: &Connection) -> Result<Sealer, CliError> {
    let environment = SystemEnvironment;
    let key = if args.in_memory && !args.audit_key.is_named() {
        FileKey::in_memory(&environment)
    } else {
        FileKey::open(&args.audit_key.path(connection.data_dir.as_deref())?, &environment)?
    };
    Ok(Sealer::new(vec![Arc::new(key)]))
}

/// The embedded engine, and its door on the network where it has one.
struct Backend {
    engine: Engine,
    door: Option<(String, AccessKey)>,
}

async fn start_engine(
    args: &ServeArgs,
    connection: &Connection,
) -> Result<(Context, Backend), CliError> {
    let config = connection.config()?;
    let mut engine = if args.in_memory {
        if connection.data_dir.is_some() {
            return Err(CliError::MemoryAndFolder);
        }
        Engine::in_memory()?
    } else {
        let path = connection.data_dir.as_deref().unwrap_or(Path::new(DATA_DIR));
        Engine::in_folder(DataFolder::open(path)?)?
    };
    tell_contents(&engine);
    let door = match args.dynamodb_listen {
        None => None,
        Some(address) => {
            let (listener, address) = bind(address, "--dynamodb-listen").await?;
            let url = format!("http://{address}");
            let access_key = access_key(engine.folder(), &url)?;
            engine.listen(listener, access_key.clone());
            Some((url, access_key))
        }
    };
    let ctx = Context::new(Store::new(engine.client(), &config.table_name), config);
    Ok((ctx, Backend { engine, door }))
}

async fn bind(
    address: SocketAddr,
    option: &'static str,
) -> Result<(TcpListener, SocketAddr), CliError> {
    let failed = |error| CliError::Listen { address, option, error };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

/// Why there is no table in a folder, or in memory.
fn not_created(error: Error, ctx: &Context, backend: &Backend) -> CliError {
    match (Obstacle::of(&error), backend.engine.folder()) {
        (Some(obstacle), Some(folder)) => {
            let at = At::Folder(folder.path().to_owned());
            CliError::Obstacle(obstacle, Place { table: ctx.store.table_name().to_owned(), at })
        }
        _ => error.into(),
    }
}

/// What is needed on an engine of others. A table is made there only where that is
/// said, so that a mistyped name is no empty log.
async fn prepare(connected: &Connected, args: &ServeArgs) -> Result<Option<String>, CliError> {
    let ctx = &connected.ctx;
    if args.create_table {
        table::create(&ctx.store, ChangeStream::On).await?;
    } else if table::describe(&ctx.store).await?.is_none() {
        return Err(CliError::NoTable(connected.place.clone()));
    } else {
        settle(&ctx.store, Intent::Write).await?;
    }
    if args.demo { demo_tenant(ctx, None, args.content()).await } else { Ok(None) }
}

fn tell_contents(engine: &Engine) {
    let Some(folder) = engine.folder() else { return };
    let place = folder.path().display();
    let Contents { found, items, bytes } = engine.contents();
    match found {
        Found::Nothing => tracing::info!("{place} holds a new log"),
        Found::Sound => tracing::info!(items, bytes, "{place} holds a log that was there"),
        Found::SoundSoFar => tracing::warn!(
            items,
            bytes,
            "{place} holds a log that was there; the time for its check was too short for all of it"
        ),
    }
}

/// The pair that opens the engine, the one in the folder where there is one, so
/// that terminals stay configured. The file is written anew, for its address.
fn access_key(folder: Option<&DataFolder>, url: &str) -> Result<AccessKey, CliError> {
    let Some(folder) = folder else { return Ok(AccessKey::issue(&SystemEnvironment)) };
    let path = folder.dynamodb_env();
    let kept = std::fs::read_to_string(&path).ok().and_then(|text| read_exports(&text));
    let access_key = kept.unwrap_or_else(|| AccessKey::issue(&SystemEnvironment));
    folder.write_private(&path, &exports(url, &access_key))?;
    Ok(access_key)
}

/// What a shell needs for DynamoDB clients to reach the engine.
fn exports(url: &str, access_key: &AccessKey) -> String {
    let AccessKey { id, secret } = access_key;
    format!(
        "export AWS_ENDPOINT_URL_DYNAMODB={url} AWS_REGION={LOCAL_REGION_NAME}\n\
         export AWS_ACCESS_KEY_ID={id} AWS_SECRET_ACCESS_KEY={secret}\n"
    )
}

fn read_exports(text: &str) -> Option<AccessKey> {
    let value = |name: &str| {
        let mut words = text.split_ascii_whitespace();
        words.find_map(|word| word.strip_prefix(name)?.strip_prefix('='))
    };
    AccessKey::read(value("AWS_ACCESS_KEY_ID")?, value("AWS_SECRET_ACCESS_KEY")?)
}

/// The key of the demo tenant: the one in the folder, as long as it is taken,
/// else a new one; none where an operator has removed the tenant.
async fn demo_tenant(
    ctx: &Context,
    folder: Option<&DataFolder>,
    content: Content,
) -> Result<Option<String>, CliError> {
    if let Some(folder) = folder
        && let Ok(key) = std::fs::read_to_string(folder.demo_key())
        && is_taken(ctx, key.trim()).await?
    {
        return Ok(Some(key.trim().to_owned()));
    }
    let key = match demo::make(ctx, content).await {
        Ok(key) => key.reveal(),
        Err(DemoError::Key(error @ PutCredentialError::TenantRemoved)) => {
            let tenant = TenantId::parse(demo::TENANT).expect("the id is valid");
            let reason = CliError::put_credential(&tenant, error);
            tracing::warn!("there is no demo key: {reason}");
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    };
    if let Some(folder) = folder {
        folder.write_private(&folder.demo_key(), &format!("{key}\n"))?;
    }
    Ok(Some(key))
}

/// What is told when everything is up.
struct Announced<'a> {
    url: String,
    pages: WebPages,
    table: &'a str,
    demo_key: Option<String>,
    /// What verifies the demo tenant's log.
    vkey: Option<String>,
    backend: Option<&'a Backend>,
}

impl Announced<'_> {
    fn door(&self) -> Option<&(String, AccessKey)> {
        self.backend.and_then(|backend| backend.door.as_ref())
    }

    fn json(&self) -> serde_json::Value {
        let door = self.door();
        let access_key = door.map(|(_, access_key)| access_key);
        json!({
            "url": self.url,
            "dynamodb_url": door.map(|(url, _)| url),
            "aws_access_key_id": access_key.map(|key| &key.id),
            "aws_secret_access_key": access_key.map(|key| &key.secret),
            "aws_region": door.map(|_| LOCAL_REGION_NAME),
            "table": self.table,
            "demo_key": self.demo_key,
            "demo_vkey": self.vkey,
        })
    }

    fn text(&self) -> String {
        let mut text = format!("The activity log listens at {}\n", self.url);
        if self.pages == WebPages::On {
            text += &format!("Open {}\n", self.url);
        }
        let folder = self.backend.and_then(|backend| backend.engine.folder());
        if let Some(folder) = folder {
            let place = folder.path().display();
            let option = match folder.path() == Path::new(DATA_DIR) {
                true => "--local".to_owned(),
                false => format!("--data-dir {place}"),
            };
            text += &format!("Its table is in {place}; other commands take {option}\n");
        }
        if let Some((url, access_key)) = self.door() {
            text += &format!("DynamoDB clients reach it with\n\n{}\n", exports(url, access_key));
            if let Some(folder) = folder {
                text += &format!("(kept in {})\n", folder.dynamodb_env().display());
            }
        }
        if let Some(key) = &self.demo_key {
            text += &format!("The key of tenant {}: {key}\n", demo::TENANT);
            if let Some(folder) = folder {
                text += &format!("(kept in {})\n", folder.demo_key().display());
            }
            if let Some(vkey) = &self.vkey {
                text += &format!("Its audit log is verified with {vkey}\n");
            }
            text += &first_calls(&self.url, key);
        }
        text
    }
}

fn first_calls(url: &str, key: &str) -> String {
    format!(
        r#"
Try it:

  curl -sS '{url}/v1/activities?query=price' -H 'Authorization: Bearer {key}'

  curl -sS {url}/v1/activities -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' -d '{{"type":"email","summary":"Jane asked for the price of a fourth year","related_resource_type":"contact","related_resource_id":"con_123"}}'

  curl -sS {url}/v1/audit-events -H 'Authorization: Bearer {key}'
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_compactor_is_left_to_the_function_on_aws_alone() {
        for (url, by_default) in [
            (None, true),
            (Some("http://127.0.0.1:8000"), true),
            (Some("https://dynamodb.eu-central-1.amazonaws.com"), false),
        ] {
            let connection = Connection {
                endpoint_url: url.map(str::to_owned),
                local: false,
                data_dir: None,
                table: None,
            };
            for (compact, compacts) in [(false, by_default), (true, true)] {
                let args = ServeArgs { compact, ..ServeArgs::default() };
                assert_eq!(args.compacts(&connection), compacts, "{url:?} {compact}");
            }
        }
    }

    #[test]
    fn a_pair_is_read_back_from_the_lines_for_a_shell() {
        let issued = AccessKey::issue(&SystemEnvironment);
        let text = exports("http://127.0.0.1:8000", &issued);
        assert_eq!(read_exports(&text), Some(issued));
        for text in ["", "export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local"] {
            assert_eq!(read_exports(text), None);
        }
    }
}
