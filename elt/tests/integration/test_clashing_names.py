"""Tables, indexes and sequences with names that something else would have by itself."""

import pytest
from integration.incremental import differing
from integration.replication import query, run, value

from elt.config import SyncMode


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
