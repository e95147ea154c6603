//! The worst JSON of the largest event that Lambda takes: each function answers it
//! with the right refusal, within the memory of the smallest function there is.
//!
//! The real programs are measured, each in one process that gets every event, one
//! after the other: what is kept of an event, or not given back, counts. Linux alone
//! tells the peak of a process; elsewhere only the refusals are looked at.

use activity_log_tests::client::mcp::ACCEPT;
use activity_log_tests::event_bus::StubBus;
use activity_log_tests::function_process::{FunctionProcess, Outcome};
use activity_log_tests::gateway::{Gateway, Sent};
use activity_log_tests::key_service::StubKms;
use activity_log_tests::lambda::{batch_failures, sample};
use activity_log_tests::longest::{self, Filled, WIDE, longest_submission, type_of_most_options};
use activity_log_tests::raw_table::{Item, RawTable};
use activity_log_tests::stack::Stack;
use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use futures_util::stream::{self, StreamExt};
use serde_json::{Value, json};
use tokio::sync::{Mutex, MutexGuard};
use uuid::Uuid;

/// What Lambda hands over at most.
const LARGEST_EVENT_BYTES: usize = 6 * 1024 * 1024 + 100;
/// The largest body.
const MAX_BODY_BYTES: usize = 1024 * 1024;
/// The most values and names of an input.
const MAX_VALUES: usize = 65_536;
/// 128 MB.
const MAX_PEAK_KIB: u64 = 125_000;
/// What stands around a body in an event, at most.
const ENVELOPE_BYTES: usize = 4_000;
/// What stands around a shape in an input, at most.
const FRAME_VALUES: usize = 50;
const TENANT: &str = "acme";

/// JSON of one kind, of any length.
struct Shape {
    name: &'static str,
    start: &'static str,
    /// The `n`-th part.
    part: fn(usize) -> String,
    between: &'static str,
    /// What a part needs behind all parts.
    closing: &'static str,
    end: &'static str,
    /// The values and names of a part; 0 where all parts are one value.
    values: usize,
}

const LIST: Shape = Shape {
    name: "",
    start: "[",
    part: |_| String::new(),
    between: ",",
    closing: "",
    end: "]",
    values: 1,
};
const OBJECT: Shape = Shape { start: "{", end: "}", values: 2, ..LIST };
const STRING: Shape = Shape { start: "\"", between: "", end: "\"", values: 0, ..LIST };
const NESTED: Shape = Shape { start: "", between: "", end: "0", ..LIST };

fn shapes() -> Vec<Shape> {
    vec![
        Shape { name: "objects", part: |_| r#"{"a":0}"#.into(), values: 3, ..LIST },
        Shape { name: "empty keys", part: |_| r#"{"":0}"#.into(), values: 3, ..LIST },
        Shape { name: "empty objects", part: |_| "{}".into(), ..LIST },
        Shape { name: "objects in objects", part: |_| r#"{"":{"":{}}}"#.into(), values: 5, ..LIST },
        Shape { name: "arrays", part: |_| "[]".into(), ..LIST },
        Shape { name: "arrays in arrays", part: |_| "[[[[]]]]".into(), values: 4, ..LIST },
        Shape { name: "numbers", part: |_| "0".into(), ..LIST },
        Shape { name: "numbers that grow when they are written", part: |_| "1e20".into(), ..LIST },
        Shape { name: "words", part: |_| "null".into(), ..LIST },
        Shape { name: "empty strings", part: |_| r#""""#.into(), ..LIST },
        Shape { name: "white space", part: |_| " \n1\t".into(), ..LIST },
        Shape { name: "names", part: |n| format!(r#""{n}":0"#), ..OBJECT },
        Shape { name: "one name", part: |_| r#""a":0"#.into(), ..OBJECT },
        Shape { name: "nested arrays", part: |_| "[".into(), closing: "]", ..NESTED },
        Shape {
            name: "nested objects",
            part: |_| r#"{"":"#.into(),
            closing: "}",
            values: 2,
            ..NESTED
        },
        Shape { name: "a string", part: |_| "xyz ".into(), ..STRING },
        Shape { name: "escapes", part: |_| r"\u0001".into(), ..STRING },
    ]
}

impl Shape {
    /// As much of it as there is room for.
    fn of_bytes(&self, max_bytes: usize) -> String {
        let room = max_bytes - self.start.len() - self.end.len();
        // Names of this length are never used up.
        let part = (self.part)(1_000_000).len() + self.between.len() + self.closing.len();
        self.of_parts(room / part)
    }

    /// As much of it as there may be values, and bytes.
    fn of_values(&self, max_values: usize, max_bytes: usize) -> String {
        if self.values == 0 {
            return self.of_bytes(max_bytes);
        }
        self.of_parts(max_values / self.values)
    }

    fn of_parts(&self, parts: usize) -> String {
        let (first, same) = ((self.part)(0), (self.part)(0) == (self.part)(1));
        let body = if same {
            format!("{first}{}", [self.between, &first].concat().repeat(parts - 1))
        } else {
            (0..parts).map(self.part).collect::<Vec<_>>().join(self.between)
        };
        let Self { start, end, .. } = self;
        if self.closing.is_empty() {
            format!("{start}{body}{end}")
        } else {
            format!("{start}{body}{end}{}", self.closing.repeat(parts))
        }
    }

    /// As much of it as a text of an event can have of it, with its quotation marks
    /// escaped.
    fn of_escaped_bytes(&self, max_bytes: usize) -> String {
        let sample = self.of_bytes(10_000);
        let escaped = Value::from(sample.as_str()).to_string().len();
        self.of_bytes(max_bytes / escaped * sample.len())
    }
}

/// A program keeps a core busy, and so does feeding it: one at a time, beside the
/// tests that wait for time to pass.
static TURN: Mutex<()> = Mutex::const_new(());

/// A program on a table.
struct Measured {
    process: FunctionProcess,
    key: String,
    function: &'static str,
    _turn: MutexGuard<'static, ()>,
}

impl Measured {
    async fn start(function: &'static str) -> Self {
        Self::start_with(function, "").await
    }

    async fn start_with(function: &'static str, bus_url: &str) -> Self {
        let stack = Stack::start().await;
        let key = stack.service_key(TENANT).await;
        Self::on(&stack, key, function, bus_url).await
    }

    async fn on(stack: &Stack, key: String, function: &'static str, bus_url: &str) -> Self {
        Self::on_with(stack, key, function, &[("AWS_ENDPOINT_URL_EVENTBRIDGE", bus_url)]).await
    }

    async fn on_with(
        stack: &Stack,
        key: String,
        function: &'static str,
        more: &[(&str, &str)],
    ) -> Self {
        let turn = TURN.lock().await;
        let variables = [
            ("AWS_ENDPOINT_URL_DYNAMODB", stack.endpoint.as_str()),
            ("ACTIVITY_LOG_TABLE", stack.ctx.store.table_name()),
            ("MCP_ALLOWED_HOSTS", "*"),
        ];
        let variables = [&variables[..], more].concat();
        let process = FunctionProcess::start(function, &variables).await;
        Self { process, key, function, _turn: turn }
    }

    /// The status of the answer to an HTTP event.
    async fn status(&mut self, event: String, what: &str) -> u64 {
        match self.process.invoke(event).await {
            Outcome::Response(answer) => {
                let answer: Value = serde_json::from_slice(&answer).expect("an answer is JSON");
                answer["statusCode"].as_u64().expect("an answer has a status")
            }
            Outcome::Error(error) => {
                panic!("{what}: {}", String::from_utf8_lossy(&error))
            }
        }
    }

    /// The code by which an invocation failed.
    async fn error(&mut self, event: String, what: &str) -> String {
        match self.process.invoke(event).await {
            Outcome::Error(error) => {
                let error: Value = serde_json::from_slice(&error).expect("an error is JSON");
                error["errorType"].as_str().expect("an error has a type").to_owned()
            }
            Outcome::Response(answer) => {
                panic!("{what} was taken: {}", String::from_utf8_lossy(&answer))
            }
        }
    }

    /// The peak after all events.
    fn expect_bounded(&self) {
        match self.process.peak_kib() {
            Some(peak) => {
                println!("{}: {peak} KiB", self.function);
                assert!(peak <= MAX_PEAK_KIB, "{}: a peak of {peak} KiB", self.function);
            }
            None => println!("{}: this system does not tell the peak", self.function),
        }
    }
}

/// A route, and what it takes.
struct Door {
    sent: Sent,
    /// What a caller without a credential gets for a body over the limit.
    anonymous: u64,
    /// What one with a credential gets.
    too_large: u64,
    /// What is said of a body within the limits. Where nobody looks at it, one with
    /// too many values is one of these as well.
    within: &'static [u64],
    /// What may stand around a shape.
    frames: &'static [(&'static str, &'static str)],
}

impl Door {
    fn new(method: &str, path: &str) -> Self {
        let sent = Sent::new(method, path).header("content-type", "application/json");
        Self {
            sent: sent.header("accept", ACCEPT),
            anonymous: 401,
            too_large: 413,
            within: &[400, 422],
            frames: &[("", "")],
        }
    }

    fn reads(&self) -> bool {
        self.sent.method == "POST" && self.too_large == 413
    }

    fn event(&self, key: Option<&str>, body: &Body) -> String {
        self.event_of(TENANT, key, body)
    }

    fn event_of(&self, tenant: &str, key: Option<&str>, body: &Body) -> String {
        let mut sent = self.sent.clone();
        if let Some(key) = key {
            sent = sent.header("authorization", &format!("Bearer {key}"));
            sent = sent.header("x-api-key", key).header("x-business-id", tenant);
            sent = sent.header("x-user-id", "jane");
        }
        let mut event = Gateway::FunctionUrl.event(&sent);
        event["isBase64Encoded"] = json!(body.in_base64);
        event["body"] = json!(body.written);
        let event = event.to_string();
        assert!(event.len() <= LARGEST_EVENT_BYTES, "{} bytes", event.len());
        event
    }
}

/// A body as an event has it.
struct Body {
    written: String,
    in_base64: bool,
}

impl Body {
    fn plain(text: String) -> Self {
        Self { written: text, in_base64: false }
    }

    fn in_base64(text: &str) -> Self {
        Self { written: BASE64.encode(text), in_base64: true }
    }
}

/// Sends every shape through every door of a function of HTTP requests.
async fn expect_refusals(function: &'static str, doors: &[Door]) {
    let mut measured = Measured::start(function).await;
    send_all(&mut measured, doors).await;
    measured.expect_bounded();
}

async fn send_all(measured: &mut Measured, doors: &[Door]) {
    let key = measured.key.clone();
    for (n, shape) in shapes().iter().enumerate() {
        let room = LARGEST_EVENT_BYTES - ENVELOPE_BYTES;
        let plain = Body::plain(shape.of_escaped_bytes(room));
        let in_base64 = Body::in_base64(&shape.of_bytes(room / 4 * 3));
        // Each kind of body comes from both kinds of callers.
        let (by_anybody, by_caller) =
            if n % 2 == 0 { (plain, in_base64) } else { (in_base64, plain) };
        // What is over the limit gets no further than to the credential and the length,
        // whatever the rest of the routes is.
        let door = &doors[n % doors.len()];
        let what = format!("{} {}: {}", door.sent.method, door.sent.target, shape.name);
        let status = measured.status(door.event(None, &by_anybody), &what).await;
        assert_eq!(status, door.anonymous, "{what}, anonymous");
        let status = measured.status(door.event(Some(&key), &by_caller), &what).await;
        assert_eq!(status, door.too_large, "{what}");
        for door in doors {
            for (n, frame) in door.frames.iter().enumerate() {
                // Where there are too many values, nobody looks at what they are in.
                if n == 0 || shape.values == 0 {
                    send_longest(measured, door, shape, frame).await;
                }
                send_fullest(measured, door, shape, frame).await;
            }
        }
    }
}

/// The longest body.
async fn send_longest(measured: &mut Measured, door: &Door, shape: &Shape, frame: &(&str, &str)) {
    let key = measured.key.clone();
    let (start, end) = frame;
    let room = MAX_BODY_BYTES - start.len() - end.len();
    let what = format!("{} {start}{}{end}", door.sent.target, shape.name);

    let largest = Body::plain(format!("{start}{}{end}", shape.of_bytes(room)));
    let status = measured.status(door.event(Some(&key), &largest), &what).await;
    if shape.values > 0 && door.reads() {
        assert_eq!(status, 413, "{what}");
    } else {
        assert!(door.within.contains(&status), "{what}: {status}");
    }
    if door.anonymous == 401 {
        let status = measured.status(door.event(None, &largest), &what).await;
        assert_eq!(status, 401, "{what}, anonymous");
    }
}

/// A body with as many values as there may be.
async fn send_fullest(measured: &mut Measured, door: &Door, shape: &Shape, frame: &(&str, &str)) {
    let key = measured.key.clone();
    let (start, end) = frame;
    let room = MAX_BODY_BYTES - start.len() - end.len();
    let what = format!("{} {start}{}{end}", door.sent.target, shape.name);
    let full = shape.of_values(MAX_VALUES - FRAME_VALUES, room);
    let full = Body::in_base64(&format!("{start}{full}{end}"));
    let status = measured.status(door.event(Some(&key), &full), &what).await;
    assert!(door.within.contains(&status), "{what}: {status}");
}

/// An event with a text of JSON in a place, which may not be one that there is.
fn with_text(mut event: Value, place: &str, text: &str) -> String {
    const MARK: &str = "the place of a shape";
    let (parent, name) = place.rsplit_once('/').expect("a place begins with a slash");
    event.pointer_mut(parent).expect("there is a parent")[name] = json!(MARK);
    event.to_string().replace(&json!(MARK).to_string(), text)
}

#[tokio::test]
async fn log_answers_the_worst_json_in_128_mb() {
    let typed = "/api/activities/note/log-activity";
    let doors = [
        Door {
            frames: &[
                ("", ""),
                (r#"{"type":"note","summary":"s","body":"#, "}"),
                (r#"{"type":"note","summary":"s","more":"#, "}"),
                (r#"{"type":"note","summary":"s","idempotency_key":"#, "}"),
            ],
            ..Door::new("POST", "/v1/activities")
        },
        Door {
            within: &[400],
            frames: &[
                (r#"{"related_objects":"#, "}"),
                (r#"{"related_objects":[],"mentions":"#, "}"),
                (r#"{"related_objects":[],"fields":"#, "}"),
                (r#"{"related_objects":[],"fields":[{"id":"x","value":"#, "}]}"),
            ],
            ..Door::new("POST", typed)
        },
    ];
    let mut measured = Measured::start("log").await;
    send_all(&mut measured, &doors).await;
    let key = measured.key.clone();
    // As many words as there may be: what is accepted takes most.
    let han = |n: u32| char::from_u32(0x4e00 + n).expect("the block has no gaps");
    let body: String = (0..16_384).map(han).collect();
    let input = json!({ "type": "note", "summary": "s", "body": body }).to_string();
    let event = doors[0].event(Some(&key), &Body::plain(input));
    assert_eq!(measured.status(event, "as many words as there may be").await, 201);
    measured.expect_bounded();
}

#[tokio::test]
async fn search_answers_the_worst_json_in_128_mb() {
    let doors = [
        Door { within: &[200], ..Door::new("GET", "/v1/activities?query=price") },
        Door {
            within: &[400],
            frames: &[("", ""), (r#"{"search":"#, "}"), (r#"{"cursor":"#, "}")],
            ..Door::new("POST", "/api/activities/note/responses")
        },
    ];
    expect_refusals("search", &doors).await;
}

#[tokio::test]
async fn get_logged_answers_the_worst_json_in_128_mb() {
    let id = "0199d0c2-5f3a-7c11-8a52-3a6f0a9f4e10";
    let doors = [
        Door { within: &[404], ..Door::new("GET", &format!("/v1/activities/{id}")) },
        Door { within: &[200], ..Door::new("GET", "/api/activities") },
    ];
    expect_refusals("get-logged", &doors).await;
}

#[tokio::test]
async fn keys_answers_the_worst_json_in_128_mb() {
    let doors = [
        Door { within: &[200], ..Door::new("GET", "/v1/keys") },
        Door {
            frames: &[
                ("", ""),
                (r#"{"actor":"#, "}"),
                (r#"{"actor":{"type":"agent","id":"a"},"scopes":[],"users":"#, "}"),
            ],
            ..Door::new("POST", "/v1/keys")
        },
    ];
    expect_refusals("keys", &doors).await;
}

#[tokio::test]
async fn audit_answers_the_worst_json_in_128_mb() {
    let doors = [
        Door { within: &[200], ..Door::new("GET", "/v1/audit-events") },
        Door { anonymous: 413, within: &[200], ..Door::new("GET", "/openapi.json") },
        Door { anonymous: 404, too_large: 404, within: &[404], ..Door::new("POST", "/nowhere") },
    ];
    expect_refusals("audit", &doors).await;
}

#[tokio::test]
async fn mcp_answers_the_worst_json_in_128_mb() {
    let doors = [Door {
        // The result of a call says what is wrong with its arguments.
        within: &[200, 400],
        frames: &[
            ("", ""),
            (r#"{"jsonrpc":"2.0","method":"tools/list","id":"#, "}"),
            (r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"a":"#, "}}}"),
            (r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":"#, "}"),
            (
                r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"log_activity","arguments":"#,
                "}}",
            ),
            (
                r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"log_activity","arguments":{"type":"note","summary":"s","body":"#,
                "}}}",
            ),
            (r#"{"jsonrpc":"2.0","id":1,"method":"#, "}"),
        ],
        ..Door::new("POST", "/mcp")
    }];
    expect_refusals("mcp", &doors).await;
}

/// An event by somebody who is known, with a shape as its activity.
const LOG_EVENT: (&str, &str) = (
    r#"{"id":"e","type":"activity.log","tenant_id":"acme","actor":{"type":"service","id":"b"},"activity":"#,
    "}",
);

#[tokio::test]
async fn ingest_answers_the_worst_json_in_128_mb() {
    let mut measured = Measured::start("ingest").await;
    for shape in shapes() {
        let room = LARGEST_EVENT_BYTES - ENVELOPE_BYTES;
        let largest = shape.of_bytes(room);
        let records = format!(r#"{{"Records":{largest}}}"#);
        assert_eq!(measured.error(largest, shape.name).await, "payload_too_large");
        assert_eq!(measured.error(records, shape.name).await, "malformed_request");
        for frame in [
            ("", ""),
            LOG_EVENT,
            (r#"{"type":"activity.log","activity":"#, "}"),
            (r#"{"detail-type":"activity.log","detail":"#, "}"),
            (r#"{"detail-type":"activity.log","detail":{},"resources":"#, "}"),
        ] {
            expect_event_refused(&mut measured, &shape, frame).await;
        }
        expect_batch_refused(&mut measured, &shape).await;
    }
    let message = r#"{"messageId":"m","body":""}"#;
    let count = (LARGEST_EVENT_BYTES - ENVELOPE_BYTES) / (message.len() + 1);
    let batch = format!(r#"{{"Records":[{}]}}"#, vec![message; count].join(","));
    assert_eq!(measured.error(batch, "more messages than a batch has").await, "malformed_request");
    measured.expect_bounded();
}

async fn expect_event_refused(measured: &mut Measured, shape: &Shape, (start, end): (&str, &str)) {
    let what = format!("{start}{}{end}", shape.name);
    let room = MAX_BODY_BYTES - start.len() - end.len();
    let error = measured.error(format!("{start}{}{end}", shape.of_bytes(room)), &what).await;
    if shape.values > 0 {
        assert_eq!(error, "payload_too_large", "{what}");
    }
    let full = shape.of_values(MAX_VALUES - FRAME_VALUES, room);
    let error = measured.error(format!("{start}{full}{end}"), &what).await;
    assert!(
        ["malformed_request", "validation_failed"].contains(&error.as_str()),
        "{what}: {error}"
    );
}

/// Ten messages, as large as they can be, and one that is refused by its length.
async fn expect_batch_refused(measured: &mut Measured, shape: &Shape) {
    let (start, end) = LOG_EVENT;
    let room = (LARGEST_EVENT_BYTES - ENVELOPE_BYTES) / 10 - 200;
    let sample = shape.of_escaped_bytes(room);
    let full = shape.of_values(MAX_VALUES - FRAME_VALUES, sample.len());
    let full = if full.len() < sample.len() { full } else { sample };
    let message =
        |n| json!({ "messageId": format!("m{n}"), "body": format!("{start}{full}{end}") });
    let batch = json!({ "Records": (0..10).map(message).collect::<Vec<_>>() }).to_string();
    assert!(batch.len() <= LARGEST_EVENT_BYTES, "{}: {} bytes", shape.name, batch.len());
    assert_eq!(failures(measured, batch, shape.name).await, 10, "{}", shape.name);

    let body = shape.of_escaped_bytes(LARGEST_EVENT_BYTES - ENVELOPE_BYTES);
    let batch = json!({ "Records": [{ "messageId": "m", "body": body }] }).to_string();
    assert_eq!(failures(measured, batch, shape.name).await, 1, "{}", shape.name);
}

/// How many of a batch are to be delivered again.
async fn failures(measured: &mut Measured, batch: String, what: &str) -> usize {
    match measured.process.invoke(batch).await {
        Outcome::Response(answer) => {
            batch_failures(&serde_json::from_slice(&answer).expect("an answer is JSON")).len()
        }
        Outcome::Error(error) => panic!("{what}: {}", String::from_utf8_lossy(&error)),
    }
}

#[tokio::test]
async fn publish_answers_the_worst_json_in_128_mb() {
    let bus = StubBus::start().await;
    let mut measured = Measured::start_with("publish", &bus.url).await;
    let start = r#"{"eventName":"INSERT","dynamodb":{"Keys":{"pk":{"S":"T#acme#ACT#0199d0c2-5f3a-7c11-8a52-3a6f0a9f4e10"},"sk":{"S":"HEAD"}},"SequenceNumber":"1","NewImage":"#;
    let end = "}}";
    let room = LARGEST_EVENT_BYTES - ENVELOPE_BYTES;
    for shape in shapes() {
        let largest = shape.of_bytes(room);
        let records = format!(r#"{{"Records":{largest}}}"#);
        assert_eq!(measured.error(records, shape.name).await, "malformed_request");
        let batch = format!(r#"{{"Records":[{start}{largest}{end}]}}"#);
        assert_eq!(measured.error(largest, shape.name).await, "malformed_request");
        assert_eq!(failures(&mut measured, batch, shape.name).await, 1, "{}", shape.name);
        let record = format!("{start}{}{end}", shape.of_bytes(60_000));
        let batch = format!(r#"{{"Records":[{}]}}"#, vec![record; 100].join(","));
        assert_eq!(failures(&mut measured, batch, shape.name).await, 100, "{}", shape.name);
    }
    for attribute in [r#"{"S":""}"#, r#"{"N":"0"}"#] {
        let image = |max_bytes: usize| {
            let count = max_bytes / (attribute.len() + 12);
            let named: Vec<String> = (0..count).map(|n| format!(r#""{n}":{attribute}"#)).collect();
            format!("{start}{{{}}}{end}", named.join(","))
        };
        for records in [vec![image(room)], vec![image(60_000); 100]] {
            let batch = format!(r#"{{"Records":[{}]}}"#, records.join(","));
            assert_eq!(failures(&mut measured, batch, attribute).await, records.len());
        }
    }
    let smallest = format!("{start}{{}}{end}");
    let count = room / (smallest.len() + 1);
    let batch = format!(r#"{{"Records":[{}]}}"#, vec![smallest; count].join(","));
    assert_eq!(failures(&mut measured, batch, "the smallest records").await, count);
    measured.expect_bounded();
}

/// As many records as a batch has at most, each of an event of its own.
fn events_of_a_batch() -> Vec<Value> {
    const RECORDS: u128 = 2_000;
    let record = &sample("seal.json")["Records"][0];
    let numbered = |n: u128| {
        let mut record = record.clone();
        let key = format!("T#{TENANT}#AUD#{}", Uuid::from_u128(n));
        record["dynamodb"]["Keys"]["pk"]["S"] = json!(key);
        record["dynamodb"]["SequenceNumber"] = json!(n.to_string());
        record
    };
    (1..=RECORDS).map(numbered).collect()
}

#[tokio::test]
async fn seal_answers_the_worst_json_in_128_mb() {
    let (stack, kms) = (Stack::start().await, StubKms::start().await);
    let (arn, _) = kms.make_key();
    let variables = [("AWS_ENDPOINT_URL_KMS", &*kms.url), ("AUDIT_SIGNING_KEY_ARNS", &*arn)];
    let mut measured = Measured::on_with(&stack, String::new(), "seal", &variables).await;
    let start = r#"{"eventName":"INSERT","dynamodb":{"Keys":{"pk":{"S":"T#acme#AUD#0199d0c2-5f3a-7c11-8a52-3a6f0a9f4e10"},"sk":{"S":"EVENT"}},"SequenceNumber":"1","NewImage":"#;
    let end = "}}";
    let room = LARGEST_EVENT_BYTES - ENVELOPE_BYTES;
    for shape in shapes() {
        let largest = shape.of_bytes(room);
        let batch = format!(r#"{{"Records":[{start}{largest}{end}]}}"#);
        assert_eq!(failures(&mut measured, batch, shape.name).await, 1, "{}", shape.name);
        let request = format!(r#"{{"tenant_id":{largest}}}"#);
        assert_eq!(measured.error(request, shape.name).await, "payload_too_large");
        assert_eq!(measured.error(largest, shape.name).await, "malformed_request");
        let record = format!("{start}{}{end}", shape.of_bytes(60_000));
        let batch = format!(r#"{{"Records":[{}]}}"#, vec![record; 100].join(","));
        assert_eq!(failures(&mut measured, batch, shape.name).await, 100, "{}", shape.name);
    }
    let smallest = format!("{start}{{}}{end}");
    let count = room / (smallest.len() + 1);
    let batch = format!(r#"{{"Records":[{}]}}"#, vec![smallest; count].join(","));
    assert_eq!(failures(&mut measured, batch, "the smallest records").await, count);
    let batch = json!({ "Records": events_of_a_batch() }).to_string();
    for _ in 0..2 {
        assert_eq!(failures(&mut measured, batch.clone(), "the most events").await, 0);
    }
    measured.expect_bounded();
}

#[tokio::test]
async fn an_event_with_the_worst_json_in_any_place_is_answered_in_128_mb() {
    // How an event is read is the same for all functions.
    let mut measured = Measured::start("log").await;
    let door = Door::new("POST", "/v1/activities");
    const PLACES: [&str; 6] = [
        "/headers",
        "/multiValueHeaders",
        "/queryStringParameters",
        "/requestContext/authorizer",
        "/stageVariables",
        "/other",
    ];
    const GATEWAYS: [Gateway; 3] = [
        Gateway::HttpApi { stage: "prod" },
        Gateway::RestApi { stage: "prod" },
        Gateway::LoadBalancer { multi_value: true },
    ];
    for (n, shape) in shapes().iter().enumerate() {
        let (place, gateway) = (PLACES[n % PLACES.len()], GATEWAYS[n % GATEWAYS.len()]);
        let what = format!("{} as {place} of {gateway:?}", shape.name);
        let text = shape.of_bytes(LARGEST_EVENT_BYTES - ENVELOPE_BYTES);
        let event = with_text(gateway.event(&door.sent), place, &text);
        let status = measured.status(event, &what).await;
        let expected: &[u64] = if shape.values > 0 { &[400] } else { &[400, 401] };
        assert!(expected.contains(&status), "{what}: {status}");
        measured.error(text, &what).await;
    }
    for (place, part) in [
        ("/rawQueryString", "a&"),
        ("/rawQueryString", "a=%20&"),
        ("/rawPath", "/a"),
        ("/requestContext/http/method", "A"),
        ("/requestContext/stage", "a"),
        ("/headers/authorization", "Bearer "),
        ("/headers/cookie", "a=b; "),
        ("/headers/host", "a."),
    ] {
        let text = json!(part.repeat((LARGEST_EVENT_BYTES - ENVELOPE_BYTES) / part.len()));
        let event = Gateway::FunctionUrl.event(&door.sent);
        let status = measured.status(with_text(event, place, &text.to_string()), place).await;
        assert!((400..500).contains(&status), "{place}: {status}");
    }
    measured.expect_bounded();
}

/// A table whose rows take the most memory, as many as a page of `/v1` has.
async fn with_the_largest_rows() -> Filled {
    let filled = Filled::start().await;
    let (definition, values) = type_of_most_options();
    filled.stack.define_type(longest::TENANT, definition).await;
    let notes = format!("two words {}", WIDE.repeat(30_000));
    let input = longest_submission(&notes, values);
    let log = async || filled.typed.log(longest::TYPE, &input).await.expect(201).status;
    let statuses = stream::iter(0..100).map(|_| log()).buffer_unordered(4).collect::<Vec<_>>();
    assert_eq!(statuses.await, [201; 100]);
    filled
}

/// Whether a function answers these calls of a tenant's lists in bounded memory.
async fn expect_answers(filled: &Filled, function: &'static str, calls: &[(Door, String)]) {
    let mut measured = Measured::on(&filled.stack, filled.key.clone(), function, "").await;
    for (door, body) in calls {
        let event = door.event_of(longest::TENANT, Some(&filled.key), &Body::plain(body.clone()));
        assert_eq!(measured.status(event, &door.sent.target).await, 200, "{}", door.sent.target);
    }
    measured.expect_bounded();
}

#[tokio::test]
async fn the_largest_rows_are_read_in_128_mb() {
    let filled = with_the_largest_rows().await;
    let responses = format!("/api/activities/{}/responses?page_size=1000", longest::TYPE);
    let phrase = "%22two+words%22";
    let call = |method: &str, path: &str| (Door::new(method, path), String::new());
    let searches = [
        call("GET", "/v1/activities?limit=100"),
        call("GET", &format!("/v1/activities?limit=100&query={phrase}")),
        call("POST", &responses),
        call("POST", &format!("{responses}&search={phrase}")),
    ];
    expect_answers(&filled, "search", &searches).await;
    let tool = |name: &str, arguments: Value| {
        let params = json!({"name": name, "arguments": arguments});
        let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
        (Door::new("POST", "/mcp"), call.to_string())
    };
    let newest = filled.v1.search(&[("limit", "1")]).await.expect(200);
    let id = &newest.json()["activities"][0]["id"];
    let tools = [
        tool("search_activity", json!({"limit": 100})),
        tool("search_activity", json!({"limit": 100, "query": "\"two words\""})),
        tool("get_logged_activity", json!({"id": id})),
    ];
    expect_answers(&filled, "mcp", &tools).await;
    expect_published(&filled).await;
}

/// Whether a batch of the stream whose related records are elsewhere is published
/// in bounded memory.
async fn expect_published(filled: &Filled) {
    let items = RawTable::of(&filled.stack).await.items().await;
    let heads = items.into_iter().filter(|((_, sk), _)| sk == "HEAD");
    let records: Vec<Value> = heads.map(|((pk, sk), head)| insertion(&pk, &sk, &head)).collect();
    assert_eq!(records.len(), 100);
    let bus = StubBus::start().await;
    let mut measured = Measured::on(&filled.stack, filled.key.clone(), "publish", &bus.url).await;
    let batch = json!({ "Records": records }).to_string();
    assert_eq!(failures(&mut measured, batch, "the largest rows").await, 0);
    assert_eq!(bus.details().len(), 100);
    measured.expect_bounded();
}

/// A record of the stream that tells of a new head.
fn insertion(pk: &str, sk: &str, head: &Item) -> Value {
    let image: serde_json::Map<String, Value> = head
        .iter()
        .map(|(name, value)| {
            let value = match value {
                AttributeValue::N(digits) => json!({ "N": digits }),
                AttributeValue::B(bytes) => json!({ "B": BASE64.encode(bytes) }),
                value => json!({ "S": value.as_s().expect("it is a number or a text") }),
            };
            (name.clone(), value)
        })
        .collect();
    json!({
        "eventName": "INSERT",
        "dynamodb": {
            "Keys": {"pk": {"S": pk}, "sk": {"S": sk}}, "SequenceNumber": pk, "NewImage": image,
        },
    })
}

#[tokio::test]
async fn the_longest_list_of_types_is_read_in_128_mb() {
    const TYPES: usize = 1_000;
    let filled = Filled::start().await;
    let (mut definition, _) = type_of_most_options();
    filled.stack.define_type(longest::TENANT, definition.clone()).await;
    let fields = format!("/api/activities/{}/fields", longest::TYPE);
    definition["fields"] = json!([]);
    definition["description"] = json!("");
    definition["selected_objects"] = (0..100).map(|n| format!("k{n}")).collect();
    for n in 0..TYPES {
        definition["api_name"] = json!(format!("t{n}"));
        filled.stack.define_type(longest::TENANT, definition.clone()).await;
    }
    let call = |path: &str| (Door::new("GET", path), String::new());
    let lists = [call("/api/activities?page_size=1000"), call(&fields)];
    expect_answers(&filled, "get-logged", &lists).await;
}
