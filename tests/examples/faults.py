"""A proxy on loopback that spoils answers on demand, as networks and servers do.

    faults.py URL

Prints its own address once it listens. `PUT /faults` takes the faults to come, a
JSON list, and forgets the calls so far; `GET /calls` has those since then. Suites
find it at FAULTS_URL. Each fault spoils the next call that it fits, in order:

    {"fault": "refuse", "status": 503, "headers": {...}, "body": "..."}
                                answered here, and not carried out
    {"fault": "fail-tool", "error": {...}}
                                answered here, as /mcp answers a tool that failed
    {"fault": "lose-call"}      the connection closes, and nothing was carried out
    {"fault": "lose-answer"}    carried out, then the connection closes
    {"fault": "cut-answer"}     carried out, and half of the answer arrives

With `"of": "text"` a fault waits for a call that has the text in its method,
path or body. Calls without a fault are passed on.
"""

import http.client
import json
import os
import sys
import threading
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Of one connection, and so not passed on.
HOP_HEADERS = {"connection", "content-length", "host", "keep-alive", "transfer-encoding"}


JSON = {"Content-Type": "application/json"}


def failed_tool(call, error):
    text = json.dumps({"error": error})
    result = {
        "resultType": "complete",
        "isError": True,
        "content": [{"type": "text", "text": text}],
        "structuredContent": {"error": error},
    }
    return json.dumps({"jsonrpc": "2.0", "id": call["id"], "result": result}).encode()


class State:
    def __init__(self):
        self.lock = threading.Lock()
        self.faults = []
        self.calls = []

    def set_faults(self, faults):
        with self.lock:
            self.faults, self.calls = faults, []

    def begin(self, call):
        """Notes a call, and takes the fault that is meant for it."""
        with self.lock:
            self.calls.append(call)
            text = f"{call['method']} {call['path']} {call['body']}"
            for fault in self.faults:
                if fault.get("of", "") in text:
                    self.faults.remove(fault)
                    return fault
        return {"fault": None}


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def respond(self, status, headers, body, length=None):
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in HOP_HEADERS:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def forward(self, body):
        headers = {
            name: value for name, value in self.headers.items() if name.lower() not in HOP_HEADERS
        }
        server = http.client.HTTPConnection(self.server.upstream, timeout=30)
        server.request(self.command, self.path, body, headers)
        answer = server.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()

    def handle_call(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        state = self.server.state
        if self.path == "/faults":
            state.set_faults(json.loads(body))
            return self.respond(204, {}, b"")
        if self.path == "/calls":
            return self.respond(200, {}, json.dumps(state.calls).encode())
        call = {"method": self.command, "path": self.path, "body": body.decode()}
        return self.spoil(state.begin(call), body)

    def spoil(self, fault, body):
        match fault["fault"]:
            case "refuse":
                answer = fault.get("body", "").encode()
                return self.respond(fault["status"], fault.get("headers", {}), answer)
            case "fail-tool":
                return self.respond(200, JSON, failed_tool(json.loads(body), fault["error"]))
            case "lose-call":
                return None
            case "lose-answer":
                self.forward(body)
                return None
            case "cut-answer":
                status, headers, answer = self.forward(body)
                return self.respond(status, headers, answer[: len(answer) // 2], len(answer))
            case None:
                return self.respond(*self.forward(body))
            case unknown:
                raise ValueError(f"there is no fault {unknown}")

    do_GET = do_POST = do_PUT = do_DELETE = handle_call


def spoil(*faults):
    """The faults of the calls to come."""
    body = json.dumps(faults).encode()
    request = urllib.request.Request(f"{os.environ['FAULTS_URL']}/faults", body, method="PUT")
    urllib.request.urlopen(request).close()


def calls_through(of=""):
    """The calls that came since then, of those with a text."""
    with urllib.request.urlopen(f"{os.environ['FAULTS_URL']}/calls") as answer:
        calls = json.loads(answer.read())
    return [call for call in calls if of in f"{call['method']} {call['path']} {call['body']}"]


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.upstream = urllib.parse.urlsplit(sys.argv[1]).netloc
    server.state = State()
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
