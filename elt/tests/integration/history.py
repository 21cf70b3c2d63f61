"""Clusters that are restarted, restored, or near the end of their counter."""

import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import replace

from integration.replication import query
from servers import SETTINGS, administer, roomy_memory

from elt.config import DatabaseSettings
from elt.embedded import LOOPBACK, start_anywhere, temporary_cluster
from elt.embedded.account import run as run_program
from elt.errors import EltError

#: So few transactions before the counter of 32 bits begins again.
LAST = 700


@contextmanager
def own_cluster(binaries):
    """Give a cluster with a database `app`.

    What is committed there outlives a crash of its server.
    """
    settings = SETTINGS | {"synchronous_commit": "on"}
    among = roomy_memory()
    with temporary_cluster(binaries, settings=settings, among=among) as server:
        with administer(server) as cursor:
            cursor.execute("create database app")
        yield server


def source_of(cluster):
    """Return how to connect to its database."""
    return DatabaseSettings(
        prefix="SOURCE",
        host=LOOPBACK,
        port=cluster.port,
        database="app",
        user=cluster.user,
    )


def answers(settings):
    """Tell whether a server can be asked something."""
    try:
        return query(settings, "select 1")
    except EltError:
        return False


def move_counter(cluster, number):
    """Set the number of the next transaction, whose older rows are all frozen."""
    for database in ("app", "postgres", "template1"):
        settings = replace(source_of(cluster), database=database)
        query(settings, "vacuum (freeze)")
    cluster.stop()
    oldest = ("-u", str(number - 100))
    program = cluster.binaries / "pg_resetwal"
    outcome = run_program(program, "-f", *oldest, "-x", str(number), cluster.data)
    assert outcome.returncode == 0, outcome.stderr
    # The file of commit states in which the new number has its place.
    states = cluster.data / "pg_xact"
    owner = (states / "0000").stat()
    file = states / f"{number >> 20:04X}"
    file.write_bytes(b"\x55" * (256 << 10))
    file.chmod(0o600)
    shutil.chown(file, owner.st_uid, owner.st_gid)
    cluster.start()


@contextmanager
def going_back(cluster):
    """Put the files of before the block back after it."""
    cluster.stop()
    saved = cluster.data.with_name("saved")
    subprocess.run(["/bin/cp", "-a", cluster.data, saved], check=True)
    cluster.start()
    yield
    cluster.stop()
    shutil.rmtree(cluster.data)
    saved.rename(cluster.data)
    start_anywhere(cluster)
