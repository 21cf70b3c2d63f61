"""Every supported version replicates into every other one, with equal receipts."""

from contextlib import ExitStack

import pytest
from integration import zoo
from integration.replication import changes, query, run, session, with_role
from integration.zoo import portrait
from servers import Databases, new_database

from elt.errors import ConfigError


def replicate_zoo(source_server, destination_server, stack):
    """Build a zoo at one server and replicate it to another one."""
    databases = Databases(
        stack.enter_context(new_database(source_server, "SOURCE")),
        stack.enter_context(new_database(destination_server, "DESTINATION")),
    )
    source, destination = (
        stack.enter_context(session(database)) for database in databases
    )
    has_xml = zoo.knows_xml(source) and zoo.knows_xml(destination)
    # An older version cannot read an infinite interval.
    oldest = min(c.connection.server_version // 10000 for c in (source, destination))
    without = [] if has_xml else ["xml"]
    zoo.build(source, without=without, values_of_version=oldest)
    return databases, source, destination, run(databases)


NO_OVERLAPS = "constraint reservations_pkey"
NOT_DISTINCT = "constraint nulls_not_distinct_a_key", "index nulls_not_distinct_b_idx"


@pytest.mark.parametrize(
    "old, new, left_out",
    [
        pytest.param(14, 18, (), id="14 to 18"),
        pytest.param(15, 18, (), id="15 to 18"),
        pytest.param(16, 18, (), id="16 to 18"),
        pytest.param(17, 18, (), id="17 to 18"),
        pytest.param(16, 17, (), id="16 to 17, with XML"),
        pytest.param(18, 17, (NO_OVERLAPS,), id="18 to 17"),
        pytest.param(18, 15, (NO_OVERLAPS,), id="18 to 15"),
        pytest.param(18, 14, (NO_OVERLAPS, *NOT_DISTINCT), id="18 to 14"),
    ],
)
def test_zoo_moves_between_versions(postgres_server, old, new, left_out):
    with ExitStack() as stack:
        databases, source, destination, report = replicate_zoo(
            postgres_server(old), postgres_server(new), stack
        )
        receipts = query(
            databases.destination,
            "select stream from elt.receipts where not is_equal",
        )
        again = run(databases)
        schemas = portrait.user_schemas(source)
        expected = portrait.texts(source, schemas)
        replicas = portrait.texts(destination, schemas, landed=True)

    assert receipts == []
    assert changes(again) == {}
    assert len(again.streams) == len(report.streams) > 130
    for table in [("public", "uses_row_types"), ("public", "keeps_addresses")]:
        del expected[table]
    assert {k: v for k, v in expected.items() if replicas.get(k) != v} == {}
    assert told_for_the_version(report) == set(left_out)


def test_feature_that_a_server_was_built_without_is_no_bug(postgres_server):
    with ExitStack() as stack:
        databases = Databases(
            stack.enter_context(new_database(postgres_server(14), "SOURCE")),
            stack.enter_context(new_database(postgres_server(18), "DESTINATION")),
        )
        query(
            databases.source,
            "create table t (x xml); insert into t values ('<a/>')",
        )

        with pytest.raises(ConfigError, match="unsupported XML feature"):
            run(databases)


@pytest.fixture
def older_destination(postgres_server):
    """Give databases of which the destination knows no infinite intervals."""
    with ExitStack() as stack:
        yield Databases(
            stack.enter_context(new_database(postgres_server(18), "SOURCE")),
            stack.enter_context(new_database(postgres_server(16), "DESTINATION")),
        )


INTERVALS = """
create type pair as (a int, i interval);
create domain span as interval;
create type spans as range (subtype = interval, multirange_type_name = some_spans);
create table t (id int primary key, i {type})
"""
INFINITE = [
    ("interval", "'{}'"),
    ("interval[]", "'{{1 day,{}}}'"),
    ("pair", "'(1,{})'"),
    ("span", "'{}'"),
    ("spans", "'[1 day,{}]'"),
    ("some_spans", "'{{[1 day,{}]}}'"),
]


@pytest.mark.parametrize("kind, literal", INFINITE, ids=[kind for kind, _ in INFINITE])
def test_infinite_interval_is_refused_where_none_exists(
    older_destination, kind, literal
):
    databases = older_destination
    finite, infinite = literal.format("2 days"), literal.format("infinity")
    query(databases.source, INTERVALS.format(type=kind))
    query(databases.source, f"insert into t values (1, {finite})")

    first = run(databases)
    query(databases.source, f"insert into t values (2, {infinite})")
    with pytest.raises(ConfigError, match="an infinite interval in i") as refused:
        run(databases)

    assert changes(first) == {"public.t": (1, 0, 0)}
    assert "mask or leave out the column" in refused.value.hint


def told_for_the_version(report):
    """Return what a run left out because the destination is too old for it."""
    return {
        missing.name.partition(": ")[2]
        for missing in report.not_copied
        if "needs PostgreSQL" in missing.reason
    }


def test_role_that_may_only_read_is_enough(versioned_databases, make_role):
    databases = versioned_databases
    role = make_role(databases.source)
    query(
        databases.source,
        "create table films (id integer generated always as identity primary key);"
        "insert into films select from generate_series(1, 10);"
        f"grant select on films to {role.user}",
    )

    report = run(with_role(databases, role))

    assert changes(report) == {"public.films": (10, 0, 0)}
    assert changes(run(databases)) == {}
