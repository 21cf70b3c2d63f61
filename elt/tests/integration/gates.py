"""Gates hold up what a test wants to stop in the middle."""

from contextlib import contextmanager

import psycopg2
from integration.replication import session, wait_until


class Gate:
    """Holds up whoever passes it, until it is opened: an advisory lock.

    SQL that is to wait calls `pass_gate()`, or `pass_gate(2)` for another one.
    """

    def __init__(self, settings, number):
        self._number = number
        self._connection = psycopg2.connect(
            host=settings.host,
            port=settings.port,
            user="postgres",
            dbname=settings.database,
        )
        self._connection.autocommit = True
        self._cursor = self._connection.cursor()
        self._cursor.execute("select pg_advisory_lock(1, %s)", [number])

    def wait(self):
        """Wait until somebody stands before the gate."""
        statement = (
            "select count(*) from pg_locks where locktype = 'advisory' and classid = 1 "
            f"and objid = {self._number} and not granted and database = "
            "(select oid from pg_database where datname = current_database())"
        )

        def is_somebody_there():
            self._cursor.execute(statement)
            return self._cursor.fetchone()[0]

        wait_until(is_somebody_there, "a session before the gate")

    def open(self):
        """Let everybody pass."""
        self._connection.close()


@contextmanager
def gate(settings, number=1):
    """Close a gate in a database; it is open again after the block."""
    with session(settings) as cursor:
        cursor.execute(
            """
            create or replace function public.pass_gate(number integer default 1)
            returns boolean language plpgsql security definer as $$
            begin
                perform pg_advisory_lock_shared(1, number);
                perform pg_advisory_unlock_shared(1, number);
                return true;
            end $$
            """
        )
    closed = Gate(settings, number)
    try:
        yield closed
    finally:
        closed.open()
