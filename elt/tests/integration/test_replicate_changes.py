"""A run changes what differs, counts it exactly, and touches nothing else."""

import pytest
from integration.replication import changes, query, run

FILMS = """
create table films (id integer primary key, title text not null, rank integer unique);
insert into films select n, 'film ' || n, n from generate_series(1, 100) as n;
"""


def replicate_after(databases, statements):
    """Change the source, replicate, and return what changed by stream."""
    query(databases.source, statements)
    return changes(run(databases))


@pytest.fixture
def films(databases):
    """Return databases of which the destination has a hundred films."""
    replicate_after(databases, FILMS)
    return databases


def stamps(databases, table):
    """Return where the rows of a replica lie and which transaction wrote them."""
    statement = f"select ctid::text, xmin::text from {table} order by 1"
    return query(databases.destination, statement)


def contents(databases, table):
    """Return the rows of a table as text, at the source and at the destination."""
    return (
        query(databases.source, f"select t::text from {table} as t order by 1"),
        query(
            databases.destination, f"select t::text from raw.{table} as t order by 1"
        ),
    )


def test_first_run_counts_every_row_as_inserted(databases):
    assert replicate_after(databases, FILMS) == {"public.films": (100, 0, 0)}


def test_run_without_changes_touches_no_row(films):
    before = stamps(films, "raw.films")

    report = run(films)

    assert changes(report) == {}
    assert stamps(films, "raw.films") == before


def test_changes_are_counted_by_kind(films):
    found = replicate_after(
        films,
        """
        insert into films select n, 'new', n from generate_series(101, 107) as n;
        update films set title = 'changed' where id <= 20;
        delete from films where id between 90 and 92;
        update films set id = 1000 where id = 50;
        """,
    )

    assert found == {"public.films": (8, 20, 4)}
    source, replica = contents(films, "films")
    assert source == replica


def test_rows_that_did_not_change_stay_where_they_are(films):
    before = stamps(films, "raw.films")

    replicate_after(films, "update films set title = 'changed' where id = 1")

    assert len(set(before) & set(stamps(films, "raw.films"))) == 99


def test_sums_of_a_run_are_recorded(films):
    replicate_after(
        films, "delete from films where id < 4; update films set title = ''"
    )

    found = query(
        films.destination,
        "select status, stream_count, rows_read, rows_inserted, rows_updated, "
        "rows_deleted, exit_code from elt.sync_runs order by run_id desc limit 1",
    )

    assert found == [("published", 1, 97, 0, 97, 3, 0)]


def test_duplicates_without_a_key_are_counted(databases):
    query(databases.source, "create table lines (a integer, b text)")
    replicate_after(
        databases,
        "insert into lines select n % 2, null from generate_series(1, 6) as n",
    )

    found = replicate_after(
        databases,
        """
        delete from lines where ctid in (select ctid from lines where a = 0 limit 2);
        insert into lines values (1, null), (1, null), (2, 'x'), (null, null)
        """,
    )

    assert found == {"public.lines": (4, 0, 2)}
    source, replica = contents(databases, "lines")
    assert source == replica


def test_rows_without_columns_are_counted(databases):
    query(databases.source, "create table marks ()")
    replicate_after(databases, "insert into marks select from generate_series(1, 5)")

    found = replicate_after(
        databases,
        "delete from marks where ctid in (select ctid from marks limit 2)",
    )

    assert found == {"public.marks": (0, 0, 2)}


#: Values of a type that = calls equal, or that only their text tells apart.
EQUALS = [
    ("numeric", "1.0", "1.00"),
    ("float8", "0", "-0"),
    ("interval", "1 month", "30 days"),
    ("citext", "Film", "film"),
    ("numeric[]", "{1.0}", "{1.00}"),
    ("numrange", "[1.0,2]", "[1.00,2]"),
    ("jsonb", '{"a": 1.0}', '{"a": 1.00}'),
]
ALIKE = [
    ("json", '{"a":1}', '{"a": 1}'),
    ("json", '{"a":1,"a":2}', '{"a":2,"a":2}'),
    ("timetz", "12:00+00", "13:00+01"),
    ("int[]", "{1}", "[0:0]={1}"),
    ("text", "é", "e\u0301"),
]


@pytest.mark.parametrize(
    "values, key, counts",
    [
        pytest.param(EQUALS, "primary key", (0, 1, 0), id="in the key"),
        pytest.param(EQUALS + ALIKE, "", (1, 0, 1), id="without a key"),
        pytest.param(EQUALS + ALIKE, ", id int primary key", (0, 1, 0), id="beside it"),
    ],
)
def test_value_that_is_equal_but_not_the_same_is_replaced(
    databases, values, key, counts
):
    for database in databases:
        query(database, "create extension citext")
    for number, (definition, before, _) in enumerate(values):
        query(databases.source, f"create table v{number} (v {definition} {key})")
        row = "(%s, 1)" if "id" in key else "(%s)"
        query(databases.source, f"insert into v{number} values {row}", [before])
    run(databases)

    for number, (_, _, after) in enumerate(values):
        query(databases.source, f"update v{number} set v = %s", [after])
    found = changes(run(databases))

    assert found == {f"public.v{number}": counts for number in range(len(values))}
    for number in range(len(values)):
        source, replica = contents(databases, f"v{number}")
        assert source == replica


def test_unique_values_that_change_hands_are_published(films):
    found = replicate_after(
        films,
        """
        update films set rank = -id where id <= 3;
        update films set rank = case id when 1 then 2 when 2 then 3 else 1 end
        where id <= 3
        """,
    )

    assert found == {"public.films": (0, 3, 0)}
    source, replica = contents(films, "films")
    assert source == replica


def test_unique_value_of_a_deleted_row_is_free(films):
    found = replicate_after(
        films,
        """
        delete from films where id = 7;
        update films set rank = 7 where id = 8;
        insert into films values (200, 'new', 8);
        """,
    )

    assert found == {"public.films": (1, 1, 1)}
    source, replica = contents(films, "films")
    assert source == replica


def test_keys_that_change_hands_are_published(films):
    found = replicate_after(
        films,
        """
        update films set id = -1 where id = 1;
        update films set id = 1 where id = 2;
        update films set id = 2 where id = -1;
        """,
    )

    assert found == {"public.films": (0, 2, 0)}
    source, replica = contents(films, "films")
    assert source == replica


def test_periods_that_change_hands_are_published(databases):
    replicate_after(
        databases,
        """
        create table stays (id integer primary key, during tsrange,
            exclude using gist (during with &&));
        insert into stays values (1, '[2024-01-01,2024-01-02)'),
            (2, '[2024-01-02,2024-01-03)');
        """,
    )

    found = replicate_after(
        databases,
        """
        delete from stays;
        insert into stays values (2, '[2024-01-01,2024-01-02)'),
            (1, '[2024-01-02,2024-01-03)');
        """,
    )

    assert found == {"public.stays": (0, 2, 0)}


def test_row_that_moves_to_another_partition_is_there_once(databases):
    replicate_after(
        databases,
        """
        create table events (id integer, at date, primary key (id, at))
            partition by range (at);
        create table events_old partition of events
            for values from (minvalue) to ('2024-01-01');
        create table events_new partition of events
            for values from ('2024-01-01') to (maxvalue);
        insert into events values (1, '2023-01-01'), (2, '2024-01-01');
        """,
    )

    query(databases.source, "update events set at = '2024-06-01'")
    found = changes(run(databases, allow_shrink=True))

    assert found == {"public.events_old": (0, 0, 1), "public.events_new": (2, 0, 1)}
    source, replica = contents(databases, "events")
    assert source == replica


def test_large_values_are_compared_whole(databases):
    replicate_after(
        databases,
        """
        create table pages (id integer primary key, body text);
        alter table pages alter column body set storage external;
        insert into pages select n, repeat('x', 100000) || n
        from generate_series(1, 3) as n;
        """,
    )

    found = replicate_after(
        databases, "update pages set body = body || ' ' where id = 2"
    )

    assert found == {"public.pages": (0, 1, 0)}


def test_what_somebody_wrote_into_a_replica_is_put_right(films):
    query(
        films.destination,
        "update raw.films set title = 'wrong' where id = 1;"
        "delete from raw.films where id = 2;"
        "insert into raw.films values (500, 'not there', 500);",
    )

    found = changes(run(films))

    assert found == {"public.films": (1, 1, 1)}
    source, replica = contents(films, "films")
    assert source == replica


@pytest.mark.parametrize("statement", ["drop table raw.films", "truncate raw.films"])
def test_replica_that_somebody_emptied_is_filled_again(films, statement):
    query(films.destination, statement)

    found = changes(run(films))

    assert found == {"public.films": (100, 0, 0)}
    source, replica = contents(films, "films")
    assert source == replica
