"""Calls at the port of `cargo lambda watch`, and the same calls at the console.

WATCH_URL, ACTIVITY_LOG_URL, ACTIVITY_LOG_KEY in the environment
"""

import http.client
import json
import os
import re
import urllib.parse

from checks import check, end, same
from same_answers import without_own

WATCH = os.environ["WATCH_URL"]
CONSOLE = os.environ["ACTIVITY_LOG_URL"]
KEY = {"Authorization": f"Bearer {os.environ['ACTIVITY_LOG_KEY']}"}
TYPED = {
    "X-API-KEY": os.environ["ACTIVITY_LOG_KEY"],
    "X-BUSINESS-ID": "demo",
    "X-USER-ID": "jane",
}
MCP = KEY | {
    "Accept": "application/json, text/event-stream",
    "MCP-Protocol-Version": "2025-11-25",
}
# What the functions say. The servers around them add a date and the like.
HEADERS = [
    "allow",
    "cache-control",
    "content-encoding",
    "content-security-policy",
    "content-type",
    "etag",
    "idempotency-replayed",
    "location",
    "retry-after",
    "www-authenticate",
]
# Builds, on a busy machine.
TIMEOUT_S = 600


def answer(url, method, path, headers, body, writes=False):
    """Status, headers and body, without what is the answer's own."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=TIMEOUT_S)
    if body is not None:
        body = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        headers = headers | {"Content-Type": "application/json"}
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    request_id = response.headers.get("x-request-id")

    def shared(text):
        return without_own(text, request_id, writes)

    said = {name: shared(response.headers.get(name, "")) for name in HEADERS}
    text = response.read().decode(errors="backslashreplace")
    return response.status, request_id is not None, said, shared(text)


def compare(status, method, path, headers=KEY, body=None, writes=False):
    at = f"{method} {path}"
    ours = answer(WATCH, method, path, headers, body, writes)
    same(f"{at}: {status}", ours[0], status)
    same(f"{at}: as at the console", ours, answer(CONSOLE, method, path, headers, body, writes))
    return ours[3]


def tool_call(name, arguments):
    params = {"name": name, "arguments": arguments}
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}


def log_and_read():
    note = {"type": "note", "summary": "Déjà vu: 東京都 “quoted” \\ 100%"}
    compare(201, "POST", "/v1/activities", body=note, writes=True)
    kept = note | {"idempotency_key": "watched"}
    first = answer(WATCH, "POST", "/v1/activities", KEY, kept)
    replay = compare(201, "POST", "/v1/activities", body=kept)
    same("both doors replay it", json.loads(replay)["activity"], json.loads(first[3])["activity"])
    compare(409, "POST", "/v1/activities", body=kept | {"summary": "another"})
    rows = json.loads(compare(200, "GET", "/v1/activities"))["activities"]
    check("a search sees what both doors logged", len(rows) == 3, rows)
    compare(200, "GET", "/v1/activities?query=d%C3%A9j%C3%A0+vu&limit=2&type=note")
    compare(200, "GET", "/v1/activities?query=%E4%BA%AC%E9%83%BD")
    compare(422, "GET", "/v1/activities?unknown=%26")
    compare(200, "GET", f"/v1/activities/{rows[0]['id']}")
    compare(200, "GET", f"/v1/audit-events?resource_id={rows[0]['id']}")
    for path in ("/v1/activities", f"/v1/activities/{rows[0]['id']}", "/v1/audit-events", "/v1/keys"):
        same(f"HEAD {path} has no body", compare(200, "HEAD", path), "")
    compare(200, "GET", "/v1/activities?occurred_after=2026-03-01T09:30:00+02:00")
    marked = b"\xef\xbb\xbf" + json.dumps(note).encode()
    compare(201, "POST", "/v1/activities", body=marked, writes=True)


def refusals():
    compare(404, "GET", "/v1/activities/00000000-0000-7000-8000-000000000000")
    compare(404, "GET", "/v1/activities/a%2Fb%20c")
    compare(404, "GET", "/v2/nothing?a=b")
    compare(404, "GET", "/v1/activities/")
    compare(405, "DELETE", "/v1/audit-events")
    compare(401, "GET", "/v1/activities", headers={})
    compare(400, "POST", "/v1/activities", body=b'{"type": "note",')
    compare(422, "POST", "/v1/activities", body={"type": "fax"})
    twice = KEY | {"Idempotency-Key": "one, two"}
    compare(422, "POST", "/v1/activities", twice, {"type": "note", "summary": "Twice"})
    compare(415, "POST", "/v1/activities", headers=KEY | {"Content-Encoding": "gzip"}, body={})
    compare(400, "POST", "/v1/activities", body=b'{"summary": "cut \\ud83d"}')
    compare(200, "GET", "/openapi.json", headers={})
    compare(200, "HEAD", "/openapi.json", headers={})
    compare(405, "HEAD", "/mcp")


def other_dialects():
    left = {"related_objects": [], "notes": "Left a message"}
    compare(201, "POST", "/api/activities/call/log-activity", TYPED, left, writes=True)
    listed = compare(200, "POST", "/api/activities/call/responses", TYPED, {"search": "messages"})
    compare(200, "GET", f"/api/activities/logged/{json.loads(listed)['results'][0]['id']}", TYPED)
    compare(200, "GET", "/api/activities", TYPED)
    page = json.loads(compare(200, "GET", "/api/activities?page_size=2", TYPED))
    compare(200, "GET", page["next"], TYPED)
    compare(200, "GET", "/api/activities/call", TYPED)
    compare(200, "GET", "/api/activities/call/fields", TYPED)
    compare(200, "GET", "/api/activities/call/fields?ordering=order&x=1", TYPED)
    compare(200, "HEAD", "/api/activities/call", TYPED)
    compare(401, "GET", "/api/activities", KEY)

    tools = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    compare(200, "POST", "/mcp", MCP, tools)
    note = {"type": "agent_action", "summary": "Watched the harbour"}
    compare(200, "POST", "/mcp", MCP, tool_call("log_activity", note), writes=True)
    compare(200, "POST", "/mcp", MCP, tool_call("search_activity", {"query": "harbour"}))
    compare(200, "POST", "/mcp", MCP, tool_call("log_activity", {}))
    compare(401, "POST", "/mcp", {}, tools)


def pages():
    page = compare(200, "GET", "/", headers={})
    script = "/" + re.search(r'assets/[^"]+\.js', page).group()
    for encoding in ("br", "gzip", "identity"):
        compare(200, "GET", script, headers={"Accept-Encoding": encoding})
    compare(200, "HEAD", script, headers={})
    compare(200, "GET", "/docs", headers={})
    compare(304, "GET", "/docs", headers={"If-None-Match": "*"})
    compare(405, "POST", "/docs", headers={}, body={})
    compare(404, "GET", "/docs/nothing", headers={})


def main():
    log_and_read()
    refusals()
    pages()
    other_dialects()
    end()


if __name__ == "__main__":
    main()
