"""A stream that fails keeps its rows, also where its table is altered for others."""

import pytest
from integration.replication import published, query, refuse_command, run

from elt.config import PublishPolicy
from elt.errors import EltError

EACH = {"publish": PublishPolicy.EACH}
PARTITIONED = """
create table w (id integer, v text) partition by list (id);
create table w1 partition of w for values in (1);
create table w2 partition of w default;
insert into w values (1, 'a'), (2, 'b');
create table others (id integer);
"""
PLAIN = """
create table w (id integer not null, v text); insert into w values (1, 'a');
create table others (id integer);
"""
#: The source at first, what it becomes, and what keeps a stream from being published.
CASES = {
    "a partition whose column gets another type": (
        PARTITIONED,
        "alter table w alter v type integer using id; insert into w values (3, 3)",
        lambda to: query(to, "alter table raw.w2 add check (id < 3)"),
    ),
    "a table that becomes a partition": (
        PLAIN,
        """
        alter table w rename to w1;
        create table w (id integer not null, v text) partition by list (id);
        alter table w attach partition w1 default
        """,
        lambda to: refuse_command(to, "CREATE TABLE", naming="w1"),
    ),
    "a table that is partitioned no longer": (
        PARTITIONED,
        "alter table w detach partition w1; drop table w; alter table w1 rename to w",
        lambda to: refuse_command(to, "ALTER TABLE", naming='."w" set schema'),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_nothing_is_published_where_a_stream_that_fails_would_lose_its_rows(
    databases, case
):
    tables, change, prevent = CASES[case]
    query(databases.source, tables)
    run(databases, **EACH)
    before = published(databases.destination)
    query(databases.source, f"{change}; insert into others values (1)")
    prevent(databases.destination)

    with pytest.raises(EltError, match=r"Stream public\.w.? of source raw failed"):
        run(databases, **EACH)

    assert published(databases.destination) == before


def test_stream_that_others_refer_to_is_named(databases):
    query(
        databases.source,
        """
        create table parents (id integer primary key);
        create table children (id integer, parent integer references parents);
        """,
    )
    run(databases, to={"all_constraints": True}, **EACH)
    query(databases.destination, "alter table raw.parents add check (id > 1)")
    query(
        databases.source,
        "insert into parents values (1); insert into children values (1, 1)",
    )

    with pytest.raises(EltError, match=r"Stream public\.parents .*parents_id_check"):
        run(databases, to={"all_constraints": True}, **EACH)
