"""A cursor finds what changed by an index, and loses nothing that commits late."""

import json

import pytest
from integration.incremental import INCREMENTAL, differing, lines, stream, sync
from integration.program import command
from integration.replication import query, run, session, value

from elt.errors import ConfigError

FILMS = """
create table films (
    id integer primary key,
    title text not null default '',
    updated_at timestamptz not null default now()
);
create index on films (updated_at);
insert into films (id, updated_at)
select n, now() - interval '1 day' from generate_series(1, 100) as n;
"""
CURSOR = {"source": stream(cursor="updated_at")}
#: What a cursor cannot see: a row that was written without its time.
UNTOLD = "update films set title = 'untold' where id = 1"
UNKNOWN = "when open transactions began could not be known in the last run"
CONFIG = """
sources: [{mode: incremental, streams: {public.films: {cursor: updated_at}}}]
"""


@pytest.fixture
def films(databases):
    """Return databases whose hundred films were replicated with a cursor."""
    query(databases.source, FILMS)
    sync(databases, **CURSOR)
    return databases


def sync_by_cursor(databases, **options):
    """Replicate; return what was done to the films, and why not by the cursor."""
    with lines() as logged:
        found = sync(databases, **(CURSOR | options))["public.films"]
    reasons = [fields["reason"] for fields in logged["read without cursor"]]
    return found, reasons


def test_rows_are_read_by_the_cursor(films):
    query(
        films.source,
        "update films set title = 'new', updated_at = now() where id > 97;"
        "insert into films values (101)",
    )
    told, reasons = sync_by_cursor(films)
    query(films.source, UNTOLD)
    untold, _ = sync_by_cursor(films)

    assert reasons == []
    assert (told, untold) == ((4, 1, 3, 0), (0, 0, 0, 0))
    assert differing(films) == ["public.films"]


def test_late_commit_is_not_lost(databases):
    """The five lines of the gap that cursors have elsewhere."""
    query(databases.source, FILMS + "delete from films")
    query(databases.source, "insert into films values (1)")
    with session(databases.source) as late:
        late.execute("begin; insert into films values (2)")
        query(databases.source, "insert into films values (3)")
        sync(databases, **CURSOR)
        late.execute("commit")
    query(databases.source, "insert into films values (4)")

    found, reasons = sync_by_cursor(databases)

    assert reasons == []
    assert found[1:] == (2, 0, 0)
    assert differing(databases) == []


def test_late_commit_with_the_time_of_its_start_is_not_lost(films):
    with session(films.source) as late:
        late.execute("begin; select 1")
        query(
            films.source,
            "set timezone to 'UTC'; update films "
            "set updated_at = now() + interval '1 hour' where id = 100",
        )
        sync_by_cursor(films)
        late.execute("update films set title = 'late', updated_at = now() where id = 1")
        late.execute("commit")

    found, reasons = sync_by_cursor(films)

    assert reasons == []
    assert found[1:] == (0, 1, 0)
    assert differing(films) == []


def test_start_of_an_older_transaction_is_remembered(films):
    with session(films.source) as late:
        late.execute("begin; select now()")
        [[start]] = late.fetchall()
        sync_by_cursor(films)

        stored = value(films.destination, "select cursor_horizon from elt.streams")

    assert stored == start


def test_state_has_column_and_highest_value(films):
    query(films.source, "update films set updated_at = '2030-01-01 00:00:00Z'")

    sync_by_cursor(films)

    found = query(
        films.destination, "select cursor_column, cursor_value from elt.streams"
    )
    assert found == [("updated_at", "2030-01-01 00:00:00+00")]


@pytest.mark.parametrize("lookback_seconds, found", [(0, []), (600, ["late"])])
def test_lookback_reads_further_back(films, lookback_seconds, found):
    query(films.source, "update films set updated_at = now() where id = 100")
    sync_by_cursor(films)
    query(
        films.source,
        "update films set title = 'late', "
        "updated_at = now() - interval '5 minutes' where id = 1",
    )

    options = stream(cursor="updated_at", lookback_seconds=lookback_seconds)
    sync_by_cursor(films, source=options)

    titles = query(films.destination, "select title from raw.films where title <> ''")
    assert [title for (title,) in titles] == found


def test_prepared_transaction_leads_to_a_scan(films):
    query(
        films.source,
        "begin; update films set title = 'late' where id = 1;"
        "prepare transaction 'late'",
    )
    sync_by_cursor(films)
    query(films.source, "commit prepared 'late'")

    found, reasons = sync_by_cursor(films)

    assert found[1:] == (0, 1, 0)
    assert reasons == [
        "when open transactions began could not be known in the last run"
    ]
    assert differing(films) == []


def test_session_that_hides_its_transaction_leads_to_a_scan(films):
    with session(films.source) as hidden:
        hidden.execute("set track_activities to off")
        hidden.execute("begin; update films set title = 'late' where id = 1")
        sync_by_cursor(films)
        hidden.execute("commit")

    found, reasons = sync_by_cursor(films)

    assert found[1:] == (0, 1, 0)
    assert reasons == [UNKNOWN]


def test_role_that_may_not_see_others_scans(films, make_role, tmp_path):
    role = make_role(films.source)
    query(films.source, f"grant select on films to {role.user}")
    as_role = films._replace(source=role)
    query(films.source, "update films set updated_at = now() where id = 100")
    sync_by_cursor(as_role)
    query(films.source, UNTOLD)

    found, reasons = sync_by_cursor(as_role)

    assert found == (1, 0, 1, 0)
    assert reasons == [UNKNOWN]
    outcome = command(as_role, tmp_path, "check", "--format", "json", config=CONFIG)
    report, _ = json.JSONDecoder().raw_decode(outcome.output)
    findings = report["sources"][0]["findings"]
    [finding] = [f for f in findings if "instead of the cursor" in f["text"]]
    assert finding["level"] == "warning"
    assert f"GRANT pg_read_all_stats TO {role.user};" in finding["fix"]


def test_role_that_may_see_others_uses_the_cursor(films, make_role):
    role = make_role(films.source)
    query(
        films.source,
        f"grant select on films to {role.user}; grant pg_monitor to {role.user}",
    )
    as_role = films._replace(source=role)
    query(films.source, "update films set updated_at = now() where id = 100")
    sync_by_cursor(as_role)
    query(films.source, UNTOLD)

    found, reasons = sync_by_cursor(as_role)

    assert reasons == []
    assert found == (0, 0, 0, 0)


def test_new_cursor_begins_with_a_scan(databases):
    query(databases.source, FILMS)
    run(databases, source=INCREMENTAL)
    query(databases.source, UNTOLD)

    found, reasons = sync_by_cursor(databases)

    assert found == (1, 0, 1, 0)
    assert reasons == ["updated_at was not its cursor in the last run"]


def test_deleted_rows_are_found(films):
    query(films.source, "delete from films where id <= 2")

    found, _ = sync_by_cursor(films)

    assert found[1:] == (0, 0, 2)
    assert differing(films) == []


@pytest.mark.parametrize(
    "kind, zone",
    [
        ("timestamp", "Pacific/Kiritimati"),
        ("timestamp", "Etc/GMT+12"),
        ("timestamptz(0)", "UTC"),
        ("date", "Etc/GMT+12"),
        ("date", "Asia/Tokyo"),
    ],
)
def test_times_of_any_kind_and_zone_are_followed(databases, kind, zone):
    query(
        databases.source,
        f"create table films (id integer primary key, at {kind});"
        "create index on films (at)",
    )
    options = stream(cursor="at")
    for number in range(3):
        query(
            databases.source,
            f"set timezone to '{zone}'; insert into films values ({number}, now())",
        )
        with session(databases.source) as late:
            late.execute(f"set timezone to '{zone}'")
            late.execute(f"begin; insert into films values ({number + 100}, now())")
            sync(databases, source=options)
            late.execute("commit")
        _, reasons = sync_by_cursor(databases, source=options)

        assert reasons == []
        assert differing(databases) == []


def test_row_without_a_time_is_always_read(databases):
    query(
        databases.source,
        "create table films (id integer primary key, updated_at timestamptz);"
        "insert into films values (1, now()), (2, null)",
    )
    sync(databases, **CURSOR)
    query(databases.source, "insert into films values (3, null)")

    found, _ = sync_by_cursor(databases)

    assert found[1:] == (1, 0, 0)


@pytest.mark.parametrize(
    "cursor, message",
    [
        ("id", "The column id of public.films is integer"),
        ("changed_at", "The table public.films has no column changed_at"),
    ],
)
def test_unfit_cursor_is_refused(films, cursor, message):
    with pytest.raises(ConfigError, match=message):
        sync(films, source=stream(cursor=cursor))
