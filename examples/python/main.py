"""Logs an activity, finds it, reads it, and reads who wrote it.

    ACTIVITY_LOG_URL=http://127.0.0.1:8080 \
    ACTIVITY_LOG_KEY=$(cat .activity-log/demo-key) python3 examples/python/main.py
"""

import os
import sys

from activity_log import ActivityLog, ActivityLogError


def main() -> None:
    log = ActivityLog(os.environ["ACTIVITY_LOG_URL"], os.environ["ACTIVITY_LOG_KEY"])

    # The key and the activity are made of what happened, and not of the moment,
    # so that a second run logs nothing twice.
    call = {
        "type": "call",
        "summary": "Jane wants twenty more seats",
        "body": "She decides on Friday, and asks for the price of a year.",
        "related_resource_type": "contact",
        "related_resource_id": "con_123",
        "occurred_at": "2026-03-01T09:30:00Z",
    }
    logged = log.log(call, idempotency_key="phone-call-2026-0042")
    how = "logged before" if logged.replayed else "logged"
    print(f"{how}: {logged.activity['id']} (request {logged.request_id})")

    for activity in log.search(query="seats", limit=10):
        print(f"found: {activity['id']} {activity['summary']}")

    activity = log.get(logged.activity["id"])
    print(f"read: {activity['id']} {activity['body']}")

    for event in log.audit_events(resource_id=activity["id"]):
        actor = f"{event['actor']['type']}:{event['actor']['id']}"
        print(f"audit: {event['status']} by {actor} (request {event['request_id']})")

    try:
        log.log({"type": "fax", "summary": ""})
    except ActivityLogError as error:
        print(f"refused: {error}")


if __name__ == "__main__":
    try:
        main()
    except ActivityLogError as error:
        sys.exit(f"failed: {error}")
