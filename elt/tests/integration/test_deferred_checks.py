"""What is checked at the commit does not keep a replica from being altered."""

import pytest
from integration.replication import query, run, value

from elt.config import SyncMode
from elt.errors import ConfigError

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


REFERRING = """
create table z (id integer primary key);
create table a (id integer primary key, z_id integer {references});
create table c (id integer primary key, z_id integer {references});
insert into z values (1);
insert into a values (1, 1);
insert into c values (1, 1);
"""
#: All three are altered; rows of the first two may refer to a new one of the third.
REFERRED = """
create index a_z on a (z_id);
update a set z_id = {a} where id = 1;
alter table c add y integer;
insert into c values (2, 5);
alter table z add y integer;
"""
OTHERS = """
alter table raw.a add constraint mine
    foreign key (z_id) references raw.z deferrable initially deferred;
"""


def referring(databases):
    rows = "select id, z_id from raw.{} order by id"
    return tuple(query(databases.destination, rows.format(name)) for name in "ac")


@pytest.mark.parametrize("a", [1, 5])
def test_rows_refer_to_those_of_a_stream_that_is_published_later(databases, a):
    query(databases.source, REFERRING.format(references="references z"))
    to = {"all_constraints": True}
    run(databases, to=to)
    query(databases.source, "insert into z values (5)")
    query(databases.source, REFERRED.format(a=a))

    run(databases, to=to)

    assert referring(databases) == ([(1, a)], [(1, 1), (2, 5)])


def test_altered_table_that_refers_to_a_row_of_a_later_stream_is_told(databases):
    query(databases.source, REFERRING.format(references=""))
    run(databases)
    query(databases.destination, OTHERS)
    query(databases.source, REFERRED.format(a=5) + "insert into z values (5)")

    with pytest.raises(ConfigError, match=r"foreign key constraint .mine") as error:
        run(databases)

    assert "raw.a is altered" in error.value.hint
    assert referring(databases) == ([(1, 1)], [(1, 1)])
    query(databases.destination, "alter table raw.a drop constraint mine")
    run(databases)
    assert referring(databases) == ([(1, 5)], [(1, 1), (2, 5)])
