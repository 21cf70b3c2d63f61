"""What traffic does is drawn from named queries, and stops when it is told."""

import pytest

from elt.seed import traffic
from elt.seed.traffic import play


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


@pytest.fixture
def queries(monkeypatch):
    """Return the queries that are run, each of which inserts a row."""
    run = []

    def execute(connection, query, values):
        run.append((query, values))
        return [("inserted",)]

    monkeypatch.setattr(traffic, "execute", execute)
    return run


def play_for(seconds, seed=1):
    clock = Clock()
    return play(None, seconds, seed=seed, clock=clock, sleep=clock.sleep)


def test_every_query_is_an_action_and_the_shares_add_up():
    assert set(traffic._SHARES) == set(traffic.QUERIES)
    assert sum(traffic._SHARES.values()) == 100


def test_traffic_keeps_its_pace_and_ends_in_time(queries):
    report = play_for(2)

    assert report.transactions == report.inserted == len(queries) == 100
    assert report.seconds == pytest.approx(2, abs=0.1)


def test_slow_database_does_not_make_it_longer(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(traffic, "execute", lambda *_: clock.sleep(0.5) or [])

    report = play(None, 2, seed=1, clock=clock, sleep=clock.sleep)

    assert report.transactions == 4
    assert report.seconds == pytest.approx(2)


def test_same_seed_does_the_same(queries):
    play_for(1)
    first, queries[:] = list(queries), []

    play_for(1)

    assert queries == first


def test_another_seed_does_something_else(queries):
    play_for(1)
    first, queries[:] = list(queries), []

    play_for(1, seed=2)

    assert queries != first


def test_interruption_leaves_a_log_line(monkeypatch, caplog):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(traffic, "execute", interrupt)

    with caplog.at_level("INFO", logger="elt"), pytest.raises(KeyboardInterrupt):
        play_for(2)

    assert "played traffic" in caplog.messages
