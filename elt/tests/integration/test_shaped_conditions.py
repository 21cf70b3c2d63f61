"""Conditions on other rows or on the time decide anew in each run, once for a part."""

import time
from threading import Lock

import pytest
from integration.incremental import sync
from integration.replication import changes, query, run
from integration.shaped import shaped, with_users

from elt.config import Shape, SyncMode
from elt.replication.rows.shadow import tally_source
from elt.replication.sessions.snapshot import import_snapshot


@pytest.fixture
def users(databases):
    """Return databases whose source has users with secrets, and knows the key."""
    return with_users(databases)


@pytest.mark.parametrize(
    "where, statement, reason",
    [
        pytest.param(
            "id in (select user_id from consents)",
            "delete from consents where user_id = 1",
            "its condition reads other rows",
            id="other rows",
        ),
        pytest.param(
            "agrees(id)",
            "delete from consents where user_id = 1",
            "its condition calls agrees",
            id="a function",
        ),
    ],
)
@pytest.mark.parametrize("mode", [SyncMode.INCREMENTAL, SyncMode.LOGICAL])
def test_rows_that_leave_without_being_written_are_noticed(
    users, mode, where, statement, reason
):
    query(
        users.source,
        """
        create table consents (user_id integer primary key);
        insert into consents select id from users where id <= 9;
        create function agrees(integer) returns boolean language sql stable
        as 'select exists (select from public.consents where user_id = $1)';
        """,
    )
    source = shaped(Shape(where=where), mode=mode)
    source |= {"include": ("public.users",)}
    run(users, source=source)
    query(users.source, statement)

    found = sync(users, source=source)

    assert found == {"public.users": (reason, 0, 0, 1)}


def test_a_condition_on_the_time_is_asked_once_for_each_part(users, monkeypatch):
    monkeypatch.setattr("elt.replication.rows.parts.PART_BYTES", 8192)
    turn = Lock()

    def begin_one_after_the_other(*arguments):
        with turn:
            time.sleep(0.1)
            import_snapshot(*arguments)

    def tally_when_all_have_begun(reader, part, *arguments):
        time.sleep(0.3 if part.is_whole else 0)
        return tally_source(reader, part, *arguments)

    query(
        users.source,
        "create table others (id integer primary key);"
        "insert into users (id, email, iban, name, seen_at) select n, 'e' || n, '', "
        "repeat('n', 100), now() + n * 7919 % 9000 * interval '1 millisecond' "
        "from generate_series(101, 9000) as n; analyze users",
    )
    source = shaped(Shape(where="seen_at <= now()"), mode=SyncMode.INCREMENTAL)
    run(users, source=source)
    monkeypatch.setattr(
        "elt.replication.sessions.worker_connections.import_snapshot",
        begin_one_after_the_other,
    )
    monkeypatch.setattr(
        "elt.replication.load.stream_load.tally_source", tally_when_all_have_begun
    )

    report = run(users, source=source, workers=2)

    assert changes(report)["public.users"][0] > 0


def test_a_part_is_tallied_at_the_time_it_was_copied_at(users, monkeypatch):
    monkeypatch.setattr("elt.replication.rows.parts.PART_BYTES", 4096)
    # What is handed to whoever is free would be tallied in another session.
    handed_on = []
    monkeypatch.setattr("elt.replication.load.part_load.Task", handed_on.append)
    query(
        users.source,
        "insert into users (id, email, iban, name) select n, 'e' || n, "
        "'', repeat('n', 200) from generate_series(101, 500) as n; analyze users",
    )

    report = run(users, source=shaped(Shape(where="seen_at <= now()")), workers=2)

    assert changes(report) == {"public.users": (440, 0, 0)}
    assert handed_on == []
