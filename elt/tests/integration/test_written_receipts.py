"""What counts in a receipt of changes: what was written, and what is read besides."""

import pytest
from integration.incremental import INCREMENTAL, sync
from integration.logical import LOGICAL, SPOIL
from integration.replication import query, value

from elt.errors import DataError
from elt.postgres import execute
from elt.replication.publish import stream_publish

FILMS = """
create table films (id integer primary key, title text not null);
insert into films select n, 'film ' || n from generate_series(1, 100) as n;
"""
MODES = pytest.mark.parametrize(
    "source",
    [pytest.param(INCREMENTAL, id="incremental"), pytest.param(LOGICAL, id="logical")],
)


@pytest.fixture
def films(databases, source):
    """Return databases of which the destination has a hundred films."""
    query(databases.source, FILMS)
    sync(databases, source=source)
    return databases


@pytest.fixture
def afterwards(monkeypatch):
    """Return a list of statements that somebody runs right behind our writing."""
    statements = []
    apply = stream_publish.apply_rows

    def apply_and_spoil(connection, publication, load):
        written = apply(connection, publication, load)
        for statement in statements:
            execute(connection, statement)
        return written

    monkeypatch.setattr(stream_publish, "apply_rows", apply_and_spoil)
    return statements


def refused(databases, source):
    """Tell that a run publishes nothing as the two sides differ."""
    with pytest.raises(DataError, match="not equal to the source"):
        sync(databases, source=source)
    return value(databases.destination, "select count(*) from raw.films") == 100


@MODES
@pytest.mark.parametrize("operation", ["insert", "update"])
def test_a_trigger_that_writes_once_more_is_noticed(films, source, operation):
    query(
        films.destination,
        f"""
        create function spoil() returns trigger language plpgsql as $$
        begin
            update raw.films set title = 'spoilt' where id = new.id;
            return null;
        end $$;
        create trigger spoil after {operation} on raw.films
            for each row when (pg_trigger_depth() = 0) execute function spoil();
        """,
    )
    query(films.source, "update films set title = 'right' where id = 1")
    query(films.source, "insert into films values (101, 'new')")

    assert refused(films, source)


@MODES
def test_a_trigger_that_changes_what_is_written_is_noticed(films, source):
    query(
        films.destination,
        SPOIL.format(operation="insert"),
    )
    query(films.source, "insert into films values (101, 'new')")

    assert refused(films, source)


@MODES
def test_the_trigger_is_named_that_may_have_changed_rows(films, source):
    query(films.destination, SPOIL.format(operation="insert"))
    query(films.source, "insert into films values (101, 'new')")

    with pytest.raises(DataError) as error:
        sync(films, source=source)

    assert "raw.films" in error.value.hint
    assert "drop spoil, and run again" in error.value.hint


@MODES
def test_rows_that_were_equal_when_compared_are_read_again(films, source, afterwards):
    afterwards.append("update raw.films set title = 'spoilt' where id = 2")
    query(films.source, "update films set title = 'right' where id = 1")
    query(films.source, "update films set title = title where id = 2")

    assert refused(films, source)


@pytest.mark.parametrize("source", [LOGICAL])
def test_rows_that_should_be_gone_are_looked_for(films, source, afterwards):
    afterwards.append("insert into raw.films values (3, 'back')")
    query(films.source, "delete from films where id = 3")
    query(films.source, "insert into films values (101, 'new')")

    assert refused(films, source)


@MODES
def test_rows_whose_unique_values_swap_are_proven_too(databases, source):
    query(databases.source, FILMS + "alter table films add unique (title)")
    sync(databases, source=source)

    query(
        databases.source,
        """
        update films set title = 'other' where id = 1;
        update films set title = 'film 1' where id = 2;
        update films set title = 'film 2' where id = 1;
        """,
    )
    found = sync(databases, source=source)["public.films"]

    assert found == (2, 0, 2, 0)
