"""Logical runs that die or cannot read the WAL lose nothing and apply nothing twice."""

import pytest
from integration.incremental import lines
from integration.logical import NAME, slots, sync
from integration.logical_source import FILMS, ONLY_FILMS, drop_slot, follow, with_films
from integration.replication import query, session

from elt.errors import LostConnectionError


@pytest.fixture
def films(databases):
    """Return databases of which the destination has a hundred films."""
    return with_films(databases)


def test_a_run_that_dies_after_its_publish_applies_nothing_twice(films, monkeypatch):
    query(films.source, "delete from films where id = 1")
    with monkeypatch.context() as patch:
        patch.setattr("elt.replication.synchronization.release_wal", _die)
        with pytest.raises(RuntimeError):
            sync(films, source=ONLY_FILMS)

    found = follow(films, "insert into films values (1, 'back')")

    assert found == (1, 1, 0, 0)


def test_a_run_that_dies_before_its_publish_loses_nothing(films, monkeypatch):
    query(films.source, "delete from films where id = 1")
    with monkeypatch.context() as patch:
        patch.setattr("elt.replication.synchronization.publish", _die)
        with pytest.raises(RuntimeError):
            sync(films, source=ONLY_FILMS)

    assert follow(films) == (0, 0, 0, 1)


def _die(*_):
    raise RuntimeError


def test_a_slot_that_was_made_halfway_is_made_anew(databases, monkeypatch):
    query(databases.source, FILMS)
    with monkeypatch.context() as patch:
        patch.setattr("elt.replication.state.slot_state.complete_slot", _die)
        with pytest.raises(RuntimeError):
            sync(databases)
    assert slots(databases) == [NAME]

    sync(databases)

    assert follow(databases, "delete from films where id = 1") == (0, 0, 0, 1)


def test_a_slot_that_cannot_be_made_yet_costs_only_a_comparison(films, monkeypatch):
    monkeypatch.setattr("elt.replication.logical.slots._LONGEST_WAIT", "200ms")
    drop_slot(films)
    with session(films.source) as old:
        old.execute("begin; update films set title = 'late' where id = 1")
        old.execute("select pg_backend_pid(), current_database()")
        holder = "backend {} in database {}".format(*old.fetchone())
        query(films.source, "delete from films where id = 2")
        with lines() as logged:
            first = sync(films, source=ONLY_FILMS)["public.films"]
        old.execute("commit")

    [failed] = logged["failed to make slot"]
    assert holder in failed["error"]
    assert first == ("its slot could not be made yet", 0, 0, 1)
    assert isinstance(follow(films)[0], str)
    assert follow(films, "delete from films where id = 1") == (0, 0, 0, 1)


def test_wal_that_cannot_be_read_leads_to_a_comparison(films, monkeypatch):
    query(films.source, "delete from films where id = 1")
    with monkeypatch.context() as patch:
        patch.setattr(
            "elt.replication.logical.wal_reader.peek",
            lambda *_: "copy nothing to stdout",
        )
        first = follow(films)
    second = follow(films)
    third = follow(films, "delete from films where id = 2")

    assert first == ("the WAL could not be read", 0, 0, 1)
    assert second == ("its last run did not read the WAL", 0, 0, 0)
    assert third == (0, 0, 0, 1)


def test_a_connection_that_is_lost_while_the_wal_is_read_fails_the_run(
    films, monkeypatch
):
    def lose(*_):
        raise LostConnectionError("gone")

    monkeypatch.setattr("elt.replication.logical.wal_reader.emit_mark", lose)

    with pytest.raises(LostConnectionError):
        sync(films, source=ONLY_FILMS)
