"""PgBouncer in front of a server."""

import os
import shutil
import subprocess
from contextlib import contextmanager, suppress
from dataclasses import replace

import psycopg2
import pytest
from integration.replication import wait_until

from elt.embedded import LOOPBACK, free_port, new_home
from elt.embedded.account import give

_INI = """
[databases]
* = user={user} host={host} port={port}
[pgbouncer]
listen_addr = {host}
listen_port = {free}
unix_socket_dir =
auth_type = any
pool_mode = {mode}
logfile = {folder}/log
"""


def find_pgbouncer():
    """Return where the program is; Debian has it where only root looks."""
    found = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        pytest.skip("PgBouncer is not installed")
    return found


@contextmanager
def pooled(settings, mode):
    """Return how to connect to a database through a pooler of some mode."""
    program, folder, port = find_pgbouncer(), new_home(), free_port()
    folder.mkdir(exist_ok=True)
    give(folder)
    ini = folder / "pgbouncer.ini"
    parts = {"free": port, "folder": folder, "mode": mode, "host": LOOPBACK}
    # It asks for a user where nobody has to prove who he is.
    ini.write_text(_INI.format(user=settings.user, port=settings.port, **parts))
    account = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen(
        [program, "-q", *account, str(ini)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        through = replace(settings, port=port)
        wait_until(lambda: _answers(through), "the pooler")
        yield through
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder)


def _answers(settings):
    with suppress(psycopg2.OperationalError):
        return ask(settings, "select 1")


def ask(settings, query):
    """Ask as another client of the pooler does."""
    connection = psycopg2.connect(
        host=settings.host,
        port=settings.port,
        dbname=settings.database,
        user=settings.user,
    )
    # A pooler by statements knows no transactions.
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchone()
    finally:
        connection.close()
