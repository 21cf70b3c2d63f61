"""An API server over HTTP in front of a fake cluster, which can also misbehave."""

import json
import threading
import time
from contextlib import contextmanager
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import yaml

from elt.control.failures import ConflictError
from elt.control.keys import Resource

DEADLINE_SECONDS = 60


def wait_for(condition, what="the condition"):
    """Wait until a condition holds, and return what it returned."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.01)
    message = f"{what} did not come about"
    raise AssertionError(message)


class FakeApi:
    """Serves a fake cluster; `answers` and `streams` come before what it would say."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.lock = threading.RLock()
        #: All requests: (verb, resource, query, headers, body).
        self.requests = []
        #: By (verb, resource): functions that answer with a handler, used once each.
        self.answers = {}
        #: By (verb, resource): a status that is answered for as long as it is there.
        self.refusals = {}
        #: Prepared watches, each a list of bytes; after them a watch waits for changes.
        self.streams = []
        self.watches = 0
        self._changed = threading.Condition(self.lock)
        self._server = None
        self.port = 0

    # ------------------------------------------------------------------ start and end

    def start(self):
        """Listen, on the same port as before if there was one."""
        handler = type("Handler", (_Handler,), {"api": self})
        self._server = _Server(("127.0.0.1", self.port), handler)
        self.port = self._server.server_port
        threading.Thread(
            target=self._server.serve_forever, args=(0.01,), daemon=True
        ).start()

    def stop(self):
        """End as a killed server does: connections are reset."""
        self._server.shutdown()
        self._server.server_close()
        self._server.end_connections()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def write_kubeconfig(self, path, *, token="token-1", namespace="test"):  # noqa: S107
        user = {"token": token} if token else {}
        context = {"cluster": "fake", "user": "me", "namespace": namespace}
        document = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "fake",
            "clusters": [{"name": "fake", "cluster": {"server": self.url}}],
            "users": [{"name": "me", "user": user}],
            "contexts": [{"name": "fake", "context": context}],
        }
        path.write_text(yaml.safe_dump(document))
        return path

    # -------------------------------------------------------------------- in the test

    @contextmanager
    def changes(self):
        """Change the cluster; watches hear of it."""
        with self.lock:
            yield self.cluster
            self._changed.notify_all()

    def asked(self, verb, resource=None):
        """Return the requests with a verb, as (query, headers, body)."""
        return [
            request[2:]
            for request in list(self.requests)
            if request[0] == verb and resource in {None, request[1]}
        ]

    def answer(self, verb, resource, *functions):
        self.answers[verb, resource] = list(functions)

    def version(self):
        return self.cluster._counter

    def wait_for_change(self, version):
        with self.lock:
            self._changed.wait_for(lambda: self.version() != version, timeout=0.2)
            return self.version()


def status(code, message="no", **headers):
    """Return an answer that is an error of the API server."""

    def answer(handler):
        body = {"kind": "Status", "code": code, "message": message}
        handler.send(code, json.dumps(body).encode(), **headers)

    return answer


def raw(body, *, length=None):
    """Return an answer with this body, and perhaps a wrong length."""

    def answer(handler):
        # Said, too: the client would else ask again before it has noticed.
        handler.send(200, body, length=length, Connection="close")

    return answer


def hang_up(handler):
    """End the connection instead of answering."""
    handler.close_connection = True


def silence(release):
    """Return an answer that does not come before an event is set."""

    def answer(handler):
        release.wait(DEADLINE_SECONDS)
        handler.close_connection = True

    return answer


def drip(release):
    """Return an answer whose body comes byte by byte, without an end."""

    def answer(handler):
        handler.start_chunks()
        while not release.wait(0.02):
            handler.send_chunk(b" ")
        handler.close_connection = True

    return answer


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, *arguments):
        self.connections = []
        super().__init__(*arguments)

    def process_request(self, request, client_address):
        self.connections.append(request)
        super().process_request(request, client_address)

    def end_connections(self):
        for connection in self.connections:
            self.shutdown_request(connection)

    def handle_error(self, request, client_address):
        """Say nothing: a client that goes away is what tests are about."""


class _Handler(BaseHTTPRequestHandler):
    api: FakeApi
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self._handle("get" if self._name() else "list")

    def do_POST(self):
        self._handle("create")

    def do_PATCH(self):
        self._handle("patch")

    def do_DELETE(self):
        self._handle("delete")

    def date_time_string(self, *_):
        return format_datetime(self.api.cluster.now, usegmt=True)

    def log_message(self, *arguments):
        pass

    # ------------------------------------------------------------------------ private

    def _handle(self, verb):
        query = {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
        if query.get("watch"):
            verb = "watch"
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        resource = Resource(self._parts()[0])
        api = self.api
        api.requests.append((verb, resource, query, self.headers, body))
        refusal = api.refusals.get((verb, resource))
        prepared = api.answers.get((verb, resource))
        if refusal is not None:
            status(refusal, f"{resource} is forbidden")(self)
        elif prepared:
            prepared.pop(0)(self)
        elif verb == "watch":
            self._watch(query)
        else:
            self._answer(verb, resource, body)

    def _answer(self, verb, resource, body):
        cluster, name = self.api.cluster, self._name()
        try:
            with self.api.changes():
                if verb == "list":
                    answer = {"items": cluster.list_objects(resource).items}
                elif verb == "get":
                    answer = {"data": cluster.read_config_map(name)}
                else:
                    answer = self._change(verb, resource, name, body)
        except ConflictError as error:
            status(409, error.message)(self)
        else:
            self.send(201 if verb == "create" else 200, json.dumps(answer).encode())

    def _change(self, verb, resource, name, body):
        cluster = self.api.cluster
        if verb == "create":
            creates = {
                Resource.JOBS: cluster.create_job,
                Resource.EVENTS: cluster.create_event,
            }
            creates[resource](body)
        elif verb == "delete":
            guards = body["preconditions"]
            cluster.delete_job(name, guards["uid"], guards.get("resourceVersion"))
        elif resource is Resource.CONFIGMAPS:
            cluster.patch_config_map(name, body["data"])
        elif resource is Resource.JOBS:
            cluster.patch_job(name, body)
        else:
            cluster.patch_cronjob(name, body)
        return {}

    def _watch(self, query):
        api = self.api
        api.watches += 1
        self.start_chunks()
        if api.streams:
            for chunk in api.streams.pop(0):
                self.send_chunk(chunk)
            self.wfile.write(b"0\r\n\r\n")
            return
        version = int(query.get("resourceVersion", 0))
        while True:
            if (newer := api.wait_for_change(version)) != version:
                version = newer
                metadata = {"resourceVersion": str(version)}
                event = {"type": "MODIFIED", "object": {"metadata": metadata}}
                self.send_chunk(json.dumps(event).encode() + b"\n")

    def send(self, code, body, *, length=None, **headers):
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def start_chunks(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def send_chunk(self, chunk):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))

    def _parts(self):
        return urlsplit(self.path).path.partition("/namespaces/")[2].split("/")[1:]

    def _name(self):
        parts = self._parts()
        return parts[1] if len(parts) > 1 else None
