"""The next run begins before what was open in the last one, or again if that failed."""

import pytest
from integration.gates import gate
from integration.incremental import differing, sync, with_films
from integration.program import program
from integration.replication import query, session, value

from elt.config import PublishPolicy

CONFIG = "sources: [{mode: incremental}]"
WAIT_FOR_GATE = """
create function wait() returns trigger language plpgsql as $$
begin
    perform public.pass_gate();
    return new;
end $$;
create trigger wait before update on raw.films for each row execute function wait();
"""


@pytest.fixture
def films(databases):
    """Return databases of which the destination has a hundred films."""
    return with_films(databases)


# -------------------------------------------------------------------- open transactions


def test_late_commit_is_not_lost(databases):
    """The five lines of the gap that cursors have elsewhere."""
    query(databases.source, "create table films (id integer primary key)")
    query(databases.source, "insert into films values (1)")
    with session(databases.source) as late:
        late.execute("begin; insert into films values (2)")
        query(databases.source, "insert into films values (3)")
        sync(databases)
        late.execute("commit")
    query(databases.source, "insert into films values (4)")

    found = sync(databases)

    assert found["public.films"] == (3, 2, 0, 0)
    assert differing(databases) == []


def test_row_of_a_subtransaction_that_was_open_is_not_lost(films):
    with session(films.source) as late:
        late.execute(
            "begin; insert into films values (101, '', 101); savepoint a;"
            "insert into films values (102, '', 102); release savepoint a"
        )
        query(films.source, "insert into films values (103, '', 103)")
        sync(films)
        late.execute(
            "savepoint b; insert into films values (104, '', 104);"
            "rollback to savepoint b; insert into films values (105, '', 105); commit"
        )

    found = sync(films)

    assert found["public.films"][1:] == (3, 0, 0)
    assert differing(films) == []


def test_long_transaction_is_waited_for_over_many_runs(films):
    with session(films.source) as late:
        late.execute("begin; update films set title = 'late' where id = 1")
        for number in range(2, 5):
            query(films.source, f"update films set title = 'x' where id = {number}")
            assert sync(films)["public.films"][2] == 1
        late.execute("commit")

    found = sync(films)

    assert found["public.films"][1:] == (0, 1, 0)
    assert differing(films) == []


def test_prepared_transaction_is_waited_for(films):
    query(
        films.source,
        "begin; update films set title = 'prepared' where id = 1;"
        "prepare transaction 'late'",
    )
    query(films.source, "update films set title = 'x' where id = 2")
    sync(films)
    query(films.source, "commit prepared 'late'")

    found = sync(films)

    assert found["public.films"][1:] == (0, 1, 0)
    assert differing(films) == []


def test_work_that_was_rolled_back_is_not_seen(films):
    query(films.source, "begin; update films set title = 'never'; rollback")
    query(films.source, "begin; delete from films; rollback")

    found = sync(films)

    assert found == {"public.films": (0, 0, 0, 0)}
    assert differing(films) == []


# ---------------------------------------------------------- runs that fail or leave out


def test_state_says_where_the_next_run_begins(films):
    before = value(films.source, "select pg_snapshot_xmin(pg_current_snapshot())")
    query(films.source, "update films set title = 'new' where id = 2")
    sync(films)

    [row] = query(
        films.destination,
        "select mode, state, row_count, snapshot_horizon::text::bigint > %s::bigint, "
        "system_identifier is not null, timeline, database_oid is not null, "
        "snapshot_lsn is not null, cursor_column, cursor_value from elt.streams",
        [before],
    )

    assert row == ("incremental", "ready", 100, True, True, 1, True, True, None, None)


def test_failed_run_leaves_data_and_horizon(films):
    query(films.source, "update films set title = 'new'")
    horizon = "select snapshot_horizon::text from elt.streams"
    before = value(films.destination, horizon)
    query(films.destination, "alter table raw.films add check (title <> 'new')")

    with pytest.raises(Exception, match="check"):
        sync(films)

    assert value(films.destination, horizon) == before
    query(films.destination, "alter table raw.films drop constraint films_title_check")
    assert sync(films)["public.films"] == (100, 0, 100, 0)
    assert differing(films) == []


def test_one_stream_may_run_alone(films):
    query(films.source, "create table actors (id integer primary key)")
    sync(films)
    query(films.source, "insert into actors values (1)")
    query(films.source, "update films set title = 'new' where id = 1")

    sync(films, only=["public.actors"])
    found = sync(films)

    assert found["public.films"] == (1, 0, 1, 0)
    assert differing(films) == []


def test_stream_that_fails_keeps_its_horizon_while_others_go_on(films):
    query(films.source, "create table actors (id integer primary key)")
    sync(films)
    query(films.source, "insert into actors values (1)")
    query(films.source, "update films set title = 'new' where id = 1")
    query(films.destination, "alter table raw.films add check (title <> 'new')")

    found = sync(films, publish=PublishPolicy.EACH)

    assert found == {"public.actors": (1, 1, 0, 0)}
    query(films.destination, "alter table raw.films drop constraint films_title_check")
    assert sync(films)["public.films"] == (1, 0, 1, 0)
    assert differing(films) == []


def test_run_that_is_killed_while_it_publishes_leaves_data_and_horizon(films, tmp_path):
    query(films.source, "update films set title = 'new' where id = 1")
    horizon = "select snapshot_horizon::text, snapshot_at from elt.streams"
    before = query(films.destination, horizon)
    with gate(films.destination) as closed:
        query(films.destination, WAIT_FOR_GATE)
        with program(films, tmp_path, config=CONFIG) as replicator:
            closed.wait()
            replicator.kill()
    query(films.destination, "drop function wait() cascade")

    assert query(films.destination, horizon) == before
    assert differing(films) == ["public.films"]
    assert sync(films)["public.films"] == (1, 0, 1, 0)
    assert differing(films) == []
