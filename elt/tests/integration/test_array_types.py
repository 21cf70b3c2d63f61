"""A table is published whatever types the landing schema has beside it."""

import pytest
from integration.replication import changes, query, run, value

LONG = "l" * 63
#: The table, and what makes it.
CASES = {
    "a type of its own": (
        "x",
        "create type _x as enum ('a')",
        "create table x (id integer primary key, kind _x, more _x[])",
    ),
    "types of several underscores": (
        "x",
        "create type __x as enum ('a')",
        "create type _x as (a __x[])",
        "create table x (id integer primary key, kind _x)",
    ),
    "a table of that name as well": (
        "x",
        "create table _x (id integer primary key, at date)",
        "create type __x as enum ('a')",
        "create table x (id integer primary key, kind __x)",
    ),
    "a quoted name": (
        '"X ""y"',
        """create type "_X ""y" as enum ('a')""",
        """create table "X ""y" (id integer primary key, kind "_X ""y")""",
    ),
    "a name that is cut": (
        LONG,
        f"create type _{LONG[1:]} as enum ('a')",
        f"create table {LONG} (id integer primary key, kind _{LONG[1:]})",
    ),
}


@pytest.mark.parametrize("together", [True, False], ids=["new", "later"])
@pytest.mark.parametrize("case", CASES)
def test_a_type_has_the_name_of_an_array_type(databases, case, together):
    table, *definitions = CASES[case]
    if not together:
        query(databases.source, "create table first (id integer primary key)")
        run(databases)
    insert = f"insert into {table} values (1), (2)"
    query(databases.source, "; ".join([*definitions, insert]))

    run(databases)

    assert value(databases.destination, f"select count(*) from raw.{table}") == 2
    query(databases.source, f"delete from {table} where id = 1")
    assert (0, 0, 1) in changes(run(databases)).values()


def test_a_type_of_somebody_else_has_the_name_of_an_array_type(databases):
    query(databases.source, "create table x (id integer primary key)")
    query(databases.destination, "create schema raw; create type raw._x as (a integer)")

    run(databases)

    assert value(databases.destination, "select count(*) from raw.x") == 0
    assert value(databases.destination, "select to_regtype('raw._x') is not null")
