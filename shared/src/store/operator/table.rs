//! The table itself: made on any engine, described for an operator.

use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType,
    StreamSpecification, StreamViewType, TableStatus, TimeToLiveSpecification,
};
use serde::Serialize;
use std::time::Duration;
use tokio::time::Instant;

use crate::domain::error::Result;
use crate::platform::backoff::Backoff;
use crate::store::calls::Store;
use crate::store::failure::{DeadlinePassed, to_error};
use crate::store::item::{PK, SK};
use crate::store::items::idempotency_record::EXPIRES_AT;
use crate::store::operator::layout::{Intent, settle};

/// How long a new table may take to become active.
const CREATE_DEADLINE: Duration = Duration::from_secs(120);

/// What an operator wants to know of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableDescription {
    /// Its name.
    pub table: String,
    /// `ACTIVE` when it can be used.
    pub status: String,
    /// Items, as DynamoDB counts them every few hours.
    pub items: i64,
    /// Bytes, counted as seldom.
    pub size_bytes: i64,
    /// The attribute whose time removes an item, where that is on.
    pub time_to_live_attribute: Option<String>,
    /// The stream that `publish` reads, where it is on.
    pub stream_arn: Option<String>,
}

/// Whether a table tells of its changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeStream {
    /// It does, for those who react to them.
    On,
    /// It does not. The embedded engine numbers the records of a stream by
    /// looking at all of them, so that every write would cost the whole history.
    Off,
}

/// Whether a table had to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Created {
    /// It was made.
    New,
    /// It was there.
    Existing,
}

/// Makes the table, on demand, with time to live, and with a stream or without,
/// unless it is there, waits until it can be used, and begins it with its layout.
///
/// # Errors
///
/// A failed call, and a table that is there and has another layout.
pub async fn create(store: &Store, stream: ChangeStream) -> Result<Created> {
    let created = match describe(store).await? {
        Some(_) => Created::Existing,
        None => {
            make(store, stream).await?;
            Created::New
        }
    };
    let mut backoff = Backoff::until(Instant::now() + CREATE_DEADLINE);
    let description = loop {
        match describe(store).await? {
            Some(table) if table.status == TableStatus::Active.as_str() => break table,
            _ => {
                if !backoff.wait().await {
                    return Err(DeadlinePassed("making the table").into());
                }
            }
        }
    };
    if description.time_to_live_attribute.is_none() {
        enable_time_to_live(store).await?;
    }
    settle(store, Intent::Write).await?;
    Ok(created)
}

async fn make(store: &Store, stream: ChangeStream) -> Result<()> {
    let key = |name: &str, key_type| {
        KeySchemaElement::builder().attribute_name(name).key_type(key_type).build()
    };
    let attribute = |name: &str| {
        AttributeDefinition::builder()
            .attribute_name(name)
            .attribute_type(ScalarAttributeType::S)
            .build()
    };
    let on = || {
        StreamSpecification::builder()
            .stream_enabled(true)
            .stream_view_type(StreamViewType::NewImage)
            .build()
    };
    let stream = (stream == ChangeStream::On).then(on).transpose();
    store
        .client
        .create_table()
        .table_name(&store.table_name)
        .billing_mode(BillingMode::PayPerRequest)
        .key_schema(key(PK, KeyType::Hash)?)
        .key_schema(key(SK, KeyType::Range)?)
        .attribute_definitions(attribute(PK)?)
        .attribute_definitions(attribute(SK)?)
        .set_stream_specification(stream?)
        .send()
        .await
        .map_err(|error| to_error("CreateTable", &error))?;
    Ok(())
}

async fn enable_time_to_live(store: &Store) -> Result<()> {
    let specification =
        TimeToLiveSpecification::builder().enabled(true).attribute_name(EXPIRES_AT).build()?;
    store
        .client
        .update_time_to_live()
        .table_name(&store.table_name)
        .time_to_live_specification(specification)
        .send()
        .await
        .map_err(|error| to_error("UpdateTimeToLive", &error))?;
    Ok(())
}

/// The table as it is; `None` when there is none.
pub async fn describe(store: &Store) -> Result<Option<TableDescription>> {
    let answer = store.client.describe_table().table_name(&store.table_name).send().await;
    let table = match answer {
        Ok(answer) => answer.table,
        Err(error)
            if error
                .as_service_error()
                .is_some_and(|error| error.is_resource_not_found_exception()) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(to_error("DescribeTable", &error)),
    };
    let Some(table) = table else { return Ok(None) };
    let time_to_live = store
        .client
        .describe_time_to_live()
        .table_name(&store.table_name)
        .send()
        .await
        .map_err(|error| to_error("DescribeTimeToLive", &error))?;
    Ok(Some(TableDescription {
        table: store.table_name.clone(),
        status: table.table_status.map(|status| status.as_str().to_owned()).unwrap_or_default(),
        items: table.item_count.unwrap_or_default(),
        size_bytes: table.table_size_bytes.unwrap_or_default(),
        time_to_live_attribute: time_to_live
            .time_to_live_description
            .and_then(|description| description.attribute_name),
        stream_arn: table.latest_stream_arn,
    }))
}
