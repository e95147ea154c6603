use std::panic::{AssertUnwindSafe, catch_unwind};

use futures_util::future::join_all;

use super::*;
use crate::engine::{Engine, unique_name};

type Answer = Result<(u16, HeaderMap, Value), String>;

/// A caller as plain as can be: it never retries.
#[derive(Clone)]
struct Caller {
    client: Client<HttpConnector, Full<Bytes>>,
    endpoint: String,
    table: String,
}

impl Caller {
    async fn call(&self, operation: &str, mut input: Value) -> Answer {
        if !operation.starts_with("Batch") && !operation.starts_with("Transact") {
            input["TableName"] = json!(self.table);
        }
        let request = Request::post(&self.endpoint)
            .header(CONTENT_TYPE, "application/x-amz-json-1.0")
            .header(TARGET, format!("DynamoDB_20120810.{operation}"))
            .header("x-amz-date", "20260101T000000Z")
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, \
                 SignedHeaders=host;x-amz-date, Signature=00",
            )
            .body(Full::new(bytes_of(&input)))
            .expect("a request");
        let answer = self.client.request(request).await;
        let (head, body) = answer.map_err(|error| error.to_string())?.into_parts();
        let body = body.collect().await.expect("a body").to_bytes();
        let output = serde_json::from_slice(&body).expect("JSON");
        Ok((head.status.as_u16(), head.headers, output))
    }

    async fn ok(&self, operation: &str, input: Value) -> Value {
        let (status, _, output) = self.call(operation, input).await.expect("an answer");
        assert_eq!(status, 200, "{output}");
        output
    }

    async fn put(&self, sk: &str) -> Answer {
        self.call("PutItem", json!({ "Item": key(sk) })).await
    }

    async fn has(&self, sk: &str) -> bool {
        let input = json!({ "Key": key(sk), "ConsistentRead": true });
        self.ok("GetItem", input).await.get("Item").is_some()
    }

    async fn query(&self) -> Value {
        let input = json!({
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": { ":pk": { "S": "p" } },
            "ConsistentRead": true,
        });
        self.ok("Query", input).await
    }

    fn batch_write(&self, sks: &[&str]) -> Value {
        let puts: Vec<Value> =
            sks.iter().map(|sk| json!({ "PutRequest": { "Item": key(sk) } })).collect();
        json!({ "RequestItems": { &self.table: puts } })
    }

    fn batch_get(&self, sks: &[&str]) -> Value {
        let keys: Vec<Value> = sks.iter().map(|sk| key(sk)).collect();
        json!({ "RequestItems": { &self.table: {
            "Keys": keys,
            "ConsistentRead": true,
            "ProjectionExpression": "#s",
            "ExpressionAttributeNames": { "#s": "sk" },
        } } })
    }

    fn transact_write(&self, sks: &[&str]) -> Value {
        let puts: Vec<Value> = sks
            .iter()
            .map(|sk| json!({ "Put": { "TableName": self.table, "Item": key(sk) } }))
            .collect();
        json!({ "TransactItems": puts })
    }
}

fn key(sk: &str) -> Value {
    json!({ "pk": { "S": "p" }, "sk": { "S": sk } })
}

/// A proxy, a caller that goes through it, and one that doesn't.
async fn proxied() -> (FaultyEngine, Caller, Caller) {
    proxied_to(&Engine::start().await).await
}

async fn proxied_to(engine: &Engine) -> (FaultyEngine, Caller, Caller) {
    let proxy = FaultyEngine::start(&engine.endpoint).await;
    let direct = Caller {
        client: Client::builder(TokioExecutor::new()).build(HttpConnector::new()),
        endpoint: engine.endpoint.clone(),
        table: unique_name("faulty-engine"),
    };
    let table = json!({
        "KeySchema": [
            { "AttributeName": "pk", "KeyType": "HASH" },
            { "AttributeName": "sk", "KeyType": "RANGE" },
        ],
        "AttributeDefinitions": [
            { "AttributeName": "pk", "AttributeType": "S" },
            { "AttributeName": "sk", "AttributeType": "S" },
        ],
        "BillingMode": "PAY_PER_REQUEST",
    });
    direct.ok("CreateTable", table).await;
    let through = Caller { endpoint: proxy.endpoint.clone(), ..direct.clone() };
    (proxy, through, direct)
}

fn assert_refused(answer: Answer, status: u16, error: &str) -> Value {
    let (answered, headers, output) = answer.expect("an answer");
    assert_eq!(answered, status, "{output}");
    let kind = output["__type"].as_str().expect("a type");
    assert!(kind.ends_with(&format!("#{error}")), "{kind}");
    assert!(headers.contains_key(REQUEST_ID));
    output
}

#[tokio::test]
async fn a_call_passes_and_is_recorded() {
    let (proxy, caller, direct) = proxied().await;
    let (_, headers, _) = caller.put("a").await.expect("an answer");
    assert!(headers.contains_key(REQUEST_ID));
    assert!(direct.has("a").await);
    let missing = json!({ "Item": { "pk": { "S": "p" } } });
    let answer = caller.call("PutItem", missing).await;
    assert_refused(answer, 400, "ValidationException");

    let calls = proxy.calls();
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[0].operation, "PutItem");
    assert_eq!(calls[0].request["Item"], key("a"));
    assert_eq!(calls[0].status, Some(200));
    assert_eq!(calls[0].engine_status, Some(200));
    assert_eq!(calls[0].consumed_capacity, None);
    assert_eq!((calls[0].started, calls[0].ended), (1, Some(2)));
    assert_eq!(calls[1].status, Some(400));
    assert_eq!((calls[1].started, calls[1].ended), (3, Some(4)));

    proxy.reset_calls();
    assert!(proxy.calls().is_empty());
}

#[tokio::test]
async fn capacity_is_measured_on_request() {
    // Embedded, because not every engine counts as DynamoDB does.
    let engine = Engine::fresh().await;
    let (proxy, caller, _) = proxied_to(&engine).await;
    let mut input = json!({ "Item": key("a") });
    input["ReturnConsumedCapacity"] = json!("TOTAL");
    caller.ok("PutItem", input).await;
    proxy.measure_capacity();
    caller.put("b").await.expect("an answer");
    caller.ok("BatchWriteItem", caller.batch_write(&["c", "d"])).await;
    caller.ok("TransactWriteItems", caller.transact_write(&["e"])).await;
    caller.query().await;
    let units: Vec<_> = proxy.calls().iter().map(|c| c.consumed_capacity).collect();
    assert_eq!(units, [Some(1.0), Some(1.0), Some(2.0), Some(2.0), Some(1.0)]);
}

#[tokio::test]
async fn a_read_that_does_not_ask_for_consistency_is_refused() {
    let (proxy, caller, _) = proxied().await;
    let mut batch = caller.batch_get(&["a"]);
    batch["RequestItems"][&caller.table]["ConsistentRead"] = json!(false);
    let reads = [
        ("GetItem", json!({ "Key": key("a") })),
        ("Query", json!({ "KeyConditionExpression": "pk = :pk" })),
        ("Scan", json!({ "ConsistentRead": false })),
        ("BatchGetItem", batch),
    ];
    for (count, (operation, input)) in reads.into_iter().enumerate() {
        let answer = caller.call(operation, input).await;
        assert_refused(answer, 400, "ValidationException");
        assert_eq!(proxy.violations().len(), count + 1);
        assert!(proxy.violations()[count].starts_with(operation));
    }
    assert!(proxy.calls().iter().all(|call| call.engine_status.is_none()));
    let unwind = catch_unwind(AssertUnwindSafe(|| proxy.assert_consistent()));
    unwind.expect_err("the assertion fails");
    assert_eq!(proxy.take_violations().len(), 4);

    let transaction = json!({ "TransactItems": [
        { "Get": { "TableName": caller.table, "Key": key("a") } },
    ] });
    caller.ok("TransactGetItems", transaction).await;
    caller.ok("BatchGetItem", caller.batch_get(&["a"])).await;
    caller.query().await;
    assert!(!caller.has("a").await);
    proxy.assert_consistent();
}

#[tokio::test]
async fn dropping_the_proxy_asserts_consistency_and_ends_it() {
    let (proxy, caller, _) = proxied().await;
    let input = json!({ "Key": key("a") });
    caller.call("GetItem", input).await.expect("an answer");
    let unwind = catch_unwind(AssertUnwindSafe(|| drop(proxy)));
    unwind.expect_err("the drop fails the test");
    caller.put("a").await.expect_err("nothing listens");
}

#[tokio::test]
async fn a_lost_answer_has_happened_and_a_dropped_request_has_not() {
    let (proxy, caller, direct) = proxied().await;
    let lose = proxy.inject(Fault::on("PutItem", When::Nth(1), FaultKind::LoseAnswer));
    let drop = proxy.inject(Fault::on("PutItem", When::Nth(1), FaultKind::DropRequest));
    caller.put("lost").await.expect_err("no answer");
    caller.put("dropped").await.expect_err("no answer");
    caller.put("third").await.expect("an answer");
    assert!(direct.has("lost").await);
    assert!(!direct.has("dropped").await);
    assert_eq!((lose.fired(), drop.fired()), (1, 1));

    let statuses: Vec<_> =
        proxy.calls().iter().map(|call| (call.status, call.engine_status)).collect();
    assert_eq!(statuses, [(None, Some(200)), (None, None), (Some(200), Some(200))]);
    assert!(proxy.calls().iter().all(|call| call.ended.is_some()));
}

#[tokio::test]
async fn a_forgotten_token_makes_a_retry_another_transaction() {
    let (proxy, caller, _) = proxied().await;
    let mut transaction = caller.transact_write(&["a"]);
    transaction["ClientRequestToken"] = json!("token");
    transaction["TransactItems"][0]["Put"]["ConditionExpression"] =
        json!("attribute_not_exists(pk)");
    caller.ok("TransactWriteItems", transaction.clone()).await;
    caller.ok("TransactWriteItems", transaction.clone()).await;
    let forget = proxy.inject(Fault::on_any(When::Always, FaultKind::ForgetToken));
    let answer = caller.call("TransactWriteItems", transaction).await;
    assert_refused(answer, 400, "TransactionCanceledException");
    assert_eq!(forget.fired(), 1);
}

#[tokio::test]
async fn a_refusal_is_shaped_as_dynamodb_shapes_it_and_has_no_effect() {
    let (proxy, caller, direct) = proxied().await;
    let put = json!({ "Item": key("a") });
    let transaction = caller.transact_write(&["a", "b"]);
    let cases = [
        (FaultKind::Throttle, "PutItem", &put, 400, "ProvisionedThroughputExceededException"),
        (FaultKind::ServerError, "PutItem", &put, 500, "InternalServerError"),
        (FaultKind::TransactionConflict, "PutItem", &put, 400, "TransactionConflictException"),
        (
            FaultKind::TransactionConflict,
            "TransactWriteItems",
            &transaction,
            400,
            "TransactionCanceledException",
        ),
        (
            FaultKind::TransactionThrottled,
            "TransactWriteItems",
            &transaction,
            400,
            "TransactionCanceledException",
        ),
        (
            FaultKind::TransactionInProgress,
            "TransactWriteItems",
            &transaction,
            400,
            "TransactionInProgressException",
        ),
    ];
    for (kind, operation, input, status, error) in cases {
        proxy.clear();
        let injected = proxy.inject(Fault::on_any(When::Always, kind));
        let answer = caller.call(operation, input.clone()).await;
        let output = assert_refused(answer, status, error);
        if error == "TransactionCanceledException" {
            let reasons = &output["CancellationReasons"];
            assert_ne!(reasons[0]["Code"], "None");
            assert!(reasons[0]["Message"].is_string());
            assert_eq!(reasons[1], json!({ "Code": "None" }));
            assert_eq!(reasons.as_array().map(Vec::len), Some(2));
        }
        assert_eq!(injected.fired(), 1);
    }
    assert!(proxy.calls().iter().all(|call| call.engine_status.is_none()));
    assert!(!direct.has("a").await);
    proxy.clear();
    caller.put("a").await.expect("an answer");
    assert!(direct.has("a").await);
}

#[tokio::test]
async fn unprocessed_items_and_keys_come_back_in_a_shape_that_can_be_sent_again() {
    let (proxy, caller, direct) = proxied().await;
    let keep = 2;
    let write = proxy.inject(Fault::on_any(When::Always, FaultKind::UnprocessedItems { keep }));
    let input = caller.batch_write(&["a", "b", "c"]);
    let (_, headers, output) = caller.call("BatchWriteItem", input).await.expect("an answer");
    assert!(!headers.contains_key(CRC32));
    assert!(direct.has("b").await && !direct.has("c").await);
    let rest = &output["UnprocessedItems"];
    assert_eq!(*rest, caller.batch_write(&["c"])["RequestItems"]);
    let output = caller.ok("BatchWriteItem", json!({ "RequestItems": rest })).await;
    assert_eq!(output["UnprocessedItems"], json!({}));
    assert!(direct.has("c").await);
    assert_eq!(write.fired(), 1, "a fault without an effect doesn't count");

    proxy.inject(Fault::on_any(When::Nth(1), FaultKind::UnprocessedKeys { keep }));
    let output = caller.ok("BatchGetItem", caller.batch_get(&["a", "b", "c"])).await;
    let read = output["Responses"][&caller.table].as_array();
    assert_eq!(read.map(Vec::len), Some(2));
    let rest = &output["UnprocessedKeys"];
    assert_eq!(*rest, caller.batch_get(&["c"])["RequestItems"]);
    let output = caller.ok("BatchGetItem", json!({ "RequestItems": rest })).await;
    assert_eq!(output["Responses"][&caller.table], json!([{ "sk": { "S": "c" } }]));
}

#[tokio::test]
async fn a_batch_may_be_left_undone_as_a_whole() {
    let (proxy, caller, direct) = proxied().await;
    proxy.inject(Fault::on_any(When::Always, FaultKind::UnprocessedItems { keep: 0 }));
    proxy.inject(Fault::on_any(When::Always, FaultKind::UnprocessedKeys { keep: 0 }));
    let write = caller.batch_write(&["a"]);
    let output = caller.ok("BatchWriteItem", write.clone()).await;
    assert_eq!(output["UnprocessedItems"], write["RequestItems"]);
    let read = caller.batch_get(&["a"]);
    let output = caller.ok("BatchGetItem", read.clone()).await;
    assert_eq!(output["UnprocessedKeys"], read["RequestItems"]);
    assert!(!direct.has("a").await);
}

#[tokio::test]
async fn a_short_page_says_where_to_go_on() {
    let (proxy, caller, direct) = proxied().await;
    direct.ok("BatchWriteItem", direct.batch_write(&["a", "b", "c"])).await;
    proxy.inject(Fault::on("Query", When::First(1), FaultKind::ShortPage { limit: 2 }));
    let page = caller.query().await;
    assert_eq!(page["Count"], 2);
    assert_eq!(page["LastEvaluatedKey"], key("b"));
    let page = caller.query().await;
    assert_eq!(page["Count"], 3);
    assert!(page.get("LastEvaluatedKey").is_none());
}

#[tokio::test]
async fn faults_are_asked_in_the_order_of_their_injection() {
    let (proxy, caller, _) = proxied().await;
    let throttle = |n| Fault::on("PutItem", When::First(n), FaultKind::Throttle);
    proxy.inject(throttle(2).only_if(|input| input["Item"] == key("a")));
    proxy.inject(Fault::on("PutItem", When::First(1), FaultKind::ServerError));
    let mut statuses = Vec::new();
    for sk in ["a", "a", "a", "a", "b"] {
        statuses.push(caller.put(sk).await.expect("an answer").0);
    }
    assert_eq!(statuses, [400, 400, 500, 200, 200]);
}

#[test]
fn each_when_chooses_its_calls() {
    let chosen = |when: When| -> Vec<usize> { (1..=9).filter(|n| when.fires(*n)).collect() };
    assert_eq!(chosen(When::Nth(3)), [3]);
    assert_eq!(chosen(When::First(3)), [1, 2, 3]);
    assert_eq!(chosen(When::Every(3)), [3, 6, 9]);
    assert!(chosen(When::Every(0)).is_empty());
    assert_eq!(chosen(When::Always).len(), 9);

    let seeded = |seed, probability_percent| When::Seeded { seed, probability_percent };
    assert!(chosen(seeded(1, 0)).is_empty());
    assert_eq!(chosen(seeded(1, 100)).len(), 9);
    assert_eq!(chosen(seeded(1, 50)), chosen(seeded(1, 50)));
    assert_ne!(chosen(seeded(1, 50)), chosen(seeded(2, 50)));
    let quarter = (1..=10_000).filter(|n| seeded(7, 25).fires(*n)).count();
    assert!((2_300..=2_700).contains(&quarter), "{quarter}");
}

#[tokio::test]
async fn a_held_call_waits_for_its_gate_and_dies_with_its_caller() {
    let (proxy, caller, direct) = proxied().await;
    let gate = Gate::closed();
    let hold = Fault::on("PutItem", When::First(2), FaultKind::Hold(gate.clone()));
    proxy.inject(hold);
    let put = |sk: &'static str| {
        let caller = caller.clone();
        tokio::spawn(async move { caller.put(sk).await })
    };
    let (abandoned, held) = (put("abandoned"), put("held"));
    gate.arrived(2).await;
    assert!(!direct.has("held").await);
    abandoned.abort();
    abandoned.await.expect_err("it was aborted");
    while proxy.calls().iter().all(|call| call.ended.is_none()) {
        tokio::task::yield_now().await;
    }
    gate.open();
    held.await.expect("no panic").expect("an answer");
    assert!(direct.has("held").await);
    assert!(!direct.has("abandoned").await);
}

#[tokio::test]
async fn a_forwarded_call_outlives_its_caller() {
    let (proxy, caller, direct) = proxied().await;
    // The engine behind this proxy is a proxy that holds.
    let outer = FaultyEngine::start(&proxy.endpoint).await;
    let gate = Gate::closed();
    proxy.inject(Fault::on_any(When::Always, FaultKind::Hold(gate.clone())));
    let put = tokio::spawn(async move {
        let caller = Caller { endpoint: outer.endpoint.clone(), ..caller };
        tokio::select! {
            _ = caller.put("a") => panic!("the call is held"),
            () = gate.arrived(1) => {}
        }
        drop(caller);
        while outer.calls()[0].ended.is_none() {
            tokio::task::yield_now().await;
        }
        gate.open();
        while outer.calls()[0].engine_status.is_none() {
            tokio::task::yield_now().await;
        }
        outer.calls()
    });
    let calls = put.await.expect("no panic");
    assert_eq!(calls[0].status, None);
    assert_eq!(calls[0].engine_status, Some(200));
    assert!(direct.has("a").await);
}

#[tokio::test]
async fn calls_side_by_side_are_one_round_trip() {
    let (proxy, caller, _) = proxied().await;
    let delay = proxy.inject(Fault::on_any(When::Always, FaultKind::DelayMs(100)));
    join_all(["a", "b", "c"].map(|sk| caller.put(sk))).await;
    assert_eq!(proxy.sequential_round_trips(), 1);
    caller.query().await;
    assert_eq!(proxy.sequential_round_trips(), 2);
    assert_eq!(delay.fired(), 4);
    proxy.clear();
    for _ in 0..10 {
        caller.query().await;
    }
    assert_eq!(proxy.sequential_round_trips(), 12);
}

#[test]
fn the_longest_chain_is_found() {
    let chain = |spans: &[(u64, Option<u64>)]| longest_chain(spans.iter().copied());
    assert_eq!(chain(&[]), 0);
    assert_eq!(chain(&[(1, None), (2, None)]), 1);
    assert_eq!(chain(&[(1, Some(2)), (3, Some(4))]), 2);
    assert_eq!(chain(&[(1, Some(3)), (2, Some(4))]), 1);
    // A long call beside three short ones, and one that still runs.
    let spans = [(1, Some(8)), (2, Some(3)), (4, Some(5)), (6, Some(7)), (9, None)];
    assert_eq!(chain(&spans), 4);
}

#[tokio::test]
async fn hundreds_of_callers_are_served_side_by_side() {
    const CALLERS: usize = 300;
    let (proxy, caller, direct) = proxied().await;
    let gate = Gate::closed();
    proxy.inject(Fault::on("PutItem", When::Always, FaultKind::Hold(gate.clone())));
    let puts = (0..CALLERS).map(|n| {
        let caller = caller.clone();
        async move { caller.put(&format!("{n:03}")).await }
    });
    let opened = async {
        gate.arrived(CALLERS).await;
        gate.open();
    };
    let (answers, ()) = tokio::join!(join_all(puts), opened);
    assert!(answers.iter().all(|answer| matches!(answer, Ok((200, ..)))));
    assert_eq!(direct.query().await["Count"], CALLERS);
    assert_eq!(proxy.calls().len(), CALLERS);
    assert_eq!(proxy.sequential_round_trips(), 1);
}
