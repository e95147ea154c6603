"""The agent over MCP: its program, and what it does when calls go wrong.

MCP_URL, ACTIVITY_LOG_KEY (every scope), AGENT_KEY (of the agent `scout`), and
the example's folder in PYTHONPATH
"""

import asyncio
import os
import pathlib
import sys
import uuid

import agent
from checks import activities, audit_events, check, end, fetch, printed_by, same
from faults import calls_through, spoil
from mcp import MCPError

PROGRAM = pathlib.Path(agent.__file__)
MCP_URL = f"{os.environ['FAULTS_URL']}/mcp"


def program():
    """The agent lists its tools, logs, mends a call that fails, and finds."""
    printed = printed_by(
        sys.executable,
        PROGRAM,
        ACTIVITY_LOG_MCP_URL=f"{os.environ['ACTIVITY_LOG_URL']}/mcp",
        ACTIVITY_LOG_KEY=os.environ["AGENT_KEY"],
    )
    tools = [rest for label, rest in printed if label == "tool"]
    same("it lists its tools", tools, ["log_activity", "search_activity", "get_logged_activity"])
    lines = dict(printed)
    check("it reads why a call failed", lines["failed"].startswith("resource_not_found: "), printed)
    check("and what to do about it", "leave both out" in lines["failed"], printed)
    activity_id = lines["logged"].split()[0]
    activity = fetch(f"/v1/activities/{activity_id}")["activity"]
    same(
        "it mends the call",
        activity["summary"],
        "Sent the offer for twenty seats to contact con_999",
    )
    same("as the agent that it is", activity["last_agent_actor_id"], "scout")
    same("it finds what it logged", lines["found"], lines["logged"])
    events = [(one["status"], one["tool_name"]) for one in audit_events(actor_id="scout")]
    expected = [("succeeded", "log_activity"), ("rejected", "log_activity")]
    same("the trail has both calls", events, expected)


class Tools(agent.Tools):
    """The agent's tools through the proxy, with waits that are noted and not waited."""

    def __init__(self, key=None):
        self.waits_s = []
        super().__init__(MCP_URL, key or os.environ["AGENT_KEY"], sleep=self.note)

    async def note(self, wait_s):
        self.waits_s.append(wait_s)

    async def log(self, word):
        return await self.call("log_activity", agent.keyed({"type": "note", "summary": word}))


def log_calls():
    return len(calls_through("tools/call"))


async def failures():
    retryable = {
        "code": "rate_limited",
        "message": "Wait.",
        "request_id": "req_1",
        "retryable": True,
        "retry_after_seconds": 7,
        "hint": "Wait retry_after_seconds.",
    }
    of = {"of": "tools/call"}
    for fault in [
        {"fault": "lose-call"},
        {"fault": "lose-answer"},
        {"fault": "cut-answer"},
        {"fault": "refuse", "status": 503},
        {"fault": "fail-tool", "error": retryable},
    ]:
        name, word, tools = fault["fault"], f"word{uuid.uuid4().hex}", Tools()
        spoil(fault | of)
        logged = await tools.log(word)
        ids = [row["id"] for row in activities(word)]
        same(f"{name}: the activity is there once", ids, [logged["activity"]["id"]])
        same(f"{name}: after two calls and a wait", (log_calls(), len(tools.waits_s)), (2, 1))
    same("the wait is the one that is asked for", tools.waits_s, [7])

    spoil(*[{"fault": "fail-tool", "error": retryable} | of] * 100)
    tools = Tools()
    try:
        await tools.log("never")
        check("it gives up", False)
    except agent.ToolFailed as failure:
        same(
            "it gives up after five calls",
            (failure.error["code"], log_calls()),
            ("rate_limited", 5),
        )

    spoil()
    tools = Tools()
    try:
        await tools.call("log_activity", agent.keyed({"type": "fax", "summary": ""}))
        check("what is wrong is an error", False)
    except agent.ToolFailed as failure:
        fields = [one["field"] for one in failure.error["field_errors"]]
        same(
            "what is wrong is told, and not tried again",
            (fields, log_calls()),
            (["type", "summary"], 1),
        )
    tools = Tools("alk_demo.none.none")
    try:
        await tools.log("never")
        check("a wrong key is refused", False)
    except Exception as failure:
        codes = [cause.error.code for cause in agent.causes(failure) if isinstance(cause, MCPError)]
        same("a wrong key is refused at once", (codes, tools.waits_s), ([-32011], []))


def main():
    program()
    asyncio.run(failures())
    end()


if __name__ == "__main__":
    main()
