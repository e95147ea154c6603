"""An agent that keeps the activity log over MCP, with the official client.

    python3 -m venv agent && agent/bin/pip install -r examples/mcp-agent/requirements.txt
    ACTIVITY_LOG_MCP_URL=http://127.0.0.1:8080/mcp \
    ACTIVITY_LOG_KEY=$(cat .activity-log/demo-key) agent/bin/python examples/mcp-agent/agent.py

What a model would decide is written out in `main`: what to log, and what to do
when a tool says no. The rest is what every agent needs around its model.
"""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client
from mcp.types import INTERNAL_ERROR, REQUEST_TIMEOUT, Tool

ATTEMPTS = 5
# A server or gateway that failed, and an answer that did not come in time.
RETRYABLE_CODES = {INTERNAL_ERROR, REQUEST_TIMEOUT}


class ToolFailed(Exception):
    """A tool said no, and calling it again unchanged would not help."""

    def __init__(self, error: dict[str, Any]) -> None:
        self.error = error
        fields = [f"{one['field']}: {one['message']}" for one in error.get("field_errors", [])]
        what = "; ".join([f"{error['code']}: {error['message']}", *fields])
        super().__init__(f"{what} (request {error['request_id']}) {error['hint']}")


class Tools:
    """The tools of the log. Each call has a connection of its own, because the
    client gives up a connection with all that runs on it when an answer is lost,
    and the server keeps no session that would be worth holding."""

    def __init__(
        self,
        url: str,
        key: str,
        *,
        timeout_s: float = 30,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._url = url
        self._key = key
        self._timeout_s = timeout_s
        self._sleep = sleep

    async def list(self) -> list[Tool]:
        """What the key may do."""
        async with self._connect() as client:
            return (await client.list_tools()).tools

    async def call(self, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Calls a tool, and again with the same arguments where that can help.
        With an `idempotency_key` in them nothing is logged twice."""
        attempt = 1
        while True:
            try:
                async with self._connect() as client:
                    result = await client.call_tool(name, arguments)
            except Exception as failure:
                if attempt >= ATTEMPTS or not may_pass(failure):
                    raise
                wait_s = 0.2 * 2.0**attempt
            else:
                content: dict[str, Any] = result.structured_content or {}
                if not result.is_error:
                    return content
                error = content["error"]
                if attempt >= ATTEMPTS or not error["retryable"]:
                    raise ToolFailed(error)
                wait_s = error.get("retry_after_seconds", 1)
            await self._sleep(wait_s)
            attempt += 1

    @asynccontextmanager
    async def _connect(self) -> AsyncIterator[Client]:
        headers = {"Authorization": f"Bearer {self._key}"}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=self._timeout_s) as http_client,
            Client(
                streamable_http_client(self._url, http_client=http_client),
                read_timeout_seconds=self._timeout_s,
            ) as client,
        ):
            yield client


def may_pass(failure: BaseException) -> bool:
    """Whether the same call may succeed later."""
    return any(
        isinstance(cause, httpx2.TransportError)
        or (isinstance(cause, MCPError) and cause.error.code in RETRYABLE_CODES)
        for cause in causes(failure)
    )


def causes(failure: BaseException) -> Iterator[BaseException]:
    """The client reports what its tasks met as groups within groups."""
    inner = getattr(failure, "exceptions", None)
    if inner is None:
        yield failure
    else:
        for one in inner:
            yield from causes(one)


def keyed(arguments: dict[str, str]) -> dict[str, str]:
    """The arguments of something to be logged once: its key is made before the
    first attempt, and other arguments get another."""
    return arguments | {"idempotency_key": str(uuid.uuid4())}


async def main() -> None:
    tools = Tools(os.environ["ACTIVITY_LOG_MCP_URL"], os.environ["ACTIVITY_LOG_KEY"])
    for tool in await tools.list():
        print(f"tool: {tool.name}")

    offer = {"type": "agent_action", "summary": "Sent the offer for twenty seats"}
    contact = {"related_resource_type": "contact", "related_resource_id": "con_999"}
    try:
        logged = await tools.call("log_activity", keyed(offer | contact))
    except ToolFailed as failure:
        print(f"failed: {failure}")
        if failure.error["code"] != "resource_not_found":
            raise
        # As the hint says.
        offer["summary"] += f" to contact {contact['related_resource_id']}"
        logged = await tools.call("log_activity", keyed(offer))
    activity = logged["activity"]
    print(f"logged: {activity['id']} {activity['summary']}")

    found = await tools.call("search_activity", {"query": "offer seats", "limit": 5})
    for row in found["activities"]:
        print(f"found: {row['id']} {row['summary']}")


if __name__ == "__main__":
    asyncio.run(main())
