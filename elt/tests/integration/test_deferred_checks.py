"""What is checked at the commit does not keep a replica from being altered."""

import pytest
from integration.replication import query, run, value

from elt.config import SyncMode

TABLE = """
create table t (
    id integer primary key, x text, u integer unique deferrable initially deferred
);
insert into t values (1, 'a', 1), (2, 'b', 2), (3, 'c', 3);
"""
ALTERATIONS = [
    "alter table t add y integer; create index t_y on t (y)",
    "alter table t alter x set not null",
]
#: Foreign keys of somebody else, from and to the replica.
REFERENCES = [
    """
    create table public.mine (
        id integer constraint mine references raw.t deferrable initially deferred
    );
    insert into public.mine values (1);
    """,
    """
    create table public.numbers (n integer primary key);
    insert into public.numbers select generate_series(1, 9);
    alter table raw.t add constraint mine
        foreign key (u) references public.numbers deferrable initially deferred;
    """,
]


def numbers(databases):
    return query(databases.destination, "select id, u from raw.t order by id")


@pytest.mark.parametrize("alteration", ALTERATIONS)
@pytest.mark.parametrize("mode", SyncMode)
def test_values_of_a_deferred_key_change_hands_while_the_table_changes(
    databases, mode, alteration
):
    query(databases.source, TABLE)
    run(databases, source={"mode": mode})
    query(databases.source, f"{alteration}; update t set u = 3 - u where id < 3")

    run(databases, source={"mode": mode})

    assert numbers(databases) == [(1, 2), (2, 1), (3, 3)]


@pytest.mark.parametrize("alteration", ALTERATIONS)
@pytest.mark.parametrize("references", REFERENCES)
def test_deferred_foreign_key_of_others_is_not_in_the_way(
    databases, references, alteration
):
    query(databases.source, TABLE)
    run(databases)
    query(databases.destination, references)
    change = "delete from t where id = 3; insert into t values (4, 'd', 4)"
    query(databases.source, f"{alteration}; {change}")

    run(databases)

    assert numbers(databases) == [(1, 1), (2, 2), (4, 4)]
    deferred = "select condeferred from pg_constraint where conname = 'mine'"
    assert value(databases.destination, deferred) is True
