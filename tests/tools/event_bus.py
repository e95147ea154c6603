"""Queues, rules, and a consumer of `activity.logged`, on the emulator of AWS.

AWS_ENDPOINT_URL and credentials in the environment
"""

import json
import pathlib

import boto3
from checks import same
from jsonschema import Draft202012Validator

SCHEMA = pathlib.Path(__file__).parents[2] / "infra/events/activity-logged.schema.json"
ACTIVITY_LOGGED = {"source": ["activity-log"], "detail-type": ["activity.logged"]}

SQS = boto3.client("sqs")
EVENTS = boto3.client("events")


def make_queue(name):
    """The address and the ARN of a new queue."""
    # What is refused comes again soon; the template's minutes are too long here.
    url = SQS.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "5"})["QueueUrl"]
    attributes = SQS.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return url, attributes["Attributes"]["QueueArn"]


def make_rule(bus, name, pattern, *targets):
    EVENTS.put_rule(Name=name, EventBusName=bus, EventPattern=json.dumps(pattern))
    targets = [{"Id": str(n), "Arn": arn} for n, arn in enumerate(targets)]
    answer = EVENTS.put_targets(Rule=name, EventBusName=bus, Targets=targets)
    if answer["FailedEntryCount"]:
        raise SystemExit(f"the rule {name} gets no targets: {answer}")


def receive(queue_url, events):
    """Adds what is in a queue to the events."""
    messages = SQS.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10)
    for message in messages.get("Messages", []):
        events.append(json.loads(message["Body"]))
        SQS.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
    return events


def check_schema(events):
    """The events are as infra/events describes them."""
    checker = Draft202012Validator.FORMAT_CHECKER
    schema = Draft202012Validator(json.loads(SCHEMA.read_text()), format_checker=checker)
    problems = [problem.message for one in events for problem in schema.iter_errors(one["detail"])]
    same("the events are as their schema says", problems, [])
