"""Whatever fails on either side, nothing is half-published and the culprit is named."""

import os
import subprocess
from contextlib import contextmanager
from threading import Thread

import pytest
from integration.gates import gate
from integration.history import own_cluster
from integration.program import program
from integration.replication import (
    changes,
    last_run,
    leftovers,
    published,
    query,
    run,
    version_of,
    wait_until,
    with_role,
)
from psycopg2.sql import SQL, Identifier, Literal
from servers import Databases, administer, new_database

from elt.embedded import new_home, temporary_cluster
from elt.errors import ConfigError, TemporaryError
from elt.replication import preparation
from elt.replication.catalog.reading import read_catalog
from elt.replication.rows import parts

#: Large enough to be on its way when the last row fails.
FILMS = """
create table films (id integer primary key, title text);
insert into films select n, repeat('x', 300) from generate_series(1, 3000) as n;
create table actors (id integer primary key, name text);
insert into actors values (1, 'Ada');
"""
ALLOW = {"allow_row_security": True, "name": "raw"}
CONFIG = "sources: [{allow_row_security: true}]"
#: The session of a run that reads, writes or coordinates, on either side.
SESSIONS = """
select pid from pg_stat_activity
where datname = current_database() and application_name ~ %s
"""


@pytest.fixture
def films(databases, make_role):
    """Return databases whose source is read by a role that policies apply to."""
    role = make_role(databases.source)
    query(databases.source, FILMS)
    # The locks first: an autovacuum of films that waits for the grant of this
    # transaction, and that its ALTER TABLE waits for, is a deadlock.
    query(
        databases.source,
        "alter table films enable row level security;"
        "create policy everything on films using (true);"
        f"grant select on all tables in schema public to {role.user};"
        f"alter default privileges grant select on tables to {role.user}",
    )
    return with_role(databases, role)


@pytest.fixture
def changed(films, source_database):
    """Return databases that were replicated once, and of which every row changed."""
    run(films, source=ALLOW)
    query(
        source_database, "update films set title = 'new'; update actors set name = ''"
    )
    return films


def restrict(source_database, condition):
    """Let the source evaluate something for each row it sends."""
    query(
        source_database,
        f"drop policy everything on films;create policy p on films using ({condition})",
    )


@contextmanager
def held_copy(source_database):
    """Hold up copies of films in the middle of the table, until the gate is opened."""
    with gate(source_database) as closed:
        restrict(source_database, "id < 2000 or pass_gate()")
        yield closed


def test_copy_that_fails_at_the_source_publishes_nothing(changed, source_database):
    before = published(changed.destination)
    restrict(source_database, "1 / (3000 - id) is not null")

    with pytest.raises(ConfigError) as caught:
        run(changed, source=ALLOW)

    message = caught.value.message
    assert "Stream public.films of source raw" in message
    assert "The source database says: division by zero" in message
    assert published(changed.destination) == before
    assert leftovers(changed.destination) == []


def test_part_that_fails_at_the_source_publishes_nothing(
    changed, source_database, monkeypatch
):
    monkeypatch.setattr(parts, "PART_BYTES", 100_000)
    before = published(changed.destination)
    restrict(source_database, "1 / (3000 - id) is not null")

    with pytest.raises(ConfigError, match=r"public\.films.*division by zero"):
        run(changed, source=ALLOW, workers=2)

    assert published(changed.destination) == before
    assert leftovers(changed.destination) == []


def test_first_copy_that_fails_at_the_source_publishes_nothing(films, source_database):
    restrict(source_database, "1 / (3000 - id) is not null")

    with pytest.raises(ConfigError, match=r"public\.films"):
        run(films, source=ALLOW)

    assert published(films.destination) == {}
    assert last_run(films.destination)[:2] == ("failed", 78)


def test_column_that_the_source_cannot_compute_is_no_bug(databases):
    if version_of(databases.source) < 18:
        pytest.skip("virtual columns came with PostgreSQL 18")
    query(databases.source, FILMS)
    query(
        databases.source,
        "alter table films add column share integer "
        "generated always as (1 / (7 - id)) virtual",
    )

    with pytest.raises(ConfigError, match=r"public\.films.*division by zero"):
        run(databases)

    assert published(databases.destination) == {}


@pytest.mark.parametrize("side", ["source", "destination"])
@pytest.mark.parametrize("session", ["worker", "replicate"])
def test_ended_session_is_begun_again(
    changed, source_database, tmp_path, side, session
):
    retries = {"ELT_MAX_RETRIES": "2", "ELT_RETRY_DELAY_SECONDS": "0"}
    with (
        held_copy(source_database) as closed,
        program(changed, tmp_path, config=CONFIG, **retries) as replicator,
    ):
        closed.wait()
        end_session(
            source_database if side == "source" else changed.destination, session
        )
        closed.open()
        outcome = replicator.wait()

    assert outcome.code == 0
    assert [r for r in outcome.records if r["message"] == "lost connection"] != []
    assert query(changed.destination, "select distinct title from raw.films") == [
        ("new",)
    ]
    assert leftovers(changed.destination) == []


def test_lost_stream_is_tried_again_though_others_are_published(
    changed, source_database, tmp_path
):
    retries = {"ELT_MAX_RETRIES": "1", "ELT_RETRY_DELAY_SECONDS": "0"}
    each = f"{CONFIG}\npublish: each\nworkers: 1"
    with (
        held_copy(source_database) as closed,
        program(changed, tmp_path, config=each, **retries) as replicator,
    ):
        closed.wait()
        end_session(source_database, "worker")
        closed.open()
        outcome = replicator.wait()

    assert outcome.code == 0
    runs = [r for r in outcome.records if r["message"] == "finished run"]
    assert [run["failed"] for run in runs] == [1, 0]
    titles = query(changed.destination, "select distinct title from raw.films")
    assert titles == [("new",)]


def end_session(database, name):
    """End a session of the run, as an administrator does."""
    statement = f"select pg_terminate_backend(pid) from ({SESSIONS}) as s"
    wait_until(lambda: query(database, statement, [f"^elt {name}"]), "a session to end")


def test_session_that_is_ended_for_good_fails_the_run(
    changed, source_database, tmp_path
):
    before = published(changed.destination)
    with (
        held_copy(source_database) as closed,
        program(changed, tmp_path, config=CONFIG) as replicator,
    ):
        closed.wait()
        end_session(source_database, "worker")
        outcome = replicator.wait()

    assert outcome.code == 75
    assert "of source raw" in outcome.error["message"]
    assert "The source database" in outcome.error["message"]
    assert published(changed.destination) == before


@pytest.mark.parametrize("side", ["source", "destination"])
def test_crashed_server_is_waited_for(databases, binaries, make_role, tmp_path, side):
    place = tmp_path / "crash"
    place.mkdir()
    with (
        own_cluster(binaries) as server,
        new_database(server, side.upper()) as own,
    ):
        mine = databases._replace(**{side: own})
        role = make_role(mine.source)
        query(mine.source, FILMS)
        query(
            mine.source,
            "alter table films enable row level security;"
            "create policy everything on films using (true);"
            f"grant select on all tables in schema public to {role.user}",
        )
        ours = with_role(mine, role)
        run(ours, source=ALLOW)
        query(mine.source, "update films set title = 'new'")
        retries = {"ELT_MAX_RETRIES": "100", "ELT_RETRY_DELAY_SECONDS": "0.1"}
        with (
            held_copy(mine.source) as closed,
            program(ours, place, config=CONFIG, **retries) as replicator,
        ):
            closed.wait()
            server.stop("immediate")
            closed.open()
            wait_until(lambda: "lost connection" in replicator.output, "the loss")
            server.start()
            outcome = replicator.wait()

        assert outcome.code == 0
        assert query(ours.destination, "select distinct title from raw.films") == [
            ("new",)
        ]
        assert leftovers(ours.destination) == []


@pytest.fixture
def small_disk():
    """Mount a disk of a few megabytes, where the machine lets us."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    folder = new_home()
    options = ["-t", "tmpfs", "-o", "size=12m,mode=0777", "tmpfs", str(folder)]
    if subprocess.run(["mount", *options], check=False).returncode != 0:  # noqa: S607
        folder.rmdir()
        pytest.skip("this container may not mount a disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)  # noqa: S607
    folder.rmdir()


@pytest.fixture
def cramped(small_disk, source_database, binaries):
    """Return a source and a destination that is on a small disk."""
    with temporary_cluster(binaries) as server:
        place = small_disk / "tables"
        place.mkdir()
        owner = server.data.stat()
        os.chown(place, owner.st_uid, owner.st_gid)
        with administer(server) as cursor:
            cursor.execute(
                SQL("create tablespace small location {}").format(Literal(str(place)))
            )
        with new_database(server, "DESTINATION") as destination:
            query(
                destination,
                SQL("alter database {} set default_tablespace to small").format(
                    Identifier(destination.database)
                ),
            )
            yield Databases(source_database, destination)
        with administer(server) as cursor:
            cursor.execute("drop tablespace small")


def test_full_disk_keeps_what_is_published(cramped):
    query(cramped.source, FILMS)
    run(cramped)
    before = published(cramped.destination)
    query(
        cramped.source,
        "insert into films select n, repeat(md5(n::text), 30) "
        "from generate_series(3001, 33000) as n",
    )

    with pytest.raises(TemporaryError, match=r"public\.films.*No space left") as caught:
        run(cramped)

    assert caught.value.exit_code == 75
    assert published(cramped.destination) == before
    assert leftovers(cramped.destination) == []
    query(cramped.source, "delete from films where id > 4000")
    assert changes(run(cramped)) == {"public.films": (1000, 0, 0)}


@pytest.mark.parametrize("key", ["", "primary key"], ids=["no key", "a key"])
def test_table_dropped_while_the_catalog_is_read_is_told(databases, monkeypatch, key):
    query(databases.source, f"create table films (id integer {key})")

    def read(connection, schemas, **options):
        query(databases.source, "drop table if exists films")
        return read_catalog(connection, schemas, **options)

    monkeypatch.setattr(preparation, "read_catalog", read)

    with pytest.raises(TemporaryError):
        run(databases)


def test_table_dropped_while_others_are_copied_is_told(films, source_database):
    failure = run_beside(
        films, source_database, lambda: query(source_database, "drop table actors")
    )

    assert isinstance(failure, TemporaryError)
    assert "public.actors" in failure.message
    assert published(films.destination) == {}
    assert changes(run(films, source=ALLOW)) == {"public.films": (3000, 0, 0)}


@pytest.mark.parametrize(
    "statement",
    [
        "truncate actors",
        "alter table actors alter id type bigint",
        "alter table actors drop column name",
        "alter table actors rename column name to title",
        "alter table actors rename to players",
        "alter table actors set schema elsewhere",
    ],
    ids=[
        "truncated",
        "rewritten",
        "without a column",
        "with a renamed column",
        "renamed",
        "in another schema",
    ],
)
def test_table_altered_behind_the_snapshot_is_told(films, source_database, statement):
    """Without a look at it, TRUNCATE and ALTER TABLE would leave an empty table."""
    query(
        source_database,
        "create schema elsewhere; grant usage on schema elsewhere to public",
    )
    failure = run_beside(
        films, source_database, lambda: query(source_database, statement)
    )

    assert isinstance(failure, TemporaryError)
    assert "public.actors" in failure.message
    assert published(films.destination) == {}
    assert "public.films" in changes(run(films, source=ALLOW))


def run_beside(databases, source, interfere):
    """Interfere while the first table is copied; return the error of the run."""
    failures = []

    def replicate():
        try:
            run(databases, source=ALLOW, workers=1)
        except Exception as error:  # noqa: BLE001  a result, for the test to judge
            failures.append(error)

    with held_copy(source) as closed:
        thread = Thread(target=replicate)
        thread.start()
        closed.wait()
        interfere()
        closed.open()
        thread.join()
    return failures[0] if failures else None
