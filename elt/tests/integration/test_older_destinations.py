"""What a destination is too old for is left out and named, and all else is copied."""

from contextlib import ExitStack

import pytest
from integration.replication import changes, configure, query, run, value
from servers import Databases, new_database

from elt.replication.check import check

CASEFOLD = "needs the function casefold(text), which does not exist there"
REGEXP_LIKE = "needs the function regexp_like(text,text), which does not exist there"
JSON_16 = "needs the JSON syntax of PostgreSQL 16, which does not exist there"
JSON_17 = "needs the JSON syntax of PostgreSQL 17, which does not exist there"
UNFIT = "needs code that only the source has, or depends on the time"
PARTITIONED = "what places its rows is not the same there"

TABLE = "create table t (id int primary key, t text, j jsonb, g date); "
PARTS = [
    (16, "create index x on t (casefold(t))", "index x", CASEFOLD),
    (
        16,
        "create unique index x on t (lower(t), (casefold(t)))",
        "index x",
        CASEFOLD,
    ),
    (14, "create index x on t (id) where t is json", "index x", JSON_16),
    (14, "create index x on t (id) where regexp_like(t, 'a')", "index x", REGEXP_LIKE),
    (
        16,
        "create index x on t (json_value(j, '$.a' returning int))",
        "index x",
        JSON_17,
    ),
    (
        16,
        "alter table t add constraint x exclude (casefold(t) with =)",
        "constraint x",
        CASEFOLD,
    ),
    (
        14,
        "alter table t add constraint x check (regexp_like(t, 'a'))",
        "constraint x",
        REGEXP_LIKE,
    ),
    (14, "alter table t add constraint x check (t is json)", "constraint x", JSON_16),
]
KEPT = [
    "create index x on t (lower(t), (date_part('day', g))) where t like 'a%'",
    "alter table t add constraint x check (t similar to '%a' or j ? 'a')",
]


@pytest.fixture
def to_version(postgres_server):
    """Return a function that makes a source of 18 and a destination of a version."""
    with ExitStack() as stack:

        def make(version):
            return Databases(
                stack.enter_context(new_database(postgres_server(18), "SOURCE")),
                stack.enter_context(
                    new_database(postgres_server(version), "DESTINATION")
                ),
            )

        yield make


def left_out(report):
    return [(lost.name, lost.reason) for lost in report.not_copied]


@pytest.mark.parametrize(
    "version, script, part, reason", PARTS, ids=[part[1] for part in PARTS]
)
def test_part_that_needs_a_newer_server_is_named(
    to_version, version, script, part, reason
):
    databases = to_version(version)
    query(databases.source, f"{TABLE}{script}")
    config = configure(databases, to={"all_constraints": True})

    findings = check(config, config.sources[0]).findings
    report = run(databases, to={"all_constraints": True})

    assert left_out(report) == [(f"public.t: {part}", reason)]
    assert f"public.t: {part}" in "\n".join(finding.text for finding in findings)


@pytest.mark.parametrize("script", KEPT)
def test_part_that_an_old_server_knows_is_kept(to_version, script):
    databases = to_version(14)
    query(databases.source, f"{TABLE}{script}")

    report = run(databases, to={"all_constraints": True})

    assert left_out(report) == []


def test_generated_column_comes_with_its_values(to_version):
    databases = to_version(16)
    query(
        databases.source,
        """
        create table t (t text, g text generated always as (casefold(t)) stored);
        insert into t values ('A');
        """,
    )

    run(databases)
    again = run(databases)

    assert changes(again) == {}
    assert query(databases.destination, "select g from raw.t") == [("a",)]
    kind = "select attgenerated from pg_attribute where attname = 'g'"
    assert value(databases.destination, kind) == ""


@pytest.mark.parametrize("check_of", ["value is json", "regexp_like(value, '1')"])
def test_domain_has_the_checks_that_the_server_knows(to_version, check_of):
    databases = to_version(14)
    query(
        databases.source,
        f"""
        create domain d as text
            constraint new check ({check_of}) constraint old check (value <> '');
        create table t (d d);
        insert into t values ('1');
        """,
    )

    report = run(databases)

    assert left_out(report) == [("domain public.d: constraint new", UNFIT)]
    names = "select conname from pg_constraint where contypid = 'raw.d'::regtype"
    assert value(databases.destination, names) == "old"


def test_partitions_by_a_newer_function_become_children(to_version):
    databases = to_version(16)
    query(
        databases.source,
        """
        create table w (t text) partition by list (casefold(t));
        create table w1 partition of w for values in ('a');
        insert into w values ('A');
        """,
    )

    report = run(databases)

    assert left_out(report) == [("public.w: partitioning w", PARTITIONED)]
    assert query(databases.destination, "select t from raw.w") == [("A",)]
