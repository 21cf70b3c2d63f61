"""What is done about a slot while nobody reads it, and what that may cost a run."""

import threading
import time

import pytest
from builders import make_source

from elt.errors import ConfigError, TemporaryError
from elt.replication.logical.slot_decision import Slot
from elt.replication.logical.slot_guard import GuardAction, decide_action, guarding

LEAVE, DROP, END_READING = GuardAction


def make_slot(*, kept, plugin="pgoutput", is_active=False):
    return Slot(
        name="elt_raw",
        plugin=plugin,
        is_of_database=True,
        is_active=is_active,
        is_synced=False,
        is_lost=False,
        invalidation=None,
        retained_bytes=kept,
        confirmed_lsn="0/1",
    )


@pytest.mark.parametrize(
    "slot, was_above, expected",
    [
        pytest.param(None, False, LEAVE, id="there is none"),
        pytest.param(make_slot(kept=100), True, LEAVE, id="just its budget"),
        pytest.param(make_slot(kept=101), False, DROP, id="above its budget"),
        pytest.param(
            make_slot(kept=101, plugin="wal2json"), True, LEAVE, id="not ours"
        ),
        pytest.param(
            make_slot(kept=101, is_active=True), False, LEAVE, id="being read"
        ),
        pytest.param(
            make_slot(kept=101, is_active=True), True, END_READING, id="held for long"
        ),
        pytest.param(
            make_slot(kept=100, is_active=True), True, LEAVE, id="read in the end"
        ),
    ],
)
def test_only_a_slot_of_ours_that_nobody_reads_is_dropped(slot, was_above, expected):
    assert decide_action(slot, wal_budget=100, was_above=was_above) is expected


@pytest.fixture(autouse=True)
def _often(monkeypatch):
    monkeypatch.setattr("elt.replication.logical.slot_guard.INTERVAL_SECONDS", 0.001)


class Looks:
    """What connections answer, one look after the other; the last one for ever."""

    def __init__(self, monkeypatch, *answers):
        self.answers = list(answers)
        self.done = threading.Event()
        monkeypatch.setattr(
            "elt.replication.logical.slot_guard._connect", lambda _: self
        )
        monkeypatch.setattr("elt.replication.logical.slot_guard.find_slot", self.answer)
        monkeypatch.setattr("elt.replication.logical.slot_guard.drop_slot", self.drop)

    def answer(self, *_):
        if not self.answers:
            self.done.set()
            return None
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def drop(self, *_):
        raise ConfigError("must be superuser or replication role")

    def close(self):
        pass


def watch(looks, *, wal_budget=100):
    """Guard a source until all answers were given."""
    with guarding(make_source(mode="logical", wal_budget=wal_budget)):
        assert looks.done.wait(10)


def said(caplog):
    return [record.message for record in caplog.records]


def test_a_guard_that_fails_says_so_once_and_ends_nothing(monkeypatch, caplog):
    down = TemporaryError("It is down")

    watch(Looks(monkeypatch, down, down, None, down, down))

    assert said(caplog) == ["failed to guard source"] * 2


def test_a_role_that_may_not_drop_is_told_once(monkeypatch, caplog):
    slot = make_slot(kept=101)

    watch(Looks(monkeypatch, slot, slot))

    assert said(caplog) == ["kept much WAL", "failed to guard source"]


def test_half_of_the_budget_is_told_once(monkeypatch, caplog):
    little, much = make_slot(kept=50), make_slot(kept=51)

    watch(Looks(monkeypatch, little, much, much, little, much))

    assert said(caplog) == ["kept much WAL"] * 2


def test_a_run_does_not_wait_for_a_guard_that_hangs(monkeypatch):
    monkeypatch.setattr("elt.replication.sessions.lookout._GOODBYE_SECONDS", 0.01)
    hanging, end = threading.Event(), threading.Event()

    def hang(_):
        hanging.set()
        end.wait(10)
        raise TemporaryError("It is down")

    monkeypatch.setattr("elt.replication.logical.slot_guard._connect", hang)
    with guarding(make_source(mode="logical")):
        assert hanging.wait(10)
        started = time.monotonic()

    end.set()
    assert time.monotonic() - started < 5
