"""The clients of `/v1`: their programs, and what they do when calls go wrong.

    clients.py PROGRAM ADAPTER    two commands

The same checks hold for every language. An adapter reads a call a line (`url`,
`key`, `call`, `arguments`), makes it with a new client whose waits are noted and
not waited, and writes a line: `result` or `error`, and `waits_s`.
"""

import json
import os
import shlex
import subprocess
import sys
import uuid

from checks import activities, audit_events, check, end, fetch, printed_by, same
from faults import calls_through, spoil


class Client:
    """A client behind its adapter, before the proxy that spoils answers."""

    def __init__(self, command):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def call(self, name, credential=None, **arguments):
        asked = {
            "url": os.environ["FAULTS_URL"],
            "key": credential or os.environ["ACTIVITY_LOG_KEY"],
            "call": name,
            "arguments": arguments,
        }
        print(json.dumps(asked), file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())

    def log(self, summary, **more):
        return self.call("log", activity={"type": "note", "summary": summary}, **more)

    def close(self):
        self.process.stdin.close()
        same("the adapter ends well", self.process.wait(), 0)


def word():
    """A word that no other activity has."""
    return f"word{uuid.uuid4().hex}"


def refusal(status, headers=None, body=None):
    text = body if isinstance(body, str) else json.dumps(body or {})
    return {"fault": "refuse", "status": status, "headers": headers or {}, "body": text}


def program(command):
    """The program logs, searches, reads, and reads the audit trail."""
    first = printed_by(*command)
    label, rest = first[0]
    activity_id = rest.split()[0]
    activity = fetch(f"/v1/activities/{activity_id}")["activity"]
    same("it logs", label, "logged")
    check(
        "it finds what it logged", ("found", f"{activity_id} {activity['summary']}") in first, first
    )
    check("it reads what it logged", ("read", f"{activity_id} {activity['body']}") in first, first)
    (event,) = audit_events(resource_id=activity_id)
    trail = f"succeeded by service:demo (request {event['request_id']})"
    check("it reads the trail of what it logged", ("audit", trail) in first, first)
    check("the trail has the same request", event["request_id"] in rest, rest)
    refused = dict(first)["refused"]
    check(
        "it shows every violation",
        "422 validation_failed" in refused and "summary: " in refused,
        refused,
    )
    request_id = refused.rsplit("(request ", 1)[1].rstrip(")")
    same(
        "the refusal is in the trail",
        [one["status"] for one in audit_events(request_id=request_id)],
        ["rejected"],
    )
    again = printed_by(*command)
    check(
        "a second run logs nothing",
        again[0][0] == "logged before" and activity_id in again[0][1],
        again,
    )


def lost_answers(client):
    for fault, replayed in [("lose-call", False), ("lose-answer", True), ("cut-answer", True)]:
        name = word()
        spoil({"fault": fault})
        logged = client.log(name)
        calls = calls_through()
        same(f"{fault}: the activity is there once", len(activities(name)), 1)
        same(f"{fault}: what the client says of it", logged["result"]["replayed"], replayed)
        same(f"{fault}: two calls", len(calls), 2)
        same(f"{fault}: of one body, with one key", calls[0]["body"], calls[1]["body"])
        check(f"{fault}: the key is one", json.loads(calls[0]["body"])["idempotency_key"])
        check(f"{fault}: a short wait between them", 0 < sum(logged["waits_s"]) < 1, logged)
    spoil({"fault": "cut-answer"})
    found = client.call("search", query=name)
    same("a search is made again too", len(found["result"]), 1)


def own_keys(client):
    spoil()
    name, key = word(), f"order-{word()}, paid"
    first, second = client.log(name, idempotency_key=key), client.log(name, idempotency_key=key)
    same(
        "a key of one's own is the activity's",
        second["result"],
        first["result"] | {"replayed": True},
    )
    conflict = client.log("another", idempotency_key=key)["error"]
    same("another activity with it is an error", conflict["code"], "idempotency_conflict")
    one, other = client.log(name)["result"], client.log(name)["result"]
    check(
        "without one each call is another activity",
        one["activity"]["id"] != other["activity"]["id"],
    )


def limits(client):
    for status in (429, 503):
        name = word()
        spoil(*[refusal(status, {"Retry-After": "7"}), refusal(status, {"Retry-After": "9"})])
        logged = client.log(name)
        same(f"{status}: the waits are those that are asked for", logged["waits_s"], [7, 9])
        same(f"{status}: then it is logged", len(activities(name)), 1)
    spoil(refusal(503))
    waits_s = client.log(word())["waits_s"]
    check(
        "without Retry-After the wait is short", len(waits_s) == 1 and 0 < waits_s[0] < 1, waits_s
    )

    spoil(refusal(429, {"Retry-After": "3600"}))
    too_long = client.log(word())
    same("a wait of an hour is the caller's", (too_long["waits_s"], len(calls_through())), ([], 1))
    same("who learns of it", too_long["error"]["retry_after_s"], 3600)
    check("and may call later", too_long["error"]["retryable"])

    spoil(*[refusal(500)] * 100)
    failed = client.log(word())
    same("it gives up after five calls", (len(failed["waits_s"]), len(calls_through())), (4, 5))
    check("each wait is longer", failed["waits_s"] == sorted(failed["waits_s"]), failed)
    same("and says why", failed["error"]["status"], 500)


def errors(client):
    spoil()
    refused = client.call("log", activity={"type": "fax", "summary": ""})
    error = refused["error"]
    same("a refusal is not tried again", (len(calls_through()), refused["waits_s"]), (1, []))
    same("its status and code", (error["status"], error["code"]), (422, "validation_failed"))
    fields = [one["field"] for one in error["field_errors"]]
    same("its violations", fields, ["type", "summary"])
    named = [one["request_id"] for one in audit_events(request_id=error["request_id"])]
    same("its request is in the trail", named, [error["request_id"]])
    check(
        "its text has all of it",
        all(part in error["text"] for part in [*fields, error["request_id"], "422"]),
        error,
    )

    error = client.call("search", credential="alk_demo.none.none")["error"]
    same("a wrong key", (error["status"], error["code"]), (401, "unauthorized"))
    error = client.call("get", id="../audit-events?limit=1")["error"]
    same(
        "an id can't lead to another path",
        (error["status"], error["code"]),
        (404, "resource_not_found"),
    )
    check(
        "it is one segment",
        calls_through()[-1]["path"].startswith("/v1/activities/..%2F"),
        calls_through(),
    )

    spoil(refusal(413, body={"message": "Request Entity Too Large"}))
    error = client.log(word())["error"]
    check("a gateway's own error is shown", "413: Request Entity Too Large" in error["text"], error)
    spoil(refusal(404, body="<html>no JSON</html>"))
    same("an error that is no JSON is one too", client.log(word())["error"]["status"], 404)
    spoil(*[refusal(200, body="<html>no JSON</html>")] * 100)
    check("nor is an answer that is no JSON the log's", "error" in client.log(word()))
    spoil(refusal(307, {"Location": "/calls"}))
    same("a redirect is not followed", client.log(word())["error"]["status"], 307)
    same("at all", len(calls_through()), 1)


def pages(client):
    spoil()
    name = word()
    ids = [client.log(f"{name} {n}")["result"]["activity"]["id"] for n in range(5)]
    spoil()
    found = [row["id"] for row in client.call("search", query=name, limit=2)["result"]]
    same("a search reads every page", found, ids[::-1])
    same("page by page", len(calls_through("GET /v1/activities")), 3)
    read = client.call("get", id=ids[0])["result"]
    same("a read", read["summary"], f"{name} 0")
    events = client.call("audit_events", resource_id=ids[0], limit=1)["result"]
    same("the trail of one", [one["resource_id"] for one in events], [ids[0]])
    spoil()
    client.call("audit_events", limit=2)
    check("the trail is read page by page", len(calls_through("cursor=")) >= 2, calls_through())

    row = {"id": ids[0]}
    first = {"activities": [], "next_cursor": "a+b/c=", "request_id": "req_1"}
    spoil(refusal(200, body=first), refusal(200, body={"activities": [row], "request_id": "req_2"}))
    found = client.call("search", query=name)["result"]
    same("an empty page is not the end", found, [row])
    paths = [call["path"] for call in calls_through()]
    check("its cursor goes back as it came", paths[1].endswith("cursor=a%2Bb%2Fc%3D"), paths)


def main():
    _, program_command, adapter = sys.argv
    program(shlex.split(program_command))
    client = Client(shlex.split(adapter))
    for suite in (lost_answers, own_keys, limits, errors, pages):
        suite(client)
    client.close()
    end()


if __name__ == "__main__":
    main()
