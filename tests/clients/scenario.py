"""What every client in Python has to do, whichever generator made it.

A client is behind an adapter with the methods of `Client`, which calls what was
generated and nothing else. Each answer comes back as it was sent and as the
client writes what it made of it: where they differ, the client lost something.

ACTIVITY_LOG_URL, ACTIVITY_LOG_KEY (every scope), READER_KEY (activity:read) and
FAULTS_URL, where answers are made up, in the environment
"""

import json
import os
import re
import urllib.parse
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Protocol

from checks import check, end, fetch, same
from faults import spoil

URL = os.environ["ACTIVITY_LOG_URL"]
KEY = os.environ["ACTIVITY_LOG_KEY"]
# The tenant of the keys.
BUSINESS = "demo"
AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
A_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


@dataclass
class Answer:
    status: int
    headers: Mapping[str, str]
    sent: bytes | str | None
    # What the client made of it, as JSON.
    read: Any


class Client(Protocol):
    """What is optional is left out where it is None."""

    def log(
        self,
        type: str,
        summary: str,
        key: str | None = None,
        body: str | None = None,
        related: tuple[str, str] | None = None,
        occurred_at: datetime | None = None,
    ) -> Answer: ...

    def search(
        self,
        query: str | None = None,
        types: list[str] | None = None,
        related: tuple[str, str] | None = None,
        occurred_after: datetime | None = None,
        occurred_before: datetime | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer: ...

    def get(self, id: uuid.UUID) -> Answer: ...

    def audit_events(
        self,
        resource_id: str | None = None,
        actor_id: str | None = None,
        status: str | None = None,
        request_id: str | None = None,
        occurred_after: datetime | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answer: ...

    def proof(self, event_id: uuid.UUID) -> Answer: ...

    def types(
        self,
        search: str | None = None,
        page_size: int | None = None,
        cursor: str | None = None,
    ) -> Answer: ...

    def type(self, name: str) -> Answer: ...

    def fields(self, type: str) -> Answer: ...

    def log_typed(
        self,
        type: str,
        notes: str,
        related: tuple[str, str],
        fields: Mapping[uuid.UUID, Any],
        key: str | None = None,
        mentions: list[uuid.UUID] | None = None,
        scheduled_activity_id: uuid.UUID | None = None,
        completed_at: datetime | None = None,
    ) -> Answer: ...

    def list_of_type(
        self, type: str, search: str, page_size: int, cursor: str | None = None
    ) -> Answer: ...

    def get_logged(self, id: uuid.UUID) -> Answer: ...

    def openapi(self) -> Answer: ...


# Of an address and a key, for the user `jane` where a user is named.
Connect = Callable[[str, str], Client]


def plain(value: Any) -> Any:
    """JSON in which a time is what it says, and not how it is written."""
    match value:
        case dict():
            return {name: plain(inner) for name, inner in value.items()}
        case list():
            return [plain(inner) for inner in value]
        case str() if A_TIME.fullmatch(value):
            return datetime.fromisoformat(value)
    return value


def read(what: str, answer: Answer, status: int) -> Any:
    """The body of an answer, which the client has to have read whole."""
    same(f"{what}: {status}", answer.status, status)
    sent = json.loads(answer.sent or "null")
    same(f"{what}: the client reads all of it", plain(answer.read), plain(sent))
    return sent


def header(answer: Answer, name: str) -> str | None:
    found = [value for known, value in answer.headers.items() if known.lower() == name]
    return found[0] if found else None


def word() -> str:
    """A word that no other activity has."""
    return f"word{uuid.uuid4().hex}"


def pages(what: str, read_page: Callable[[str | None], Answer], rows: str) -> list[Any]:
    """The rows of all pages, from one cursor to the next."""
    found: list[Any] = []
    cursor = None
    while True:
        page = read(what, read_page(cursor), 200)
        found += page[rows]
        cursor = page.get("next_cursor")
        if "next" in page and page["next"] is not None:
            query = urllib.parse.urlsplit(page["next"]).query
            cursor = urllib.parse.parse_qs(query)["cursor"][0]
        if cursor is None:
            return found


def logs_and_gets(client: Client) -> None:
    said = word()

    def log() -> Answer:
        return client.log(
            "note",
            f"First {said}",
            key=said,
            body="She has 40 seats in mind.",
            related=("contact", "con_123"),
            occurred_at=AT,
        )

    answer = log()
    logged = read("log", answer, 201)
    activity = logged["activity"]
    same("log: as it was sent", activity["body"], "She has 40 seats in mind.")
    same("log: at its time", plain(activity["occurred_at"]), AT)
    same("log: where it is", header(answer, "location"), f"/v1/activities/{activity['id']}")
    same("log: no replay", header(answer, "idempotency-replayed"), None)
    same("log: its request", header(answer, "x-request-id"), logged["request_id"])
    again = log()
    same("retry: the same activity", read("retry", again, 201)["activity"], activity)
    same("retry: says so", header(again, "idempotency-replayed"), "true")
    same("get", read("get", client.get(uuid.UUID(activity["id"])), 200)["activity"], activity)


def searches(client: Client) -> None:
    said = word()
    for hours, type in enumerate(["note", "call", "note"]):
        at = AT + timedelta(hours=hours)
        related = ("contact", "con_123")
        answer = client.log(type, f"{type} {hours} {said}", related=related, occurred_at=at)
        read("log to be found", answer, 201)

    def found(**filters: Any) -> list[str]:
        page = read("search", client.search(**filters), 200)
        return [row["summary"].split()[1] for row in page["activities"]]

    same("search: by a word", found(query=said), ["2", "1", "0"])
    same("search: by type", found(query=said, types=["call"]), ["1"])
    same("search: by two types", found(query=said, types=["note", "call"]), ["2", "1", "0"])
    same("search: by record", found(query=said, related=("contact", "con_123")), ["2", "1", "0"])
    same("search: by another record", found(query=said, related=("deal", "con_123")), [])
    same("search: since", found(query=said, occurred_after=AT + timedelta(hours=1)), ["2", "1"])
    elsewhere = (AT + timedelta(hours=1)).astimezone(timezone(timedelta(hours=5, minutes=30)))
    same("search: since, in another zone", found(query=said, occurred_after=elsewhere), ["2", "1"])
    same("search: until", found(query=said, occurred_before=AT + timedelta(hours=1)), ["0"])
    rows = pages("page", lambda cursor: client.search(query=said, limit=2, cursor=cursor), "activities")
    same("search: page by page", [row["summary"].split()[1] for row in rows], ["2", "1", "0"])


def reads_the_trail(client: Client, reader: Client) -> None:
    before = datetime.now(UTC) - timedelta(minutes=1)
    logged = read("log", client.log("email", "Sent the offer"), 201)
    resource = uuid.UUID(logged["activity"]["id"])
    events = read("trail", client.audit_events(resource_id=str(resource)), 200)["audit_events"]
    same("trail: one event", [event["status"] for event in events], ["succeeded"])
    same("trail: its request", events[0]["request_id"], logged["request_id"])
    proven = read("proof", client.proof(uuid.UUID(events[0]["id"])), 200)
    same("proof: of the event", proven["audit_event"]["id"], events[0]["id"])
    same("proof: with its entry once it is sealed", "entry" in proven, proven["sealed"])
    denied = read("denied", reader.log("note", "x"), 403)["error"]["request_id"]
    page = client.audit_events(status="denied", request_id=denied, occurred_after=before)
    [event] = read("trail of what was denied", page, 200)["audit_events"]
    same("trail: why", event["error_code"], "missing_required_scope")
    actor = events[0]["actor"]["id"]
    rows = pages(
        "page of the trail",
        lambda cursor: client.audit_events(actor_id=actor, limit=3, cursor=cursor),
        "audit_events",
    )
    check("trail: page by page", len({row["id"] for row in rows}) == len(rows) > 3, len(rows))


def logs_by_type(client: Client) -> None:
    names = [row["api_name"] for row in pages("types", lambda at: client.types(None, 2, at), "results")]
    six = ["agent_action", "call", "email", "meeting", "note", "site_visit"]
    same("types: page by page", names, six)
    found = read("types by name", client.types(search="visit"), 200)["results"]
    type = read("type", client.type("site_visit"), 200)
    same("type: the one of the list", found, [type])
    fields = read("fields", client.fields("site_visit"), 200)
    ids = {field["name"]: uuid.UUID(field["id"]) for field in fields}
    same("fields: all of them", list(ids), ["outcome", "visitors", "cost", "deal"])
    values = {
        ids["outcome"]: fields[0]["options"][0]["id"],
        ids["visitors"]: 3,
        ids["cost"]: 12.5,
        ids["deal"]: "dea_1",
    }
    said, mentioned, scheduled = word(), uuid.uuid4(), uuid.uuid4()

    def log() -> Answer:
        return client.log_typed(
            "site_visit",
            f"Saw the roof {said}",
            ("contact", "con_123"),
            values,
            key=said,
            mentions=[mentioned],
            scheduled_activity_id=scheduled,
            completed_at=AT,
        )

    logged = read("log by type", log(), 201)
    same("log by type: as it was sent", logged["mentions"], [str(mentioned)])
    again = log()
    same("retry by type: the same", read("retry by type", again, 201), logged)
    same("retry by type: says so", header(again, "idempotency-replayed"), "true")
    least = client.log_typed("note", f"No more than {said}", ("contact", "con_123"), {})
    least_id = uuid.UUID(read("log the least", least, 201)["id"])

    whole = read("get logged", client.get_logged(uuid.UUID(logged["id"])), 200)
    same("get logged: completed", plain(whole["completed_at"]), AT)
    same("get logged: its fields", len(whole["fields"]), 4)
    bare = read("get logged, the least", client.get_logged(least_id), 200)
    nulls = [bare["completed_at"], bare["completed_by"], bare["scheduled_activity_id"]]
    same("get logged: not completed", nulls, [None, None, None])
    second = client.log_typed("site_visit", f"Again {said}", ("contact", "con_123"), values)
    ids_logged = [read("log a second", second, 201)["id"], logged["id"]]
    rows = pages("list of a type", lambda at: client.list_of_type("site_visit", said, 1, at), "results")
    same("list of a type: page by page", [row["id"] for row in rows], ids_logged)


def is_refused(client: Client, reader: Client, nobody: Client) -> None:
    """What goes wrong, as the log says it."""
    key = word()
    read("log", client.log("note", "x", key=key), 201)

    def refused(what: str, answer: Answer, status: int, code: str) -> dict[str, Any]:
        error = read(what, answer, status)["error"]
        same(f"{what}: the code", error["code"], code)
        same(f"{what}: the request", header(answer, "x-request-id"), error["request_id"])
        check(f"{what}: in words", error["message"].endswith("."), error)
        return error

    refused("wrong key", nobody.log("note", "x"), 401, "unauthorized")
    missing = refused("no scope", reader.log("note", "x"), 403, "missing_required_scope")
    same("no scope: which", missing["required_scope"], "activity:write")
    refused("not there", client.get(uuid.uuid4()), 404, "resource_not_found")
    stranger = client.log("note", "x", related=("contact", "con_404"))
    [named] = refused("no such record", stranger, 404, "resource_not_found")["field_errors"]
    same("no such record: which", named["field"], "related_resource_id")
    conflict = client.log("call", "x", key=key)
    conflict_error = refused("another input", conflict, 409, "idempotency_conflict")
    same("another input: of which key", conflict_error["idempotency_key"], key)
    wrong = client.search(query="?!", occurred_after=AT, occurred_before=AT)
    fields = refused("wrong", wrong, 422, "validation_failed")["field_errors"]
    same("wrong: all of it", sorted(e["field"] for e in fields), ["occurred_before", "query"])


def is_refused_by_type(client: Client, reader: Client, nobody: Client) -> None:
    """The same in the words of the other dialect."""
    key, related = word(), ("contact", "con_123")
    read("log by type", client.log_typed("note", "x", related, {}, key=key), 201)
    for what, answer, status, code in [
        ("wrong key", nobody.types(), 401, "unauthorized"),
        ("no scope", reader.log_typed("note", "x", related, {}), 403, "permission_required"),
        ("no type", client.type("nothing"), 404, "not_found"),
        ("not there", client.get_logged(uuid.uuid4()), 404, "not_found"),
        ("another input", client.log_typed("note", "y", related, {}, key=key), 409, "idempotency_conflict"),
    ]:
        same(f"{what}, by type", read(f"{what}, by type", answer, status)["code"], code)
    stranger = uuid.uuid4()
    wrong = read("wrong, by type", client.log_typed("site_visit", "x", related, {stranger: 1}), 400)
    check("wrong, by type: all of it", f"fields.{stranger}" in wrong and len(wrong) == 2, wrong)


def reads_every_error(faulty: Client) -> None:
    """Each error that is described, as it is described: the log can't be made to
    answer some of them."""
    described = fetch("/openapi.json")["components"]["responses"]
    tried = 0
    for name, response in described.items():
        dialect, status = name.rsplit("_", 1)
        # No call that is described has another method.
        if status == "405":
            continue
        headers = {"Content-Type": "application/json"}
        if "Retry-After" in response["headers"]:
            headers["Retry-After"] = "7"
        for code, example in response["content"]["application/json"]["examples"].items():
            body = json.dumps(example["value"])
            spoil({"fault": "refuse", "status": int(status), "headers": headers, "body": body})
            if dialect == "v1":
                answer = faulty.log("note", "x")
            else:
                answer = faulty.log_typed("note", "x", ("contact", "con_123"), {})
            what = f"{code} of {dialect}"
            same(f"{what}: as it was sent", read(what, answer, int(status)), example["value"])
            same(f"{what}: when again", header(answer, "retry-after"), headers.get("Retry-After"))
            tried += 1
    check("every error that is described", tried > 20, tried)


def run(connect: Connect) -> None:
    """Has a client do all of it."""
    client, reader = connect(URL, KEY), connect(URL, os.environ["READER_KEY"])
    nobody, faulty = connect(URL, f"alk_{BUSINESS}.none.none"), connect(os.environ["FAULTS_URL"], KEY)
    logs_and_gets(client)
    searches(client)
    reads_the_trail(client, reader)
    logs_by_type(client)
    is_refused(client, reader, nobody)
    is_refused_by_type(client, reader, nobody)
    reads_every_error(faulty)
    version = read("description", client.openapi(), 200)["openapi"]
    check("description: its version", version.startswith("3.1."), version)
    end()
