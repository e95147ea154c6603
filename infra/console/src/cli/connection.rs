//! The table that a command works on.

use std::path::{Path, PathBuf};

use activity_log_core::Context;
use activity_log_core::platform::aws::{self, Endpoint, Service};
use activity_log_core::platform::aws_check::{check, endpoint_in_env};
use activity_log_core::platform::config::Config;
use activity_log_core::store::Store;
use activity_log_core::store::client::build;
use activity_log_core::store::operator::layout::{Intent, settle};
use activity_log_core::store::operator::obstacle::{Obstacle, look};
use aws_sdk_dynamodb::Client;
use clap::Args;
use tokio::net::UnixStream;

use super::arguments::{check_table_name, url};
use super::error::CliError;
use super::obstacle::{At, Place};
use super::trust::check_ca_bundle;
use crate::data_folder::socket_in;
use crate::engine::at_socket;

/// Where `serve` keeps its table if nothing else is said.
pub(super) const DATA_DIR: &str = ".activity-log";

/// Where the table is.
#[derive(Clone, Debug, Args)]
pub(super) struct Connection {
    /// Address of the DynamoDB engine; AWS, or what AWS_ENDPOINT_URL_DYNAMODB says, by default.
    #[arg(long, global = true, value_name = "URL", value_parser = url)]
    pub(super) endpoint_url: Option<String>,
    /// Work on the table of the `serve` that runs in this folder.
    #[arg(long, global = true, conflicts_with_all = ["endpoint_url", "data_dir"])]
    pub(super) local: bool,
    /// Folder of a running `serve`, whose table is worked on; for `serve`, where its table is kept.
    #[arg(long, global = true, value_name = "DIR", conflicts_with = "endpoint_url")]
    pub(super) data_dir: Option<PathBuf>,
    /// Name of the table; ACTIVITY_LOG_TABLE or `activity-log` by default.
    #[arg(long, global = true, value_name = "NAME")]
    pub(super) table: Option<String>,
}

impl Connection {
    pub(super) fn config(&self) -> Result<Config, CliError> {
        let mut config = Config::from_env()?;
        let name = match &self.table {
            Some(table) => {
                config.table_name.clone_from(table);
                "--table"
            }
            None => "ACTIVITY_LOG_TABLE",
        };
        check_table_name(&config.table_name).map_err(|rule| CliError::Setting { name, rule })?;
        Ok(config)
    }

    /// Whether one place is named, and not several.
    pub(super) fn check(&self) -> Result<(), CliError> {
        let named = [
            ("--endpoint-url", self.endpoint_url.is_some()),
            ("--local", self.local),
            ("--data-dir", self.data_dir.is_some()),
        ];
        let mut named = named.into_iter().filter(|(_, given)| *given).map(|(name, _)| name);
        match (named.next(), named.next()) {
            (Some(one), Some(other)) => Err(CliError::TwoPlaces(one, other)),
            _ => Ok(()),
        }
    }

    /// A connection to the table, without a look whether there is one.
    pub(super) async fn connect(&self) -> Result<Connected, CliError> {
        let config = self.config()?;
        let folder = match self.local {
            true => Some(Path::new(DATA_DIR)),
            false => self.data_dir.as_deref(),
        };
        let (client, at) = match folder {
            Some(folder) => {
                let client = client_of_server(folder, self.local).await?;
                (client, At::Folder(folder.to_owned()))
            }
            None => self.client_of_endpoint().await?,
        };
        let place = Place { table: config.table_name.clone(), at };
        let ctx = Context::new(Store::new(client, &config.table_name), config);
        Ok(Connected { ctx, place })
    }

    async fn client_of_endpoint(&self) -> Result<(Client, At), CliError> {
        let named = match &self.endpoint_url {
            Some(url) => Some(("--endpoint-url", url.clone())),
            None => endpoint_in_env(Service::DynamoDb),
        };
        if let Some((name, value)) = &named {
            url(value).map_err(|rule| CliError::Setting { name, rule })?;
        }
        if !named.as_ref().is_some_and(|(_, url)| url.starts_with("http://")) {
            check_ca_bundle()?;
        }
        let endpoint = Endpoint { url: self.endpoint_url.clone() };
        let config = aws::config(Service::DynamoDb, &endpoint).await?;
        check(&config).await.map_err(CliError::Lacks)?;
        let at = match named {
            Some((named_by, url)) => At::Url { url, named_by },
            None => At::Region(config.region().map(ToString::to_string).unwrap_or_default()),
        };
        Ok((build(&config), at))
    }
}

/// A connection to a table.
#[derive(Debug)]
pub(super) struct Connected {
    pub(super) ctx: Context,
    pub(super) place: Place,
}

impl Connected {
    /// Looks whether a command that needs the table can begin.
    pub(super) async fn look(&self, intent: Intent) -> Result<(), CliError> {
        let looked = look(&self.ctx.store).await;
        looked.map_err(|obstacle| self.obstacle(obstacle))?;
        match settle(&self.ctx.store, intent).await {
            Ok(()) => Ok(()),
            Err(error) => Err(self.explain(error.into()).await),
        }
    }

    /// A failure with what stands in the way, where that can be told.
    pub(super) async fn explain(&self, error: CliError) -> CliError {
        let obstacle = match error.failure() {
            None => None,
            Some(failure) => match Obstacle::of(failure) {
                None => look(&self.ctx.store).await.err(),
                known => known,
            },
        };
        match obstacle {
            Some(obstacle) => error.because(self.obstacle(obstacle)),
            None => error,
        }
    }

    fn obstacle(&self, obstacle: Obstacle) -> CliError {
        CliError::Obstacle(obstacle, self.place.clone())
    }
}

/// A client of the engine of a running server.
async fn client_of_server(folder: &Path, local: bool) -> Result<Client, CliError> {
    let socket = socket_in(folder);
    // Asked for once, so that the answer names the folder.
    UnixStream::connect(&socket).await.map_err(|error| CliError::NotServed {
        folder: folder.to_owned(),
        local,
        error,
    })?;
    Ok(at_socket(&socket))
}
