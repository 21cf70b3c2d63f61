"""The port for probes and Prometheus: /healthz, /readyz and /metrics."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer

from elt import logs
from elt.control.metrics import CONTENT_TYPE
from elt.errors import ConfigError

#: A loop that was silent for so long hangs; its longest pause is a minute.
_LONGEST_SILENCE_SECONDS = 180.0


class Health:
    """What the loop tells of itself, for the probes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last_beat = clock()
        self._has_listed = False

    def beat(self) -> None:
        """Say that the loop goes round, whether or not the API server answers."""
        self._last_beat = self._clock()

    def listed(self) -> None:
        """Say that the whole release was seen."""
        self._has_listed = True
        self.beat()

    @property
    def is_alive(self) -> bool:
        """The loop goes round."""
        return self._clock() - self._last_beat < _LONGEST_SILENCE_SECONDS

    @property
    def is_ready(self) -> bool:
        """The whole release was seen at least once."""
        return self._has_listed


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    address_family = socket.AF_INET6 if socket.has_dualstack_ipv6() else socket.AF_INET

    def server_bind(self) -> None:
        """Bind both families: probes come by the one that the cluster has.

        HTTPServer would then ask DNS for a name of ours, which may take long.
        """
        if self.address_family == socket.AF_INET6:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        TCPServer.server_bind(self)

    def handle_error(self, *_: object) -> None:
        """Log a bug, and not that a probe did not wait for its answer."""
        kind, error, trace = sys.exc_info()
        if kind is not None and error is not None and not isinstance(error, OSError):
            logs.log_uncaught(kind, error, trace)


def serve(port: int, *, health: Health, render: Callable[[], bytes]) -> _Server:
    """Answer on a port from threads of their own until the server is shut down."""

    class Handler(BaseHTTPRequestHandler):
        # A client that sends nothing may not keep a thread for ever.
        timeout = 10

        def do_GET(self) -> None:
            match self.path.partition("?")[0]:
                case "/healthz":
                    self._answer(health.is_alive)
                case "/readyz":
                    self._answer(health.is_ready)
                case "/metrics":
                    self._send(200, render(), CONTENT_TYPE)
                case _:
                    self._send(404, b"not found\n")

        def _answer(self, is_good: bool) -> None:  # noqa: FBT001
            self._send(200, b"ok\n") if is_good else self._send(503, b"not ok\n")

        def _send(self, code: int, body: bytes, kind: str = "text/plain") -> None:
            self.send_response(code)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Leave probes out of the log."""

    try:
        server = _Server(("", port), Handler)
    except (OSError, OverflowError) as error:
        message = f"Cannot listen on port {port}: {error}"
        raise ConfigError(message, hint="Choose another --port.") from error
    threading.Thread(
        target=server.serve_forever, name="elt-serving", daemon=True
    ).start()
    return server
