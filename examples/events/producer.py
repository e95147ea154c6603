"""A producer of events: tells the activity log what happened in another system.

    python3 -m venv events && events/bin/pip install -r examples/events/requirements.txt
    QUEUE_URL=<output IngestQueueUrl> EVENT_BUS=<output EventBusName> TENANT_ID=acme \
    events/bin/python examples/events/producer.py

A program of this kind may be killed between sending and noting that it sent, so
what it sends twice must be the same twice. Its events are made of what happened
and of nothing else: the `id` names the fact, and no property says what time it
is now. An event with the id of another and other content is refused.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

import boto3

SOURCE = "shop"
# What SQS and EventBridge take in a call.
CALL_EVENTS = 10
ATTEMPTS = 5

Event = dict[str, Any]


def order_paid(tenant_id: str, order: dict[str, str]) -> Event:
    """Logs an activity: the customer's order was paid."""
    return {
        "id": f"order-{order['id']}-paid",
        "type": "activity.log",
        "tenant_id": tenant_id,
        "actor": {"type": "service", "id": "shop"},
        "activity": {
            "type": "note",
            "summary": f"Order {order['id']} was paid",
            "related_resource_type": "contact",
            "related_resource_id": order["customer_id"],
            "occurred_at": order["paid_at"],
        },
    }


def customer_changed(tenant_id: str, customer: dict[str, str]) -> Event:
    """Makes a customer known to the log, or changes the name. The newest
    `changed_at` wins, so events may arrive in any order."""
    return {
        "id": f"customer-{customer['id']}-v{customer['version']}",
        "type": "resource.updated",
        "tenant_id": tenant_id,
        "resource": {"type": "contact", "id": customer["id"], "display_name": customer["name"]},
        "changed_at": customer["changed_at"],
    }


class NotSent(Exception):
    """Events that were not taken. To send all of them again is safe."""


def send_to_queue(sqs: Any, queue_url: str, events: list[Event]) -> None:
    """Sends events to the queue of `ingest`."""

    def send(call: list[Event]) -> list[tuple[Event, str]]:
        entries = [{"Id": str(n), "MessageBody": json.dumps(one)} for n, one in enumerate(call)]
        answer = sqs.send_message_batch(QueueUrl=queue_url, Entries=entries)
        return [(call[int(one["Id"])], one["Code"]) for one in answer.get("Failed", [])]

    deliver(send, events)


def put_on_bus(bus: Any, name: str, events: list[Event]) -> None:
    """Puts events on the bus whose rule leads to `ingest`."""

    def put(call: list[Event]) -> list[tuple[Event, str]]:
        entries = [
            {
                "EventBusName": name,
                "Source": SOURCE,
                "DetailType": one["type"],
                "Detail": json.dumps(one),
            }
            for one in call
        ]
        answer = bus.put_events(Entries=entries)
        outcomes = zip(call, answer["Entries"], strict=True)
        return [(one, entry["ErrorCode"]) for one, entry in outcomes if "ErrorCode" in entry]

    deliver(put, events)


def deliver(
    call: Callable[[list[Event]], list[tuple[Event, str]]],
    events: list[Event],
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Sends events in calls of ten. A call that fails as a whole is tried again by
    boto3; one that succeeds may still name events that were not taken, and those
    are sent again here."""
    for attempt in range(1, ATTEMPTS + 1):
        refused = [refusal for part in parts(events) for refusal in call(part)]
        if not refused:
            return
        events = [event for event, _ in refused]
        if attempt < ATTEMPTS:
            sleep(0.2 * 2**attempt)
    reasons = ", ".join(f"{event['id']}: {code}" for event, code in refused)
    raise NotSent(f"not taken after {ATTEMPTS} attempts: {reasons}")


def parts(events: list[Event]) -> Iterator[list[Event]]:
    for start in range(0, len(events), CALL_EVENTS):
        yield events[start : start + CALL_EVENTS]


def main() -> None:
    tenant_id = os.environ["TENANT_ID"]
    customer = {
        "id": "cus_7",
        "name": "Jane Doe",
        "version": "3",
        "changed_at": "2026-03-01T09:00:00Z",
    }
    orders = [
        {"id": str(4711 + n), "customer_id": "cus_7", "paid_at": f"2026-03-0{1 + n}T09:30:00Z"}
        for n in range(3)
    ]
    # A queue keeps no order. An order that overtakes its customer is refused,
    # delivered again by the queue, and logged then.
    queued = [customer_changed(tenant_id, customer), order_paid(tenant_id, orders[0])]
    send_to_queue(boto3.client("sqs"), os.environ["QUEUE_URL"], queued)
    print(f"sent to the queue: {' '.join(event['id'] for event in queued)}")

    put = [order_paid(tenant_id, order) for order in orders[1:]]
    put_on_bus(boto3.client("events"), os.environ["EVENT_BUS"], put)
    print(f"put on the bus: {' '.join(event['id'] for event in put)}")


if __name__ == "__main__":
    main()
