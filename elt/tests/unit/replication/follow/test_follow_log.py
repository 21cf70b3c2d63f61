"""However busy a source is, a line comes every ten seconds."""

from types import SimpleNamespace

import pytest
from integration.incremental import lines

from elt.replication.follow.follow_log import BatchReport, FollowLog
from elt.replication.rows.copy import Copied
from elt.replication.rows.difference import Difference


class Clock:
    """A clock that a test moves."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def batch(stream="public.films", lag_seconds=0.1):
    """Return what a batch did that read two rows and changed one."""
    report = SimpleNamespace(
        replica=SimpleNamespace(stream=SimpleNamespace(name=stream)),
        copied=Copied(rows=2, bytes=10),
        difference=Difference(updated=1),
    )
    return BatchReport(run_id=7, streams=[report], lag_seconds=lag_seconds, seconds=0.2)


def heartbeat():
    return BatchReport(run_id=7, streams=[], lag_seconds=0.1, seconds=0.2)


def test_a_change_after_a_quiet_time_is_told_at_once(clock):
    with lines() as logged:
        FollowLog("raw", clock).note(batch())

    [line] = logged["followed changes"]
    assert line == {
        "source": "raw",
        "run": 7,
        "batches": 1,
        "streams": 1,
        "read": 2,
        "changed": 1,
        "lag_seconds": 0.1,
        "seconds": 0.2,
    }


def test_the_next_ones_are_told_together(clock):
    log = FollowLog("raw", clock)
    with lines() as logged:
        log.note(batch())
        for number in range(5):
            clock.now += 1
            log.note(batch(stream=f"public.t{number % 2}", lag_seconds=number))
        assert len(logged["followed changes"]) == 1
        clock.now += 10
        log.note(heartbeat())

    line = logged["followed changes"][1]
    assert (line["batches"], line["streams"], line["changed"]) == (5, 2, 5)
    assert line["lag_seconds"] == 4


def test_the_last_ones_are_told_when_batches_end(clock):
    log = FollowLog("raw", clock)
    with lines() as logged:
        log.note(batch())
        log.note(batch(stream="public.actors"))
        log.end()
        log.end()

    assert [line["batches"] for line in logged["followed changes"]] == [1, 1]


def test_quiet_times_are_not_told(clock):
    log = FollowLog("raw", clock)
    with lines() as logged:
        for _ in range(5):
            clock.now += 10
            log.note(heartbeat())

    assert logged["followed changes"] == []
