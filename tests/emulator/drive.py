"""Drives the deployed stack from outside, as callers, producers and consumers.

Nothing here knows how the stack works inside. What takes its time (queues, the
stream, the bus) is asked for until it is there, up to a deadline that a busy
machine does not miss; no check is that something takes less time.
"""

import base64
import gzip
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid

import boto3
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.serialization import load_der_public_key

ENDPOINT = os.environ["AWS_ENDPOINT_URL"]
STACK = os.environ["STACK"]
API = f"{ENDPOINT}/_aws/execute-api/{os.environ['API_ID']}/$default"
CONSOLE = os.environ["CONSOLE"]
TENANT = "acme"
FUNCTIONS = {
    "audit",
    "get-logged",
    "index",
    "ingest",
    "keys",
    "log",
    "mcp",
    "publish",
    "seal",
    "search",
    "web",
}
# What each function is watched by: the metric, and whose it is.
FUNCTION_ALARMS = {
    "duration-p99": ("AWS/Lambda", "Duration"),
    "errors": ("AWS/Lambda", "Errors"),
    "throttles": ("AWS/Lambda", "Throttles"),
    "unrecorded": ("ActivityLog", "Unrecorded"),
}
# They record nothing of callers.
NOT_WATCHED = {("index", "unrecorded"), ("seal", "unrecorded"), ("web", "unrecorded")}
# The names that the runbook has, but for those of the table, which template.py
# leaves out.
ALARMS = {
    "api-5xx",
    "index-damage",
    "index-rule-failures",
    "index-tail",
    "ingest-dlq-depth",
    "ingest-dlq-errors",
    "ingest-queue-age",
    "ingest-rule-failures",
    "publish-dlq-depth",
    "publish-dlq-errors",
    "publish-iterator-age",
    "seal-dlq-depth",
    "seal-dlq-errors",
    "seal-iterator-age",
    "seal-put-aside",
    "trail-tampering",
} | {
    f"{name}-{kind}"
    for name in FUNCTIONS
    for kind in FUNCTION_ALARMS
    if (name, kind) not in NOT_WATCHED
}
# What the pages are made of.
ASSETS = pathlib.Path(__file__).parents[2] / "functions/web/assets"
# Long enough for a busy machine; what works takes a few seconds.
DEADLINE_S = 180
POLL_S = 0.5


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def text(self):
        # Files of pages may be compressed.
        return self.body.decode(errors="backslashreplace")

    @property
    def json(self):
        return json.loads(self.text)


def call(method, path, key=None, body=None, headers=None):
    headers = dict(headers or {})
    if key:
        headers["Authorization"] = f"Bearer {key}"
    data = None
    if body is not None:
        headers["Content-Type"] = "application/json"
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(API + path, method=method, data=data, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=DEADLINE_S) as answer:
            return Answer(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.headers, error.read())


def check(holds, what, seen=None):
    if not holds:
        raise SystemExit(f"FAILED: {what}" + (f"; seen: {seen}" if seen is not None else ""))


def expect(answer, status, what):
    check(answer.status == status, f"{what}: {status}", f"{answer.status} {answer.text}")
    return answer


def eventually(look, what):
    """Asks until the answer is true, and returns it."""
    deadline = time.monotonic() + DEADLINE_S
    while True:
        found = look()
        if found:
            return found
        check(time.monotonic() < deadline, f"{what} within {DEADLINE_S} s")
        time.sleep(POLL_S)


def console(*arguments):
    command = [CONSOLE, "--endpoint-url", ENDPOINT, "--table", OUTPUTS["TableName"], "--json"]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
    check(done.returncode == 0, f"activity-log {arguments[0]} {arguments[1]}", done.stderr)
    return json.loads(done.stdout)


def new_key(actor, *scopes):
    arguments = ["keys", "create", "--tenant", TENANT, "--actor", actor]
    return console(*arguments, "--scopes", ",".join(scopes))["key"]


def found(query, key):
    answer = expect(call("GET", f"/v1/activities?query={query}", key), 200, f"a search for {query}")
    return answer.json["activities"]


def message_of(key, method, params):
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    headers = {
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": "2025-11-25",
    }
    return expect(call("POST", "/mcp", key, body, headers), 200, method).json


def audit_events(key, **filters):
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    answer = call("GET", f"/v1/audit-events?limit=100&{query}", key)
    return expect(answer, 200, "the audit trail").json["audit_events"]


def metrics_of(function):
    """What a function gave CloudWatch a value of: of each line in its embedded metric format,
    the namespace, the metric and the dimensions, as an alarm names them."""
    pages = LOGS.get_paginator("filter_log_events")
    group = f"/aws/lambda/{STACK}-{function}"
    messages = [one["message"] for page in pages.paginate(logGroupName=group) for one in page["events"]]
    seen = []
    for line in (json.loads(message) for message in messages if '"_aws"' in message):
        (about,) = line["_aws"]["CloudWatchMetrics"]
        ((dimension,),) = about["Dimensions"]
        (metric,) = about["Metrics"]
        dimensions = [{"Name": dimension, "Value": line[dimension]}]
        seen.append((about["Namespace"], metric["Name"], dimensions))
    return seen


def watched_by(alarm):
    return alarm["Namespace"], alarm["MetricName"], alarm["Dimensions"]


def seals():
    """The seals of the tenant's log, in their order."""
    pages = DYNAMODB.get_paginator("query").paginate(
        TableName=OUTPUTS["TableName"],
        KeyConditionExpression="pk = :seals",
        ExpressionAttributeValues={":seals": {"S": f"T#{TENANT}#SEAL#1"}},
        ConsistentRead=True,
    )
    return [item for page in pages for item in page["Items"]]


def sealed_ids():
    """The ids of the events that are sealed, in the order of the leaves."""
    ids = [seal["ids"]["B"][at : at + 16] for seal in seals() for at in range(0, len(seal["ids"]["B"]), 16)]
    return [str(uuid.UUID(bytes=one)) for one in ids]


def verified(note):
    """The lines of a checkpoint whose signature is that of the stack's key: origin, size, root."""
    text, signature = note.split("\n\n")
    (arn,) = OUTPUTS["AuditSigningKeyArns"].split(",")
    key = load_der_public_key(KMS.get_public_key(KeyId=arn)["PublicKey"])
    dash, name, blob = signature.rstrip("\n").split(" ")
    check(dash == "\u2014", "it is the line of a signature", signature)
    blob = base64.b64decode(blob)
    named = name.encode() + b"\n\x01" + key.public_bytes_raw()
    check(blob[:4] == hashlib.sha256(named).digest()[:4], "its id is that of the key", signature)
    # It raises where it is not.
    key.verify(blob[4:], f"{text}\n".encode())
    return text.split("\n")


def received(queue_url):
    """Takes what is in a queue."""
    messages = SQS.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
    messages = messages.get("Messages", [])
    for message in messages:
        SQS.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
    return [message["Body"] for message in messages]


def producer():
    """A user of the account, who may do nothing yet, and its client of the queue."""
    IAM.create_user(UserName="producer")
    key = IAM.create_access_key(UserName="producer")["AccessKey"]
    return boto3.Session(key["AccessKeyId"], key["SecretAccessKey"]).client("sqs")


def send(sender, *events):
    for event in events:
        body = event if isinstance(event, str) else json.dumps(event)
        sender.send_message(QueueUrl=OUTPUTS["IngestQueueUrl"], MessageBody=body)


def put_event(detail_type, detail):
    entry = {
        "EventBusName": OUTPUTS["EventBusName"],
        "Source": "suite",
        "DetailType": detail_type,
        "Detail": json.dumps(detail),
    }
    answer = EVENTS.put_events(Entries=[entry])
    check(answer["FailedEntryCount"] == 0, "the bus takes the event", answer)


def log_event(summary, **more):
    event = {
        "type": "activity.log",
        "tenant_id": TENANT,
        "actor": {"type": "service", "id": "billing"},
        "activity": {"type": "note", "summary": summary},
    }
    return event | more


def resource_event(kind, resource_id, changed_at):
    return {
        "type": kind,
        "tenant_id": TENANT,
        "resource": {"type": "contact", "id": resource_id},
        "changed_at": changed_at,
    }


def subscribe():
    """A consumer of activity.logged: a queue behind a rule on the bus."""
    queue_url = SQS.create_queue(QueueName="consumer")["QueueUrl"]
    attributes = SQS.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])
    arn = attributes["Attributes"]["QueueArn"]
    bus = OUTPUTS["EventBusName"]
    pattern = {"source": ["activity-log"], "detail-type": ["activity.logged"]}
    rule = EVENTS.put_rule(Name="consumer", EventBusName=bus, EventPattern=json.dumps(pattern))
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "events.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": arn,
                "Condition": {"ArnEquals": {"aws:SourceArn": rule["RuleArn"]}},
            }
        ],
    }
    SQS.set_queue_attributes(QueueUrl=queue_url, Attributes={"Policy": json.dumps(policy)})
    targets = [{"Id": "queue", "Arn": arn}]
    answer = EVENTS.put_targets(Rule="consumer", EventBusName=bus, Targets=targets)
    check(answer["FailedEntryCount"] == 0, "the bus has a consumer", answer)
    return queue_url


class Suite:
    def __init__(self):
        every = ("activity:write", "activity:read", "audit:read")
        self.key = new_key("service:suite", *every)
        self.reader = new_key("user:jo", "activity:read")
        self.agent = new_key("agent:scout", "activity:write", "activity:read")
        self.producer = producer()
        self.consumer = subscribe()
        self.logged = set()

    def http_log_replay_conflict(self):
        note = {
            "type": "email",
            "summary": "Jane asked for pricing details",
            # Long enough for an item of its own, and for several batches.
            "body": "A long body. " + " ".join(f"word{n}" for n in range(700)),
            "idempotency_key": "first",
        }
        logged = expect(call("POST", "/v1/activities", self.key, note), 201, "a log")
        activity_id = logged.json["activity"]["id"]
        self.logged.add(activity_id)
        check(logged.headers["Location"] == f"/v1/activities/{activity_id}", "its location")
        replay = expect(call("POST", "/v1/activities", self.key, note), 201, "a replay")
        check(replay.headers["Idempotency-Replayed"] == "true", "a replay says so")
        check(replay.json["activity"]["id"] == activity_id, "a replay is the same activity")
        conflict = call("POST", "/v1/activities", self.key, note | {"summary": "another"})
        code = expect(conflict, 409, "another input").json["error"]["code"]
        check(code == "idempotency_conflict", "the code of a conflict", code)
        ids = [row["id"] for row in found("price", self.reader)]
        check(ids == [activity_id], "a search finds it at once, once", ids)
        read = expect(call("GET", f"/v1/activities/{activity_id}", self.reader), 200, "a read")
        check(read.json["activity"]["body"] == note["body"], "it reads back whole")
        events = audit_events(self.key, resource_id=activity_id)
        check([event["status"] for event in events] == ["succeeded"], "one audit event", events)
        refused = audit_events(self.key, request_id=conflict.json["error"]["request_id"])
        check([event["status"] for event in refused] == ["rejected"], "one of the refusal", refused)

    def http_refusals(self):
        note = {"type": "note", "summary": "refused"}
        answer = expect(call("POST", "/v1/activities", None, note), 401, "no credential")
        check(answer.headers["WWW-Authenticate"] == "Bearer", "a challenge")
        expect(call("GET", "/v1/activities", f"{self.key}x"), 401, "a wrong credential")
        denied = expect(call("POST", "/v1/activities", self.reader, note), 403, "no scope")
        check(denied.json["error"]["required_scope"] == "activity:write", "the scope is named")
        events = audit_events(self.key, request_id=denied.json["error"]["request_id"])
        check([event["status"] for event in events] == ["denied"], "it is in the trail", events)
        absent = f"/v1/activities/{uuid.uuid4()}"
        expect(call("GET", absent, self.key), 404, "an absent activity")
        unknown = note | {"related_resource_type": "deal", "related_resource_id": "none"}
        expect(call("POST", "/v1/activities", self.key, unknown), 404, "an unknown resource")
        expect(call("POST", "/v1/activities", self.key, {"type": "x"}), 422, "an invalid input")
        expect(call("POST", "/v1/activities", self.key, b"{"), 400, "no JSON")

    def not_routed(self):
        answer = expect(call("GET", "/v2/nothing", self.key), 404, "an unknown path")
        check(answer.json["error"]["code"] == "resource_not_found", "in the envelope", answer.text)
        answer = expect(call("DELETE", "/v1/activities", self.key), 405, "an unknown method")
        check(answer.headers["Allow"] == "GET, HEAD, POST", "the methods are named")
        answer = expect(call("HEAD", "/v1/activities", self.key), 200, "HEAD, routed as GET is")
        check(answer.text == "", "it has no body", answer.text)
        answer = expect(call("GET", "/api/nothing"), 404, "an unknown path of the other dialect")
        check("detail" in answer.json, "in its own form", answer.text)
        check("openapi" in expect(call("GET", "/openapi.json"), 200, "the description").json, "it")

    def pages(self):
        for path in ("/", "/docs"):
            page = expect(call("GET", path), 200, f"the page {path}")
            media_type = page.headers["Content-Type"]
            check(media_type == "text/html; charset=utf-8", "it is HTML", media_type)
            policy = page.headers["Content-Security-Policy"]
            check("default-src 'none'" in policy, "it has a policy", policy)
            known = {"If-None-Match": page.headers["ETag"]}
            again = expect(call("GET", path, headers=known), 304, "a page that is known")
            check(again.body == b"", "is not sent again", again.body)
            expect(call("POST", path, body={}), 405, "a page is only read")
        folder = re.search(r"assets/[0-9a-f]+", page.text).group()
        for file in sorted(ASSETS.iterdir()):
            if file.suffix != ".html":
                self.asset(f"/{folder}/{file.name.removesuffix('.br')}", file)
        absent = expect(call("GET", f"/{folder}/nothing.js"), 404, "an unknown file")
        check(absent.json["error"]["code"] == "resource_not_found", "in the envelope", absent.text)

    def asset(self, path, file):
        """A file arrives byte for byte, in the form that was asked for."""

        def get(encoding):
            answer = call("GET", path, headers={"Accept-Encoding": encoding})
            expect(answer, 200, f"{path} as {encoding}")
            kept = answer.headers["Cache-Control"]
            check(kept == "public, max-age=31536000, immutable", "it is kept for good", kept)
            return answer

        plain, gzipped, brotli = get("identity").body, get("gzip"), get("br")
        if file.suffix == ".br":
            check(brotli.body == file.read_bytes(), f"{path} as it was compressed")
        else:
            check(plain == file.read_bytes(), f"{path} as it was made")
        if gzipped.headers["Content-Encoding"] == "gzip":
            check(gzip.decompress(gzipped.body) == plain, f"{path} from gzip")
        compressed = brotli.headers["Content-Encoding"] == "br"
        check(compressed == (len(brotli.body) < len(plain)), f"{path} from brotli")

    def logged_activity_dialect(self):
        headers = {"X-API-KEY": self.key, "X-BUSINESS-ID": TENANT, "X-USER-ID": "jane"}

        def dialect(method, path, body=None):
            return call(method, f"/api/activities{path}", body=body, headers=headers)

        body = {"related_objects": [], "notes": "Left a message about the lighthouse"}
        logged = expect(dialect("POST", "/call/log-activity", body), 201, "a typed log")
        activity_id = logged.json["id"]
        self.logged.add(activity_id)
        read = expect(dialect("GET", f"/logged/{activity_id}"), 200, "a typed read")
        check(read.json["notes"] == body["notes"], "its notes")
        responses = dialect("POST", "/call/responses", {"search": "lighthouse"})
        expect(responses, 200, "the responses of a type")
        types = expect(dialect("GET", ""), 200, "the types").json
        check("call" in json.dumps(types), "the types are there", types)
        expect(dialect("GET", "/call"), 200, "a type")
        expect(dialect("GET", "/call/fields"), 200, "its fields")

    def mcp(self):
        def message(method, params):
            return message_of(self.agent, method, params)

        tools = {tool["name"] for tool in message("tools/list", {})["result"]["tools"]}
        expected = {"log_activity", "search_activity", "get_logged_activity"}
        check(tools == expected, "the tools", tools)
        arguments = {"type": "agent_action", "summary": "Scouted the harbour"}
        result = message("tools/call", {"name": "log_activity", "arguments": arguments})["result"]
        check(not result.get("isError"), "a tool logs", result)
        activity = result["structuredContent"]["activity"]
        self.logged.add(activity["id"])
        check(activity["last_agent_actor_id"] == "scout", "the agent is named", activity)
        arguments = {"query": "harbour"}
        call_of_tool = {"name": "search_activity", "arguments": arguments}
        result = message("tools/call", call_of_tool)["result"]
        rows = [row["id"] for row in result["structuredContent"]["activities"]]
        check(rows == [activity["id"]], "a tool searches", rows)

    def senders(self):
        try:
            send(self.producer, log_event("Sent by a stranger: cuckoo"))
            check(False, "a stranger can't send events")
        except ClientError as error:
            code = error.response["Error"]["Code"]
            check("Denied" in code, "a stranger is denied", code)
        policy = OUTPUTS["EventSenderPolicyArn"]
        IAM.attach_user_policy(UserName="producer", PolicyArn=policy)
        try:
            self.producer.receive_message(QueueUrl=OUTPUTS["IngestQueueUrl"])
            check(False, "a producer can't read the queue")
        except ClientError as error:
            code = error.response["Error"]["Code"]
            check("Denied" in code, "a producer is denied what it needs not", code)

    def events_in(self):
        send(self.producer, log_event("Sent through a queue: heron"))
        put_event("activity.log", log_event("Put on a bus: osprey"))
        for word in ("heron", "osprey"):
            rows = eventually(lambda word=word: found(word, self.key), f"the {word} is logged")
            check(len(rows) == 1, f"one {word}", rows)
            self.logged.add(rows[0]["id"])
        routes = {event["api_route"] for event in audit_events(self.key, actor_id="billing")}
        check(routes == {"event:sqs", "event:eventbridge"}, "the audit trail names them", routes)

        # The registry: known after an event, unknown after another.
        about = {
            "type": "note",
            "summary": "About a contact",
            "related_resource_type": "contact",
            "related_resource_id": "con_7",
        }

        def log_about():
            answer = call("POST", "/v1/activities", self.key, about)
            if answer.status == 201:
                self.logged.add(answer.json["activity"]["id"])
            return answer.status

        check(log_about() == 404, "the contact is not known yet")
        send(self.producer, resource_event("resource.created", "con_7", "2026-03-01T09:30:00Z"))
        eventually(lambda: log_about() == 201, "the contact is known")
        deleted = resource_event("resource.deleted", "con_7", "2026-03-01T09:31:00Z")
        put_event("resource.deleted", deleted)
        eventually(lambda: log_about() == 404, "the contact is known no more")

        # Directly.
        event = log_event("Invoked: kestrel", id="direct")
        payload = json.dumps(event).encode()
        for status in ("logged", "replayed"):
            answer = LAMBDA.invoke(FunctionName=OUTPUTS["IngestFunctionName"], Payload=payload)
            result = json.loads(answer["Payload"].read())
            check("FunctionError" not in answer, "an invocation logs", result)
            check(result["status"] == status, f"it is {status}", result)
            self.logged.add(result["activity_id"])

    def poison(self):
        # The template's six minutes between attempts would be half an hour here.
        attributes = {"VisibilityTimeout": "5"}
        SQS.set_queue_attributes(QueueUrl=OUTPUTS["IngestQueueUrl"], Attributes=attributes)
        poison = '{"type": "activity.log", "poison'
        beside = [log_event(f"Beside poison: {word}") for word in ("plover", "curlew")]
        send(self.producer, beside[0], poison, beside[1])
        for word in ("plover", "curlew"):
            rows = eventually(lambda word=word: found(word, self.key), f"the {word} is logged")
            check(len(rows) == 1, f"one {word}", rows)
            self.logged.add(rows[0]["id"])
        given_up = eventually(
            lambda: received(OUTPUTS["IngestDeadLettersUrl"]), "the poison is given up"
        )
        check(given_up == [poison], "nothing but the poison is given up, as it came", given_up)

    def index(self):
        """Long texts are logged until one of them has asked for a run, which is by chance."""
        texts = 0

        def merged():
            nonlocal texts
            words = " ".join(f"m{texts}x{word}" for word in range(150))
            note = {"type": "note", "summary": f"To be merged {texts}", "body": words}
            logged = expect(call("POST", "/v1/activities", self.key, note), 201, "a log")
            self.logged.add(logged.json["activity"]["id"])
            texts += 1
            (status,) = console("index", "status", "--tenant", TENANT)
            return status["index"]["tiers"]

        eventually(merged, "the index is merged")
        self.merged_words = ("m0x0", f"m{texts - 1}x149")
        self.each_is_found()

    def each_is_found(self):
        for word in self.merged_words:
            rows = found(word, self.reader)
            check(len(rows) == 1, f"{word} is found once", rows)

    def damaged_index(self):
        """What the runbook says of an index whose parts are absent, and of how it is mended."""
        pages = DYNAMODB.get_paginator("scan").paginate(
            TableName=OUTPUTS["TableName"],
            FilterExpression="begins_with(pk, :parts)",
            ExpressionAttributeValues={":parts": {"S": f"T#{TENANT}#SEG#"}},
        )
        parts = [item for page in pages for item in page["Items"]]
        check(parts, "the index has parts")
        for part in parts:
            key = {name: part[name] for name in ("pk", "sk")}
            DYNAMODB.delete_item(TableName=OUTPUTS["TableName"], Key=key)
        # The process of `search` keeps what it has read; that of `mcp` has read no segment.
        search = {"name": "search_activity", "arguments": {"query": self.merged_words[0]}}
        refused = message_of(self.agent, "tools/call", search)["result"]
        check(refused.get("isError"), "a search that needs a part is refused", refused)
        told = eventually(lambda: metrics_of("mcp"), "the damage is told")
        check(("ActivityLog", "IndexDamage") in {one[:2] for one in told}, "as damage", told)
        console("reindex", "--all")
        self.each_is_found()
        mended = message_of(self.agent, "tools/call", search)["result"]
        check(not mended.get("isError"), "a search is answered again", mended)

    def events_out(self):
        seen = {}

        def all_seen():
            for body in received(self.consumer):
                event = json.loads(body)
                check(event["detail-type"] == "activity.logged", "the type of an event", event)
                detail = event["detail"]
                check(detail["tenant_id"] == TENANT, "the tenant of an event", detail)
                check("body" not in detail["activity"], "no body in an event", detail)
                seen.setdefault(detail["activity"]["id"], []).append(detail["event_id"])
            return seen.keys() >= self.logged

        eventually(all_seen, "activity.logged arrives for every activity")
        check(seen.keys() == self.logged, "and for nothing else", seen.keys() - self.logged)
        twice = {one: ids for one, ids in seen.items() if len(ids) != 1}
        check(not twice, "once each", twice)
        left = received(OUTPUTS["PublishDeadLettersUrl"])
        check(not left, "none is given up", left)

    def sealed(self):
        ids = {event["id"] for event in audit_events(self.key)}
        eventually(lambda: ids <= set(sealed_ids()), "what the trail shows is sealed")
        count = 0
        for seal in seals():
            count += int(seal["count"]["N"])
            origin, size, root = verified(seal["note"]["S"])
            check(origin == f"{OUTPUTS['AuditLogName']}/{TENANT}", "it is the tenant's log", origin)
            check(int(size) == count, "each seal follows the one before", (size, count))
            check(len(base64.b64decode(root)) == 32, "it has a root", root)
        check(count == len(set(sealed_ids())), "no event is sealed twice")
        payload = json.dumps({"tenant_id": TENANT}).encode()
        answer = LAMBDA.invoke(FunctionName=OUTPUTS["SealFunctionName"], Payload=payload)
        result = json.loads(answer["Payload"].read())
        check("FunctionError" not in answer, "an operator invokes it", result)
        check(result["finished"] and result["put_aside"] == 0, "nothing was lost", result)
        proved = self.verified_export()
        check(proved["result"] == "proved", "an export is proved", proved)
        check(proved["checked"]["activities"] == len(self.logged), "with each activity", proved)

    def verified_export(self):
        """What `audit verify` says of an export, by the key that the function tells."""
        signer = ["--tenant", TENANT, "--function", OUTPUTS["SealFunctionName"]]
        sealed = console("audit", "seal", *signer)
        check(sealed["finished"], "the function seals what is left", sealed)
        (vkey,) = console("audit", "vkey", *signer)["verifier_keys"]
        with tempfile.TemporaryDirectory() as folder:
            out = f"{folder}/export"
            console("audit", "export", "--tenant", TENANT, "--activities", "--out", out)
            verify = [CONSOLE, "audit", "verify", out, "--vkey", vkey, "--json"]
            done = subprocess.run(verify, capture_output=True, text=True, check=False)
        check(done.returncode in (0, 1), "audit verify", done.stderr)
        return json.loads(done.stdout)

    def tampered_with(self):
        """An activity that somebody deletes is told of by the trail, and that is sealed."""
        activity_id = min(self.logged)
        key = {"pk": {"S": f"T#{TENANT}#ACT#{activity_id}"}, "sk": {"S": "HEAD"}}
        DYNAMODB.delete_item(TableName=OUTPUTS["TableName"], Key=key)

        def told():
            return audit_events(self.key, resource_type="trail")

        (event,) = eventually(told, "the trail tells of it")
        check(event["action"] == "trail.item_removed", "what was done", event)
        check(event["resource_id"] == activity_id, "to what", event)
        check(event["data"]["item"] == "activity", "and what that is", event)
        eventually(lambda: event["id"] in sealed_ids(), "that is sealed")
        verified(seals()[-1]["note"]["S"])
        tampered = self.verified_export()
        check(tampered["result"] == "tampered", "an export shows it", tampered)
        (found,) = tampered["findings"]
        check(found["code"] == "activity_missing", "and what was done", tampered)
        check(activity_id in found["expected"], "to what", tampered)
        told = {told["code"] for told in tampered["listed"]}
        check("item_touched" in told, "and what the log tells of it", tampered)
        left = received(OUTPUTS["SealDeadLettersUrl"])
        check(not left, "nothing is given up", left)

    def alarms(self):
        pages = boto3.client("cloudwatch").get_paginator("describe_alarms").paginate()
        alarms = {one["AlarmName"]: one for page in pages for one in page["MetricAlarms"]}
        check(alarms.keys() == {f"{STACK}-{name}" for name in ALARMS}, "the alarms", alarms.keys())
        for function in FUNCTIONS:
            watched = {"Name": "FunctionName", "Value": f"{STACK}-{function}"}
            for kind, (namespace, metric) in FUNCTION_ALARMS.items():
                if (function, kind) in NOT_WATCHED:
                    continue
                alarm = alarms[f"{STACK}-{function}-{kind}"]
                seen = watched_by(alarm)
                check(seen == (namespace, metric, [watched]), f"{kind} of {function}", seen)
        told = eventually(lambda: metrics_of("index"), "a run tells how much it left")
        tail = watched_by(alarms[f"{STACK}-index-tail"])
        check(tail in told, "that is what an alarm watches", (tail, told))
        damage = watched_by(alarms[f"{STACK}-index-damage"])
        check(damage in metrics_of("mcp"), "another one watches for damage", damage)
        tampering = watched_by(alarms[f"{STACK}-trail-tampering"])
        eventually(lambda: tampering in metrics_of("seal"), "another one watches for tampering")


def main():
    suite = Suite()
    steps = [
        suite.http_log_replay_conflict,
        suite.http_refusals,
        suite.not_routed,
        suite.pages,
        suite.logged_activity_dialect,
        suite.mcp,
        suite.senders,
        suite.events_in,
        suite.poison,
        suite.index,
        suite.damaged_index,
        suite.events_out,
        suite.sealed,
        suite.tampered_with,
        suite.alarms,
    ]
    for step in steps:
        step()
        print(f"  ok: {step.__name__.replace('_', ' ')}", flush=True)


SQS = boto3.client("sqs")
EVENTS = boto3.client("events")
LAMBDA = boto3.client("lambda")
LOGS = boto3.client("logs")
DYNAMODB = boto3.client("dynamodb")
IAM = boto3.client("iam")
KMS = boto3.client("kms")
(DEPLOYED,) = boto3.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
OUTPUTS = {output["OutputKey"]: output["OutputValue"] for output in DEPLOYED["Outputs"]}

if __name__ == "__main__":
    sys.exit(main())
