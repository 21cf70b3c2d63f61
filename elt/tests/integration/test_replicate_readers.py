"""Readers never wait and never see a half: three tables keep what they promise."""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from integration.bank import BANK, connect_impatiently, transferring, watched
from integration.incremental import lines
from integration.logical import LOGICAL, NAME
from integration.replication import changes, query, run, session, wait_until
from psycopg2.extensions import ISOLATION_LEVEL_REPEATABLE_READ

from elt.config import SyncMode

PUBLISHES = 15
SLOT = {"slot": NAME}


@pytest.fixture
def bank(databases):
    query(databases.source, BANK + "alter table ledger replica identity full")
    run(databases)
    return databases


@pytest.mark.parametrize("mode", list(SyncMode))
def test_readers_neither_wait_nor_see_a_half(bank, mode):
    source = {"mode": mode}
    # Making a slot waits for open transactions.
    run(bank, source=source)
    with watched(bank.destination) as readers, transferring(bank.source) as writer:
        changed = [publish_transfers(bank, writer, source) for _ in range(PUBLISHES)]

    assert min(reader.checks for reader in readers) > PUBLISHES
    assert min(changed) > 0


def test_they_do_not_when_a_slot_is_made_anew(bank):
    run(bank, source=LOGICAL)
    with watched(bank.destination) as readers, transferring(bank.source) as writer:
        for _ in range(3):
            publish_transfers(bank, writer, LOGICAL)
            query(bank.source, "select pg_drop_replication_slot(%(slot)s)", SLOT)
            assert publish_transfers(bank, writer, LOGICAL) > 0

    assert min(reader.checks for reader in readers) > 3


def publish_transfers(bank, writer, source):
    """Replicate something new; return how many rows that changed."""
    writer.wait_for_transfers(2)
    report = run(bank, source=source)
    return sum(stream.difference.total for stream in report.streams)


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


def run_beside(bank, monkeypatch, settings, statement):
    """Run beside a transaction that has locked a table; return what waits were told."""
    for name in ("INTERVAL_SECONDS", "LONGEST_SILENCE_SECONDS"):
        monkeypatch.setattr(f"elt.replication.sessions.lock_waits.{name}", 0.05)
    query(bank.source, "update accounts set balance = 1")
    with session(settings) as holder, ThreadPoolExecutor(1) as pool, lines() as logged:
        holder.execute(f"begin; {statement}")
        report = pool.submit(run, bank)
        wait_until(lambda: logged["waited for lock"], "a wait that is told")
        holder.execute("commit")
        return report.result(), logged["waited for lock"]


def test_run_waits_for_who_alters_a_table_of_the_source_and_says_whom(
    bank, monkeypatch
):
    alter = "alter table accounts add column note text"

    _, (waited, *_) = run_beside(bank, monkeypatch, bank.source, alter)

    assert (waited["at"], waited["locked"]) == ("source", "accounts")
    assert re.fullmatch(r"test of \w+ \(backend \d+\)", waited["holder"])


def test_run_waits_for_a_lock_that_forbids_to_write_and_says_whose(bank, monkeypatch):
    lock = "lock table raw.accounts in share mode"

    report, [waited] = run_beside(bank, monkeypatch, bank.destination, lock)

    assert (waited["at"], waited["locked"]) == ("destination", "raw.accounts")
    assert re.fullmatch(r"test of \w+ \(backend \d+\)", waited["holder"])
    assert changes(report) == {"public.accounts": (0, 200, 0)}
