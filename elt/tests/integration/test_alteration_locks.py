"""A run that could not alter a table says which one, and who was in the way."""

import re

import pytest
from integration.replication import query, run, session

from elt.errors import TemporaryError

FILMS = """
create table studios (id integer primary key);
create table films (id integer primary key, studio_id integer references studios);
create index films_studio on films (studio_id);
insert into studios values (1);
insert into films values (1, 1);
"""


@pytest.fixture
def films(databases, monkeypatch):
    """Return databases with films that are replicated; alterations give up at once."""
    monkeypatch.setattr("elt.replication.changes.alterations._LOCK_TIMEOUT", "100ms")
    query(databases.source, FILMS)
    run(databases, to={"all_constraints": True})
    return databases


@pytest.mark.parametrize(
    "change, read",
    [
        pytest.param("alter table films add title text", "raw.films", id="a column"),
        pytest.param("drop index films_studio", "raw.films", id="an index"),
        pytest.param(
            "alter table films drop constraint films_studio_id_fkey",
            "raw.studios",
            id="a foreign key, at the table it references",
        ),
    ],
)
def test_who_has_a_lock_is_named(films, change, read):
    query(films.source, change)
    with session(films.destination) as reader:
        reader.execute(f"begin; select pg_backend_pid() from {read} limit 1")
        [(pid,)] = reader.fetchall()
        role = films.destination.user
        words = (
            f"{read} could not be altered within a lock timeout of 100ms: "
            f"test of {role} (backend {pid}) has it"
        )

        with pytest.raises(TemporaryError, match=re.escape(words)) as error:
            run(films, to={"all_constraints": True})

    assert error.value.hint == "The next run tries again; or end who has it."
    last = "select error from elt.sync_runs order by run_id desc limit 1"
    assert words in query(films.destination, last)[0][0]


def test_role_that_may_not_know_more_is_told_the_backend(films, make_role):
    """Of sessions of other roles their role is told, and not their program."""
    query(films.source, "alter table films add title text")
    other = make_role(films.destination)
    query(films.destination, f"grant usage on schema raw to {other.user}")
    query(films.destination, f"grant select on raw.films to {other.user}")
    with session(other) as reader:
        reader.execute("begin; select 1 from raw.films")

        with pytest.raises(TemporaryError, match=r"of role_\d+ \(backend \d+\) has it"):
            run(films, to={"all_constraints": True})
