"""What is told of a wait for a lock, and how often."""

from contextlib import contextmanager

import pytest

from elt.replication.sessions import lock_waits
from elt.replication.sessions.lock_waits import Wait, WaitTeller


def make_wait(seconds, *, pid=7, name="psql", role="ann"):
    return Wait(
        locked="raw.films",
        seconds=seconds,
        holder_pid=pid,
        holder_name=name,
        holder_role=role,
    )


class Shown:
    """Remembers which steps were shown, and which are."""

    def __init__(self):
        self.steps, self.now = [], []

    @contextmanager
    def doing(self, step, seconds_ago):
        self.steps.append((step, seconds_ago))
        self.now.append(step)
        yield
        self.now.remove(step)


@pytest.fixture
def shown():
    return Shown()


@pytest.fixture
def told(monkeypatch):
    """Collect for how long waits had lasted when they were logged."""
    found = []
    monkeypatch.setattr(
        lock_waits.log, "warning", lambda _, **fields: found.append(fields["seconds"])
    )
    return found


@pytest.fixture
def teller(shown):
    return WaitTeller(source="raw", progress=shown, role="destination")


def test_a_long_wait_is_logged_and_then_once_a_minute(teller, told):
    for seconds in range(0, 130, 2):
        teller.tell(make_wait(seconds))

    assert told == [6, 66, 126]


def test_a_short_wait_is_not_logged(teller, told):
    teller.tell(make_wait(4.9))
    teller.tell(None)
    teller.tell(make_wait(4.9))

    assert told == []


def test_a_wait_is_shown_once_for_as_long_as_it_lasts(teller, shown):
    teller.tell(make_wait(2))
    teller.tell(make_wait(4))
    text = "waiting for a lock on raw.films, held by psql of ann (backend 7)"
    assert shown.now == [text]
    teller.tell(None)

    assert (shown.steps, shown.now) == ([(text, 2)], [])


def test_a_wait_at_the_source_is_told_as_such(shown):
    WaitTeller(source="raw", progress=shown, role="source").tell(make_wait(2))

    [text] = shown.now
    assert text.startswith("waiting for a lock on raw.films of the source, held by")


@pytest.mark.parametrize(
    "following",
    [
        pytest.param(make_wait(10, pid=8), id="for another holder"),
        pytest.param(make_wait(1), id="once more"),
    ],
)
def test_another_wait_is_told_anew(teller, shown, told, following):
    teller.tell(make_wait(6))
    teller.tell(following)

    assert len(shown.steps) == 2
    assert len(shown.now) == 1
    assert told == [6, *([10] if following.seconds > 5 else [])]


@pytest.mark.parametrize(
    "wait, holder",
    [
        pytest.param(
            make_wait(1, name=None, role=None), "another program (backend 7)", id="role"
        ),
        pytest.param(make_wait(1, pid=0), "a prepared transaction", id="prepared"),
    ],
)
def test_whoever_holds_a_lock_is_described(wait, holder):
    assert wait.holder == holder
