"""Logical runs prove what they publish, and go together with every other option."""

import pytest
from integration.incremental import FILMS, methods
from integration.logical import (
    LOGICAL,
    SPOIL,
    is_equal,
    stream,
    sync,
    sync_after,
    with_films,
)
from integration.replication import query, run

from elt.config import PublishPolicy, SyncMode, Verification
from elt.errors import ConfigError, DataError

REFUSED = "its last run was refused for its data"


@pytest.fixture
def films(databases):
    """Return databases of which the destination has a hundred films."""
    return with_films(databases)


# ----------------------------------------------------------------------------- receipts


@pytest.mark.parametrize("verification", list(Verification), ids=str)
def test_receipts_prove_what_was_asked_for(films, verification):
    query(films.source, "update films set title = '' where id = 1")
    query(films.source, "delete from films where id = 2")

    found = sync(films, verify=verification)["public.films"]
    idle = sync(films, verify=verification)["public.films"]

    assert found == (1, 0, 1, 1)
    assert idle == (0, 0, 0, 0)
    expected = "unchanged" if verification is Verification.CHANGES else verification
    assert methods(films) == {"public.films": expected}


def test_a_receipt_that_does_not_hold_publishes_nothing(films):
    """Somebody has written to the replica; the run after compares every row."""
    query(
        films.destination,
        SPOIL.format(operation="update"),
    )
    query(films.source, "update films set title = 'right' where id = 1")

    with pytest.raises(DataError, match="checksums of their rows differ"):
        sync(films)

    query(films.destination, "drop trigger spoil on raw.films")
    assert sync(films)["public.films"] == (
        "its last run was refused for its data",
        0,
        1,
        0,
    )
    assert is_equal(films)


def test_a_row_of_others_that_is_in_the_way_is_found_by_the_next_run(films):
    query(films.destination, "insert into raw.films values (1000, 'mine', 1000)")

    with pytest.raises(ConfigError, match="duplicate key"):
        sync_after(films, "update films set rank = 1000 where id = 1")

    assert sync(films)["public.films"] == (REFUSED, 0, 1, 1)
    assert is_equal(films)


def test_verify_notices_what_others_wrote_into_a_replica(films):
    query(films.destination, "update raw.films set title = 'spoilt' where id = 1")

    assert not is_equal(films)
    assert sync(films, full=True)["public.films"] == (100, 0, 1, 0)
    assert is_equal(films)


# -------------------------------------------------------------------- streams and modes


def test_streams_that_a_run_leaves_out_go_on_later(films):
    query(films.source, "create table actors (id integer primary key)")
    sync(films)
    query(films.source, "insert into actors values (1); delete from films where id = 1")

    for _ in range(3):
        sync(films, only=["public.actors"])

    assert sync(films)["public.films"] == (0, 0, 0, 1)
    assert is_equal(films)


def test_a_stream_that_fails_does_not_hold_the_wal_back(films):
    query(films.source, "create table actors (id integer primary key)")
    sync(films)
    query(films.source, "delete from films; insert into actors values (1)")

    found = sync(films, publish=PublishPolicy.EACH)
    again = sync(films, publish=PublishPolicy.EACH, allow_shrink=True)

    assert "public.films" not in found
    assert found["public.actors"] == (1, 1, 0, 0)
    assert again["public.films"][3] == 100
    assert is_equal(films)


def test_modes_of_streams_may_differ_and_change(films):
    query(films.source, "create table actors (id integer primary key)")
    mixed = LOGICAL | stream("public.films", mode=SyncMode.INCREMENTAL)
    sync(films, source=mixed)

    query(films.source, "insert into actors values (1); delete from films where id = 1")
    found = sync(films, source=mixed)
    back = sync(films)["public.films"]

    assert found == {"public.films": (0, 0, 0, 1), "public.actors": (1, 1, 0, 0)}
    assert back[0] == "its last run did not read the WAL"
    assert sync_after(films, "delete from films where id = 2") == (0, 0, 0, 1)


def test_logical_follows_a_full_refresh(databases):
    query(databases.source, FILMS)
    run(databases)

    first = sync(databases)["public.films"]
    second = sync_after(databases, "delete from films where id = 1")

    assert first == ("its last run did not read the WAL", 0, 0, 0)
    assert second == (0, 0, 0, 1)
