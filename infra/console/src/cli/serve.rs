//! `activity-log serve`: everything on this machine.

use std::fs::{DirBuilder, OpenOptions};
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use activity_log_core::Context;
use activity_log_core::app::authenticate::authenticate;
use activity_log_core::domain::activity::{RelatedResource, RelatedResourceId};
use activity_log_core::domain::principal::{Actor, Credential, Scope, Scopes, TenantId};
use activity_log_core::domain::record_type::BuiltInRecordType;
use activity_log_core::domain::registry::{DisplayName, Presence, ResourceRecord};
use activity_log_core::store::Store;
use activity_log_core::store::client::connect_local;
use activity_log_core::store::operator::table::{self, ChangeStream};
use clap::Args;
use serde_json::json;
use tokio::net::TcpListener;

use super::connection::Connection;
use super::error::CliError;
use super::output::Output;
use crate::engine::{Engine, Storage};
use crate::stack;

/// The tenant of the first try.
const DEMO_TENANT: &str = "demo";
/// The file in the data directory with the demo tenant's key.
const DEMO_KEY_FILE: &str = "demo-key";
/// What the demo tenant's activities can be attached to.
const DEMO_RESOURCES: [(BuiltInRecordType, &str, &str); 3] = [
    (BuiltInRecordType::Contact, "con_123", "Jane Doe"),
    (BuiltInRecordType::Company, "com_123", "Acme Corporation"),
    (BuiltInRecordType::Deal, "deal_123", "Acme renewal"),
];

#[derive(Clone, Debug, Args)]
pub(super) struct ServeArgs {
    /// Address of the HTTP functions.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Address of the embedded engine, for any DynamoDB client.
    #[arg(long, default_value = "127.0.0.1:8000")]
    dynamodb_listen: SocketAddr,
    /// Where the embedded engine keeps the table.
    #[arg(long, default_value = ".activity-log", value_name = "DIR")]
    data_dir: PathBuf,
    /// Keep nothing: the table is gone with the process.
    #[arg(long, conflicts_with = "data_dir")]
    in_memory: bool,
    /// Make the demo tenant on an engine that is named with --endpoint-url.
    #[arg(long)]
    demo: bool,
}

impl Default for ServeArgs {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            dynamodb_listen: SocketAddr::from(([127, 0, 0, 1], 8000)),
            data_dir: PathBuf::from(".activity-log"),
            in_memory: false,
            demo: false,
        }
    }
}

pub(super) async fn run(
    args: ServeArgs,
    connection: &Connection,
    output: Output,
) -> Result<(), CliError> {
    // Asked for first, so that a signal during the start is not lost.
    let shutdown = shutdown_signal()?;
    let listener = TcpListener::bind(args.listen)
        .await
        .map_err(CliError::io(format_args!("can't listen at {}", args.listen)))?;
    let address = listener.local_addr().map_err(CliError::io("the listener has no address"))?;

    let key_file = args.data_dir.join(DEMO_KEY_FILE);
    let (engine, ctx, key_file) = if connection.endpoint_url.is_some() {
        (None, connection.context().await?, None)
    } else {
        let storage = if args.in_memory {
            Storage::Memory
        } else {
            make_private_directory(&args.data_dir)?;
            Storage::Directory(&args.data_dir)
        };
        let engine = Engine::start(storage, args.dynamodb_listen).await?;
        let config = connection.config()?;
        let client = connect_local(&engine.endpoint_url());
        let ctx = Context::new(Store::new(client, &config.table_name), config);
        (Some(engine), ctx, (!args.in_memory).then_some(key_file))
    };
    let stream = if engine.is_some() { ChangeStream::Off } else { ChangeStream::On };
    table::create(&ctx.store, stream).await?;
    let demo_key = if engine.is_some() || args.demo {
        Some(demo_tenant(&ctx, key_file.as_deref()).await?)
    } else {
        None
    };
    announce(address, engine.as_ref(), demo_key.as_deref(), key_file.as_deref(), output);

    stack::serve(listener, Arc::new(ctx), shutdown)
        .await
        .map_err(CliError::io("the server failed"))?;
    if let Some(engine) = engine {
        engine.stop().await;
    }
    Ok(())
}

/// Resolves at Ctrl-C, and at the signal by which a supervisor ends a process.
fn shutdown_signal() -> Result<impl Future<Output = ()> + Send + 'static, CliError> {
    use tokio::signal::unix::{SignalKind, signal};
    let listen = |kind| signal(kind).map_err(CliError::io("can't listen for signals"));
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut terminate = listen(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        eprintln!("stopping");
    })
}

/// It holds a key and business history, so only its owner may look into it.
fn make_private_directory(path: &Path) -> Result<(), CliError> {
    use std::os::unix::fs::DirBuilderExt;
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(CliError::io(path.display()))
}

/// The key of the demo tenant: the one in the file, as long as it is taken,
/// else a new one.
async fn demo_tenant(ctx: &Context, key_file: Option<&Path>) -> Result<String, CliError> {
    if let Some(path) = key_file
        && let Ok(key) = std::fs::read_to_string(path)
        && authenticate(ctx, key.trim()).await.is_ok()
    {
        return Ok(key.trim().to_owned());
    }
    let tenant = TenantId::parse(DEMO_TENANT).expect("the id is valid");
    for (resource_type, id, name) in DEMO_RESOURCES {
        let record = ResourceRecord {
            resource: RelatedResource {
                resource_type: resource_type.into(),
                id: RelatedResourceId::parse(id).expect("the id is valid"),
            },
            display_name: Some(DisplayName::parse(name).expect("the name is valid")),
            changed_at: ctx.environment.now(),
            presence: Presence::Present,
        };
        ctx.store.put_related_resource(&tenant, &record).await?;
    }
    let actor = Actor::parse("service:demo").expect("the actor is valid");
    let scopes: Scopes = Scope::ALL.iter().copied().collect();
    let (credential, key) = Credential::issue(ctx.environment.as_ref(), tenant, actor, scopes);
    ctx.store.put_credential(&credential).await?;
    if let Some(path) = key_file {
        write_private_file(path, &key.reveal()).map_err(CliError::io(path.display()))?;
    }
    Ok(key.reveal())
}

fn write_private_file(path: &Path, text: &str) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    // A file that is there keeps its mode when it is opened, so it is replaced.
    let temporary = path.with_extension("new");
    match std::fs::remove_file(&temporary) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary)?;
    writeln!(file, "{text}")?;
    file.sync_all()?;
    std::fs::rename(temporary, path)
}

fn announce(
    address: SocketAddr,
    engine: Option<&Engine>,
    demo_key: Option<&str>,
    key_file: Option<&Path>,
    output: Output,
) {
    let url = format!("http://{address}");
    let engine_url = engine.map(Engine::endpoint_url);
    let mut text = format!("The activity log listens at {url}\n");
    if let Some(engine_url) = &engine_url {
        text += &format!("DynamoDB, for any client, at  {engine_url}\n");
    }
    if let Some(key) = demo_key {
        text += &format!("The key of tenant {DEMO_TENANT}:         {key}\n");
        if let Some(path) = key_file {
            text += &format!("(kept in {})\n", path.display());
        }
        text += &format!(
            r#"
Try it:

  curl -sS {url}/v1/activities -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' -d '{{"type":"email","summary":"Jane asked for pricing details","related_resource_type":"contact","related_resource_id":"con_123"}}'

  curl -sS '{url}/v1/activities?query=price' -H 'Authorization: Bearer {key}'

  curl -sS {url}/v1/audit-events -H 'Authorization: Bearer {key}'
"#
        );
    }
    let value = json!({ "url": url, "dynamodb_url": engine_url, "demo_key": demo_key });
    output.print(text, &value);
}
