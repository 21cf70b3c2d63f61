"""Encrypted connections: another way for rows, and servers that prove who they are.

Rows that libpq has to decrypt cannot go from socket to socket.
"""

from dataclasses import replace
from signal import SIGTERM

import pytest
from integration.following import CONFIG, FOLLOW, arrives
from integration.incremental import differing
from integration.logical import LOGICAL
from integration.program import command, program
from integration.replication import changes, query, run, value, wait_until
from servers import Databases, new_database, programs_of, serve

from elt.errors import ConfigError
from elt.replication.rows import parts

#: Run by the server, in its folder: nobody else may read the key.
CERTIFY = """
copy (select) to program $$
openssl req -x509 -nodes -days 2 -subj /CN=elt -addext subjectAltName=IP:127.0.0.1 \
-keyout server.key -out server.crt 2>&1 && chmod 600 server.key $$;
"""
FILMS = """
create table films (id integer primary key, title text not null);
insert into films select n, repeat('x', n % 200) from generate_series(1, 20000) as n;
create table actors (id integer primary key, name text);
insert into actors select n, 'actor ' || n from generate_series(1, 20) as n;
"""
MANY = "insert into films select -n, '' from generate_series(1, 50000) as n"
SESSIONS = """
select count(*) filter (where not ssl), count(*)
from pg_stat_ssl join pg_stat_activity using (pid)
where application_name like 'elt %'
"""


@pytest.fixture(scope="module")
def server(binaries):
    """Serve a cluster of a version that is built with TLS."""
    with serve(programs_of(17, binaries)) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def authority(server, tmp_path_factory):
    """Return the file of the authority that the server's certificate is signed by."""
    path = tmp_path_factory.mktemp("authority") / "ca.crt"
    with new_database(server, "SOURCE") as database:
        query(database, CERTIFY)
        query(database, "alter system set ssl = on")
        query(database, "select pg_reload_conf()")
        is_on = "select setting = 'on' from pg_settings where name = 'ssl'"
        wait_until(lambda: value(database, is_on), "TLS")
        path.write_text(value(database, "select pg_read_file('server.crt')"))
    return str(path)


@pytest.fixture
def films(server, authority):
    """Give databases that are reached over TLS only, by whoever knows the authority."""
    with (
        new_database(server, "SOURCE") as source,
        new_database(server, "DESTINATION") as destination,
    ):
        query(source, FILMS)
        tls = {"sslmode": "verify-full", "sslrootcert": authority}
        yield Databases(replace(source, **tls), replace(destination, **tls))


def variables(databases):
    """Return what a command needs to know, besides where the databases are."""
    return {
        f"{settings.prefix}_{key}": getattr(settings, key.lower())
        for settings in databases
        for key in ("SSLMODE", "SSLROOTCERT")
    }


def test_tables_and_their_parts_are_copied(films, monkeypatch):
    monkeypatch.setattr(parts, "PART_BYTES", 100_000)

    run(films)

    assert differing(films) == []
    query(films.source, "update films set title = 'new' where id % 100 = 0")
    assert changes(run(films)) == {"public.films": (0, 200, 0)}


def test_a_source_that_fails_in_the_middle_publishes_nothing(films):
    query(
        films.source,
        "create view bad as select id, 1 / (19000 - id) as x from films order by id",
    )

    with pytest.raises(ConfigError, match=r"public\.bad.*division by zero"):
        run(films, source={"include_views": True})

    assert value(films.destination, "select to_regclass('raw.films') is null")


def test_a_source_is_read_from_the_wal(films):
    run(films, source=LOGICAL)
    query(films.source, "delete from films where id = 1; update films set title = ''")

    run(films, source=LOGICAL)

    assert differing(films, source=LOGICAL) == []


def test_a_source_is_followed_and_no_session_is_in_clear(films, tmp_path):
    with program(
        films, tmp_path, *FOLLOW, config=CONFIG, **variables(films)
    ) as follower:
        arrives(films, "select count(*) from raw.films", [(20000,)])
        for n in range(20):
            query(films.source, f"insert into actors values ({n} + 100)")
        arrives(films, "select count(*) from raw.actors", [(40,)])
        [(in_clear, sessions)] = query(films.source, SESSIONS)
        query(films.source, MANY)
        arrives(films, "select count(*) from raw.films", [(70000,)])
        follower.send(SIGTERM)
        follower.wait()

    assert (in_clear, sessions >= 3) == (0, True)


def test_a_server_that_somebody_else_signed_for_is_not_talked_to(films, tmp_path):
    other = tmp_path / "other.crt"
    other.write_text("")

    tls = variables(films) | {"SOURCE_SSLROOTCERT": str(other)}
    outcome = command(films, tmp_path, **tls)

    assert outcome.code == 78
    assert "certificate" in outcome.error["message"]
