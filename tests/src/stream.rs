//! The stream of a table, read over the wire as Lambda reads it.

use std::time::Duration;

use activity_log_core::store::Store;
use activity_log_core::store::operator::table;
use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

/// How long a change may take to come before the test fails.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A table's stream.
pub struct Stream {
    endpoint: String,
    arn: String,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Stream {
    /// The stream of a table that has one.
    ///
    /// # Panics
    ///
    /// When it has none.
    pub async fn of(endpoint: &str, store: &Store) -> Self {
        let table = table::describe(store).await.expect("the engine answers");
        let arn = table.and_then(|table| table.stream_arn).expect("the table has a stream");
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { endpoint: endpoint.to_owned(), arn, client }
    }

    /// All changes from the beginning on, in the form of Lambda's event, as soon
    /// as so many activities were logged.
    ///
    /// # Panics
    ///
    /// When fewer come.
    pub async fn records(&self, activities: usize) -> Vec<Value> {
        self.records_once(|records| {
            records.iter().filter(|record| is_of_a_logged_activity(record)).count() >= activities
        })
        .await
    }

    /// The same as soon as they are as a test needs them.
    ///
    /// # Panics
    ///
    /// When they never are.
    pub async fn records_once(&self, are_there: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let read = async {
            loop {
                let records = self.read().await;
                if are_there(&records) {
                    return records;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(TIMEOUT, read).await.expect("the changes come")
    }

    async fn read(&self) -> Vec<Value> {
        let stream = self.call("DescribeStream", json!({ "StreamArn": self.arn })).await;
        let shards = stream["StreamDescription"]["Shards"].as_array().cloned();
        let mut records = Vec::new();
        for shard in shards.expect("a stream has shards") {
            let input = json!({
                "StreamArn": self.arn,
                "ShardId": shard["ShardId"],
                "ShardIteratorType": "TRIM_HORIZON",
            });
            let mut iterator = self.call("GetShardIterator", input).await["ShardIterator"].take();
            while iterator.is_string() {
                let mut page = self.call("GetRecords", json!({ "ShardIterator": iterator })).await;
                let Value::Array(found) = page["Records"].take() else { break };
                if found.is_empty() {
                    break;
                }
                records.extend(found);
                iterator = page["NextShardIterator"].take();
            }
        }
        for record in &mut records {
            record["eventSourceARN"] = json!(self.arn);
        }
        records.sort_by_key(sequence_number);
        records
    }

    async fn call(&self, operation: &str, input: Value) -> Value {
        let request = Request::post(&self.endpoint)
            .header("content-type", "application/x-amz-json-1.0")
            .header("x-amz-target", format!("DynamoDBStreams_20120810.{operation}"))
            .header("x-amz-date", "20260301T000000Z")
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=local/20260301/us-east-1/dynamodb/aws4_request, \
                 SignedHeaders=host;x-amz-date, Signature=00",
            )
            .body(Full::new(Bytes::from(input.to_string())))
            .expect("it is a request");
        let (head, body) = self.client.request(request).await.expect("it answers").into_parts();
        let body = body.collect().await.expect("there is a body").to_bytes();
        assert_eq!(head.status, 200, "{operation}: {}", String::from_utf8_lossy(&body));
        serde_json::from_slice(&body).expect("it is JSON")
    }
}

/// Whether a record is the insertion of an activity's head.
#[must_use]
pub fn is_of_a_logged_activity(record: &Value) -> bool {
    record["eventName"] == "INSERT" && record["dynamodb"]["Keys"]["sk"]["S"] == "HEAD"
}

fn sequence_number(record: &Value) -> u128 {
    let number = record["dynamodb"]["SequenceNumber"].as_str().and_then(|text| text.parse().ok());
    number.expect("a record has a sequence number")
}
