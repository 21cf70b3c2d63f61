"""Many small tables: what is asked of each is asked of all that are alike together."""

import re

import pytest
from integration.following import batches, step
from integration.incremental import differing
from integration.replication import (
    changes,
    query,
    refuse_command,
    run,
    value,
)

from elt.config import DeletePolicy, PublishPolicy, SyncMode, Verification
from elt.errors import TemporaryError
from elt.replication.load import completion, small_changes

KEYS = """
select count(*) from pg_constraint
where contype in ('p', 'u') and connamespace = 'raw'::regnamespace
"""


@pytest.fixture
def many(databases):
    """Return databases with more small tables than are loaded together."""
    tables = "".join(
        f"create table small_{n} (id integer primary key, code text unique);"
        f"insert into small_{n} select i, 'c' || i from generate_series(1, {n}) as i;"
        for n in range(50)
    )
    query(databases.source, tables)
    return databases


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("verify", Verification)
def test_small_tables_are_loaded_together(many, verify, workers):
    report = run(many, workers=workers, verify=verify)

    expected = {f"public.small_{n}": (n, 0, 0) for n in range(1, 50)}
    assert changes(report) == expected
    assert [stream.destination for stream in report.streams] == [
        stream.source for stream in report.streams
    ]
    counts = "select count(*), count(*) filter (where is_equal) from elt.receipts"
    assert query(many.destination, counts) == [(50, 50)]
    assert value(many.destination, KEYS) == 100


@pytest.mark.parametrize("verify", Verification)
def test_small_table_that_fails_is_named_and_the_others_are_published(many, verify):
    refuse_command(many.destination, "ALTER TABLE", naming="small_7_")

    report = run(many, publish=PublishPolicy.EACH, workers=2, verify=verify)

    assert list(report.failures) == ["public.small_7"]
    expected = {f"public.small_{n}" for n in range(1, 50)} - {"public.small_7"}
    assert changes(report).keys() == expected


@pytest.mark.parametrize("workers", [1, 2])
def test_small_tables_are_compared_together(many, workers):
    run(many, workers=workers)
    query(
        many.source,
        "update small_7 set code = 'new' where id = 1;delete from small_9 where id > 6",
    )

    report = run(many, workers=workers)

    assert changes(report) == {"public.small_7": (0, 1, 0), "public.small_9": (0, 0, 3)}
    assert [stream.destination for stream in report.streams] == [
        stream.source for stream in report.streams
    ]
    assert changes(run(many, workers=workers)) == {}


def test_small_table_that_cannot_be_compared_is_named(many):
    run(many)
    query(many.source, "update small_8 set code = 'new' where id = 1")
    query(many.destination, "alter table raw.small_7 rename code to label")

    report = run(many, publish=PublishPolicy.EACH)

    assert list(report.failures) == ["public.small_7"]
    assert changes(report) == {"public.small_8": (0, 1, 0)}
    assert len(report.streams) == 49


def make_tables(source, numbers):
    query(
        source,
        "".join(
            f"create table small_{n} (id bigint generated always as identity "
            "primary key, code text); "
            f"insert into small_{n} (code) select 'c' || i "
            "from generate_series(1, 5) as i;"
            for n in numbers
        ),
    )


def change_tables(source, numbers, code="new"):
    query(
        source,
        "".join(f"update small_{n} set code = '{code}' where id = 2;" for n in numbers),
    )


@pytest.fixture
def count_messages(databases, source_server, destination_server):
    """Return what counts the statements that a run sends to both databases."""
    logs = [source_server.log_file, destination_server.log_file]
    for database in databases:
        query(
            database,
            f"alter database {database.database} set log_statement to 'all'",
        )

    def count(act):
        before = [len(log.read_text()) for log in logs]
        act()
        return sum(
            len(re.findall(r"LOG:  statement: ", log.read_text()[start:]))
            for log, start in zip(logs, before, strict=True)
        )

    return count


def cost_of_forty(databases, count_messages, change, **options):
    """Return how many messages more forty tables cost than twenty."""
    counts = []
    for numbers in (range(20), range(20, 40)):
        make_tables(databases.source, numbers)
        run(databases, **options)
        change(range(numbers.stop))
        counts.append(count_messages(lambda: run(databases, **options)))
    return counts[1] - counts[0]


@pytest.mark.parametrize("publish", PublishPolicy)
@pytest.mark.parametrize("mode", SyncMode)
def test_tables_without_a_change_cost_no_message_each(
    databases, count_messages, mode, publish
):
    def change(_):
        change_tables(databases.source, [7])

    cost = cost_of_forty(
        databases, count_messages, change, source={"mode": mode}, publish=publish
    )

    # Where each is published for itself, its block is one.
    assert cost < 20 * (1 + (publish is PublishPolicy.EACH))


@pytest.mark.parametrize("mode", SyncMode)
def test_small_tables_that_changed_are_loaded_and_proven_together(
    databases, count_messages, mode
):
    def change(numbers):
        change_tables(databases.source, numbers)

    cost = cost_of_forty(databases, count_messages, change, source={"mode": mode})

    # One to write each, one for its keys in the WAL, and some for one more group.
    assert cost < 20 * (3 + (mode is SyncMode.LOGICAL))


def test_a_batch_loads_small_tables_together(databases, count_messages):
    make_tables(databases.source, range(40))
    costs, found = [], []
    with batches(databases) as opened:
        for count in (20, 40):
            change_tables(databases.source, range(count), code=f"of {count}")
            query(databases.source, f"delete from small_{count - 1} where id = 5")
            costs.append(count_messages(lambda: found.append(step(opened))))

    expected = {f"public.small_{n}": (1, 0, 1, 0) for n in range(39)}
    assert found[1] == expected | {"public.small_39": (1, 0, 1, 1)}
    # One to write each, one for its keys, and some for one more group.
    assert costs[1] - costs[0] < 20 * 4
    assert differing(databases, source={"mode": SyncMode.LOGICAL}) == []


@pytest.mark.parametrize("verify", [Verification.CHECKSUM, Verification.EXACT])
@pytest.mark.parametrize("workers", [1, 2])
def test_every_small_table_that_changed_is_published(databases, workers, verify):
    make_tables(databases.source, range(30))
    run(databases, workers=workers, verify=verify)
    change_tables(databases.source, range(30))
    query(
        databases.source,
        "delete from small_3 where id > 3; insert into small_4 (code) values (1)",
    )

    report = run(databases, workers=workers, verify=verify, allow_shrink=True)

    expected = {f"public.small_{n}": (0, 1, 0) for n in range(30)}
    expected |= {"public.small_3": (0, 1, 2), "public.small_4": (1, 1, 0)}
    assert changes(report) == expected
    assert [stream.copied.rows for stream in report.streams if stream.copied.rows]
    for n in range(30):
        rows = f"select id, code from {{}}small_{n} order by id"
        assert query(databases.source, rows.format("")) == query(
            databases.destination, rows.format("raw.")
        )
    assert changes(run(databases, workers=workers, verify=verify)) == {}


def test_changed_table_that_cannot_be_loaded_is_named(databases):
    make_tables(databases.source, range(9))
    run(databases)
    change_tables(databases.source, range(9))
    refuse_command(databases.destination, "CREATE TABLE", naming='"small_7"')

    report = run(databases, publish=PublishPolicy.EACH)

    assert list(report.failures) == ["public.small_7"]
    expected = {f"public.small_{n}": (0, 1, 0) for n in range(9) if n != 7}
    assert changes(report) == expected


@pytest.mark.parametrize("mode", [SyncMode.INCREMENTAL, SyncMode.LOGICAL])
def test_what_cannot_be_asked_together_is_asked_alone(databases, monkeypatch, mode):
    def fail(*_):
        raise TemporaryError("too much at once")

    make_tables(databases.source, range(5))
    run(databases, source={"mode": mode})
    change_tables(databases.source, [2])
    monkeypatch.setattr(small_changes, "take_surveys", fail)
    monkeypatch.setattr(small_changes, "complete", fail)

    report = run(databases, source={"mode": mode})

    assert changes(report) == {"public.small_2": (0, 1, 0)}
    assert not report.failures


@pytest.mark.parametrize("mode", SyncMode)
def test_tables_that_changed_in_many_ways_are_loaded_together(databases, mode):
    """What is special is loaded alone: deleted rows, no key, a second unique index."""
    options = {"source": {"mode": mode}}
    make_tables(databases.source, range(10))
    query(
        databases.source,
        "alter table small_5 drop constraint small_5_pkey, replica identity full;"
        "alter table small_6 add unique (code)",
    )
    run(databases, **options)
    change_tables(databases.source, range(9))
    query(
        databases.source,
        "delete from small_2 where id = 4;"
        "insert into small_2 (code) values ('more');"
        "insert into small_3 (code) values ('more'), (null);"
        "delete from small_4 where id = 5",
    )

    report = run(databases, **options)

    expected = {f"public.small_{n}": (0, 1, 0) for n in range(9)}
    expected |= {
        "public.small_2": (1, 1, 1),
        "public.small_3": (2, 1, 0),
        "public.small_4": (0, 1, 1),
        "public.small_5": (1, 0, 1),
    }
    assert changes(report) == expected
    for n in range(10):
        rows = f"select id, code from {{}}small_{n} order by id"
        assert query(databases.source, rows.format("")) == query(
            databases.destination, rows.format("raw.")
        )


@pytest.mark.parametrize("mode", SyncMode)
@pytest.mark.parametrize("publish", PublishPolicy)
def test_changes_that_cannot_be_loaded_together_are_loaded_alone(
    databases, publish, mode
):
    options = {"source": {"mode": mode}, "publish": publish}
    make_tables(databases.source, range(5))
    run(databases, **options)
    change_tables(databases.source, range(5))
    refuse_command(databases.destination, "CREATE TABLE", naming='"small_1"%"small_2"')

    report = run(databases, **options)

    assert changes(report) == {f"public.small_{n}": (0, 1, 0) for n in range(5)}
    assert not report.failures


@pytest.mark.parametrize("mode", SyncMode)
def test_table_that_is_truncated_behind_a_group_is_named(databases, monkeypatch, mode):
    """What the group has loaded by then is in the way of nobody."""
    options = {"source": {"mode": mode}, "publish": PublishPolicy.EACH}
    make_tables(databases.source, range(5))
    run(databases, **options)
    change_tables(databases.source, range(5))

    def refuse(_, replicas):
        loaded = "select relname from pg_class where relnamespace::regnamespace::text"
        shadows = query(databases.destination, f"{loaded} ~ '^elt_shadow'")
        if ("small_2",) in shadows and "small_2" in {
            r.stream.name[7:] for r in replicas
        }:
            raise TemporaryError("public.small_2 was truncated")

    monkeypatch.setattr(completion, "refuse_rewritten", refuse)

    report = run(databases, **options)

    messages = {name: error.message for name, error in report.failures.items()}
    assert messages == {"public.small_2": "public.small_2 was truncated"}
    assert changes(report) == {f"public.small_{n}": (0, 1, 0) for n in (0, 1, 3, 4)}


@pytest.mark.parametrize("change", ["delete from small_2 where id = 1", None])
@pytest.mark.parametrize("deletes", DeletePolicy)
def test_deleted_rows_are_noticed_among_many_tables(databases, deletes, change):
    make_tables(databases.source, range(5))
    options = {"source": {"mode": SyncMode.INCREMENTAL, "deletes": deletes}}
    run(databases, **options)
    query(databases.source, "update small_1 set code = 'new' where id = 1")
    if change:
        query(databases.source, change)

    report = run(databases, **options)

    expected = {"public.small_1": (0, 1, 0)}
    if change and deletes is not DeletePolicy.IGNORE:
        expected["public.small_2"] = (0, 0, 1)
    assert changes(report) == expected
