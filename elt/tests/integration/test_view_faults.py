"""What may go wrong with a view, and with no table, is told apart."""

from threading import Event, Thread, get_ident

import pytest
from integration.gates import gate
from integration.program import command
from integration.replication import (
    DEADLINE_SECONDS,
    changes,
    published,
    query,
    value,
    with_role,
)
from integration.views import FILMS, replicate, same

from elt.config import PublishPolicy, SyncMode, Verification
from elt.errors import ConfigError, DataError, TemporaryError
from elt.replication.load import workers
from elt.replication.load.part_load import load_part
from elt.replication.load.work_queue import WorkQueue


@pytest.fixture
def films(databases):
    """Return databases of which the source has a table and two views."""
    query(databases.source, FILMS)
    return databases


#: Fails in the middle of what it returns.
BROKEN = """
create view broken as
select 1 / (50000 - n) as quotient from generate_series(1, 60000) as n
"""


def test_a_view_that_cannot_be_evaluated_keeps_all_from_being_published(
    films, tmp_path
):
    query(films.source, BROKEN)

    outcome = command(
        films,
        tmp_path,
        "replicate",
        config="sources: [{include_views: true, mode: incremental}]",
    )

    assert outcome.code == 78
    assert "Stream public.broken" in outcome.error["message"]
    assert "division by zero" in outcome.error["message"]
    assert "exclude the view" in outcome.error["hint"]
    assert published(films.destination) == {}
    failed = "select stream, mode from elt.stream_syncs where status = 'failed'"
    assert query(films.destination, failed) == [("public.broken", "full_refresh")]


def test_a_view_that_cannot_be_evaluated_fails_alone_where_each_is_published(films):
    query(films.source, BROKEN)

    report = replicate(
        films, publish=PublishPolicy.EACH, source={"mode": SyncMode.INCREMENTAL}
    )

    assert report.failures.keys() == {"public.broken"}
    assert same(films, "prices")
    failed = "select stream, mode from elt.stream_syncs where status = 'failed'"
    assert query(films.destination, failed) == [("public.broken", "full_refresh")]


@pytest.fixture
def reader(films, make_role):
    """Return databases whose source is read by a role with rights on views only."""
    role = make_role(films.source)
    query(
        films.source,
        f"grant select on all tables in schema public to {role.user};"
        f"grant usage on schema public to {role.user}",
    )
    return with_role(films, role)


def test_a_view_whose_owner_may_not_read_is_named_with_the_remedy(
    reader, films, make_role, tmp_path
):
    owner = make_role(films.source)
    query(
        films.source,
        "create table secrets (id integer primary key);"
        "create view leaked as select id from secrets;"
        f"alter view leaked owner to {owner.user};"
        f"grant select on leaked, secrets to {reader.source.user}",
    )
    config = "sources: [{include_views: true}]"

    checked = command(reader, tmp_path, "check", config=config)
    outcome = command(reader, tmp_path, "replicate", config=config)

    assert (checked.code, outcome.code) == (78, 78)
    assert "public.leaked" in outcome.error["message"]
    assert "permission denied for table secrets" in outcome.error["message"]
    assert "rights of its owner" in outcome.error["hint"]
    assert "✗ streams: public.leaked: " in checked.output
    assert "rights of its owner" in checked.output


def test_a_view_that_the_role_may_not_read_is_named_with_the_grant(reader, films):
    query(films.source, f"revoke select on prices from {reader.source.user}")

    with pytest.raises(ConfigError, match="may not read") as refusal:
        replicate(reader)

    assert "GRANT SELECT ON TABLE public.prices" in refusal.value.hint


def test_a_view_may_show_what_the_role_could_not_read_itself(reader, films):
    query(
        films.source,
        "create table secrets (id integer primary key, open boolean);"
        "alter table secrets enable row level security;"
        "insert into secrets values (1, true), (2, false);"
        "create view opened with (security_barrier) as"
        " select id from secrets where open;"
        f"grant select on opened to {reader.source.user}",
    )
    exclude = {"exclude": ("public.secrets",)}

    replicate(reader, source=exclude)

    assert query(films.destination, "select * from raw.opened") == [(1,)]


def test_row_security_below_an_invoker_is_told(reader, films):
    query(
        films.source,
        "create table secrets (id integer primary key);"
        "alter table secrets enable row level security;"
        "create view seen with (security_invoker) as select id from secrets;"
        f"grant select on seen, secrets to {reader.source.user}",
    )

    with pytest.raises(ConfigError, match=r"public\.seen.*row-level security"):
        replicate(reader, source={"exclude": ("public.secrets",)})


def test_a_view_that_differs_each_time_is_not_published(films):
    query(films.source, "create view dice as select id, random() as eyes from films")

    with pytest.raises(DataError, match=r"public\.dice") as refusal:
        replicate(films)

    assert "verify: count" in refusal.value.hint
    assert "exclude" in refusal.value.hint
    assert published(films.destination) == {}
    replicate(films, verify=Verification.COUNT)
    assert value(films.destination, "select count(*) from raw.dice") == 2


@pytest.mark.parametrize("verify", [Verification.CHANGES, Verification.EXACT])
def test_a_view_of_the_time_is_tallied_by_the_worker_who_copies_it(
    films, verify, monkeypatch
):
    """Another one than has looked first whether it changed."""
    query(films.source, "create view moments as select id, now() as at from films")
    replicate(films, verify=verify)
    hand_over(monkeypatch, "public.moments")

    report = replicate(films, verify=verify, workers=2)

    assert changes(report)["public.moments"] == (2, 0, 2)


def hand_over(monkeypatch, stream):
    """Let the worker who looks at a stream leave the copy to another one."""
    look_first, take = workers.look_first, WorkQueue.take
    lookers, is_taken = set(), Event()

    def note_looker(shared, copying, connections):
        if copying.replica.stream.name == stream:
            lookers.add(get_ident())
        return look_first(shared, copying, connections)

    def take_what_others_left(queue):
        if get_ident() in lookers:
            assert is_taken.wait(DEADLINE_SECONDS)
        task = take(queue)
        if task is not None and getattr(task.run, "func", None) is load_part:
            is_taken.set()
        return task

    monkeypatch.setattr(workers, "look_first", note_looker)
    monkeypatch.setattr(WorkQueue, "take", take_what_others_left)


@pytest.mark.parametrize(
    "statement",
    ["truncate below.parts", "truncate below.child", "vacuum full below.parts_1"],
)
def test_a_table_below_a_view_that_is_rewritten_behind_the_snapshot_is_told(
    films, statement
):
    """Without a look at it, the view would lose rows that the snapshot has."""
    query(
        films.source,
        "create schema below;"
        "create table below.parts (id integer) partition by range (id);"
        "create table below.parts_1 partition of below.parts default;"
        "insert into below.parts values (1);"
        "create table below.parent (note text);"
        "create table below.child () inherits (below.parent);"
        "create view below.middle as select id::text from below.parts"
        " union all select note from below.parent",
    )
    exclude = {"exclude": ("below.*", "public.moods")}
    with gate(films.source) as closed:
        query(
            films.source,
            "create table slow (id integer); insert into slow values (1);"
            "create view first as select pass_gate() as passed from slow;"
            "create view last as"
            " select * from below.middle union all select relname from pg_class"
            " where relname = 'films'",
        )
        failures = []

        def work():
            try:
                replicate(films, workers=1, source=exclude)
            except TemporaryError as error:
                failures.append(error)

        thread = Thread(target=work)
        thread.start()
        closed.wait()
        query(films.source, statement)
        closed.open()
        thread.join()

    assert [failure.exit_code for failure in failures] == [75]
    assert "A table of public.last" in failures[0].message
    assert published(films.destination) == {}
    replicate(films, source=exclude)
    assert same(films, "last")
