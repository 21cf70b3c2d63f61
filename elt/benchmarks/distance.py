"""Servers that are further away: `python -m benchmarks.distance MILLISECONDS PORT …`.

Everything that is sent arrives later, in its order and whole: a relay before each
server holds it back for half of a round trip, in either direction. It is a process of
its own, so its work counts for nobody; bandwidth is that of this machine.
"""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from queue import Queue
from subprocess import PIPE, Popen

from benchmarks.servers import Servers
from elt.embedded import LOOPBACK

_ROOT = Path(__file__).parents[1]
_CHUNK_BYTES = 64 * 1024
#: Of one direction of a connection, on their way at one moment.
_MOST_CHUNKS = 64


@contextmanager
def distant(servers: Servers, milliseconds: float) -> Iterator[Servers]:
    """Give the same servers at ports whose round trip takes so many milliseconds."""
    if not milliseconds:
        yield servers
        return
    ports = (servers.source.port, servers.destination.port)
    command = [sys.executable, "-m", __name__, str(milliseconds), *map(str, ports)]
    with Popen(command, cwd=_ROOT, stdout=PIPE, text=True) as relay:
        try:
            assert relay.stdout is not None
            source, destination = map(int, relay.stdout.readline().split())
            yield replace(
                servers,
                source=replace(servers.source, port=source),
                destination=replace(servers.destination, port=destination),
            )
        finally:
            relay.terminate()


def main(milliseconds: float, ports: list[int]) -> None:
    """Relay to every port from a new one, and print these; never returns."""
    listeners = [socket.create_server((LOOPBACK, 0)) for _ in ports]
    accepting = [
        _start(_accept, listener, port, milliseconds / 2000)
        for listener, port in zip(listeners, ports, strict=True)
    ]
    print(*(listener.getsockname()[1] for listener in listeners), flush=True)
    for thread in accepting:
        thread.join()


def _accept(listener: socket.socket, port: int, seconds: float) -> None:
    while True:
        client, _ = listener.accept()
        server = socket.create_connection((LOOPBACK, port))
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _carry(client, server, seconds)
        _carry(server, client, seconds)


def _carry(origin: socket.socket, target: socket.socket, seconds: float) -> None:
    on_the_way: Queue[tuple[float, bytes]] = Queue(_MOST_CHUNKS)
    _start(_depart, origin, on_the_way, seconds)
    _start(_arrive, on_the_way, target)


def _depart(
    origin: socket.socket, on_the_way: Queue[tuple[float, bytes]], seconds: float
) -> None:
    chunk = b"anything"
    while chunk:
        try:
            chunk = origin.recv(_CHUNK_BYTES)
        except OSError:
            chunk = b""
        on_the_way.put((time.monotonic() + seconds, chunk))


def _arrive(on_the_way: Queue[tuple[float, bytes]], target: socket.socket) -> None:
    while True:
        due, chunk = on_the_way.get()
        time.sleep(max(0.0, due - time.monotonic()))
        with suppress(OSError):  # who hears no more needs no more
            if not chunk:
                target.shutdown(socket.SHUT_WR)
                return
            target.sendall(chunk)


def _start(target: Callable[..., None], *arguments: object) -> threading.Thread:
    thread = threading.Thread(target=target, args=arguments, daemon=True)
    thread.start()
    return thread


if __name__ == "__main__":
    main(float(sys.argv[1]), list(map(int, sys.argv[2:])))
