"""A schema that lands elsewhere: its replicas stay, are named, and can be had back."""

import pytest
from integration.incremental import lines
from integration.replication import configure, query, run, value

from elt.config import SyncMode
from elt.errors import ConfigError
from elt.replication.check import check

ELSEWHERE = {"schemas": (("public", "other"),)}
FILMS = """
create table films (id integer primary key, title text, length integer);
create index films_title on films (title);
insert into films values (1, 'one', 90), (2, 'two', 80);
alter table films replica identity full;
"""
#: Of two schemas, of which one refers to the other.
SHOP = """
create schema shop;
create table films (id integer primary key);
create table shop.sales (id integer primary key, film integer references films);
insert into films values (1), (2); insert into shop.sales values (1, 1), (2, 2);
"""
REPLICA = "replica raw.films of the destination"
TWO_SCHEMAS = """
create schema a; create table a.t (id integer primary key, x text);
create schema b; create table b.t (id integer primary key, x text);
insert into a.t values (1, 'of a'); insert into b.t values (1, 'of b');
"""
SWAPPED = {"schemas": (("a", "raw_b"), ("b", "raw_a"))}


def omissions(databases):
    """Return what the last run said that is not copied."""
    found = query(databases.destination, "select object, reason from elt.not_copied")
    return dict(found)


def test_a_replica_that_was_left_is_named_until_it_is_dropped(databases):
    query(databases.source, FILMS)
    run(databases)

    with lines() as logged:
        run(databases, source=ELSEWHERE)

    [line] = logged["left replica"]
    assert (line["replica"], line["lands_in"]) == ("raw.films", "other")
    reason = "public.films lands in other now: it stays as it is until it is dropped"
    assert omissions(databases) == {REPLICA: reason}
    config = configure(databases, source=ELSEWHERE)
    texts = [found.text for found in check(config, config.sources[0]).findings]
    assert any(REPLICA in text for text in texts)
    run(databases, source=ELSEWHERE)
    assert omissions(databases) == {REPLICA: reason}
    query(databases.destination, "drop table raw.films")
    run(databases, source=ELSEWHERE)
    assert omissions(databases) == {}


@pytest.mark.parametrize("mode", SyncMode)
def test_a_replica_that_was_left_is_brought_up_to_date_when_it_is_back(databases, mode):
    """What changed meanwhile is not among what the last run elsewhere has seen."""
    query(databases.source, FILMS)
    run(databases, source={"mode": mode})
    query(databases.source, "update films set title = 'changed' where id = 1")
    run(databases, source=ELSEWHERE | {"mode": mode})
    query(
        databases.source,
        "alter table films rename length to minutes; drop index films_title;"
        "delete from films where id = 2; insert into films values (3, 'three', 70)",
    )
    run(databases, source=ELSEWHERE | {"mode": mode})
    config = configure(databases, source={"mode": mode})
    assert check(config, config.sources[0]).exit_code == 0

    run(databases, source={"mode": mode})

    films = query(databases.destination, "select id, title, minutes from raw.films")
    assert sorted(films) == [(1, "changed", 90), (3, "three", 70)]
    assert value(databases.destination, "select to_regclass('raw.films_title')") is None
    assert list(omissions(databases)) == ["replica other.films of the destination"]


def test_partitions_that_were_left_are_had_back(databases):
    query(
        databases.source,
        """
        create table w (id integer, k integer) partition by list (k);
        create table w1 partition of w for values in (1);
        insert into w values (1, 1);
        """,
    )
    run(databases)
    run(databases, source=ELSEWHERE)
    query(
        databases.source,
        "create table w2 partition of w default; insert into w values (2, 2)",
    )
    run(databases, source=ELSEWHERE)

    run(databases)

    assert sorted(query(databases.destination, "select * from raw.w")) == [
        (1, 1),
        (2, 2),
    ]


def test_a_table_of_somebody_else_in_place_of_a_replica_that_was_left(databases):
    query(databases.source, FILMS)
    run(databases)
    run(databases, source=ELSEWHERE)
    query(databases.destination, "drop table raw.films")
    run(databases, source=ELSEWHERE)
    query(databases.destination, "create table raw.films (mine text)")

    with pytest.raises(ConfigError, match="exists, but not through elt"):
        run(databases)


@pytest.mark.parametrize("moved", ["public", "shop"])
def test_foreign_keys_of_and_to_replicas_that_were_left_keep_no_row(databases, moved):
    every = {"all_constraints": True}
    elsewhere = {"schemas": ((moved, "other"),)}
    query(databases.source, SHOP)
    run(databases, to=every)
    run(databases, to=every, source=elsewhere)
    query(
        databases.source,
        "delete from shop.sales where id = 2; delete from films where id = 2;"
        "insert into films values (3); insert into shop.sales values (3, 3)",
    )

    run(databases, to=every, source=elsewhere, allow_shrink=True)

    sales, films = (
        ("raw_shop.sales", "other.films")
        if moved == "public"
        else ("other.sales", "raw.films")
    )
    referred = (
        "select conrelid::regclass::text, confrelid::regclass::text "
        "from pg_constraint where contype = 'f' and connamespace <> 'elt'::regnamespace"
    )
    assert query(databases.destination, referred) == [(sales, films)]
    run(databases, to=every, allow_shrink=True)
    assert ("raw_shop.sales", "raw.films") in query(databases.destination, referred)


@pytest.mark.parametrize("mode", SyncMode)
@pytest.mark.parametrize(
    "statements",
    [
        "select 1",
        "drop schema a cascade; alter schema b rename to a",
        "drop schema b cascade; alter schema a rename to c; alter table c.t add y text",
    ],
)
def test_a_replica_is_not_taken_for_that_of_another_stream(databases, mode, statements):
    query(databases.source, TWO_SCHEMAS)
    run(databases, source={"mode": mode})
    query(databases.source, statements)
    schemas = (("a", "raw_b"), ("b", "raw_a"), ("c", "raw_b"))
    config = configure(databases, source={"mode": mode, "schemas": schemas})

    with pytest.raises(ConfigError, match="as the replica of") as raised:
        run(databases, source={"mode": mode, "schemas": schemas})

    assert "SET SCHEMA another_schema" in raised.value.hint
    found = [f.text for f in check(config, config.sources[0]).findings]
    assert raised.value.message in found
    assert value(databases.destination, "select x from raw_a.t") == "of a"


@pytest.mark.parametrize("mode", SyncMode)
def test_streams_exchange_schemas_once_their_replicas_are_away(databases, mode):
    query(databases.source, TWO_SCHEMAS)
    run(databases, source={"mode": mode})
    query(
        databases.destination,
        "create schema before; alter table raw_a.t set schema before;"
        "drop table raw_b.t",
    )

    run(databases, source=SWAPPED | {"mode": mode})
    query(databases.source, "update a.t set x = 'still of a'")
    run(databases, source=SWAPPED | {"mode": mode})

    assert value(databases.destination, "select x from raw_b.t") == "still of a"
    assert value(databases.destination, "select x from raw_a.t") == "of b"
    places = "select stream, destination_schema from elt.streams order by 1"
    assert query(databases.destination, places) == [("a.t", "raw_b"), ("b.t", "raw_a")]
