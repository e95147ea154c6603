//! The table that a command works on.

use activity_log_core::Context;
use activity_log_core::platform::aws::Endpoint;
use activity_log_core::platform::config::Config;
use activity_log_core::store::Store;
use activity_log_core::store::client::connect;
use clap::Args;

use super::error::CliError;

/// Where the table is.
#[derive(Clone, Debug, Args)]
pub(super) struct Connection {
    /// Address of the DynamoDB engine; AWS, or what AWS_ENDPOINT_URL_DYNAMODB says, by default.
    #[arg(long, global = true, value_name = "URL")]
    pub(super) endpoint_url: Option<String>,
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
        let client = connect(&Endpoint { url: self.endpoint_url.clone() }).await?;
        Ok(Context::new(Store::new(client, &config.table_name), config))
    }
}
