"""Tables, indexes and sequences with names that something else would have by itself."""

import pytest
from integration.incremental import differing
from integration.replication import query, run, value

from elt.config import SyncMode
from elt.errors import ConfigError


@pytest.mark.parametrize("mode", SyncMode)
def test_a_table_called_like_what_is_listed_of_another(databases, mode):
    source = {"mode": mode}
    query(
        databases.source,
        "create table t (id integer primary key, n integer);"
        "insert into t select i, i from generate_series(1, 3) as i",
    )
    oid = value(databases.source, "select 't'::regclass::oid::text")
    names = [f"{mark}{oid}{what}" for mark in ("", "@") for what in ("", " keys")]
    for name in names:
        query(databases.source, f'create table "{name}" (id integer primary key)')
    run(databases, source=source)
    query(
        databases.source, "update t set n = 7 where id = 1; delete from t where n = 2"
    )
    for name in names:
        query(databases.source, f'insert into "{name}" values (1)')

    run(databases, source=source)

    assert differing(databases, source=source) == []
    assert value(databases.destination, f'select count(*) from raw."{oid}"') == 1


IDENTITY = """
create table t (id integer generated always as identity);
insert into t default values;
"""
#: What has the name that the server gives to the sequence of that column.
TAKEN = {
    "a table": "create table t_id_seq (id integer primary key);",
    "an index": "create table o (x integer); create index t_id_seq on o (x);",
    "an identity": (
        "create table o (id integer generated always as identity "
        "(sequence name t_id_seq start 7)); insert into o default values;"
    ),
}
TAKEN_BY = pytest.mark.parametrize("taken", TAKEN.values(), ids=TAKEN)


@TAKEN_BY
def test_the_name_that_an_identity_would_have_by_itself(versioned_databases, taken):
    databases = versioned_databases
    query(databases.source, IDENTITY + "alter sequence t_id_seq rename to s;" + taken)

    run(databases)

    assert differing(databases) == []
    insert = "insert into raw.t default values returning id"
    assert value(databases.destination, insert) == 2


@TAKEN_BY
@pytest.mark.parametrize(
    "then", ["alter sequence t_id_seq rename to s", "drop table t"]
)
def test_a_name_that_an_identity_has_given_away(databases, taken, then):
    query(databases.source, IDENTITY)
    run(databases)
    query(databases.source, f"{then}; {taken}")

    run(databases)

    assert differing(databases) == []
    insert = "insert into raw.t default values returning id"
    assert value(databases.destination, insert) == 2


@pytest.mark.parametrize("key", ["", "partition by range (id)"], ids=["plain", "whole"])
def test_an_identity_of_a_table_with_another_name(databases, key):
    query(
        databases.source, f"create table t (id int generated always as identity) {key}"
    )
    run(databases)
    query(databases.source, "alter table t rename to u")

    run(databases)

    name = "select pg_get_serial_sequence('raw.u', 'id')"
    assert value(databases.destination, name) == "raw.t_id_seq"


def test_an_identity_of_somebody_else_keeps_its_name(databases):
    query(databases.source, IDENTITY)
    run(databases)
    query(
        databases.destination,
        "create table raw.mine (id integer generated always as identity "
        "(sequence name raw.s))",
    )
    query(databases.source, "create table s (id integer primary key)")

    with pytest.raises(ConfigError, match="already exists"):
        run(databases)

    assert (
        value(databases.destination, "select pg_get_serial_sequence('raw.mine', 'id')")
        == "raw.s"
    )
