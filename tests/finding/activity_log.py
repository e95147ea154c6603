"""This project, as its users meet it: `/v1` of a server."""

import json
import urllib.error
import urllib.parse
import urllib.request

TIMEOUT_S = 30


class Refused(Exception):
    """An engine does not take the query."""


class ActivityLog:
    """The activities of a tenant, which has no others."""

    name = "**this project**"

    def __init__(self, url, key):
        self._url = f"{url}/v1/activities"
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        self._ids = {}

    def load(self, texts):
        for number, text in texts:
            # A summary is required, and this one has no word.
            logged = self._call("", {"type": "note", "summary": "-", "body": text})
            self._ids[logged["activity"]["id"]] = number

    def find(self, query):
        return self._pages(query)[0]

    def find_as_offered(self, query):
        """What a person finds who follows the first query that is offered instead."""
        found, offered = self._pages(query)
        return self._pages(offered[0])[0] if offered else found

    def _pages(self, query):
        found, cursor, offered = set(), {}, []
        while True:
            page = self._call("?" + urllib.parse.urlencode({"query": query, "limit": 100} | cursor))
            found |= {self._ids[activity["id"]] for activity in page["activities"]}
            offered = offered or page.get("suggested_queries", [])
            if "next_cursor" not in page:
                return found, offered
            cursor = {"cursor": page["next_cursor"]}

    def _call(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, data, self._headers)
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            said = error.read().decode()
            if error.code == 422 and body is None:
                violations = json.loads(said)["error"]["field_errors"]
                raise Refused(", ".join(each["message"] for each in violations)) from error
            raise SystemExit(f"{error.code}: {said}") from error
