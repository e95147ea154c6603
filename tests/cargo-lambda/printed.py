"""The printed commands, run as they are, and what becomes of them.

printed.py FIRST-MINUTE GUIDE    files with the commands of the two documents

WATCH_URL, ACTIVITY_LOG_URL, ACTIVITY_LOG_KEY, AWS_ENDPOINT_URL (the bus) in
the environment
"""

import json
import os
import pathlib
import re
import subprocess
import sys

from checks import activities, check, end, eventually, fetch, same
from event_bus import ACTIVITY_LOGGED, check_schema, make_queue, make_rule, receive
from same_answers import request_id_of, without_own

WATCH = os.environ["WATCH_URL"]
CONSOLE = os.environ["ACTIVITY_LOG_URL"]
INVOCATION = re.compile(r"cargo lambda invoke (\S+) .*infra/events/(\S+\.json)")
# What the samples of events in log, under the words by which it is found.
INGESTED = {
    "ingest.json": "invoice 4711 paid",
    "ingest-eventbridge.json": "reminded invoice 4712",
    "ingest-sqs.json": "talked renewal",
}


def commands(path):
    """Each command with the assignments that stand before it."""
    assignments = []
    for line in pathlib.Path(path).read_text().replace("\\\n", " ").splitlines():
        if re.match("[A-Z]+=", line):
            assignments.append(line)
        elif line and not line.startswith("#"):
            yield line, "\n".join([*assignments, line])


def output(script):
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    same("it ends well", done.returncode, 0)
    return done.stdout


def call(line, script, writes):
    """A call at the watch answers what it answers at the console."""
    print(f"  {line}")
    answers = [output(script.replace(CONSOLE, WATCH)), output(script.replace(WATCH, CONSOLE))]
    bodies = [without_own(text, request_id_of(text), writes) for text in answers]
    check("there is no error", "error" not in json.loads(answers[0]), answers[0])
    same("it is answered as at the console", bodies[0], bodies[1])


def invoke(line, script, function, sample):
    print(f"  {line}")
    answer = json.loads(output(script))
    if function == "ingest":
        ingested(answer, script, sample)
    elif function == "publish":
        same("everything is published", answer, {"batchItemFailures": []})
    elif function == "index":
        same("the tenant's index is compacted", answer["tenant_id"], "demo")
    else:
        same("it succeeds", answer["statusCode"] // 100, 2)
        if function != "web":
            called(answer, sample)


def called(answer, sample):
    """An invocation with the event of a call answers what the console answers."""
    event = json.loads(pathlib.Path("infra/events", sample).read_text())
    method = event["requestContext"]["http"]["method"]
    body = json.loads(answer["body"])
    if method == "GET":
        expected = fetch(event["rawPath"], **event["queryStringParameters"])
        bodies = [without_own(json.dumps(one), one["request_id"]) for one in (body, expected)]
        same("it answers as the console does", *bodies)
    else:
        read = fetch(f"/v1/activities/{body['activity']['id']}")
        same("the console reads what it logged", read["activity"], body["activity"])


def ingested(answer, script, sample):
    (activity,) = activities(INGESTED[sample])
    if sample == "ingest-sqs.json":
        same("no message fails", answer, {"batchItemFailures": []})
    else:
        same("it is logged", (answer["status"], answer["activity_id"]), ("logged", activity["id"]))
    again = json.loads(output(script))
    same("a second time", again.get("status", "replayed"), "replayed")
    same("logs nothing", activities(INGESTED[sample]), [activity])


def main():
    _, first_minute, guide = sys.argv
    queue_url, queue_arn = make_queue("published")
    make_rule("default", "out", ACTIVITY_LOGGED, queue_arn)

    curls = [one for one in commands(first_minute) if one[0].startswith("curl ")]
    check("the first minute has its four calls", len(curls) >= 4, curls)
    for line, script in curls:
        call(line, script, writes=" -d " in line)

    invoked = []
    for line, script in commands(guide):
        invocation = INVOCATION.match(line)
        if invocation:
            invoked.append(invocation.groups())
            invoke(line, script, *invocation.groups())
        elif line.startswith("curl "):
            call(line, script, writes=" -d " in line)
        elif not line.startswith((". ", "cargo run ", "cargo lambda watch ")):
            check(f"{line}: a command that nobody tries", False)
    printed = {sample for _, sample in invoked}
    check(
        "an invocation of each function that is printed",
        printed >= {"log.json", "search.json", "publish.json", "index.json", *INGESTED},
        printed,
    )

    sample = json.loads(pathlib.Path("infra/events/publish.json").read_text())
    logged = {
        record["dynamodb"]["Keys"]["pk"]["S"].rsplit("#", 1)[1]
        for record in sample["Records"]
        if record["dynamodb"]["Keys"]["sk"]["S"] == "HEAD"
    }
    events = []
    eventually(
        lambda: {one["detail"]["activity"]["id"] for one in receive(queue_url, events)} == logged,
        "the bus has an event for each activity of the sample",
    )
    check_schema(events)
    end()


if __name__ == "__main__":
    main()
