"""A client that is given nothing but a configuration, as agents are.

    MCP_CONFIG in the environment: a file with `mcpServers`.
"""

import asyncio
import json
import os

from fastmcp import Client


async def main() -> None:
    with open(os.environ["MCP_CONFIG"], encoding="utf-8") as file:
        config = json.load(file)
    async with Client(config) as client:
        tools = [tool.name for tool in await client.list_tools()]
        if len(tools) != 3:
            raise SystemExit(f"  FAILED: lists {tools}")
        result = await client.call_tool("search_activity", {"limit": 1})
        if "activities" not in result.structured_content:
            raise SystemExit(f"  FAILED: searches {result}")
    print("  ok: lists the tools and calls one")


asyncio.run(main())
