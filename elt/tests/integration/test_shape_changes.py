"""What elt.yaml or the source says otherwise by now, the replica follows."""

import pytest
from integration.altered import recorded
from integration.incremental import comparisons, differing, sync
from integration.replication import query, run, value, version_of
from integration.shaped import (
    HASH,
    KEEP,
    MODES,
    columns_of,
    emails,
    hashed,
    knowing,
    shaped,
    tables_with,
    with_users,
)

from elt.config import SchemaChangePolicy, Shape
from elt.errors import ConfigError

CHANGED = "its columns or its condition changed in elt.yaml, or the key of hashes"


@pytest.fixture
def users(databases):
    """Return databases whose source has users with secrets, and knows the key."""
    return with_users(databases)


@pytest.fixture(params=MODES)
def mode(request):
    """Return the options of a stream in each mode."""
    return MODES[request.param]


@pytest.mark.parametrize("policy", list(SchemaChangePolicy))
def test_a_column_that_is_masked_by_now_is_read_in_full(users, mode, policy):
    options = mode | {"on_schema_change": policy}
    run(users, source=shaped(Shape(), **options))
    assert tables_with(users.destination)

    [(why, *done)] = sync(users, source=shaped(**options), allow_shrink=True).values()

    assert why == (30 if mode == MODES["full"] else CHANGED)
    assert done == [0, 30, 10]
    query(users.destination, "vacuum full raw.users")
    # What a change took away is still in statistics until they are made again.
    query(users.destination, "analyze raw.users")
    assert tables_with(users.destination) == []
    assert differing(users, source=shaped(**options)) == []


def test_a_column_that_is_left_out_by_now_is_recorded_as_asked_for(users):
    run(users, source=shaped(Shape()))

    run(users, source=shaped(Shape(excluded=("notes",))))

    assert recorded(users) == [("column notes dropped, as elt.yaml says", "propagated")]


def test_another_key_is_another_shape(users, mode):
    source = shaped(**mode)
    run(users, source=source)
    other = knowing(users, "another key of more than thirty-two characters")

    [(why, *done)] = sync(other, source=source).values()

    assert why == (30 if mode == MODES["full"] else CHANGED)
    assert done == [0, 30, 0]
    assert emails(users)[1] == hashed("Xyzzy1@example.org", other.source.mask_key)


def test_a_shape_that_is_gone_brings_everything(users, mode):
    run(users, source=shaped(**mode))

    run(users, source=shaped(Shape(), **mode))

    found = "select count(iban), count(distinct email) from raw.users"
    assert query(users.destination, found) == [(40, 40)]
    assert differing(users, source=shaped(Shape(), **mode)) == []


def test_a_new_column_comes_through(users, mode):
    run(users, source=shaped(**mode))
    query(users.source, "alter table users add column plan text not null default 'a'")

    run(users, source=shaped(**mode))

    assert "plan" in columns_of(users.destination)
    assert differing(users, source=shaped(**mode)) == []


def test_a_masked_column_with_another_name_is_not_given_away(users, mode):
    run(users, source=shaped(**mode))
    query(users.source, "alter table users rename column phone to mobile")

    with pytest.raises(ConfigError, match=r"mask: there is no column phone"):
        run(users, source=shaped(**mode))

    assert "mobile" not in columns_of(users.destination)


def test_verify_tells_that_elt_yaml_changed(users):
    run(users, source=shaped(Shape(where="id < 9")))

    [found] = comparisons(users, source=shaped(Shape(where="id < 8")))

    assert (found.is_equal, found.reason) == (False, CHANGED)


# -------------------------------------------------------------------- generated columns


@pytest.mark.parametrize(
    "shape",
    [
        pytest.param(Shape(excluded=("price",), masks=(("is_free", KEEP),)), id="gone"),
        pytest.param(Shape(masks=(("price", HASH), ("is_free", KEEP))), id="retyped"),
    ],
)
def test_what_is_generated_stays_without_what_it_is_made_from(
    versioned_databases, shape
):
    databases = knowing(versioned_databases)
    kind = "virtual" if version_of(databases.source) >= 18 else "stored"
    query(
        databases.source,
        "create table films (id integer primary key, price integer, is_free boolean "
        f"generated always as (price is null) {kind}); insert into films values (1)",
    )
    run(databases)

    run(databases, source=shaped(shape, "public.films"))

    assert value(databases.destination, "select is_free from raw.films") is True


def test_a_generation_that_changes_lets_its_columns_go(versioned_databases):
    databases = versioned_databases
    if version_of(databases.source) < 17:
        pytest.skip("this version cannot set an expression")
    query(
        databases.source,
        "create table films (id integer primary key, price integer, year integer "
        "generated always as (price) stored); insert into films values (1, 2)",
    )
    run(databases)
    query(
        databases.source,
        "alter table films alter column year set expression as (id);"
        "alter table films drop column price",
    )

    run(databases)

    assert value(databases.destination, "select year from raw.films") == 1


def test_a_column_that_is_made_anew_stays_not_null(versioned_databases):
    databases = knowing(versioned_databases)
    query(
        databases.source,
        "create table films (id integer, price integer, is_free boolean "
        "generated always as (price is null) stored not null);"
        "insert into films values (1)",
    )
    masked = shaped(Shape(masks=(("is_free", HASH),)), "public.films")
    run(databases, source=masked)

    run(databases)

    not_null = (
        "select attnotnull from pg_attribute "
        "where attrelid = 'raw.films'::regclass and attname = 'is_free'"
    )
    assert value(databases.destination, not_null)
