"""`elt check` names the streams that a run would refuse, as they lost their rows."""

import pytest
from integration.replication import configure, query, run

from elt.config import DeletePolicy, Shape, StreamConfig, SyncMode
from elt.errors import ShrinkError
from elt.replication.check import check

LOST = "lost more of their rows than a run publishes: "
QUEUE = """
create table queue (id integer primary key, payload text);
create table films (id integer primary key);
insert into queue select n, repeat('x', 200) from generate_series(1, {rows}) as n;
insert into films values (1), (2);
"""


@pytest.fixture
def queue(databases):
    """Return databases of which the source had a queue when it was replicated."""
    query(databases.source, QUEUE.format(rows=10))
    run(databases)
    return databases


def shrunk(databases, **source):
    """Return what a check says of streams that shrank."""
    config = configure(databases, source=source)
    found = check(config, config.sources[0]).findings
    return [f.text.removeprefix(LOST) for f in found if f.text.startswith(LOST)]


def overrides(**options):
    """Return the options of a source whose queue has some of its own."""
    return {"streams": (("public.queue", StreamConfig(**options)),)}


def test_table_that_lost_its_rows_is_named_as_the_run_refuses_it(queue):
    query(queue.source, "delete from queue where id > 4")

    assert shrunk(queue) == ["public.queue (10 to 4 rows)"]
    with pytest.raises(ShrinkError, match=r"public\.queue \(10 to 4 rows\)"):
        run(queue)


def test_table_that_lost_as_much_as_it_may_is_not_named(queue):
    query(
        queue.source, "delete from queue where id > 5; delete from films where id = 1"
    )

    assert shrunk(queue) == []
    run(queue)


def test_share_of_the_stream_counts(queue):
    query(queue.source, "delete from queue")
    assert shrunk(queue, **overrides(allow_shrink=1.0)) == []

    query(queue.source, "insert into queue select generate_series(1, 9)")
    said = shrunk(queue, **overrides(allow_shrink=0.0))
    assert said == ["public.queue (10 to 9 rows)"]


def test_stream_that_keeps_what_is_deleted_cannot_shrink(queue):
    query(queue.source, "delete from queue")

    ignoring = overrides(mode=SyncMode.INCREMENTAL, deletes=DeletePolicy.IGNORE)
    assert shrunk(queue, **ignoring) == []


def test_only_the_rows_that_leave_the_source_count(queue):
    few = overrides(shape=Shape(where="id < 3"))

    assert shrunk(queue, **few) == ["public.queue (10 to 2 rows)"]


def test_estimate_stands_for_the_rows_of_a_large_table(databases):
    query(databases.source, QUEUE.format(rows=20000))
    run(databases)
    query(databases.source, "delete from queue where id % 5 > 0")
    query(databases.source, "analyze queue")

    assert shrunk(databases) == ["public.queue (20000 to 4000 rows)"]


def test_table_that_cannot_be_counted_keeps_no_check_from_its_end(queue):
    wrong = overrides(shape=Shape(where="1 / 0 = 1"))

    assert shrunk(queue, **wrong) == []


def test_nothing_was_replicated_yet(databases):
    query(databases.source, QUEUE.format(rows=0))

    assert shrunk(databases) == []
