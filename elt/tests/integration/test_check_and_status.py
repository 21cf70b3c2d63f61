"""`elt check` names what stands in the way; `elt status` shows what is known."""

import json

import pytest
from integration.program import command
from integration.replication import query, run
from psycopg2.sql import SQL, Identifier
from servers import environ_of

FILMS = "create table films (id integer primary key); insert into films values (1), (2)"


@pytest.fixture
def films(databases):
    """Return databases of which the source has two films."""
    query(databases.source, FILMS)
    return databases


def report(databases, folder, *arguments, **variables):
    """Run a command that prints JSON; return its exit code and what it printed."""
    outcome = command(databases, folder, *arguments, "--format", "json", **variables)
    document, _ = json.JSONDecoder().raw_decode(outcome.output)
    return outcome.code, document


def texts(document, level):
    """Return the findings of one level."""
    [source] = document["sources"]
    return [f["text"] for f in source["findings"] if f["level"] == level]


def test_check_finds_nothing_in_the_way_and_writes_nothing(films, tmp_path):
    code, document = report(films, tmp_path, "check")

    schemas = "select nspname from pg_namespace where nspname ~ '^(raw|elt)'"
    assert code == 0
    assert texts(document, "error") == []
    assert query(films.destination, schemas) == []


def test_check_tells_everything_at_once(films, tmp_path):
    query(
        films.source,
        "create table keyless (line text); create view seen as select 1 as id",
    )
    query(films.destination, "create schema raw; create table raw.films (id integer)")

    config = tmp_path / "elt.yaml"
    config.write_text('sources: [{include: ["public.*"], exclude: ["*.fims"]}]')

    code, document = report(films, tmp_path, "check", ELT_CONFIG=str(config))

    assert code == 78
    assert "sources[0].exclude: nothing is called *.fims" in texts(document, "note")
    assert any("raw.films exists" in text for text in texts(document, "error"))
    assert any("public.keyless" in text for text in texts(document, "warning"))
    assert any("public.seen" in text for text in texts(document, "note"))


def test_names_that_nothing_has_are_told(films, tmp_path):
    config = "sources: [{exclude: [public.film, '*.x'], schemas: {pubic: x, Odd: y}}]"
    (tmp_path / "elt.yaml").write_text(config)

    _, document = report(
        films, tmp_path, "check", ELT_CONFIG=str(tmp_path / "elt.yaml")
    )
    done = command(films, tmp_path, config=config)

    assert {
        "sources[0].exclude: nothing is called public.film; did you mean public.films?",
        "sources[0].schemas: nothing is called pubic; did you mean public?",
        "sources[0].schemas: nothing is called Odd",
    } <= set(texts(document, "warning"))
    assert "sources[0].exclude: nothing is called *.x" in texts(document, "note")
    warnings = [r for r in done.records if r["message"] == "name matches nothing"]
    assert [(r["path"], r["name"], r.get("nearest")) for r in warnings] == [
        ("sources[0].exclude", "public.film", "public.films"),
        ("sources[0].schemas", "pubic", "public"),
        ("sources[0].schemas", "Odd", None),
    ]


def test_check_names_who_may_read_the_state(films, make_role, tmp_path):
    run(films)
    other = films._replace(destination=make_role(films.destination))

    code, document = report(other, tmp_path, "check")

    keeper = films.destination.user
    assert code == 78
    assert texts(document, "error")[-1] == (
        f"Schema elt belongs to {keeper}, and may not be read"
    )
    assert any("1 table" in text for text in texts(document, "ok"))


def test_check_tells_what_a_run_would_do_about_a_change(films, tmp_path):
    run(films)
    query(films.source, "alter table films add column title text")

    code, document = report(films, tmp_path, "check")

    assert code == 0
    assert any("column title added" in text for text in texts(document, "note"))


def test_check_tells_whose_replicas_stay_when_tables_are_left_out(films, tmp_path):
    query(films.source, "create table actors (id integer primary key)")
    query(films.source, "create table users (id integer primary key)")
    run(films)
    config = tmp_path / "elt.yaml"

    def notes(excluded):
        config.write_text(f"sources: [{{exclude: [{excluded}]}}]")
        _, document = report(films, tmp_path, "check", ELT_CONFIG=str(config))
        return [t for t in texts(document, "note") if "left out by elt.yaml" in t]

    one = "public.users is left out by elt.yaml; its replica stays as it is"
    both = (
        "public.actors, public.users are left out by elt.yaml; "
        "their replicas stay as they are"
    )
    assert notes("") == []
    assert notes("public.users") == [one]
    assert notes("public.users, public.actors") == [both]


def test_check_of_a_database_that_is_away_has_the_code_of_the_run(films, tmp_path):
    code, document = report(films, tmp_path, "check", SOURCE_PORT="1")

    assert code == 75
    assert any("Cannot connect" in text for text in texts(document, "error"))


def test_status_before_the_first_run_says_so(films, tmp_path):
    outcome = command(films, tmp_path, "status")

    assert outcome.code == 0
    assert "Nothing was replicated yet" in outcome.output


def test_status_needs_no_source(films, tmp_path):
    run(films)
    nothing = dict.fromkeys(environ_of(films.source), "")

    code, document = report(films, tmp_path, "status", **nothing)

    assert (code, len(document["streams"])) == (0, 1)


def test_status_shows_every_stream_and_its_receipt(films, tmp_path):
    run(films)

    code, document = report(films, tmp_path, "status")

    [stream] = document["streams"]
    [last] = document["runs"]
    assert code == 0
    assert (stream["stream"], stream["state"], stream["rows"]) == (
        "public.films",
        "ready",
        2,
    )
    assert (stream["receipt"], stream["is_equal"]) == ("checksum", True)
    assert (last["status"], last["changed"]) == ("published", 2)


def test_status_tells_that_a_new_table_failed_which_has_no_state(
    films, make_role, tmp_path
):
    role = make_role(films.source)
    grant = SQL("grant select on films to {}").format(Identifier(role.user))
    query(films.source, grant)
    query(films.source, "create table secret (id integer primary key)")
    config = tmp_path / "elt.yaml"
    config.write_text("publish: each")
    asked = films._replace(source=role)

    outcome = command(asked, tmp_path, "replicate", ELT_CONFIG=str(config))
    status = command(asked, tmp_path, "status")

    assert outcome.code == 78
    assert "but some of its streams failed: exit code 78" in status.output


def test_status_tells_what_is_not_copied_until_it_is(films, tmp_path):
    query(
        films.source,
        "create table actors (id integer primary key);"
        "create view seen as select 1 as id; create view best as select 1 as id",
    )
    run(films)
    query(films.source, "drop view seen")
    run(films, only=["public.films"])
    _, after_one = report(films, tmp_path, "status")
    run(films)

    _, after_all = report(films, tmp_path, "status")

    reason = "a view: include_views: true copies its rows into a table"
    best, seen = (
        {"source": "raw", "object": name, "reason": reason}
        for name in ("public.best", "public.seen")
    )
    assert after_one["not_copied"] == [best, seen]
    assert after_all["not_copied"] == [best]


def test_status_reads_the_state_of_an_older_version(films, tmp_path):
    run(films)
    query(
        films.destination,
        "drop table elt.not_copied; alter table elt.streams drop column shape",
    )

    code, document = report(films, tmp_path, "status")

    assert code == 0
    assert document["streams"][0]["shape"] is None
    assert document["not_copied"] == []


def test_check_tells_how_long_a_full_refresh_takes_and_by_what(films, tmp_path):
    run(films)
    _, unmeasured = report(films, tmp_path, "check")
    query(films.destination, "update elt.sync_runs set bytes_copied = 20000000")
    _, measured = report(films, tmp_path, "check")

    found = [
        text
        for document in (unmeasured, measured)
        for text in texts(document, "ok")
        if text.startswith("a full refresh takes about")
    ]
    much = "the last run that copied more than 10 MB"
    assert found == [
        "a full refresh takes about 1 s at 50 MB/s",
        f"a full refresh takes about 1 s at the speed of {much}",
    ]


def test_check_tells_that_nobody_has_counted_the_rows(films, tmp_path):
    _, before = report(films, tmp_path, "check")
    query(films.source, "analyze films")
    _, after = report(films, tmp_path, "check")

    assert "1 table, 8 kB; rows unknown until ANALYZE" in texts(before, "ok")
    assert "1 table, about 2 rows and 8 kB" in texts(after, "ok")


INCREMENTAL = "sources: [{mode: incremental}]"
CURSOR = """
sources: [{mode: incremental, streams: {public.films: {cursor: updated_at}}}]
"""


def test_check_tells_how_incremental_streams_are_read(films, tmp_path):
    query(films.source, "create table keyless (line text)")
    before, _ = _reads(films, tmp_path, INCREMENTAL)
    run(films)
    after, notes = _reads(films, tmp_path, INCREMENTAL)

    assert before == ("note", "2 incremental streams: every row is read")
    assert after == (
        "ok",
        "2 incremental streams: for 1 of them only what changed is read",
    )
    assert "public.keyless: read in full, as it has no key to find its rows by" in notes


def test_check_reads_the_state_of_an_older_version(films, tmp_path):
    run(films)
    query(
        films.destination,
        "alter table elt.streams drop column timeline, drop column database_oid, "
        "drop column snapshot_lsn, drop column cursor_horizon",
    )

    verdict, notes = _reads(films, tmp_path, INCREMENTAL)

    assert verdict == ("note", "1 incremental stream: every row is read")
    note = "public.films: read in full, as its state is that of an older version"
    assert note in notes


def test_check_tells_that_a_cursor_has_no_index(films, tmp_path):
    query(films.source, "alter table films add column updated_at timestamptz")

    _, document = report(films, tmp_path, "check", config=CURSOR)

    text = "public.films: no index begins with its cursor updated_at"
    assert text in texts(document, "warning")


def _reads(databases, folder, config):
    """Return the verdict on incremental streams with its level, and all notes."""
    _, document = report(databases, folder, "check", config=config)
    [verdict] = [
        (level, text)
        for level in ("ok", "note")
        for text in texts(document, level)
        if " incremental stream" in text
    ]
    return verdict, texts(document, "note")


def test_status_tells_the_mode(films, tmp_path):
    config = {"config": INCREMENTAL}
    command(films, tmp_path, "replicate", **config)
    query(films.source, "insert into films values (3)")
    command(films, tmp_path, "replicate", **config)

    _, document = report(films, tmp_path, "status")

    [stream] = document["streams"]
    found = [stream[key] for key in ("mode", "state", "rows", "receipt", "is_equal")]
    assert found == ["incremental", "ready", 3, "changes", True]
