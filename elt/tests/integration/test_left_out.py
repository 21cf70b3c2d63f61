"""What cannot be replicated is named with its reason, and nothing else suffers."""

import pytest
from integration.incremental import differing
from integration.program import command
from integration.replication import changes, query, run, session, value

from elt.config import SyncMode
from elt.errors import ConfigError

FOREIGN = "a foreign table: its rows are not in this database"
LARGE_OBJECTS = (
    "they are in no table: a column of type oid or lo arrives as the numbers it holds"
)
ELSEWHERE = """
create foreign data wrapper nothing;
create server elsewhere foreign data wrapper nothing;
"""
FILMS = """
create table films (id integer primary key, title text);
insert into films values (1, 'one'), (2, 'two');
"""
EVENTS = """
create table events (id integer, at date) partition by range (at);
create table events_new partition of events
    for values from ('2024-01-01') to (maxvalue);
create foreign table events_old partition of events
    for values from (minvalue) to ('2024-01-01') server elsewhere;
alter table events_new replica identity full;
insert into events values (1, '2024-05-05'), (2, '2024-06-06');
"""
#: With what only the source has: a text search configuration, the number of a table,
#: a function and an order.
OWN_CODE = """
create text search configuration mine (copy = english);
create table others (id oid);
create table docs (
    id oid primary key,
    body text,
    words tsvector generated always as (to_tsvector('mine', body)) stored,
    is_other boolean generated always as (id = 'others'::regclass) stored,
    constraint docs_id_check check (id <> 'others'::regclass or body <> '')
);
create index docs_words on docs using gin (to_tsvector('mine', body));
create index docs_id on docs (body) where id <> 'others'::regclass;
create index docs_body on docs (upper(body)) where id <> 1;
insert into docs values (1, 'one word'), ('others'::regclass, 'two words');
create function shard(integer) returns integer immutable language sql
    as 'select $1 % 2';
create table shards (id integer) partition by list (shard(id));
create table shards_0 partition of shards for values in (0);
create table shards_1 partition of shards for values in (1);
create index on shards (id);
create function compare(integer, integer) returns integer immutable language sql
    as 'select btint4cmp($2, $1)';
create operator class backwards for type integer using btree as
    operator 1 >, operator 2 >=, operator 3 =, operator 4 <=, operator 5 <,
    function 1 compare(integer, integer);
create table steps (id integer) partition by range (id backwards);
create table steps_1 partition of steps for values from (9) to (1);
insert into shards select generate_series(1, 9);
insert into steps values (5), (6);
"""


@pytest.fixture(params=list(SyncMode), ids=str)
def source(request):
    """Return a source of each mode."""
    return {"mode": request.param}


def test_foreign_table_is_named(databases, source):
    query(
        databases.source,
        ELSEWHERE + FILMS + "create foreign table elsewhere (id integer) "
        "server elsewhere",
    )

    report = run(databases, source=source)

    assert changes(report) == {"public.films": (2, 0, 0)}
    assert [(n.name, n.reason) for n in report.not_copied] == [
        ("public.elsewhere", FOREIGN)
    ]


def test_foreign_partition_is_named_and_the_others_are_followed(databases, source):
    query(databases.source, ELSEWHERE + EVENTS)
    run(databases, source=source)
    query(databases.source, "insert into events values (3, '2025-05-05')")

    report = run(databases, source=source)

    assert changes(report) == {"public.events_new": (1, 0, 0)}
    assert [(n.name, n.reason) for n in report.not_copied] == [
        ("public.events_old", FOREIGN)
    ]
    assert value(databases.destination, "select count(*) from raw.events") == 3
    assert differing(databases, source=source) == []


def test_large_objects_are_named(databases, source):
    query(databases.source, FILMS + "select lo_create(0)")

    report = run(databases, source=source)

    assert [(n.name, n.reason) for n in report.not_copied] == [
        ("large objects", LARGE_OBJECTS)
    ]


def test_sequence_in_the_place_of_a_replica_is_nobody_elses_to_drop(databases):
    query(databases.source, FILMS)
    query(databases.destination, "create schema raw; create sequence raw.films")

    with pytest.raises(ConfigError, match=r"raw\.films exists, but not through elt"):
        run(databases)

    assert value(databases.destination, "select nextval('raw.films')") == 1


def test_temporary_tables_are_no_business_of_ours(databases, source):
    query(databases.source, FILMS)
    with session(databases.source) as application:
        application.execute(
            "create temporary table films_of_a_session () inherits (films);"
            "create temporary table others as select 1 as id;"
            "insert into films_of_a_session values (3, 'temporary')"
        )

        report = run(databases, source=source)

        assert changes(report) == {"public.films": (2, 0, 0)}
        assert report.not_copied == []
        assert differing(databases, source=source) == []


def test_foreign_key_to_partitions_that_become_children_is_named(databases):
    query(
        databases.source,
        """
        create type mood as enum ('good', 'bad');
        create table moods (id mood primary key) partition by hash (id);
        create table moods_1 partition of moods
            for values with (modulus 1, remainder 0);
        create table films (id integer primary key, mood mood references moods);
        insert into moods values ('good');
        insert into films values (1, 'good');
        """,
    )

    report = run(databases, to={"all_constraints": True})

    assert changes(report) == {"public.films": (1, 0, 0), "public.moods_1": (1, 0, 0)}
    assert not_copied_of(report, "public.films") == [
        (
            "public.films: constraint films_mood_fkey",
            "would refer to a table whose rows lie in others there",
        )
    ]


def test_foreign_key_to_a_table_that_is_not_chosen_is_named(databases):
    query(
        databases.source,
        FILMS + "create table ratings (id integer primary key, film integer"
        " references films); insert into ratings values (1, 1)",
    )

    report = run(
        databases, source={"exclude": ("public.films",)}, to={"all_constraints": True}
    )

    assert not_copied_of(report, "public.ratings") == [
        (
            "public.ratings: constraint ratings_film_fkey",
            "would refer to a table that is not copied there",
        )
    ]


def test_check_that_rows_may_break_keeps_no_row_away(databases):
    options = {"to": {"all_constraints": True}}
    check = "constraint t_n_check check (n > 0)"
    query(
        databases.source,
        "create table t (id integer primary key, n integer);"
        f"insert into t values (1, -1); alter table t add {check} not valid",
    )

    report = run(databases, **options)
    query(
        databases.source,
        "alter table t drop constraint t_n_check; update t set n = -2;"
        f"alter table t add {check} not valid",
    )
    second = run(databases, **options)
    query(
        databases.source, "delete from t; alter table t validate constraint t_n_check"
    )
    third = run(databases, allow_shrink=True, **options)

    told = [("public.t: constraint t_n_check", "is not valid at the source, nor there")]
    reports = [not_copied_of(found, "public.t") for found in (report, second, third)]
    assert reports == [told, told, []]
    assert changes(second) == {"public.t": (0, 1, 0)}


def test_what_needs_what_only_the_source_has_is_named(databases):
    options = {"to": {"all_constraints": True}}
    query(databases.source, OWN_CODE)

    report = run(databases, **options)

    needs = "needs the {}, which does not exist there".format
    place = "what places its rows is not the same there"
    assert [(n.name, n.reason) for n in report.not_copied] == [
        ("public.shards: partitioning shards", place),
        ("public.steps: partitioning steps", place),
        (
            "public.docs: constraint docs_id_check",
            needs("table public.others by its name"),
        ),
        (
            "public.docs: index docs_words",
            needs("text search configuration public.mine"),
        ),
        ("public.docs: index docs_id", needs("table public.others by its name")),
    ]
    query(databases.source, "update docs set body = 'three'; delete from steps")
    run(databases, allow_shrink=True, **options)
    assert differing(databases, source={"mode": SyncMode.FULL_REFRESH}) == []
    assert value(databases.destination, "select count(*) from raw.shards") == 9


def not_copied_of(report, stream):
    """Return what a stream's replica lacks, with the reasons."""
    [found] = [s for s in report.streams if s.replica.stream.name == stream]
    return [(missing.name, missing.reason) for missing in found.replica.not_copied]


def test_run_tells_what_it_left_out(databases, tmp_path):
    query(databases.source, FILMS + "create view seen as select id from films")

    outcome = command(databases, tmp_path, "replicate")

    told = [r["object"] for r in outcome.records if r["message"] == "left out"]
    assert told == ["public.seen"]
