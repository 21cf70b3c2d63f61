"""Shaped rows are found as any others are, and masked once they are."""

from contextlib import closing

import pytest
from integration.replication import query
from integration.shaped import HASH, knowing, shaped

from elt.config import SchemaChangePolicy, Shape, SourceConfig
from elt.postgres import compose, connect, execute, raw
from elt.replication.catalog.reading import read_catalog
from elt.replication.incremental.deleted_keys import KeyRanges, Scale
from elt.replication.plan.planning import plan_streams
from elt.replication.rows.from_item import source_rows

MANY = """
create table films (id integer primary key, title text not null, at timestamptz);
insert into films
select n, repeat('Xyzzy', 20) || n, now() from generate_series(1, 20000) as n;
create index on films (at);
analyze films;
"""
FILMS = Shape(
    excluded=("at",), masks=(("title", HASH),), where="title <> 'a' and at is not null"
)


def plan_of(databases, condition="true", column="title", rows=None):
    """Return how the source would read a shaped stream."""
    table = shaped(FILMS, "public.films") | {"connection": databases.source}
    with closing(connect(databases.source, application_name="test")) as reader:
        plan = plan_streams(
            SourceConfig(**table),
            SchemaChangePolicy.PROPAGATE,
            read_catalog(reader, ["public"]),
        )
        from_item = source_rows(plan.streams[0])
        statement = compose(
            "explain (costs off, verbose) "
            "select {column} from {rows} where {condition}",
            column=raw(column),
            rows=from_item if rows is None else rows(from_item),
            condition=raw(condition),
        )
        return "\n".join(line for (line,) in execute(reader, statement))


@pytest.mark.parametrize(
    "condition, scan",
    [
        pytest.param("ctid >= '(8,0)'", "Tid Range Scan", id="pages"),
        pytest.param("id = any ('{1,2,3}')", "Index Scan", id="keys"),
        pytest.param("id >= 100 and id < 107", "Index Scan", id="a range"),
    ],
)
def test_shaped_rows_are_found_like_any_others(databases, condition, scan):
    query(databases.source, MANY)

    plan = plan_of(knowing(databases), condition)

    assert scan in plan
    assert "Subquery" not in plan


def test_ranges_of_keys_are_read_by_the_index(databases):
    query(databases.source, MANY)
    ranges = KeyRanges(scale=Scale(column="id", bits=5), ranges=(3, 40))

    plan = plan_of(knowing(databases), rows=ranges.rows_of, column="published.id")

    assert "Index" in plan
    assert "Seq Scan" not in plan


def test_masks_that_nobody_asks_for_are_not_worked_out(databases):
    query(databases.source, MANY)

    plan = plan_of(knowing(databases), "xmin::text::bigint > 0", "count(*)")

    assert "sha256" not in plan
    assert "title <> 'a'" in plan


def test_the_key_is_looked_up_once(databases):
    query(databases.source, MANY)

    plan = plan_of(knowing(databases))

    assert plan.count("InitPlan") >= 2
    assert "SubPlan" not in plan
