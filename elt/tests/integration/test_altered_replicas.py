"""What somebody did to a replica that elt cannot mend is named, with what would."""

import pytest
from integration.replication import changes, configure, query, run

from elt.config import PublishPolicy, SyncMode
from elt.errors import ConfigError
from elt.replication.check import check

TABLE = """
create table t (
    id integer primary key, n integer, g integer generated always as (id * 2) stored
);
create table other (id integer primary key);
insert into t values (1, 1), (2, 2)
"""
ROWS = [(1, 10, 2), (2, 20, 4)]


@pytest.fixture(params=list(SyncMode), ids=str)
def source(request):
    """Return a source of each mode."""
    return {"mode": request.param}


def rows_of(databases):
    """Return the rows of the replica, whatever the order of its columns."""
    return query(databases.destination, "select id, n, g from raw.t order by id")


@pytest.mark.parametrize("column", ["n", "g"])
def test_column_that_was_dropped_is_named_with_what_mends_it(databases, source, column):
    query(databases.source, TABLE)
    run(databases, source=source)
    query(databases.destination, f"alter table raw.t drop column {column}")
    query(databases.source, "update t set n = n * 10; insert into other values (1)")
    message = f"raw.t has lost {column}, which elt had given it"

    with pytest.raises(ConfigError, match=message) as refused:
        run(databases, source=source)
    config = configure(databases, source=source)
    findings = check(config, config.sources[0]).findings
    each = run(databases, source=source, publish=PublishPolicy.EACH)
    statement = refused.value.hint.partition("run there: ")[2].partition("; then")[0]
    query(databases.destination, statement)
    run(databases, source=source, full=True)

    assert refused.value.exit_code == 78
    assert message in "\n".join(finding.text for finding in findings)
    assert each.failures.keys() == {"public.t"}
    assert query(databases.destination, "select id from raw.other") == [(1,)]
    assert rows_of(databases) == ROWS


def test_column_that_was_renamed_is_named(databases, source):
    query(databases.source, TABLE)
    run(databases, source=source)
    query(databases.destination, "alter table raw.t rename n to mine")

    with pytest.raises(ConfigError, match=r"raw\.t has lost n"):
        run(databases, source=source)
    query(databases.destination, "alter table raw.t rename mine to n")
    query(databases.source, "update t set n = n * 10")
    run(databases, source=source)

    assert rows_of(databases) == ROWS


@pytest.mark.parametrize("kind", ["text", "bigint"])
def test_column_that_got_another_type_is_named_with_what_mends_it(
    databases, source, kind
):
    query(databases.source, f"{TABLE}; alter table t add s varchar(9)")
    run(databases, source=source)
    query(
        databases.destination,
        f"alter table raw.t alter n type {kind}, alter s type varchar(99)",
    )
    query(databases.source, "update t set n = n * 10")
    config = configure(databases, source=source)

    with pytest.raises(ConfigError, match=f"n of raw.t is {kind}, while") as caught:
        run(databases, source=source)

    found = [finding.text for finding in check(config, config.sources[0]).findings]
    assert any(f"n of raw.t is {kind}" in text for text in found)
    query(databases.destination, caught.value.hint.partition(": ")[2])
    run(databases, source=source)
    assert rows_of(databases) == ROWS


def test_column_that_got_the_type_that_it_is_to_have_is_no_other(databases, source):
    query(databases.source, TABLE)
    run(databases, source=source)
    query(databases.destination, "alter table raw.t alter n type text")
    query(databases.source, "alter table t alter n type bigint using n * 10")

    run(databases, source=source)

    assert rows_of(databases) == ROWS


def test_what_was_done_on_both_sides_is_no_change(databases):
    query(databases.source, TABLE)
    run(databases)
    query(databases.source, "alter table t alter n type bigint")
    config = configure(databases)

    def told():
        found = check(config, config.sources[0]).findings
        return [finding.text for finding in found if "changed" in finding.text]

    [before] = told()
    query(databases.destination, "alter table raw.t alter n type bigint")

    assert "public.t changed, to be propagated" in before
    assert told() == []
    assert changes(run(databases)) == {}


def test_schema_in_the_place_of_a_private_one_is_named(databases):
    query(databases.source, TABLE)
    query(databases.destination, "create schema elt_shadow_raw")
    message = "the schema elt_shadow_raw exists, but not through elt"

    with pytest.raises(ConfigError, match=message) as refused:
        run(databases)
    config = configure(databases)
    findings = check(config, config.sources[0]).findings
    query(databases.destination, "alter schema elt_shadow_raw rename to mine")
    run(databases)

    assert "ALTER SCHEMA elt_shadow_raw RENAME TO" in refused.value.hint
    assert message in "\n".join(finding.text for finding in findings)
