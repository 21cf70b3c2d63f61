"""What a position, a mark and the state prove of the WAL that is read."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from elt.replication.logical.replay import Replay
from elt.replication.logical.wal_reads import find_gap, find_gap_at_standby
from elt.replication.state.state import KnownStream, SnapshotFacts

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FACTS = SnapshotFacts(
    taken_at=NOON,
    lsn="0/FF",
    horizon=100,
    next_transaction=110,
    system_identifier="1",
    timeline=1,
    database_oid=5,
    running_since=NOON - timedelta(hours=2),
    replayed_lsn="0/F0",
)
KNOWN = KnownStream(
    stream="public.films",
    destination_schema="raw",
    destination_table="films",
    state="ready",
    document={},
    snapshot_at=NOON - timedelta(hours=1),
    system_identifier="1",
    timeline=1,
    database_oid=5,
    snapshot_lsn=0xA0,
    snapshot_horizon=90,
    lsn="0/A0",
    wal_mark="x",
)
GAP = "the WAL does not go on where its last run ended"
RESTARTED = "the source was restarted: it may have lost what was copied"
FAILED_OVER = "the source was restored, or failed over"


@pytest.mark.parametrize(
    "known, facts, start, gap",
    [
        pytest.param({}, {}, "0/A0", None, id="where the last run ended"),
        pytest.param({}, {}, "0/9F", None, id="a little before"),
        pytest.param({}, {}, "0/A1", GAP, id="behind it"),
        pytest.param({}, {}, None, GAP, id="without a slot"),
        pytest.param({"lsn": None}, {}, "0/A0", GAP, id="after a run without WAL"),
        pytest.param({}, {"running_since": NOON}, "0/A0", RESTARTED, id="restarted"),
        pytest.param({}, {"timeline": 2}, "0/A0", FAILED_OVER, id="failed over"),
    ],
)
def test_a_standby_goes_on_where_its_slot_and_its_history_do(known, facts, start, gap):
    found = find_gap_at_standby(replace(KNOWN, **known), replace(FACTS, **facts), start)

    assert found == gap


@pytest.mark.parametrize(
    "marks, start, gap",
    [
        pytest.param({"x", "y"}, "0/A0", None, id="where the last run ended"),
        pytest.param({"y"}, "0/A0", GAP, id="without its mark"),
        pytest.param({"x"}, "0/A1", GAP, id="behind it, and before its mark"),
        pytest.param({"x"}, None, GAP, id="without a slot"),
    ],
)
def test_a_primary_goes_on_where_its_slot_and_its_mark_do(marks, start, gap):
    assert find_gap(KNOWN, marks, start) == gap


def replay(lsn, *, is_waiting=False):
    return Replay(is_waiting=is_waiting, is_standby=True, lsn=lsn)


def test_a_record_that_may_be_in_progress_is_waited_for():
    first = replay("0/A0")

    assert not first.covers(first)
    assert not replay("0/A0").covers(first)
    assert replay("0/A1").covers(first)
    assert replay("0/A0", is_waiting=True).covers(first)
