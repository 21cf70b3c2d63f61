"""What hangs on replicas, or lies beside them, survives any number of runs."""

import re
from pathlib import Path

import pytest
from integration.replication import changes, query, run, value
from psycopg2.errors import ForeignKeyViolation

FILMS = """
create table films (id integer primary key, title text not null, rank integer unique);
insert into films select n, 'film ' || n, n from generate_series(1, 100) as n;
"""
RUNBOOK = Path(__file__).parents[2] / "docs" / "runbooks" / "dependents-in-the-way.md"


def replicate_after(databases, statements):
    """Change the source, replicate, and return what changed by stream."""
    query(databases.source, statements)
    return changes(run(databases))


@pytest.fixture
def films(databases):
    """Return databases of which the destination has a hundred films."""
    replicate_after(databases, FILMS)
    return databases


DEPENDENTS = """
create view public.best as select id, title from raw.films where rank <= 3;
create view public.wider as select * from public.best;
create materialized view public.counted as select count(*) from raw.films;
create table public.notes (film integer references raw.films, note text);
insert into public.notes values (1, 'seen');
create index of_the_user on raw.films (title);
create statistics public.of_the_user on id, rank from raw.films;
create role {role};
grant usage on schema raw to {role};
grant select on raw.films to {role};
create policy of_the_user on raw.films for select to {role} using (id < 10);
alter table raw.films enable row level security;
"""


def test_what_a_user_hangs_on_a_replica_survives(films):
    role = "reader_of_" + films.destination.database
    query(films.destination, DEPENDENTS.format(role=role))

    for title in ("first", "second", "third"):
        replicate_after(films, f"update films set title = '{title}' where rank <= 5")

    database = films.destination
    assert query(database, "select distinct title from wider") == [("third",)]
    query(database, "refresh materialized view counted")
    assert value(database, "select to_regclass('raw.of_the_user') is not null")
    assert value(
        database, f"select has_table_privilege('{role}', 'raw.films', 'select')"
    )
    assert query(database, f"set role {role}; select count(*) from raw.films") == [(9,)]
    with pytest.raises(ForeignKeyViolation):
        query(database, "insert into notes values (4711, 'no such film')")


def test_rows_that_a_user_refers_to_may_swap_unique_values(films):
    query(
        films.destination,
        "create table notes (film integer references raw.films);"
        "insert into notes values (1), (2)",
    )

    found = replicate_after(
        films,
        """
        update films set rank = null where id = 1;
        update films set rank = 1 where id = 2;
        update films set rank = 2 where id = 1;
        """,
    )

    assert found == {"public.films": (0, 2, 0)}
    assert query(films.destination, "select film from notes order by 1") == [(1,), (2,)]


def test_new_tables_appear_and_others_stay(films):
    found = replicate_after(
        films,
        "create schema shop; create table shop.orders as select 1 as id;"
        "create table reviews as select n as id from generate_series(1, 3) as n",
    )

    assert found == {"public.reviews": (3, 0, 0), "shop.orders": (1, 0, 0)}
    assert query(films.destination, "select id from raw_shop.orders") == [(1,)]


def test_the_runbook_lists_the_chain_of_what_is_built_on_a_replica(films):
    query(
        films.destination,
        "create schema staging;"
        "create view staging.films as select * from raw.films;"
        "create view staging.titles as select title from staging.films;"
        "create materialized view best as select id, titles.title"
        " from raw.films join staging.titles using (title);"
        "create view unrelated as select 1 as id",
    )
    blocks = re.findall(r"```sql\n(.*?)```", RUNBOOK.read_text(), re.DOTALL)
    [statement] = [block for block in blocks if "recursive" in block]

    chain = query(films.destination, statement.replace("raw.invoices", "raw.films"))

    assert chain == [(1, "staging.films"), (2, "staging.titles"), (3, "best")]


def test_one_stream_is_replicated_alone(films):
    query(
        films.source,
        "create table others as select 1 as id; delete from films where id=1",
    )

    report = run(films, only=["public.others"])

    assert changes(report) == {"public.others": (1, 0, 0)}
    assert value(films.destination, "select count(*) from raw.films") == 100


def test_partition_that_was_replicated_alone_joins_the_others(databases):
    query(
        databases.source,
        "create table events (id integer) partition by range (id);"
        "create table events_1 partition of events for values from (0) to (10);"
        "create table events_2 partition of events for values from (10) to (20);"
        "insert into events values (1), (11)",
    )
    run(databases, only=["public.events_2"])

    run(databases)

    assert query(databases.destination, "select id from raw.events order by 1") == [
        (1,),
        (11,),
    ]
