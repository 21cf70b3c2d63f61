"""Traffic plays an application: every action does something, and none is in the way."""

import threading

import pytest
from integration.cinema import NAMES, texts

from elt.errors import ConfigError, TemporaryError
from elt.postgres import execute
from elt.seed.seeder import seed
from elt.seed.size import MINIATURE
from elt.seed.traffic import QUERIES, play, run_traffic

#: What an action of the application may need.
VALUES = {
    "luck": 0.5,
    "stars": 3,
    "user_id": "80000000-0000-4000-8000-000000000000",
    "title": "The Test",
    "email": "test@post.example",
    "body": "A test.",
}


@pytest.fixture
def quick(monkeypatch):
    """Let traffic go as fast as it can."""
    monkeypatch.setattr("elt.seed.traffic._ACTIONS_PER_SECOND", 1_000_000)


def test_traffic_changes_rows_and_counts_them(source, quick):
    seed(source, MINIATURE)
    before = {name: len(rows) for name, rows in texts(source).items()}

    report = play(source, 1, seed=1)

    after = {name: len(rows) for name, rows in texts(source).items()}
    growth = sum(after.values()) - sum(before.values())
    assert report.inserted - report.deleted == growth
    assert min(report.inserted, report.updated, report.deleted) > 0
    assert after["films"] > before["films"]
    assert after["users"] > before["users"]


@pytest.mark.parametrize("action", QUERIES)
def test_each_action_does_something(source, action):
    seed(source, MINIATURE)
    before = texts(source)

    changes = execute(source, QUERIES[action], VALUES)

    assert changes
    assert texts(source) != before


def test_rating_again_updates_the_rating(source):
    seed(source, MINIATURE)
    first = execute(source, QUERIES["rate_film"], VALUES)
    second = execute(source, QUERIES["rate_film"], VALUES | {"stars": 4})

    assert (first, second) == ([("inserted",)], [("updated",)])


def test_no_action_fails_in_an_empty_cinema(source):
    seed(source, MINIATURE)
    execute(source, f"truncate {', '.join(NAMES)}")

    for action in QUERIES:
        execute(source, QUERIES[action], VALUES)


def test_two_applications_do_not_hinder_each_other(source, source_database, quick):
    seed(source, MINIATURE)
    reports = []
    players = [
        threading.Thread(
            target=lambda number=number: reports.append(
                run_traffic(source_database, 1, seed=number)
            )
        )
        for number in range(2)
    ]
    for player in players:
        player.start()
    for player in players:
        player.join(timeout=30)

    assert len(reports) == 2


def test_traffic_without_a_cinema_says_so(source):
    with pytest.raises((ConfigError, TemporaryError), match="does not exist"):
        play(source, 1, seed=1)


def test_lost_connection_is_no_bug(source, source_database):
    seed(source, MINIATURE)
    source.close()

    with pytest.raises(TemporaryError):
        play(source, 1, seed=1)
