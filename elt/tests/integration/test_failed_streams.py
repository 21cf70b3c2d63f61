"""The state tells which streams a run failed at, and why, until they are published."""

from contextlib import suppress

import pytest
from integration.replication import query, run

from elt.config import PublishPolicy
from elt.errors import DataError

TABLES = """
create table films (id integer primary key);
create table actors (id integer primary key);
insert into films select generate_series(1, 10);
insert into actors select generate_series(1, 10);
"""


@pytest.fixture
def shrunk(databases):
    """Return databases in which one of two tables has lost most of its rows."""
    query(databases.source, TABLES)
    run(databases)
    query(databases.source, "delete from films where id > 1")
    return databases


def states(databases):
    """Return the state of each stream, and its error."""
    statement = "select stream, state, last_error from elt.streams"
    found = query(databases.destination, statement)
    return {stream: (state, error) for stream, state, error in found}


@pytest.mark.parametrize("publish", PublishPolicy)
def test_stream_that_would_shrink_is_the_one_that_failed(shrunk, publish):
    # Where each is published for itself, the run goes on.
    with suppress(DataError):
        run(shrunk, publish=publish)

    found = states(shrunk)
    assert found["public.actors"] == ("ready", None)
    assert found["public.films"][0] == "failed"
    assert "public.films (10 to 1 rows)" in found["public.films"][1]


def test_stream_that_may_shrink_after_all_is_ready(shrunk):
    with pytest.raises(DataError):
        run(shrunk)

    run(shrunk, allow_shrink=True)

    assert states(shrunk)["public.films"] == ("ready", None)


def test_what_was_published_is_relied_on_after_a_refusal(shrunk):
    """It was right, so an incremental run need not read everything."""
    horizon = "select snapshot_horizon from elt.streams where stream = 'public.films'"
    before = query(shrunk.destination, horizon)

    with pytest.raises(DataError):
        run(shrunk)

    assert query(shrunk.destination, horizon) == before
