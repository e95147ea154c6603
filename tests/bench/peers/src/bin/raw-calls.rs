//! The calls of a function and nothing else: the same client, the same requests
//! to the table, in the same rounds, and a constant answer. No credential, no
//! validation, no words, no audit trail.
//!
//! `BENCH_CALLS` names a file with the requests of one invocation, as they were
//! received from the function: a list of rounds, each a list of
//! `{"operation", "body"}`.

use std::collections::HashMap;

use activity_log_core::platform::aws::Endpoint;
use activity_log_core::store::client::connect;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{
    AttributeValue, KeysAndAttributes, Put, PutRequest, ReturnValuesOnConditionCheckFailure,
    TransactWriteItem, WriteRequest,
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use futures_util::future::try_join_all;
use lambda_http::{Error, Request, Response, run, service_fn};
use serde_json::Value;

type Item = HashMap<String, AttributeValue>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let path = std::env::var("BENCH_CALLS")?;
    let rounds: Value = serde_json::from_slice(&std::fs::read(path)?)?;
    let rounds: Vec<Vec<Call>> = list(&rounds)?
        .iter()
        .map(|round| list(round)?.iter().map(Call::parse).collect())
        .collect::<Result<_, Error>>()?;
    let client = connect(&Endpoint::default()).await?;
    let (client, rounds) = (&client, &rounds);
    run(service_fn(|_: Request| async move {
        for round in rounds {
            try_join_all(round.iter().map(|call| call.send(client))).await?;
        }
        Ok::<_, Error>(Response::new("{}".to_owned()))
    }))
    .await
}

/// A request that was read, so that sending it is all that is left.
enum Call {
    GetItem { table: String, key: Item },
    BatchGetItem { requests: HashMap<String, KeysAndAttributes> },
    Query { table: String, query: Query },
    BatchWriteItem { requests: HashMap<String, Vec<WriteRequest>> },
    TransactWriteItems { items: Vec<TransactWriteItem>, token: Option<String> },
}

struct Query {
    condition: String,
    values: Item,
    projection: Option<String>,
    forward: bool,
    limit: Option<i32>,
}

impl Call {
    fn parse(call: &Value) -> Result<Self, Error> {
        let body = &call["body"];
        match text(&call["operation"])?.as_str() {
            "GetItem" => {
                Ok(Self::GetItem { table: text(&body["TableName"])?, key: item(&body["Key"])? })
            }
            "BatchGetItem" => {
                let requests = map(&body["RequestItems"])?.map(|(table, request)| {
                    let keys: Vec<Item> =
                        list(&request["Keys"])?.iter().map(item).collect::<Result<_, _>>()?;
                    let request = KeysAndAttributes::builder()
                        .set_keys(Some(keys))
                        .consistent_read(true)
                        .set_projection_expression(optional(&request["ProjectionExpression"]))
                        .build()?;
                    Ok::<_, Error>((table.clone(), request))
                });
                Ok(Self::BatchGetItem { requests: requests.collect::<Result<_, _>>()? })
            }
            "Query" => Ok(Self::Query {
                table: text(&body["TableName"])?,
                query: Query {
                    condition: text(&body["KeyConditionExpression"])?,
                    values: item(&body["ExpressionAttributeValues"])?,
                    projection: optional(&body["ProjectionExpression"]),
                    forward: body["ScanIndexForward"].as_bool().unwrap_or(true),
                    limit: body["Limit"].as_i64().map(i32::try_from).transpose()?,
                },
            }),
            "BatchWriteItem" => {
                let requests = map(&body["RequestItems"])?.map(|(table, requests)| {
                    let requests = list(requests)?.iter().map(|request| {
                        let put = PutRequest::builder()
                            .set_item(Some(item(&request["PutRequest"]["Item"])?))
                            .build()?;
                        Ok::<_, Error>(WriteRequest::builder().put_request(put).build())
                    });
                    Ok::<_, Error>((table.clone(), requests.collect::<Result<_, _>>()?))
                });
                Ok(Self::BatchWriteItem { requests: requests.collect::<Result<_, _>>()? })
            }
            "TransactWriteItems" => {
                let items = list(&body["TransactItems"])?.iter().map(|write| {
                    let put = &write["Put"];
                    let old = optional(&put["ReturnValuesOnConditionCheckFailure"]);
                    let values = &put["ExpressionAttributeValues"];
                    let put = Put::builder()
                        .table_name(text(&put["TableName"])?)
                        .set_item(Some(item(&put["Item"])?))
                        .set_condition_expression(optional(&put["ConditionExpression"]))
                        .set_expression_attribute_values(
                            (!values.is_null()).then(|| item(values)).transpose()?,
                        )
                        .set_return_values_on_condition_check_failure(
                            old.as_deref().map(ReturnValuesOnConditionCheckFailure::from),
                        )
                        .build()?;
                    Ok::<_, Error>(TransactWriteItem::builder().put(put).build())
                });
                Ok(Self::TransactWriteItems {
                    items: items.collect::<Result<_, _>>()?,
                    token: optional(&body["ClientRequestToken"]),
                })
            }
            other => Err(format!("{other} is not known").into()),
        }
    }

    async fn send(&self, client: &Client) -> Result<(), Error> {
        match self {
            Self::GetItem { table, key } => {
                let get = client.get_item().table_name(table).set_key(Some(key.clone()));
                get.consistent_read(true).send().await?;
            }
            Self::BatchGetItem { requests } => {
                client.batch_get_item().set_request_items(Some(requests.clone())).send().await?;
            }
            Self::Query { table, query } => {
                client
                    .query()
                    .table_name(table)
                    .key_condition_expression(&query.condition)
                    .set_expression_attribute_values(Some(query.values.clone()))
                    .set_projection_expression(query.projection.clone())
                    .scan_index_forward(query.forward)
                    .set_limit(query.limit)
                    .consistent_read(true)
                    .send()
                    .await?;
            }
            Self::BatchWriteItem { requests } => {
                client.batch_write_item().set_request_items(Some(requests.clone())).send().await?;
            }
            Self::TransactWriteItems { items, token } => {
                client
                    .transact_write_items()
                    .set_transact_items(Some(items.clone()))
                    .set_client_request_token(token.clone())
                    .send()
                    .await?;
            }
        }
        Ok(())
    }
}

fn text(value: &Value) -> Result<String, Error> {
    optional(value).ok_or_else(|| format!("{value} is no text").into())
}

fn optional(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn list(value: &Value) -> Result<&Vec<Value>, Error> {
    value.as_array().ok_or_else(|| format!("{value} is no list").into())
}

fn map(value: &Value) -> Result<impl Iterator<Item = (&String, &Value)>, Error> {
    Ok(value.as_object().ok_or_else(|| format!("{value} is no object"))?.iter())
}

fn item(value: &Value) -> Result<Item, Error> {
    let attributes = map(value)?.map(|(name, value)| {
        let of_type = |name: &str| optional(&value[name]);
        let value = if let Some(text) = of_type("S") {
            AttributeValue::S(text)
        } else if let Some(digits) = of_type("N") {
            AttributeValue::N(digits)
        } else if let Some(encoded) = of_type("B") {
            AttributeValue::B(Blob::new(BASE64_STANDARD.decode(encoded)?))
        } else {
            return Err(format!("an attribute of an unknown type: {value}").into());
        };
        Ok((name.clone(), value))
    });
    attributes.collect()
}
