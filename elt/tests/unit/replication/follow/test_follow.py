"""What a follower survives, and what ends it."""

import pytest
from builders import make_settings, make_source

from elt.config import Config, DestinationConfig, RetrySettings
from elt.errors import (
    ConfigError,
    DataError,
    ForeignSlotError,
    InterruptedRun,
    LockedError,
    LostConnectionError,
    TemporaryError,
)
from elt.progress import LineProgress
from elt.replication.follow.follower import Follower, FollowOptions
from elt.replication.sessions.session import RunOptions

LOST = LostConnectionError("lost")
STOP = InterruptedRun("stop")


class Scripted(Follower):
    """A follower whose connections end as a test says, one after the other."""

    def play(self, *endings, has_run=True, is_second=False):
        self.endings, self._has_run = list(endings), has_run
        self._is_second = is_second
        self.follow()

    def _connect(self):
        raise self.endings.pop(0)


@pytest.fixture
def waits(monkeypatch):
    """Collect how long the follower waits, without waiting."""
    found = []
    monkeypatch.setattr("elt.replication.follow.follower.pause", found.append)
    return found


@pytest.fixture
def guarded(monkeypatch):
    """Collect which sources are looked after."""
    found = []
    monkeypatch.setattr(
        "elt.replication.follow.follower.guard_source",
        lambda source: found.append(source.name),
    )
    return found


@pytest.fixture
def follower(waits, guarded):
    source = make_source()
    config = Config(
        sources=(source,),
        destination=DestinationConfig(connection=make_settings("DESTINATION")),
        retry=RetrySettings(max_retries=0, delay_seconds=3),
    )
    options = FollowOptions(first_run=RunOptions(), every_seconds=60)
    return Scripted(
        config=config, source=source, options=options, progress=LineProgress()
    )


def test_a_signal_is_a_good_end(follower, guarded):
    follower.play(STOP)

    assert guarded == []


def test_a_signal_before_anything_is_published_is_an_interruption(follower):
    with pytest.raises(InterruptedRun):
        follower.play(STOP, has_run=False)


def test_a_signal_ends_a_wait(follower, monkeypatch):
    def interrupt(_):
        raise STOP

    monkeypatch.setattr("elt.replication.follow.follower.pause", interrupt)

    follower.play(LOST)


def test_it_waits_longer_and_longer_but_for_ever(follower, waits, guarded):
    follower.play(*[LOST] * 100, STOP)

    assert waits[:6] == [3, 6, 12, 24, 48, 60]
    assert set(waits[6:]) == {60}
    assert guarded == ["raw"] * 100


@pytest.mark.parametrize("has_run", [True, False])
def test_what_may_pass_is_waited_for_from_the_beginning(follower, waits, has_run):
    with pytest.raises(ConfigError):
        follower.play(TemporaryError("no"), ConfigError("done"), has_run=has_run)

    assert waits == [3]


def test_another_follower_ends_one_that_has_not_begun(follower, waits):
    with pytest.raises(LockedError):
        follower.play(LockedError("locked"), has_run=False, is_second=True)

    assert waits == []


def test_a_run_of_somebody_else_is_waited_for(follower, waits, guarded):
    follower.play(LOST, LockedError("locked"), STOP)

    assert len(waits) == 2
    # Somebody else is at work, and looks after the source.
    assert guarded == ["raw"]


@pytest.mark.parametrize("error", [ConfigError, DataError])
def test_what_cannot_pass_ends_it_and_the_source_is_looked_after(
    follower, guarded, error
):
    with pytest.raises(error):
        follower.play(error("no"))

    assert guarded == ["raw"]


def test_a_slot_of_somebody_else_is_not_touched(follower, guarded):
    with pytest.raises(ForeignSlotError):
        follower.play(ForeignSlotError("not ours"))

    assert guarded == []
