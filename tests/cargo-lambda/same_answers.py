"""When two answers to one call are the same.

An answer has a request id of its own. What a call writes also has an id and
times of its own.
"""

import json
import re

ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def without_own(text, request_id, writes=False):
    """The text of an answer without what is its own."""
    if request_id:
        text = text.replace(request_id, "<request>")
    if writes:
        text = TIME.sub("<time>", ID.sub("<id>", text))
    return text


def request_id_of(text):
    """The request id in a body, where it has one."""
    body = json.loads(text)
    return body.get("request_id") or body.get("error", {}).get("request_id")
