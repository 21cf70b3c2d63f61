"""Types with another name or schema: ours follow, and columns go with them."""

import pytest
from integration.incremental import differing, lines
from integration.replication import query, run, value

from elt.config import SchemaChangePolicy
from elt.errors import ConfigError

TYPES = """
create domain d as integer check (value > 0);
create type mood as enum ('sad', 'happy');
create type pair as (m mood, n d);
create type span as range (subtype = integer, multirange_type_name = spans);
"""
BY_DOMAIN = """
create table t (m d) partition by range (m);
create table t1 partition of t default;
insert into t values (1);
"""
BY_ENUM = """
create table t (m mood) partition by list (m);
create table t1 partition of t default;
insert into t values ('sad');
"""
PLAIN = "create table t (m mood); insert into t values ('sad');"
INDEXED = """
create table t (m mood, n integer);
create index on t (n) where m = 'sad';
insert into t values ('sad', 1);
"""
CASES = {
    "the key of partitions": (BY_DOMAIN, "alter domain d rename to e"),
    "the key of partitions, moved": (
        BY_DOMAIN,
        "create schema x; alter domain d set schema x",
    ),
    "a list of partitions": (BY_ENUM, "alter type mood rename to feeling"),
    "moved and renamed": (
        BY_ENUM,
        "create schema x; alter type mood set schema x; alter type x.mood rename to y",
    ),
    "below a generated column": (
        """
        create table t (m d, g integer generated always as (m + 1) stored);
        insert into t values (1);
        """,
        "alter domain d rename to e",
    ),
    "in an index": (INDEXED, "alter type mood rename to feeling"),
    "in an index, moved": (
        INDEXED,
        "create schema x; alter type mood set schema x",
    ),
    "parts of another, which is renamed too": (
        """
        create table t (p pair, s span, a pair[]);
        insert into t values (('sad', 1), '[1,2)', array[('sad', 1)::pair]);
        """,
        """
        alter type mood rename to feeling; alter domain d rename to e;
        alter type pair rename to two; alter type span rename to bridge;
        """,
    ),
    "with a new label": (
        BY_ENUM,
        "alter type mood rename to feeling; alter type feeling add value 'proud'",
    ),
}


def types(settings):
    """Return the types that columns have in the landing schemas."""
    return query(
        settings,
        "select attname, atttypid::regtype::text from pg_attribute "
        "join pg_class as c on c.oid = attrelid and relkind in ('r', 'p') "
        "where relnamespace = 'raw'::regnamespace and attnum > 0 order by 1, relname",
    )


@pytest.mark.parametrize("policy", ["propagate", "keep"])
@pytest.mark.parametrize("case", CASES)
def test_a_type_that_is_renamed_or_moved(databases, case, policy):
    policy = SchemaChangePolicy(policy)
    made, change = CASES[case]
    query(databases.source, TYPES + made)
    run(databases, on_schema_change=policy)
    query(databases.destination, "create view public.v as select t from raw.t")
    made = value(databases.destination, "select count(*) from elt.types")
    query(databases.source, change)

    with lines() as logged:
        run(databases, on_schema_change=policy)

    assert logged["renamed type"]
    assert differing(databases) == []
    assert value(databases.destination, "select count(*) from elt.types") == made
    run(databases, on_schema_change=policy)
    assert differing(databases) == []


def test_a_type_of_an_older_version_is_followed_once_a_run_has_met_it(databases):
    query(databases.source, TYPES + BY_ENUM)
    run(databases)
    query(databases.destination, "update elt.types set type = null, source_oid = null")
    run(databases)
    query(databases.source, "alter type mood rename to feeling")

    run(databases)

    assert set(types(databases.destination)) == {("m", "raw.feeling")}


def test_a_type_whose_schema_lands_elsewhere_is_not_moved(databases):
    query(databases.source, TYPES + BY_ENUM)
    run(databases)

    run(databases, source={"schemas": (("public", "other"),)})

    assert set(types(databases.destination)) == {("m", "raw.mood")}


def test_a_new_type_of_the_old_name(databases):
    query(
        databases.source,
        TYPES + PLAIN,
    )
    run(databases)
    query(
        databases.source,
        "alter type mood rename to feeling; create type mood as enum ('sad', 'x');"
        "create table u (m mood); insert into u values ('x')",
    )

    with pytest.raises(ConfigError, match="were renamed, reordered or removed"):
        run(databases)

    query(databases.destination, "alter type raw.mood rename to feeling")
    run(databases)
    assert set(types(databases.destination)) == {
        ("m", "raw.feeling"),
        ("m", "raw.mood"),
    }


def test_a_run_that_is_refused_leaves_no_type_in_the_way(databases):
    query(databases.source, TYPES + BY_ENUM)
    run(databases)
    # Nothing tells that it is the same one.
    query(databases.destination, "update elt.types set source_oid = 1")
    query(databases.source, "alter type mood rename to feeling")

    with pytest.raises(ConfigError, match="part of the partition key"):
        run(databases)

    assert value(databases.destination, "select to_regtype('raw.feeling')") is None
    query(databases.destination, "alter type raw.mood rename to feeling")
    run(databases)
    assert set(types(databases.destination)) == {("m", "raw.feeling")}


#: Somebody who takes a type into use as soon as it is there.
USES = """
create schema raw;
create function use() returns event_trigger language plpgsql as $$ begin
    if to_regtype('raw.mood') is not null and to_regclass('mine') is null then
        create table public.mine (m raw.mood);
    end if;
end $$;
create event trigger use on ddl_command_end when tag in ('CREATE TYPE')
    execute function use();
create table raw.t (mine integer);
"""


def test_a_type_that_somebody_uses_stays_after_a_run_that_failed(databases):
    query(databases.source, TYPES + PLAIN)
    query(databases.destination, USES)
    with pytest.raises(ConfigError, match="exists, but not through elt"):
        run(databases)
    assert value(databases.destination, "select to_regtype('raw.mood')") is not None
    query(databases.destination, "drop table raw.t")

    run(databases)

    assert differing(databases) == []
    used = "select status from elt.types join elt.sync_runs using (run_id)"
    assert query(databases.destination, used) == [("published",)]
