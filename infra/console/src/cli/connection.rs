//! The table that a command works on.

use std::path::{Path, PathBuf};

use activity_log_core::Context;
use activity_log_core::platform::aws::Endpoint;
use activity_log_core::platform::config::Config;
use activity_log_core::store::Store;
use activity_log_core::store::client::connect;
use aws_sdk_dynamodb::Client;
use clap::Args;
use tokio::net::UnixStream;

use super::error::CliError;
use crate::data_folder::socket_in;
use crate::engine::at_socket;

/// Where the table is.
#[derive(Clone, Debug, Args)]
pub(super) struct Connection {
    /// Address of the DynamoDB engine; AWS, or what AWS_ENDPOINT_URL_DYNAMODB says, by default.
    #[arg(long, global = true, value_name = "URL")]
    pub(super) endpoint_url: Option<String>,
    /// Folder of a running `serve`, whose table is worked on; for `serve`, where its table is kept.
    #[arg(long, global = true, value_name = "DIR", conflicts_with = "endpoint_url")]
    pub(super) data_dir: Option<PathBuf>,
    /// Name of the table; ACTIVITY_LOG_TABLE or `activity-log` by default.
    #[arg(long, global = true, value_name = "NAME")]
    table: Option<String>,
}

impl Connection {
    pub(super) fn config(&self) -> Result<Config, CliError> {
        let mut config = Config::from_env()?;
        if let Some(table) = &self.table {
            config.table_name.clone_from(table);
        }
        Ok(config)
    }

    pub(super) async fn context(&self) -> Result<Context, CliError> {
        let config = self.config()?;
        let client = match &self.data_dir {
            Some(folder) => client_of_server(folder).await?,
            None => connect(&Endpoint { url: self.endpoint_url.clone() }).await?,
        };
        Ok(Context::new(Store::new(client, &config.table_name), config))
    }
}

/// A client of the engine of a running server.
async fn client_of_server(folder: &Path) -> Result<Client, CliError> {
    let socket = socket_in(folder);
    // Asked for once, so that the answer names the folder.
    UnixStream::connect(&socket)
        .await
        .map_err(|source| CliError::NotServed { folder: folder.to_owned(), source })?;
    Ok(at_socket(&socket))
}
