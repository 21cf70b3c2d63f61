"""Servers for the length of a block, at whatever port is free."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from elt.embedded.account import new_home
from elt.embedded.cluster import LOOPBACK, Cluster
from elt.errors import TemporaryError

_ATTEMPTS = 3


@contextmanager
def temporary_cluster(
    binaries: Path,
    *,
    settings: Mapping[str, str] | None = None,
    access: Sequence[str] = (),
    among: Path | None = None,
) -> Iterator[Cluster]:
    """Serve a new cluster until the block ends, then remove it.

    Its directory is made in the folder `among`, by default that of temporary files.
    """
    cluster = Cluster(binaries=binaries, directory=new_home(among), port=free_port())
    try:
        cluster.create(settings=settings, access=access)
        cluster = start_anywhere(cluster)
        yield cluster
    finally:
        cluster.remove()


def start_anywhere(cluster: Cluster) -> Cluster:
    """Start a server at its port, or at a free one if that is taken meanwhile."""
    for _ in range(_ATTEMPTS - 1):
        try:
            cluster.start()
        except TemporaryError:
            if "Address already in use" not in cluster.log_tail():
                raise
            cluster = replace(cluster, port=free_port())
        else:
            return cluster
    cluster.start()
    return cluster


def free_port(preferred: int = 0) -> int:
    """Return the preferred port if nobody listens there, else any free one."""
    with socket.socket() as listener:
        # As PostgreSQL does: a port is free as soon as its listener is gone.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, preferred))
        except OSError:
            listener.bind((LOOPBACK, 0))
        port: int = listener.getsockname()[1]
        return port
