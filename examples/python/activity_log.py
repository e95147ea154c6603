"""A client of the activity log's `/v1`. Copy it: it needs nothing but Python 3.10.

Every call may be made again, because every write carries an idempotency key. So
an answer that is lost, a limit that was met and a server that is away for a
moment are waited out here, and what a caller sees is an answer or an
`ActivityLogError`.
"""

from __future__ import annotations

import http.client
import json
import random
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

# What is worth another attempt. All but 429 and 503 are of the gateway, or of a
# function that failed, and may have written: the key makes that harmless.
RETRYABLE = {429, 500, 502, 503, 504}

# The JSON of an answer, and its headers.
Answer = tuple[Any, http.client.HTTPMessage]


class ActivityLogError(Exception):
    """A call that failed for good. `request_id` is what to name to whoever runs
    the log: it is in their log and in the audit trail."""

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
        field_errors: list[dict[str, str]] | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        self.status = status
        self.code = code
        self.request_id = request_id
        self.field_errors = field_errors or []
        self.retry_after_s = retry_after_s
        fields = "".join(f"; {one['field']}: {one['message']}" for one in self.field_errors)
        what = " ".join(str(part) for part in (status, code) if part) or "no answer"
        super().__init__(f"{what}: {message}{fields} (request {request_id or 'unknown'})")

    @property
    def retryable(self) -> bool:
        """Whether the same call may succeed later. None is the status of no answer."""
        return self.status is None or self.status in RETRYABLE


@dataclass(frozen=True)
class Logged:
    """An activity that is logged, now or by an earlier call with the same key."""

    activity: dict[str, Any]
    request_id: str
    replayed: bool


class ActivityLog:
    """The log of the tenant that the key belongs to."""

    def __init__(
        self,
        url: str,
        key: str,
        *,
        timeout_s: float = 30,
        attempts: int = 5,
        max_wait_s: float = 60,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._url = url.rstrip("/")
        self._key = key
        self._timeout_s = timeout_s
        self._attempts = attempts
        self._max_wait_s = max_wait_s
        self._sleep = sleep
        self._opener = urllib.request.build_opener(_NoRedirects)

    def log(self, activity: dict[str, Any], *, idempotency_key: str | None = None) -> Logged:
        """Logs an activity, once, however often the call is made.

        Without a key the retries of this call are safe. A key that is made of
        what happened (`order-4711-paid`) also makes a second run of the program
        safe; send exactly the same activity with it.
        """
        keyed = {**activity, "idempotency_key": idempotency_key or str(uuid.uuid4())}
        answer, headers = self._call("POST", "/v1/activities", body=keyed)
        replayed = headers.get("Idempotency-Replayed") == "true"
        return Logged(answer["activity"], answer["request_id"], replayed)

    def search(self, **filters: Any) -> Iterator[dict[str, Any]]:
        """Activities, newest first: `query`, `type`, `actor_id`, `actor_type` with it,
        `source`, `related_resource_type` with `related_resource_id`,
        `occurred_after`, `occurred_before`, and `limit`, the size of a page. Pages
        are read as they are needed."""
        return self._pages("/v1/activities", "activities", filters)

    def get(self, activity_id: str) -> dict[str, Any]:
        """An activity with its body."""
        path = f"/v1/activities/{urllib.parse.quote(activity_id, safe='')}"
        activity: dict[str, Any] = self._call("GET", path)[0]["activity"]
        return activity

    def audit_events(self, **filters: Any) -> Iterator[dict[str, Any]]:
        """The audit trail, newest first: `resource_id`, `actor_id`, `status`,
        `request_id`, `occurred_after`, `occurred_before`, and `limit`."""
        return self._pages("/v1/audit-events", "audit_events", filters)

    def _pages(self, path: str, rows: str, filters: dict[str, Any]) -> Iterator[dict[str, Any]]:
        query = {name: value for name, value in filters.items() if value is not None}
        while True:
            page = self._call("GET", f"{path}?{urllib.parse.urlencode(query)}")[0]
            yield from page[rows]
            # A page may be short, or empty, and not be the last.
            if "next_cursor" not in page:
                return
            query["cursor"] = page["next_cursor"]

    def _call(self, method: str, path: str, body: Any = None) -> Answer:
        attempt = 1
        while True:
            try:
                return self._attempt(method, path, body)
            except ActivityLogError as error:
                wait_s = _wait_s(attempt, error)
                # A longer wait is the caller's decision: the error names it.
                if not error.retryable or attempt >= self._attempts or wait_s > self._max_wait_s:
                    raise
            self._sleep(wait_s)
            attempt += 1

    def _attempt(self, method: str, path: str, body: Any) -> Answer:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        request = urllib.request.Request(self._url + path, data, headers, method=method)
        try:
            with self._opener.open(request, timeout=self._timeout_s) as answer:
                return json.loads(answer.read()), answer.headers
        except urllib.error.HTTPError as error:
            raise _refusal(error) from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            # No answer, half of one, or none of the log's: the call may have
            # been carried out.
            raise ActivityLogError(f"{type(error).__name__}: {error}") from error


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The log never redirects, and a key must not follow to another host."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _wait_s(attempt: int, error: ActivityLogError) -> float:
    """What the server asks for at least, else twice as long each time, and not
    the same for two clients that failed together."""
    backoff_s = min(0.2 * 2.0**attempt, 10) * random.uniform(0.5, 1)
    return max(error.retry_after_s or 0, backoff_s)


def _refusal(answer: urllib.error.HTTPError) -> ActivityLogError:
    """The error in an answer. A gateway's own has another form, and no id."""
    try:
        body = json.loads(answer.read())
    except (OSError, http.client.HTTPException, ValueError):
        body = None
    body = body if isinstance(body, dict) else {}
    error = body.get("error")
    error = error if isinstance(error, dict) else {}
    retry_after = answer.headers.get("Retry-After", "")
    return ActivityLogError(
        error.get("message") or body.get("message") or answer.reason,
        status=answer.code,
        code=error.get("code"),
        request_id=error.get("request_id") or answer.headers.get("x-request-id"),
        field_errors=error.get("field_errors"),
        retry_after_s=float(retry_after) if retry_after.isdecimal() else None,
    )
