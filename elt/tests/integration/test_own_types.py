"""Types of users at the destination: ours follow, those of others are left alone."""

import re

import pytest
from integration.replication import configure, query, run, value

from elt.errors import ConfigError
from elt.replication.check import check
from elt.replication.plan import destination

POSITIVE = """
create domain d as integer check (value > 0);
create table t (id integer primary key, d d);
insert into t values (1, 5);
"""
MOOD = """
create type mood as enum ('sad', 'happy');
create table t (id integer primary key, m mood);
insert into t values (1, 'sad');
"""
OF_OTHERS = {
    "a domain with another check": (
        POSITIVE,
        "create domain raw.d as integer constraint c check (value < 100)",
    ),
    "a domain with one more check": (
        POSITIVE,
        "create domain raw.d as integer check (value > 0) check (value < 100)",
    ),
    "a domain that is not null": (
        POSITIVE,
        "create domain raw.d as integer not null check (value > 0)",
    ),
    "a domain of another type": (
        POSITIVE,
        "create domain raw.d as bigint check (value > 0)",
    ),
    "an enum without a label": (MOOD, "create type raw.mood as enum ('sad')"),
}


def describe_types(settings):
    """Return the checks of domains, and the labels of enums, in schema raw."""
    return query(
        settings,
        """
        select t.typname, t.typnotnull, c.conname, e.enumlabel
        from pg_type as t
        left join pg_constraint as c on c.contypid = t.oid
        left join pg_enum as e on e.enumtypid = t.oid
        where t.typnamespace = 'raw'::regnamespace and t.typtype in ('d', 'e')
        order by 1, 3, e.enumsortorder
        """,
    )


def labels(settings):
    """Return the labels of the enum that tests follow."""
    return value(settings, "select enum_range(null::raw.mood)::text")


@pytest.mark.parametrize("case", OF_OTHERS)
def test_a_type_of_somebody_else_is_neither_altered_nor_used(databases, case):
    script, other = OF_OTHERS[case]
    query(databases.destination, f"create schema raw; {other}")
    query(databases.source, script)
    before = describe_types(databases.destination)

    with pytest.raises(ConfigError, match="exists, but not through elt") as refused:
        run(databases)

    assert "ALTER TYPE raw." in refused.value.hint
    assert describe_types(databases.destination) == before
    config = configure(databases)
    texts = [found.text for found in check(config, config.sources[0]).findings]
    assert any("exists, but not through elt" in text for text in texts)


def test_the_remedy_for_a_type_of_somebody_else_works(databases):
    script, other = OF_OTHERS["an enum without a label"]
    query(databases.destination, f"create schema raw; {other}")
    query(databases.source, script)
    with pytest.raises(ConfigError):
        run(databases)
    query(databases.destination, "alter type raw.mood rename to another_name")

    run(databases)

    assert labels(databases.destination) == "{sad,happy}"


def test_an_equal_type_of_somebody_else_is_used_and_never_altered(databases):
    query(
        databases.destination,
        "create schema raw; create type raw.mood as enum ('sad', 'happy')",
    )
    query(databases.source, MOOD)
    run(databases)
    query(databases.source, "alter type mood add value 'proud'")

    with pytest.raises(ConfigError, match="exists, but not through elt"):
        run(databases)

    assert labels(databases.destination) == "{sad,happy}"


def test_types_that_an_older_version_made_are_ours(databases):
    query(
        databases.source,
        """
        create type mood as enum ('sad'); create domain moods as mood[];
        create type pair as (a moods, n integer); create type span as range
            (subtype = integer, multirange_type_name = spans);
        create table t (id integer primary key, p pair, s spans);
        """,
    )
    run(databases)
    query(
        databases.destination,
        "drop table elt.types; delete from elt.migrations where version ~ '^0010'",
    )
    query(databases.source, "alter type mood add value 'proud'")

    config = configure(databases)
    findings = check(config, config.sources[0])
    run(databases)

    assert findings.exit_code == 0
    assert labels(databases.destination) == "{sad,proud}"
    made = "select type from elt.types order by 1"
    names = ["public.mood", "public.moods", "public.pair", "public.span"]
    assert [name for (name,) in query(databases.destination, made)] == names


def test_a_type_of_somebody_else_beside_replicas_of_an_older_version_is_not_ours(
    databases,
):
    query(databases.source, "create table t (id integer primary key)")
    run(databases)
    query(
        databases.destination,
        "drop table elt.types; delete from elt.migrations where version ~ '^0010';"
        "create domain raw.d as integer constraint c check (value < 100)",
    )
    query(databases.source, "drop table t;" + POSITIVE)

    with pytest.raises(ConfigError, match="exists, but not through elt"):
        run(databases)


def test_the_destination_is_read_again_only_where_a_type_changed(
    databases, monkeypatch
):
    reads = []
    read = destination.read_existing

    def counted(*arguments):
        reads.append(arguments)
        return read(*arguments)

    monkeypatch.setattr(destination, "read_existing", counted)
    query(databases.source, MOOD + "create domain d as integer check (value > 0)")
    query(databases.source, "alter table t add d d")
    run(databases)
    first = len(reads)
    run(databases)
    second = len(reads) - first
    query(databases.source, "alter type mood add value 'glad' after 'sad'")
    run(databases)

    assert (first, second, len(reads) - first - second) == (2, 1, 2)
    assert labels(databases.destination) == "{sad,glad,happy}"


def test_the_statements_for_renamed_labels_work(databases):
    query(databases.source, MOOD)
    run(databases)
    query(
        databases.source,
        "alter type mood rename value 'sad' to 'it''s sad';"
        "alter type mood rename value 'happy' to 'Happy'",
    )

    with pytest.raises(ConfigError, match=r"public\.mood were renamed") as error:
        run(databases)

    query(databases.destination, error.value.hint.partition(": ")[2])
    run(databases)
    assert value(databases.destination, "select m::text from raw.t") == "it's sad"


def test_the_statements_for_removed_labels_work(databases):
    query(databases.source, MOOD)
    query(databases.source, "alter table t add column ms mood[] default '{happy}'")
    run(databases)
    query(
        databases.source,
        """
        alter type mood rename to mood_old;
        create type mood as enum ('happy', 'new', 'calm');
        update t set m = 'happy';
        alter table t alter column m type mood using m::text::mood;
        alter table t alter column ms drop default;
        alter table t alter column ms type mood[] using ms::text::mood[];
        drop type mood_old;
        """,
    )

    with pytest.raises(ConfigError, match="reordered or removed") as error:
        run(databases)

    statements = re.findall("(?:ALTER|CREATE) .*?;", error.value.hint)
    assert len(statements) == 2
    query(databases.destination, "update raw.t set m = 'happy'")
    query(databases.destination, " ".join(statements))
    for column in ("m", "ms"):
        with pytest.raises(
            ConfigError, match=f"At the destination {column} of raw.t"
        ) as error:
            run(databases)
        query(databases.destination, error.value.hint.partition(": ")[2])
    run(databases)
    assert query(databases.destination, "drop type raw.mood_old") == []
    assert labels(databases.destination) == "{happy,new,calm}"
