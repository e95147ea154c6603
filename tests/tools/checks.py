"""A line for each thing that is checked, and what the log has, as its API says.

ACTIVITY_LOG_URL, ACTIVITY_LOG_KEY (every scope) in the environment
"""

import json
import os
import subprocess
import sys
import time
import urllib.parse
import urllib.request

DEADLINE_S = 180
POLL_S = 0.2

_failed = []


def check(what, holds, seen=""):
    """Notes whether something holds. What comes after it is checked all the same."""
    if holds:
        print(f"  ok: {what}", flush=True)
    else:
        _failed.append(what)
        print(f"  FAILED: {what}; seen: {seen}", flush=True)


def same(what, seen, expected):
    check(what, seen == expected, f"{seen!r}, not {expected!r}")


def end():
    """Ends the program as its checks ended."""
    sys.exit(1 if _failed else 0)


def fetch(path, headers=None, **query):
    """What a GET of the log answers."""
    url = f"{os.environ['ACTIVITY_LOG_URL']}{path}?{urllib.parse.urlencode(query)}"
    headers = headers or {"Authorization": f"Bearer {os.environ['ACTIVITY_LOG_KEY']}"}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
        return json.loads(answer.read())


def activities(query):
    """All activities that have the words; the suites have fewer than a page."""
    return fetch("/v1/activities", query=query, limit=100)["activities"]


def audit_events(**filters):
    return fetch("/v1/audit-events", limit=100, **filters)["audit_events"]


def printed_by(*command, **environment):
    """What a program printed that ended well, a pair of label and rest for each line."""
    command = [os.fspath(part) for part in command]
    done = subprocess.run(
        command, env=os.environ | environment, capture_output=True, text=True, check=False
    )
    same("it ends well, and says so", (done.returncode, done.stderr), (0, ""))
    return [tuple(line.split(": ", 1)) for line in done.stdout.splitlines()]


def eventually(look, what):
    """Asks until the answer is true, and returns it. What works takes seconds; the
    deadline is one that a busy machine does not miss."""
    deadline = time.monotonic() + DEADLINE_S
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() >= deadline:
            raise SystemExit(f"  FAILED: {what} within {DEADLINE_S} s")
        time.sleep(POLL_S)
