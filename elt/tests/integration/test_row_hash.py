"""The hash behind a checksum tells all values apart, whatever = says of them."""

from contextlib import closing
from itertools import permutations

import pytest
from builders import make_replica, make_table
from integration.replication import query

from elt.postgres import Identifier, compose, connect, execute
from elt.replication.catalog.reading import read_catalog
from elt.replication.rows.row_hash import hash_of_row

#: Of each type, values that a careless hash takes for one another.
VALUES = {
    "smallint": ["0", "1", "-1", "256"],
    "integer": ["0", "1", "2", "-1", "65536", "-2147483648"],
    # Halves that are exchanged, or fold to the same number.
    "bigint": [
        *("0", "1", "-1", "4294967296", "4294967295", "-4294967296"),
        *("4294967297", "8589934594", "9223372036854775807", "-9223372036854775808"),
    ],
    "oid": ["0", "1", "4294967295"],
    "boolean": ["true", "false"],
    '"char"': ["a", "A", ""],
    "name": ["a", "A", ""],
    "text": ["", " ", "a", "A", "a ", "null", "\u00e9", "e\u0301"],
    "varchar(3)": ["", " ", "a", "A", "a "],
    "char(3)": ["", "a", "A", " a"],
    "uuid": [
        "00000000-0000-0000-0000-000000000001",
        "00000000-0000-0001-0000-000000000000",
    ],
    "date": ["infinity", "-infinity", "4713-01-01 BC", "5874897-12-31", "2000-01-01"],
    "time": ["00:00", "24:00", "12:00", "12:00:00.000001"],
    "timetz": ["12:00+00", "13:00+01"],
    "timestamp(3)": ["infinity", "-infinity", "2000-01-01", "2000-01-01 00:00:00.001"],
    "timestamptz": [
        *("infinity", "-infinity", "4713-01-01 00:00 BC+00"),
        *("294276-12-31 23:59:59.999999+00", "2000-01-01 00:00+00", "2000-01-01 01:00"),
        "2000-01-01 00:00:00.000001+00",
    ],
    "interval": ["1 day", "24 hours", "1 mon", "30 days"],
    "numeric": ["1", "1.0", "1.00", "-1", "10", "NaN", "Infinity", "-Infinity", "0"],
    "double precision": ["0", "-0", "NaN", "1", "-1"],
    "real": ["0", "-0", "NaN"],
    "jsonb": ["1", "1.0", "-1", '"1"', "null", "[1, 2]", "[2, 1]"],
    "json": ["1", " 1", "null"],
    "bytea": ["", "\\x00", "\\x0000", "a"],
    "inet": ["10.0.0.1", "10.0.0.1/24", "10.0.0.0/24"],
    "integer[]": ["{}", "{1,2}", "{{1,2}}", "[2:3]={1,2}", "{null}", "{2,1}"],
    "int4range": ["empty", "[1,2)", "[1,)", "(,)"],
    "mood": ["fine", "Fine", "low"],
}


@pytest.fixture
def server(source_database):
    """Give a connection to a database with an enum."""
    query(source_database, "create type mood as enum ('fine', 'Fine', 'low')")
    with closing(connect(source_database, application_name="test")) as connection:
        yield connection


def hashes_in(connection):
    """Return the hash of each row, by table."""
    catalog = read_catalog(connection, ["public"])
    return {
        table.relation.name: [
            found for (found,) in execute(connection, query_of(table))
        ]
        for table in catalog.tables.values()
    }


def query_of(table):
    """Return the query for the hashes of all rows, as a receipt has them."""
    name = table.relation.name
    columns = make_replica(make_table(name, *table.columns)).columns
    parts = {"hash": hash_of_row(columns), "table": Identifier(name)}
    return compose("select {hash} from {table}", **parts)


def test_no_two_values_hash_alike(server):
    for type_name, values in VALUES.items():
        table = Identifier(f"of {type_name}")
        create = f"create table {{table}} (sample {type_name})"
        insert = f"insert into {{table}} values (%(value)s::{type_name})"
        execute(server, compose(create, table=table))
        for value in [*values, None]:
            execute(server, compose(insert, table=table), {"value": value})

    hashes = hashes_in(server)

    assert {name: len(set(found)) for name, found in hashes.items()} == {
        f"of {name}": len(values) + 1 for name, values in VALUES.items()
    }


@pytest.mark.parametrize("type_name", ["integer", "double precision", "text"])
def test_place_of_a_value_counts(server, type_name):
    """Nor are nulls of one column taken for those of another one."""
    rows = [
        *permutations([1, 2, 3]),
        *permutations([1, 2, None]),
        *[(1, None, None), (None, 1, None), (None, None, 1), (None, None, None)],
    ]
    execute(
        server, f"create table places (a {type_name}, b {type_name}, c {type_name})"
    )
    for a, b, c in rows:
        values = {"a": a, "b": b, "c": c}
        execute(server, "insert into places values (%(a)s, %(b)s, %(c)s)", values)

    [hashes] = hashes_in(server).values()

    assert len(set(hashes)) == len(rows)


@pytest.mark.parametrize("second", ["integer", "double precision"])
def test_rows_that_exchange_a_value_have_another_sum(server, second):
    execute(
        server,
        f"create table pairs (a double precision, b integer, c {second});"
        "insert into pairs select n, n, n from generate_series(1, 40) as n",
    )
    [table] = read_catalog(server, ["public"]).tables.values()
    sums = set()

    for column in "abc":
        for one in range(1, 40, 2):
            execute(
                server,
                f"update pairs set {column} = 2 * {one} + 1 - {column} "
                f"where {column} in ({one}, {one} + 1)",
            )
            sums.add(sum(found for (found,) in execute(server, query_of(table))))

    assert len(sums) == 3 * 20
