"""The handler of `log` as a team would write it in Python: powertools for
validation and idempotency, one transaction of three puts with boto3."""

import json
import os
import uuid
from datetime import datetime, timezone

import boto3
from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer,
    IdempotencyConfig,
    idempotent,
)
from aws_lambda_powertools.utilities.validation import SchemaValidationError, validate

TABLE = os.environ.get("ACTIVITY_LOG_TABLE", "activity-log")
SCHEMA = {
    "$schema": "http://json-schema.org/draft-07/schema",
    "type": "object",
    "additionalProperties": False,
    "required": ["type", "summary"],
    "properties": {
        "type": {"enum": ["note", "call", "email", "meeting", "agent_action"]},
        "summary": {"type": "string", "minLength": 1, "maxLength": 500},
        "body": {"type": "string", "maxLength": 65536},
        "related_resource_type": {
            "enum": ["contact", "company", "deal", "task", "support_ticket"]
        },
        "related_resource_id": {"type": "string", "minLength": 1, "maxLength": 255},
        "occurred_at": {"type": "string", "format": "date-time"},
        "idempotency_key": {"type": "string", "minLength": 1, "maxLength": 255},
    },
}

client = boto3.client("dynamodb")
persistence = DynamoDBPersistenceLayer(table_name=TABLE + "-idempotency")
config = IdempotencyConfig(event_key_jmespath="powertools_json(body).idempotency_key")


def put(pk, sk, **attributes):
    item = {"pk": {"S": pk}, "sk": {"S": sk}}
    item.update({name: {"S": value} for name, value in attributes.items()})
    return {
        "Put": {
            "TableName": TABLE,
            "Item": item,
            "ConditionExpression": "attribute_not_exists(pk)",
        }
    }


@idempotent(config=config, persistence_store=persistence)
def lambda_handler(event, context):
    try:
        activity = json.loads(event["body"])
        validate(event=activity, schema=SCHEMA)
    except (ValueError, SchemaValidationError) as error:
        return answer(422, {"error": {"code": "validation_failed", "message": str(error)}})
    activity_id, event_id = str(uuid.uuid4()), str(uuid.uuid4())
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
    activity.pop("idempotency_key", None)
    activity.setdefault("occurred_at", now)
    client.transact_write_items(
        ClientRequestToken=activity_id,
        TransactItems=[
            put(f"T#demo#ACT#{activity_id}", "HEAD", logged_at=now, **activity),
            put(f"T#demo#IX#type={activity['type']}", f"{activity['occurred_at']}#{activity_id}"),
            put(
                f"T#demo#AUD#{event_id}",
                "EVENT",
                actor_id="demo",
                action="activity.logged",
                resource_id=activity_id,
                status="succeeded",
                occurred_at=now,
            ),
        ],
    )
    return answer(201, {"activity": {"id": activity_id, "logged_at": now, **activity}})


def answer(status, body):
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json"},
        "body": json.dumps(body),
    }
