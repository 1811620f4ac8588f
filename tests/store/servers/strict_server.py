"""What the contract servers share: HTTP, checks of requests that take nothing that was not described, and faults.

A server prints one line of JSON when it is ready, {"port": …, "control": …}, and ends when its standard input does. The
control port is not a part of the interface: POST there sets faults, GET tells what happened.

    {"fail": 2, "status": 503, "retry_after": 1}   answers the next two requests so
    {"drop": 2}                                    closes the next two connections without an answer
    {"slow_ms": 500}                               waits before each answer
    {"lag": 3}                                     the next three reads do not see the latest writes
    {"lose": 1}                                    does what the next request that is no GET asks, and closes without an answer
    {"say": "[]"}                                  answers so, with status 200, whatever was asked; null: no longer
    {"partly": 1}                                  keeps only the first half of the next upsert
"""

import argparse
import json
import math
import re
import ssl
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HTTP_HEADERS = {"host", "user-agent", "accept", "accept-encoding", "connection", "content-type", "content-length"}


class Refused(Exception):
    def __init__(self, status, message):
        super().__init__(message)
        self.status, self.message = status, message


class Faults:
    def __init__(self):
        self.lock = threading.Lock()
        self.values = {"fail": 0, "status": 503, "retry_after": None, "drop": 0, "slow_ms": 0, "lag": 0,
                       "lose": 0, "say": None, "partly": 0}
        self.requests = 0
        self.refused = []

    def set(self, values):
        with self.lock:
            assert set(values) <= set(self.values), values
            self.values.update(values)

    def take(self, name):
        """Whether it is to happen now."""
        with self.lock:
            happens = self.values[name] > 0
            self.values[name] -= happens
            return happens


# Checks. A shape is a function of a value and its place that raises Refused.

def wrong(place, expected, value):
    raise Refused(400, f"{place}: expected {expected}, found {json.dumps(value)[:80]}")


def text(most=None, least=0, pattern=None):
    def check(value, place):
        if not isinstance(value, str) or len(value) < least or (most is not None and len(value) > most):
            wrong(place, f"a string of {least} to {most} characters", value)
        if pattern and not re.fullmatch(pattern, value):
            wrong(place, f"a string like {pattern}", value)
    return check


def one_of(*values):
    def check(value, place):
        if value not in values:
            wrong(place, " or ".join(map(str, values)), value)
    return check


def whole(least, most):
    def check(value, place):
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            wrong(place, f"a whole number from {least} to {most}", value)
    return check


def number(value, place):
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        wrong(place, "a number", value)


def boolean(value, place):
    if not isinstance(value, bool):
        wrong(place, "true or false", value)


def listed(item, least=0, most=10 ** 9):
    def check(value, place):
        if not isinstance(value, list) or not least <= len(value) <= most:
            wrong(place, f"a list of {least} to {most}", value)
        for i, one in enumerate(value):
            item(one, f"{place}[{i}]")
    return check


def fields(required, optional=None):
    """An object with all of required, some of optional, and nothing else."""
    known = {**required, **(optional or {})}

    def check(value, place):
        if not isinstance(value, dict):
            wrong(place, "an object", value)
        for name, one in value.items():
            if name not in known:
                raise Refused(400, f"{place}: there is no field {name}")
            known[name](one, f"{place}.{name}")
        for name in required:
            if name not in value:
                raise Refused(400, f"{place}: {name} is missing")
    return check


def anything(value, place):
    pass


class Handler(BaseHTTPRequestHandler):
    """Calls the server's application: answer(handler, method, path, query, body) gives (status, JSON or None, headers)."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer is one packet: two would wait for each other
    disable_nagle_algorithm = True

    def log_message(self, *arguments):
        pass

    def run(self):
        faults = self.server.faults
        length = int(self.headers.get("Content-Length", 0))
        data = self.rfile.read(length)
        with faults.lock:
            faults.requests += 1
        if faults.take("drop"):
            self.close_connection = True
            return
        time.sleep(faults.values["slow_ms"] / 1000)
        extra = {}
        try:
            if faults.take("fail"):
                if faults.values["retry_after"] is not None:
                    extra["Retry-After"] = str(faults.values["retry_after"])
                raise Refused(faults.values["status"], "not now")
            url = urllib.parse.urlsplit(self.path)
            query = urllib.parse.parse_qsl(url.query, keep_blank_values=True, strict_parsing=bool(url.query))
            status, answer, extra = self.server.application.answer(self, self.command, urllib.parse.unquote(url.path),
                                                                   query, self.parse(data))
        except Refused as refused:
            with faults.lock:
                faults.refused.append(f"{self.command} {self.path}: {refused.status} {refused.message}")
            status, answer = refused.status, self.server.application.error(refused)
        out = b"" if answer is None else json.dumps(answer).encode()
        if self.command != "GET" and faults.take("lose"):
            self.close_connection = True
            return
        if faults.values["say"] is not None:
            status, out = 200, faults.values["say"].encode()
        try:
            self.send_response(status)
            for name, value in extra.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(out)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(out)
        except OSError:
            self.close_connection = True

    def parse(self, data):
        if not data:
            return None
        if self.headers.get("Content-Type", "").split(";")[0].strip() != "application/json":
            raise Refused(415, "Content-Type has to be application/json")
        try:
            return json.loads(data, parse_constant=lambda name: wrong("body", "a number", name))
        except ValueError as error:
            raise Refused(400, f"no JSON: {error}")

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = run


def check_headers(handler, allowed):
    for name in handler.headers.keys():
        if name.lower() not in HTTP_HEADERS | allowed:
            raise Refused(400, f"the interface has no header {name}")


def listen(application, faults, tls=None, port=0):
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    server.application, server.faults = application, faults
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class Control:
    def __init__(self, faults):
        self.faults = faults

    def answer(self, handler, method, path, query, body):
        if method == "POST":
            self.faults.set(body)
        with self.faults.lock:
            return 200, {"requests": self.faults.requests, "refused": self.faults.refused}, {}

    def error(self, refused):
        return {"message": refused.message}


def main(make):
    """make(key, faults, open) gives the application; open(application) gives another port of the server."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--key", default="")
    parser.add_argument("--tls", nargs=2, metavar=("CERTIFICATE", "KEY"))
    parser.add_argument("--port", type=int, default=0)
    arguments = parser.parse_args()
    faults = Faults()
    application = make(arguments.key, faults, lambda one: listen(one, faults, arguments.tls).server_address[1])
    port = listen(application, faults, arguments.tls, arguments.port).server_address[1]
    control = listen(Control(faults), Faults()).server_address[1]
    print(json.dumps({"port": port, "control": control}), flush=True)
    sys.stdin.read()
