"""Readers never wait and never see a half: three tables keep what they promise."""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from integration.bank import BANK, connect_impatiently, transferring, watched
from integration.incremental import lines
from integration.replication import changes, query, run, session, wait_until
from psycopg2.extensions import ISOLATION_LEVEL_REPEATABLE_READ

PUBLISHES = 15


@pytest.fixture
def bank(databases):
    query(databases.source, BANK)
    run(databases)
    return databases


def test_readers_neither_wait_nor_see_a_half(bank):
    with watched(bank.destination) as readers, transferring(bank.source) as writer:
        changed = [publish_transfers(bank, writer) for _ in range(PUBLISHES)]

    assert min(reader.checks for reader in readers) > PUBLISHES
    assert min(changed) > 0


def publish_transfers(bank, writer):
    """Replicate something new; return how many rows that changed."""
    writer.wait_for_transfers(2)
    return sum(stream.difference.total for stream in run(bank).streams)


def test_transaction_that_has_read_delays_nothing_and_keeps_its_view(bank):
    with closing(connect_impatiently(bank.destination)) as connection:
        connection.set_session(isolation_level=ISOLATION_LEVEL_REPEATABLE_READ)
        cursor = connection.cursor()
        cursor.execute("select sum(balance), count(*) from raw.accounts")
        before = cursor.fetchall()
        query(bank.source, "update accounts set balance = 1")

        run(bank)

        cursor.execute("select sum(balance), count(*) from raw.accounts")
        assert cursor.fetchall() == before
    assert query(bank.destination, "select sum(balance) from raw.accounts") == [(200,)]


def test_new_table_appears_while_others_are_read(bank):
    with closing(connect_impatiently(bank.destination)) as connection:
        cursor = connection.cursor()
        cursor.execute("select 1 from raw.accounts, raw.ledger")
        query(bank.source, "create table branches as select 1 as id")

        run(bank)

    assert query(bank.destination, "select id from raw.branches") == [(1,)]


def test_run_waits_for_a_lock_that_forbids_to_write_and_says_whose(bank, monkeypatch):
    for name in ("INTERVAL_SECONDS", "LONGEST_SILENCE_SECONDS"):
        monkeypatch.setattr(f"elt.replication.sessions.lock_waits.{name}", 0.05)
    query(bank.source, "update accounts set balance = 1")
    with (
        session(bank.destination) as holder,
        ThreadPoolExecutor(1) as pool,
        lines() as logged,
    ):
        holder.execute("begin; lock table raw.accounts in share mode")
        report = pool.submit(run, bank)
        wait_until(lambda: logged["waited for lock"], "a wait that is told")
        holder.execute("commit")
        found = changes(report.result())

    [waited] = logged["waited for lock"]
    assert waited["locked"] == "raw.accounts"
    assert re.fullmatch(r"test of \w+ \(backend \d+\)", waited["holder"])
    assert found == {"public.accounts": (0, 200, 0)}
