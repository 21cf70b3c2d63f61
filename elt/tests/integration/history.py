"""Clusters that are restarted, restored, or near the end of their counter."""

import os
import shutil
import signal
import subprocess
from contextlib import contextmanager
from dataclasses import replace
from functools import cache

import psycopg2
from integration.replication import query, session, wait_until
from servers import SETTINGS, administer, roomy_memory

from elt.config import DatabaseSettings
from elt.embedded import LOOPBACK, Cluster, free_port, new_home, start_anywhere
from elt.embedded.account import run as run_program
from elt.errors import EltError

#: So few transactions before the counter of 32 bits begins again.
LAST = 700


@contextmanager
def own_cluster(binaries):
    """Give a cluster with a database `app`.

    What is committed there outlives a crash of its server. All of a version are copies
    of one, which takes a tenth of the time: they have the same system identifier.
    """
    cluster = copied_cluster(binaries)
    try:
        cluster = start_anywhere(cluster)
        yield cluster
    finally:
        cluster.remove()


def copied_cluster(binaries):
    """Return a cluster that is not running yet, with what all others have."""
    original, cluster = _original(binaries), place(binaries)
    _copy(original.data, cluster.data)
    return cluster


_originals = []


@cache
def _original(binaries):
    """Make the cluster that others are copies of; its server is stopped."""
    cluster = place(binaries)
    _originals.append(cluster)
    cluster.create(settings=SETTINGS | {"synchronous_commit": "on"})
    cluster = start_anywhere(cluster)
    with administer(cluster) as cursor:
        cursor.execute("create database app")
    cluster.stop()
    return cluster


def remove_originals():
    """Remove what clusters were copied from."""
    while _originals:
        _originals.pop().remove()
    _original.cache_clear()


def place(binaries):
    return Cluster(
        binaries=binaries, directory=new_home(roomy_memory()), port=free_port()
    )


def _copy(data, target):
    subprocess.run(["/bin/cp", "-a", data, target], check=True)


def source_of(cluster):
    """Return how to connect to its database."""
    return DatabaseSettings(
        prefix="SOURCE",
        host=LOOPBACK,
        port=cluster.port,
        database="app",
        user=cluster.user,
    )


def lose_backend(settings):
    """Kill a session's process, and wait until its server has begun anew."""
    with session(settings) as victim, session(settings) as other:
        victim.execute("select pg_backend_pid()")
        [[process]] = victim.fetchall()
        os.kill(process, signal.SIGKILL)
        # Until the server ends the others it has not noticed, and lets in who comes.
        wait_until(lambda: not _answers(other), "the end of all sessions")
    wait_until(lambda: _serves(settings), "the server")


def _answers(cursor):
    try:
        cursor.execute("select 1")
    except psycopg2.Error:
        return False
    return True


def _serves(settings):
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
    _copy(cluster.data, saved)
    cluster.start()
    yield
    cluster.stop()
    shutil.rmtree(cluster.data)
    saved.rename(cluster.data)
    start_anywhere(cluster)
