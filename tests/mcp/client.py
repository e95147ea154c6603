"""The official Python client and FastMCP against a running server.

    MCP_URL, MCP_KEY (every scope), MCP_READER_KEY (activity:read) in the
    environment. Prints a line for each check, and fails at the first that does
    not hold.
"""

import asyncio
import os
import uuid

from fastmcp import Client as FastClient
from fastmcp.client.transports import StreamableHttpTransport
from mcp import Client, MCPError
from mcp.client.streamable_http import create_mcp_http_client, streamable_http_client

URL = os.environ["MCP_URL"]
KEY = os.environ["MCP_KEY"]
READER_KEY = os.environ["MCP_READER_KEY"]
TOOLS = ["get_logged_activity", "log_activity", "search_activity"]


def connect(key: str, mode: str) -> Client:
    http_client = create_mcp_http_client(headers={"Authorization": f"Bearer {key}"})
    return Client(streamable_http_client(URL, http_client=http_client), mode=mode)


def check(what: str, holds: bool, seen: object = "") -> None:
    if not holds:
        raise SystemExit(f"  FAILED: {what} {seen}")
    print(f"  ok: {what}")


async def use(mode: str) -> None:
    async with connect(KEY, mode) as client:
        name = f"mcp, mode {mode}, revision {client.protocol_version}"
        tools = (await client.list_tools()).tools
        check(f"{name}: lists its tools", sorted(tool.name for tool in tools) == TOOLS, tools)

        word = f"word{uuid.uuid4().hex}"
        arguments = {"type": "note", "summary": f"Said {word}", "idempotency_key": word}
        logged = await client.call_tool("log_activity", arguments)
        check(f"{name}: logs", not logged.is_error, logged)
        activity = logged.structured_content["activity"]
        again = await client.call_tool("log_activity", arguments)
        check(f"{name}: a retry is the same activity", again.structured_content["activity"] == activity)

        found = await client.call_tool("search_activity", {"query": word, "limit": 5})
        ids = [row["id"] for row in found.structured_content["activities"]]
        check(f"{name}: finds it at once", ids == [activity["id"]], found)
        read = await client.call_tool("get_logged_activity", {"id": activity["id"]})
        check(f"{name}: reads it", read.structured_content["activity"] == activity, read)

        wrong = await client.call_tool("log_activity", {"type": "fax"})
        error = wrong.structured_content["error"]
        check(f"{name}: reads why a call failed", wrong.is_error and error["code"] == "validation_failed", wrong)
        check(f"{name}: every violation, with what to do", len(error["field_errors"]) == 2 and error["hint"], error)
        try:
            await client.call_tool("drop_table", {})
            check(f"{name}: an unknown tool is refused", False)
        except MCPError as refusal:
            check(f"{name}: an unknown tool is refused", refusal.error.code == -32602, refusal)

    async with connect(READER_KEY, mode) as client:
        tools = (await client.list_tools()).tools
        check(f"{name}: without its scope a tool is not listed", "log_activity" not in [tool.name for tool in tools])
        try:
            await client.call_tool("log_activity", {"type": "note", "summary": "x"})
            check(f"{name}: without its scope a tool is refused", False)
        except MCPError as refusal:
            seen = (refusal.error.code, (refusal.error.data or {}).get("required_scope"))
            check(f"{name}: without its scope a tool is refused", seen == (-32010, "activity:write"), seen)


async def refused(mode: str) -> None:
    seen = "nothing"
    try:
        async with connect("alk_demo.none.none", mode) as client:
            await client.list_tools()
    except BaseException as error:
        seen = " ".join(repr(leaf) for leaf in leaves(error))
    check(f"mcp, mode {mode}: a wrong key is refused", "401" in seen or "credential" in seen, seen)


def leaves(error: BaseException) -> list[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        return [leaf for inner in error.exceptions for leaf in leaves(inner)]
    return [error]


async def use_fastmcp() -> None:
    transport = StreamableHttpTransport(URL, headers={"Authorization": f"Bearer {KEY}"})
    async with FastClient(transport) as client:
        tools = await client.list_tools()
        check("fastmcp: lists its tools", sorted(tool.name for tool in tools) == TOOLS, tools)
        logged = await client.call_tool("log_activity", {"type": "call", "summary": "Called Jane"})
        check("fastmcp: logs", logged.structured_content["activity"]["source"] == "mcp", logged)
        found = await client.call_tool("search_activity", {"query": "jane", "type": "call"})
        check("fastmcp: finds it", len(found.structured_content["activities"]) == 1, found)


async def main() -> None:
    for mode in ["legacy", "auto", "2026-07-28"]:
        await use(mode)
        await refused(mode)
    await use_fastmcp()


asyncio.run(main())
