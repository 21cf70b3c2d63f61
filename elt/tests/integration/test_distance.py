"""Servers that a benchmark puts further away: everything arrives, and later."""

import time
from contextlib import closing
from dataclasses import replace

import psycopg2
import pytest
from benchmarks.distance import distant
from benchmarks.servers import Servers, url_of

_MILLISECONDS = 30


@pytest.fixture
def servers(tmp_path, binaries, source_server, destination_server):
    return Servers(
        binaries=binaries,
        source=source_server,
        destination=destination_server,
        folder=tmp_path,
    )


def select(database, query, *parameters):
    with (
        closing(psycopg2.connect(url_of(database))) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(query, parameters)
        [[value]] = cursor.fetchall()
    return value


def test_a_distant_server_hears_and_answers_everything(servers, source_database):
    long = "€" * 3_000_000

    with distant(servers, _MILLISECONDS) as far:
        database = replace(source_database, port=far.source.port)
        heard = select(database, "select %s || 'x'", long)

    assert heard == long + "x"


def test_each_statement_waits_for_a_round_trip(servers, destination_database):
    with distant(servers, _MILLISECONDS) as far:
        database = replace(destination_database, port=far.destination.port)
        started = time.monotonic()
        select(database, "select 1")

    # Two for the connection, one for its transaction and one for the query; there is
    # no upper limit, which is up to the machine.
    assert time.monotonic() - started >= 4 * _MILLISECONDS / 1000


def test_a_client_that_goes_away_ends_its_session(servers, source_database):
    query = "select count(*) from pg_stat_activity where application_name = 'gone'"

    with distant(servers, _MILLISECONDS) as far:
        database = replace(source_database, port=far.source.port)
        address = f"{url_of(database)}?application_name=gone"
        psycopg2.connect(address).close()
        deadline = time.monotonic() + 30
        while select(source_database, query) and time.monotonic() < deadline:
            time.sleep(0.01)

    assert select(source_database, query) == 0


def test_servers_without_a_distance_are_what_they_were(servers):
    with distant(servers, 0) as same:
        assert same is servers
