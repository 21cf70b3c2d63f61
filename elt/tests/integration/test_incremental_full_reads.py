"""An incremental run reads all rows where it cannot tell which ones changed."""

import pytest
from integration.incremental import (
    FILMS,
    INCREMENTAL,
    differing,
    sync,
    sync_after,
    with_films,
)
from integration.replication import query

from elt.config import SchemaChangePolicy, Verification
from elt.errors import DataError


@pytest.fixture
def films(databases):
    """Return databases of which the destination has a hundred films."""
    return with_films(databases)


def test_table_without_a_key_is_read_in_full(databases):
    query(databases.source, "create table films (title text)")
    query(databases.source, "insert into films values ('a'), ('a')")
    sync(databases)

    found = sync_after(databases, "insert into films values ('a'), ('b')")

    assert found == ("it has no key to find its rows by", 2, 0, 0)
    assert differing(databases) == []


def test_unique_index_is_a_key(databases):
    query(
        databases.source,
        "create table films (title text not null);"
        "create unique index on films (title); insert into films values ('a')",
    )
    sync(databases)

    found = sync_after(databases, "insert into films values ('b')")

    assert found == (1, 1, 0, 0)


def test_column_added_with_a_default_arrives(films):
    query(films.source, "alter table films add column price numeric default 9.99")

    found = sync(films)

    assert found["public.films"] == ("its table changed: column price added", 0, 100, 0)
    assert differing(films) == []
    assert sync(films)["public.films"] == (0, 0, 0, 0)


@pytest.mark.parametrize(
    "policy", [SchemaChangePolicy.PROPAGATE, SchemaChangePolicy.KEEP]
)
def test_an_index_or_a_check_does_not_have_all_rows_read(films, policy):
    options = {"on_schema_change": policy, "to": {"all_constraints": True}}
    # With one unique index rows are merged, with two they are compared.
    query(films.source, "create table words as select id, title as word from films")
    query(films.source, "alter table words add primary key (id)")
    sync(films, **options)
    query(
        films.source,
        "create index by_title on films (title); create index by_word on words (word);"
        "alter table films add constraint short check (length(title) < 99);"
        "update films set title = 'new' where id = 1;"
        "update words set word = 'new' where id = 9; delete from words where id < 3",
    )

    found = sync(films, **options)

    assert found == {"public.films": (1, 0, 1, 0), "public.words": (1, 0, 1, 2)}
    assert differing(films, **options) == []
    indexes = "select indexname from pg_indexes where indexname like 'by%' order by 1"
    is_followed = policy is SchemaChangePolicy.PROPAGATE
    expected = [("by_title",), ("by_word",)] if is_followed else []
    assert query(films.destination, indexes) == expected

    query(films.source, "drop index by_title, by_word")
    found = sync_after(films, "update films set title = '2' where id = 1", **options)

    assert found == (1, 0, 1, 0)
    assert query(films.destination, indexes) == []


def test_columns_that_are_kept_away_have_all_rows_read(films):
    query(films.source, "alter table films add column price numeric default 9.99")
    options = {"on_schema_change": SchemaChangePolicy.KEEP}

    for title in ("once", "twice"):
        query(films.source, f"update films set title = '{title}' where id = 1")
        found = sync(films, **options)["public.films"]

        assert found == ("its table changed: column price added", 0, 1, 0)
    assert differing(films, **options) == []


def test_table_made_anew_is_read_in_full(films):
    query(films.source, f"drop table films; {FILMS} delete from films where id = 1")

    found = sync(films)

    reason = "its table is another one of the same name"
    assert found["public.films"] == (reason, 0, 0, 1)
    assert differing(films) == []


def test_table_that_took_its_name_is_read_in_full(films):
    query(
        films.source,
        "create table new_films (like films including all);"
        "insert into new_films select id, 'new', rank from films",
    )
    sync(films, only=["public.films"])
    query(
        films.source,
        "drop table films; alter table new_films rename to films;"
        "alter index new_films_pkey rename to films_pkey;"
        "alter index new_films_rank_key rename to films_rank_key",
    )

    found = sync(films)

    reason = "its table is another one of the same name"
    assert found == {"public.films": (reason, 0, 100, 0)}
    assert differing(films) == []


def test_names_of_objects_are_read_in_full(databases):
    query(
        databases.source,
        "create table films ();"
        "create table notes (id integer primary key, about regclass);"
        "insert into notes values (1, 'films')",
    )
    sync(databases)
    query(databases.source, "alter table films rename to movies")

    found = sync(databases)

    reason = "its column about names objects that may be renamed"
    assert found["public.notes"] == (reason, 0, 1, 0)


def test_rows_hidden_by_row_security_are_read_in_full(films, make_role):
    role = make_role(films.source)
    films_of_role = films._replace(source=role)
    options = {"source": INCREMENTAL | {"allow_row_security": True}}
    query(
        films.source,
        "alter table films enable row level security;"
        "create policy half on films using (id <= 50);"
        f"grant select on films to {role.user}",
    )
    sync(films_of_role, **options)
    query(films.source, "alter policy half on films using (id > 50)")

    found = sync(films_of_role, allow_shrink=True, **options)["public.films"]

    assert found == ("row security decides which rows it has", 50, 0, 50)


def test_much_that_changed_is_read_in_full(databases):
    query(
        databases.source,
        "create table films (id integer primary key, body char(500));"
        "insert into films select n, '' from generate_series(1, 20000) as n",
    )
    sync(databases)
    query(databases.source, "update films set body = 'x'")

    reason, *changes = sync(databases)["public.films"]

    assert reason.endswith("of its rows changed")
    assert changes == [0, 20000, 0]


def test_full_run_reads_all(films):
    query(films.destination, "update raw.films set title = 'wrong' where id = 1")

    assert sync(films)["public.films"] == (0, 0, 0, 0)
    assert sync(films, full=True)["public.films"] == (100, 0, 1, 0)
    assert differing(films) == []


def test_rows_missing_in_the_replica_are_brought_back(films):
    query(films.destination, "delete from raw.films where id = 1")
    query(films.source, "update films set title = 'new' where id = 2")

    found = sync(films)

    reason = "its replica does not have the rows that were published"
    assert found["public.films"] == (reason, 1, 1, 0)
    assert differing(films) == []


def test_checksums_find_what_somebody_wrote_into_the_replica(films):
    query(films.destination, "update raw.films set title = 'wrong' where id = 1")
    query(films.source, "update films set title = 'new' where id = 2")

    with pytest.raises(DataError, match="checksums"):
        sync(films, verify=Verification.CHECKSUM)

    reason = "its last run was refused for its data"
    assert sync(films)["public.films"] == (reason, 0, 2, 0)
    assert differing(films) == []


@pytest.mark.parametrize(
    "changed, read", [(30, 30), (70, "about 71% of its rows changed")]
)
def test_however_much_changed_both_sides_are_equal(films, monkeypatch, changed, read):
    monkeypatch.setattr("elt.replication.incremental.changed_rows._SMALL_PAGES", 0)
    query(films.source, f"update films set title = 'new' where id <= {changed}")

    found = sync_after(films, "delete from films where id = 100")

    assert found == (read, 0, changed, 1)
    assert differing(films) == []
