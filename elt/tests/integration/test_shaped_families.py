"""Partitions and children are shaped as their wholes and parents are."""

import pytest
from integration.incremental import differing
from integration.replication import query, run, value
from integration.shaped import (
    HASH,
    KEEP,
    MODES,
    columns_of,
    hashed,
    knowing,
    shaped,
    tables_with,
)

from elt.config import SchemaChangePolicy, Shape
from elt.errors import ConfigError

EVENTS = """
create table events (
    id integer, at date not null, email text, phone text, primary key (id, at)
) partition by range (at);
create table events_25 partition of events
    for values from ('2025-01-01') to ('2026-01-01');
create table events_26 partition of events
    for values from ('2026-01-01') to ('2027-01-01') partition by list (id);
create table events_26_rest partition of events_26 default;
insert into events
select n, date '2025-12-01' + n, 'Xyzzy' || n, 'Xyzzy' from generate_series(1, 60) as n;
"""
EVENTS_SHAPE = Shape(
    excluded=("phone",), masks=(("email", HASH),), where="events.id % 2 = 0"
)
CHILDREN = """
create table people (id integer primary key, email text);
create table staff (primary key (id), desk text) inherits (people);
insert into people values (1, 'Xyzzy'); insert into staff values (2, 'Xyzzy', 'a');
"""


@pytest.fixture(params=MODES)
def mode(request):
    """Return the options of a stream in each mode."""
    return MODES[request.param]


# --------------------------------------------------------------------------- partitions


def test_partitions_have_the_shape_of_their_whole(databases, mode):
    query(databases.source, EVENTS)
    users = knowing(databases)
    source = {"mode": mode["mode"]} | shaped(EVENTS_SHAPE, "public.events")
    run(users, source=source)
    query(
        databases.source,
        "update events set email = 'Xyzzy!' where id in (1, 2, 60); "
        "update events set id = id + 101 where id in (4, 42)",
    )

    run(users, source=source)

    kept = "select count(*), count(distinct email) from raw.events"
    assert query(databases.destination, kept) == [(28, 27)]
    assert "phone" not in columns_of(databases.destination, "events_26_rest")
    assert tables_with(databases.destination) == []
    assert differing(users, source=source) == []


@pytest.mark.parametrize("policy", list(SchemaChangePolicy))
def test_partitions_that_are_masked_by_now_are_altered_as_one(databases, policy):
    query(databases.source, EVENTS)
    users, options = knowing(databases), {"on_schema_change": policy}
    run(users, source=shaped(Shape(), "public.events", **options))
    source = shaped(EVENTS_SHAPE, "public.events", **options)

    run(users, source=source)

    kept = "select count(*), count(distinct email) from raw.events"
    assert query(databases.destination, kept) == [(30, 30)]
    for table in ("events", "events_25", "events_26", "events_26_rest"):
        columns = columns_of(databases.destination, table)
        assert columns == {"id": "integer", "at": "date", "email": "text"}
    assert differing(users, source=source) == []


def test_what_is_generated_stays_where_partitions_have_partitions(versioned_databases):
    databases = knowing(versioned_databases)
    query(
        databases.source,
        "create table films (id integer, price integer, is_free boolean "
        "generated always as (price is null) stored) partition by range (id);"
        "create table few partition of films for values from (0) to (9) "
        "partition by range (id);"
        "create table one partition of few for values from (1) to (2);"
        "insert into films values (1)",
    )
    run(databases)
    shape = Shape(masks=(("price", HASH), ("is_free", KEEP)))

    run(databases, source=shaped(shape, "public.films"))

    assert query(databases.destination, "select * from raw.films") == [(1, None, True)]


# ----------------------------------------------------------------------------- children


@pytest.mark.parametrize(
    "shape",
    [
        pytest.param(Shape(masks=(("email", HASH),)), id="masked"),
        pytest.param(Shape(excluded=("email",)), id="left out"),
    ],
)
def test_children_that_are_shaped_by_now_stay_children(databases, shape):
    query(databases.source, CHILDREN)
    source = {
        "streams": sum(
            (shaped(shape, f"public.{n}")["streams"] for n in ("people", "staff")), ()
        )
    }
    run(knowing(databases))

    run(knowing(databases), source=source)

    query(databases.destination, "analyze")
    assert value(databases.destination, "select count(*) from raw.people") == 2
    assert tables_with(databases.destination) == []
    assert differing(knowing(databases), source=source) == []


def test_children_are_shaped_like_their_parents(databases):
    query(databases.source, CHILDREN)
    shape = Shape(masks=(("email", HASH),))
    both = [shaped(shape, f"public.{name}")["streams"] for name in ("people", "staff")]

    run(knowing(databases), source={"streams": sum(both, ())})

    found = query(databases.destination, "select distinct email from raw.people")
    assert found == [(hashed("Xyzzy"),)]
    with pytest.raises(
        ConfigError, match=r"email is one of public\.people, and must be"
    ):
        run(knowing(databases), source={"streams": both[0]})
