"""A consumer of `activity.logged`: a Lambda function behind a rule of EventBridge.

    {"source": ["activity-log"], "detail-type": ["activity.logged"]}

It keeps, for each record that activities are about, how many there were and
which was the last: what a page of customers shows beside a name. TABLE is a
DynamoDB table with the string key `pk` and time to live on `expires_at`; the
function needs `dynamodb:UpdateItem` and `dynamodb:PutItem` on it, and boto3,
which Lambda brings along.

Events come at least once and in no order. There are two ways to live with that,
and this function has both: what can be done twice is simply done, and what can't
be is done in one transaction with a note of the event's id.
"""

from __future__ import annotations

import functools
import os
import time
from typing import Any

import boto3

# Longer than an event can wait in a queue of dead letters.
REMEMBER_S = 30 * 24 * 60 * 60


@functools.cache
def dynamodb() -> Any:
    return boto3.client("dynamodb")


def handler(event: dict[str, Any], _context: object) -> None:
    """Takes one event. An error makes Lambda deliver it again, and give it to the
    function's dead letters in the end."""
    detail = event["detail"]
    # Properties may be added to a version, and are ignored. Another version may
    # mean something else: such an event is kept for those who can read it.
    if detail["version"] != 1:
        raise ValueError(f"activity.logged has the unknown version {detail['version']}")
    activity = detail["activity"]
    if "related_resource_id" not in activity:
        return
    kind, record_id = activity["related_resource_type"], activity["related_resource_id"]
    pk = f"{detail['tenant_id']}#{kind}#{record_id}"
    note_last(pk, activity)
    count_once(pk, detail["event_id"])


def note_last(pk: str, activity: dict[str, Any]) -> None:
    """Notes the activity, unless a later one is known. Times are UTC with
    milliseconds, so their order is that of the texts, and the id parts those of
    the same moment. Done twice, or late, it changes nothing."""
    try:
        dynamodb().update_item(
            TableName=os.environ["TABLE"],
            Key={"pk": {"S": pk}},
            UpdateExpression="SET last_at = :at, last_summary = :summary",
            ConditionExpression="attribute_not_exists(last_at) OR last_at < :at",
            ExpressionAttributeValues={
                ":at": {"S": f"{activity['occurred_at']} {activity['id']}"},
                ":summary": {"S": activity["summary"]},
            },
        )
    except dynamodb().exceptions.ConditionalCheckFailedException:
        return


def count_once(pk: str, event_id: str) -> None:
    """Counts the activity, together with the note that its event was counted, or
    not at all."""
    table = os.environ["TABLE"]
    note = {
        "pk": {"S": f"event#{event_id}"},
        "expires_at": {"N": str(int(time.time()) + REMEMBER_S)},
    }
    count = {
        "TableName": table,
        "Key": {"pk": {"S": pk}},
        "UpdateExpression": "ADD activities :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }
    first_time = "attribute_not_exists(pk)"
    try:
        dynamodb().transact_write_items(
            TransactItems=[
                {"Put": {"TableName": table, "Item": note, "ConditionExpression": first_time}},
                {"Update": count},
            ]
        )
    except dynamodb().exceptions.TransactionCanceledException as refusal:
        # Anything but the condition of the note is a failure like any other.
        if refusal.response["CancellationReasons"][0]["Code"] != "ConditionalCheckFailed":
            raise
