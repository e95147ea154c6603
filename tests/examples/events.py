"""The producer and the consumer of events, with all that lies between them.

    producer -> queue or bus -> ingest -> table -> stream -> publish -> bus -> consumer

on an emulator of AWS: `ingest`, `publish` and the consumer are functions there,
with the mappings and rules of infra/template.yaml.

    AWS_ENDPOINT_URL (the emulator), ACTIVITY_LOG_URL and ACTIVITY_LOG_KEY (a
    console on the emulator's table), FUNCTIONS (a folder with <function>/bootstrap),
    EXAMPLE_PYTHON (has what the example needs), and the example's folder in
    PYTHONPATH
"""

import copy
import io
import json
import os
import pathlib
import subprocess
import uuid
import zipfile

import boto3
import producer
from checks import activities, audit_events, check, end, eventually, fetch, same
from event_bus import ACTIVITY_LOGGED, EVENTS, check_schema, make_queue, make_rule, receive

EXAMPLE = pathlib.Path(producer.__file__).parent
TENANT = "demo"
TABLE = "activity-log"
CONSUMER_TABLE = "consumer"
BUS = "activity-log"
# What the producer sends, how it ends when it comes twice, and what the consumer
# makes of it.
ORDERS = 3
ENDS = {
    "customer-cus_7-v3": ["applied", "outdated"],
    "order-4711-paid": ["logged", "replayed"],
    "order-4712-paid": ["logged", "replayed"],
    "order-4713-paid": ["logged", "replayed"],
}
THREE = ("3", "Order 4713 was paid")
FOUR = ("4", "Order 4713 was paid")

LAMBDA = boto3.client("lambda")
LOGS = boto3.client("logs")
DYNAMODB = boto3.client("dynamodb")


def make_function(name, code, runtime, handler, **environment):
    return LAMBDA.create_function(
        FunctionName=name,
        Runtime=runtime,
        Handler=handler,
        Role="arn:aws:iam::000000000000:role/any",
        Code={"ZipFile": code},
        Timeout=60,
        Environment={"Variables": environment},
    )["FunctionArn"]


def make_program(name, **environment):
    code = archive(pathlib.Path(os.environ["FUNCTIONS"]) / name / "bootstrap")
    make_function(
        name, code, "provided.al2023", "bootstrap", ACTIVITY_LOG_TABLE=TABLE, **environment
    )


def archive(path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        entry = zipfile.ZipInfo(path.name)
        entry.external_attr = 0o755 << 16
        file.writestr(entry, path.read_bytes())
    return packed.getvalue()


def map_source(function, arn, **more):
    LAMBDA.create_event_source_mapping(
        FunctionName=function,
        EventSourceArn=arn,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        **more,
    )


def make_stack():
    """Returns the address of the queue for events in, and that of a queue which
    gets what the consumer gets."""
    EVENTS.create_event_bus(Name=BUS)
    DYNAMODB.create_table(
        TableName=CONSUMER_TABLE,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    in_url, in_arn = make_queue("in")
    out_url, out_arn = make_queue("out")
    make_program("ingest")
    map_source("ingest", in_arn)
    make_program("publish", ACTIVITY_LOG_EVENT_BUS=BUS)
    stream_arn = DYNAMODB.describe_table(TableName=TABLE)["Table"]["LatestStreamArn"]
    map_source("publish", stream_arn, StartingPosition="TRIM_HORIZON")
    code = archive(EXAMPLE / "consumer.py")
    consumer = make_function(
        "consumer", code, "python3.13", "consumer.handler", TABLE=CONSUMER_TABLE
    )
    make_rule(BUS, "in", {"detail-type": ["activity.log", "resource.updated"]}, in_arn)
    make_rule(BUS, "out", ACTIVITY_LOGGED, consumer, out_arn)
    return in_url, out_url


def produce(queue_url):
    environment = {"QUEUE_URL": queue_url, "EVENT_BUS": BUS, "TENANT_ID": TENANT}
    command = [os.environ["EXAMPLE_PYTHON"], str(EXAMPLE / "producer.py")]
    subprocess.run(command, env=os.environ | environment, check=True, stdout=subprocess.DEVNULL)


def ingested():
    """How ingest ended the messages, as it logged it: by event, then by message."""
    pages = LOGS.get_paginator("filter_log_events").paginate(logGroupName="/aws/lambda/ingest")
    ends = {event_id: {} for event_id in ENDS}
    for page in pages:
        for message in (event["message"] for event in page["events"]):
            line = json.loads(message) if message.startswith("{") else {}
            if "status" in line:
                ends[line["event_id"]].setdefault(line["message_id"], line["status"])
    return ends


def customer():
    """What the consumer knows of the customer: how many there were, and the last."""
    key = {"pk": {"S": f"{TENANT}#contact#cus_7"}}
    item = DYNAMODB.get_item(TableName=CONSUMER_TABLE, Key=key, ConsistentRead=True).get("Item", {})
    return item.get("activities", {}).get("N"), item.get("last_summary", {}).get("S")


def consume(event):
    """Delivers an event once more, and says whether the consumer took it."""
    answer = LAMBDA.invoke(FunctionName="consumer", Payload=json.dumps(event))
    return "FunctionError" not in answer


def produced_twice_and_logged_once(queue_url):
    produce(queue_url)
    eventually(lambda: len(activities("order paid")) == ORDERS, "every order is logged")
    produce(queue_url)
    eventually(
        lambda: all(len(messages) == 2 for messages in ingested().values()),
        "ingest has had every event twice",
    )
    ends = {event_id: sorted(messages.values()) for event_id, messages in ingested().items()}
    same("each event is done once, and known the second time", ends, ENDS)
    logged = activities("order paid")
    same("an activity for each order", len(logged), ORDERS)
    events = audit_events(actor_id="shop", status="succeeded")
    same("an audit event for each activity", len(events), ORDERS)
    doors = sorted(event["api_route"] for event in events)
    same("through the queue and the bus", doors, ["event:eventbridge"] * 2 + ["event:sqs"])
    headers = {
        "X-API-KEY": os.environ["ACTIVITY_LOG_KEY"],
        "X-BUSINESS-ID": TENANT,
        "X-USER-ID": "jane",
    }
    read = fetch(f"/api/activities/logged/{logged[0]['id']}", headers)
    names = [one["display_name"] for one in read["associated_entities"]]
    same("the customer has the name of the event", names, ["Jane Doe"])
    return {activity["id"] for activity in logged}


def published_and_consumed(out_url, ids):
    events = []
    eventually(
        lambda: {one["detail"]["activity"]["id"] for one in receive(out_url, events)} == ids,
        "activity.logged comes for each order",
    )
    check_schema(events)
    eventually(lambda: customer()[0] == "3", "the consumer has every event")
    same("the last is the last to happen", customer(), THREE)
    return events


def delivered_again(events):
    again = copy.deepcopy(events)
    for event in again:
        event["detail"]["added_later"] = {"by": "a newer release"}
        event["detail"]["activity"]["added_later"] = True
    taken = [consume(event) for event in reversed(again)]
    check("events that come again, backwards and with new properties, are taken", all(taken), taken)
    same("they change nothing", customer(), THREE)

    late = copy.deepcopy(events[0])
    late["detail"]["event_id"] = str(uuid.uuid4())
    late["detail"]["activity"] |= {
        "id": str(uuid.uuid4()),
        "summary": "Opened an account",
        "occurred_at": "2026-02-01T09:30:00.000Z",
    }
    check("an event that is late is taken", consume(late))
    same("it counts, and is not the last", customer(), FOUR)

    alone = copy.deepcopy(late)
    alone["detail"]["event_id"] = str(uuid.uuid4())
    for name in ("related_resource_type", "related_resource_id"):
        del alone["detail"]["activity"][name]
    check("an event about no record is taken", consume(alone))
    later = copy.deepcopy(late)
    later["detail"] |= {"event_id": str(uuid.uuid4()), "version": 2}
    check("an event of another version is kept for later", not consume(later))
    same("neither counts", customer(), FOUR)


class Bus:
    """Takes events in calls, but for some, which it refuses for so many calls."""

    def __init__(self, refused_ids, refusing_calls):
        self.refused_ids = refused_ids
        self.refusing_calls = refusing_calls
        self.calls = []

    def __call__(self, events):
        self.calls.append([event["id"] for event in events])
        if len(self.calls) > self.refusing_calls:
            return []
        refused = [event for event in events if event["id"] in self.refused_ids]
        return [(event, "InternalFailure") for event in refused]


def partly_refused():
    events = [{"id": str(n)} for n in range(25)]
    waits = []
    bus = Bus({"3", "17"}, refusing_calls=3)
    producer.deliver(bus, events, waits.append)
    sizes = [len(ids) for ids in bus.calls]
    same("events go ten at a time, and those that were refused go again", sizes, [10, 10, 5, 2])
    same("they are the ones, after a wait", (bus.calls[3], len(waits)), (["3", "17"], 1))

    waits = []
    bus = Bus({"3"}, refusing_calls=100)
    try:
        producer.deliver(bus, events, waits.append)
        check("what is never taken is an error", False)
    except producer.NotSent as error:
        check("what is never taken is an error", "3: InternalFailure" in str(error), error)
    same("after five attempts", (len(bus.calls), len(waits)), (3 + 4, 4))


def main():
    in_url, out_url = make_stack()
    ids = produced_twice_and_logged_once(in_url)
    events = published_and_consumed(out_url, ids)
    delivered_again(events)
    partly_refused()
    end()


if __name__ == "__main__":
    main()
