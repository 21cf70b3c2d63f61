"""A bank whose three tables keep a promise, its application, and impatient readers."""

import threading
from contextlib import closing, contextmanager

import psycopg2
from integration.replication import wait_until
from psycopg2.extensions import ISOLATION_LEVEL_REPEATABLE_READ

from elt.postgres import connect

#: What an application keeps in one transaction: money moves between accounts, every
#: transfer is written down, and the ledger counts what there is.
BANK = """
create table accounts (id integer primary key, balance integer not null);
create table transfers (id integer primary key, amount integer not null);
create table ledger (accounts integer, transfers integer, amount integer);
insert into accounts select n, 100 from generate_series(1, 200) as n;
insert into transfers values (0, 0);
insert into ledger values (200, 1, 20000);
"""
TRANSFER = """
update accounts set balance = balance - 1 where mod(id, 7) = mod(%(n)s, 7);
insert into accounts
select 1000 + %(n)s, 200 * 100 - sum(balance) from accounts;
delete from accounts where id = (select min(id) from accounts) and balance = 0;
insert into transfers values (%(n)s, 1);
delete from transfers where id = %(n)s - 5;
update ledger
set accounts = (select count(*) from accounts),
    transfers = (select count(*) from transfers),
    amount = (select sum(balance) from accounts);
"""
IN_ONE_STATEMENT = """
select
    (select count(*) from raw.accounts) - accounts,
    (select count(*) from raw.transfers) - transfers,
    (select sum(balance) from raw.accounts) - amount,
    (select count(*) from raw.ledger) - 1,
    amount - 20000
from raw.ledger
"""
IN_SEVERAL = (
    "select count(*), sum(balance) from raw.accounts",
    "select count(*) from raw.transfers",
    "select accounts, amount, transfers from raw.ledger",
)


class Reader(threading.Thread):
    """Checks again and again, and keeps what it did not expect."""

    def __init__(self, settings, check, stop):
        super().__init__(daemon=True)
        self._settings, self._check, self._end = settings, check, stop
        self.checks, self.surprises = 0, []

    def run(self):
        with closing(connect_impatiently(self._settings)) as connection:
            # A pause between two checks leaves the servers to the runs.
            while not self._end.wait(0.005):
                try:
                    surprise = self._check(connection)
                except psycopg2.Error as error:
                    surprise = f"{type(error).__name__}: {error}"
                    connection.rollback()
                if surprise:
                    self.surprises.append(surprise)
                self.checks += 1


def connect_impatiently(settings):
    return psycopg2.connect(
        host=settings.host,
        port=settings.port,
        user=settings.user,
        dbname=settings.database,
        options="-c lock_timeout=100ms -c statement_timeout=10s",
    )


def check_in_one_statement(connection):
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(IN_ONE_STATEMENT)
        found = cursor.fetchall()
    return "" if found == [(0, 0, 0, 0, 0)] else f"one statement saw {found}"


def check_in_several(connection):
    connection.set_session(isolation_level=ISOLATION_LEVEL_REPEATABLE_READ)
    with connection, connection.cursor() as cursor:
        answers = []
        for statement in IN_SEVERAL:
            cursor.execute(statement)
            answers += cursor.fetchone()
    accounts, balance, transfers, *ledger = answers
    is_whole = ledger == [accounts, balance, transfers] and balance == 20000
    return "" if is_whole else f"one transaction saw {answers}"


class Writer(threading.Thread):
    """Plays the application at the source."""

    def __init__(self, settings, stop):
        super().__init__(daemon=True)
        self._settings, self._end = settings, stop
        self.transfers = 0

    def run(self):
        with closing(connect(self._settings, application_name="app")) as connection:
            connection.autocommit = False
            while not self._end.wait(0.002):
                number = self.transfers + 1
                with connection, connection.cursor() as cursor:
                    cursor.execute(TRANSFER, {"n": number})
                self.transfers = number

    def wait_for_transfers(self, count):
        """Wait until some more transfers are committed."""
        wanted = self.transfers + count
        wait_until(lambda: self.transfers >= wanted, "a transfer")


@contextmanager
def watched(settings):
    """Let readers check beside a block; nothing may surprise them."""
    stop = threading.Event()
    checks = [check_in_one_statement, check_in_several] * 5
    readers = [Reader(settings, check, stop) for check in checks]
    for reader in readers:
        reader.start()
    try:
        yield readers
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    assert [reader.surprises for reader in readers] == [[]] * len(readers)


@contextmanager
def transferring(settings):
    """Let the application write beside a block."""
    stop = threading.Event()
    writer = Writer(settings, stop)
    writer.start()
    try:
        yield writer
    finally:
        stop.set()
        writer.join()
