"""Makes the calls of clients.py with the Python client; see there.

The example's folder is in PYTHONPATH.
"""

import json
import sys

from activity_log import ActivityLog, ActivityLogError


def call(log, name, arguments):
    if name == "log":
        logged = log.log(arguments["activity"], idempotency_key=arguments.get("idempotency_key"))
        return {"activity": logged.activity, "replayed": logged.replayed}
    if name == "get":
        return log.get(arguments["id"])
    return list({"search": log.search, "audit_events": log.audit_events}[name](**arguments))


def main():
    for line in sys.stdin:
        asked = json.loads(line)
        waits_s = []
        log = ActivityLog(asked["url"], asked["key"], sleep=waits_s.append)
        try:
            answer = {"result": call(log, asked["call"], asked["arguments"])}
        except ActivityLogError as error:
            answer = {
                "error": {
                    "status": error.status,
                    "code": error.code,
                    "request_id": error.request_id,
                    "field_errors": error.field_errors,
                    "retry_after_s": error.retry_after_s,
                    "retryable": error.retryable,
                    "text": str(error),
                }
            }
        print(json.dumps(answer | {"waits_s": waits_s}), flush=True)


if __name__ == "__main__":
    main()
