"""Keys, indexes and checks follow those of the source, and those of others stay."""

import pytest
from integration.altered import TWO, WHOLE, same_rows, with_films
from integration.replication import query, run, value

from elt.config import SchemaChangePolicy
from elt.errors import ConfigError


@pytest.fixture
def films(databases):
    """Return databases of which the destination has two films."""
    return with_films(databases)


def test_keys_and_indexes_are_followed(films):
    query(
        films.source,
        "alter table films drop constraint films_pkey;"
        "alter table films add primary key (title);"
        "create index films_price on films (price)",
    )

    run(films)
    query(films.source, "drop index films_price; update films set id = 1")
    run(films)

    found = query(
        films.destination,
        "select pg_get_indexdef(indexrelid) from pg_index"
        " where indrelid = 'raw.films'::regclass",
    )
    assert found == [
        ("CREATE UNIQUE INDEX films_pkey ON raw.films USING btree (title)",)
    ]
    assert same_rows(films, "title, id")


@pytest.mark.parametrize(
    "before, after",
    [
        pytest.param(
            "create index old on films (price)",
            "create index new on films (price)",
            id="index of another name",
        ),
        pytest.param(
            "create index old on films (id, price)",
            "create index old on films (id, price)",
            id="index of the same name",
        ),
        pytest.param(
            "alter table films add constraint old unique (price)",
            "alter table films add constraint new unique (price)",
            id="unique constraint",
        ),
        pytest.param(
            "alter table films drop constraint films_pkey;"
            "update films set price = id; alter table films add primary key (price)",
            "alter table films add primary key (price)",
            id="primary key",
        ),
        pytest.param(
            "alter table films add constraint old check (price > 0)",
            "alter table films add constraint old check (price > 0)",
            id="check",
        ),
    ],
)
def test_column_with_the_name_of_another_has_its_own_keys_and_indexes(
    films, before, after
):
    everything = {"all_constraints": True}
    query(films.source, before)
    run(films, to=everything)
    query(
        films.source,
        "alter table films add column new_price numeric;"
        "update films set new_price = id; alter table films drop column price;"
        f"alter table films rename column new_price to price; {after}",
    )

    run(films, to=everything)

    assert _definitions(films.destination, "raw") == _definitions(
        films.source, "public"
    )
    assert same_rows(films, "id, price")


def _definitions(settings, schema):
    """Return the keys, indexes and checks of the films, without their schema."""
    found = query(
        settings,
        "select relname, replace(pg_get_indexdef(indexrelid), %(place)s, '')"
        " from pg_index join pg_class as c on c.oid = indexrelid"
        " where indrelid = %(films)s::regclass union all"
        " select conname, pg_get_constraintdef(oid) from pg_constraint"
        " where conrelid = %(films)s::regclass and contype in ('p', 'u', 'c')",
        {"place": f"{schema}.", "films": f"{schema}.films"},
    )
    return sorted(found)


def test_index_of_a_user_is_left_alone(films):
    query(films.destination, "create index mine on raw.films (price)")
    query(films.source, "alter table films add column minutes integer")

    run(films)

    assert value(films.destination, "select to_regclass('raw.mine') is not null")


def test_index_of_a_user_on_a_partitioned_replica_is_left_alone(databases):
    query(databases.source, WHOLE)
    run(databases)
    query(databases.destination, "create index mine on raw.w (k)")
    query(databases.source, "drop index w_t")

    run(databases)

    found = (
        "select to_regclass('raw.mine') is not null and to_regclass('raw.w_t') is null"
    )
    assert value(databases.destination, found)


def test_index_of_a_replica_that_is_gone_gives_its_name_away(databases):
    query(databases.source, TWO)
    run(databases)
    query(databases.source, "alter table a rename to c")

    run(databases)

    assert value(
        databases.destination,
        "select count(*) from pg_index where indrelid = 'raw.a'::regclass",
    ) == value(
        databases.destination,
        "select count(*) from pg_index where indrelid = 'raw.c'::regclass",
    )


def test_names_come_back_with_a_table_also_after_a_run_that_was_refused(films):
    query(films.source, "create index by_title on films (title)")
    run(films)
    before = _definitions(films.destination, "raw")
    query(films.source, "alter table films rename to movies")
    run(films)
    query(films.destination, "create view prices as select price from raw.films")
    query(
        films.source,
        "alter table movies rename to films; alter table films drop column price",
    )
    with pytest.raises(ConfigError, match="views use columns"):
        run(films)
    query(films.destination, "drop view prices")

    run(films)

    assert _definitions(films.destination, "raw") == before


def test_key_with_the_name_of_a_table_that_stays_is_refused(databases):
    query(databases.source, TWO)
    run(databases)
    query(
        databases.source,
        "drop table a; alter table b rename constraint b_key to a",
    )

    with pytest.raises(ConfigError, match="is a table, while public"):
        run(databases)


@pytest.mark.parametrize(
    "made",
    [
        pytest.param("create index films_title_idx on raw.films (title)", id="index"),
        pytest.param(
            "create table raw.notes (id integer constraint films_title_idx unique)",
            id="key of another table",
        ),
    ],
)
def test_index_with_the_name_of_one_that_somebody_made_is_refused(databases, made):
    query(databases.source, "create table films (id integer primary key, title text)")
    run(databases)
    query(databases.destination, made)
    run(databases)
    query(databases.source, "create index on films (title)")

    with pytest.raises(ConfigError, match=r"films_title_idx is an index of") as caught:
        run(databases)

    run(databases, on_schema_change=SchemaChangePolicy.KEEP)
    query(databases.destination, caught.value.hint.partition(": ")[2])
    run(databases)
    assert value(databases.destination, "select to_regclass('raw.films_title_idx')")
