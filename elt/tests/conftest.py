"""Real PostgreSQL for the tests: servers for the run, databases for the test.

Each worker of pytest-xdist has servers of its own, started when a test wants one. The
source's and the destination's are two: on one, the OIDs of types would agree by chance.
"""

import os
from contextlib import ExitStack

import pytest
from servers import Databases, new_database, new_role, programs_of, serve, use_up_oids

from elt.embedded import find_binaries, server_version
from elt.errors import ConfigError
from elt.postgres import connect


def pytest_addoption(parser):
    parser.addoption(
        "--seeds", type=int, default=1, help="how many random workloads to play"
    )


def pytest_report_header():
    try:
        binaries = find_binaries(os.environ)
        return f"PostgreSQL {server_version(binaries)} in {binaries}"
    except ConfigError as error:
        return f"PostgreSQL: {error}"


@pytest.fixture(scope="session")
def binaries():
    """Return the folder of the PostgreSQL programs that tests use by default."""
    return find_binaries(os.environ)


@pytest.fixture(scope="session")
def source_server(binaries):
    with serve(binaries) as server:
        yield server


@pytest.fixture(scope="session")
def destination_server(binaries):
    with serve(binaries) as server:
        use_up_oids(server)
        yield server


@pytest.fixture(scope="session")
def postgres_server(binaries):
    """Return a function that gives the server of a major version."""
    servers = {}
    with ExitStack() as stack:

        def server_of(major):
            if major not in servers:
                programs = programs_of(major, binaries)
                servers[major] = stack.enter_context(serve(programs))
            return servers[major]

        yield server_of


@pytest.fixture
def source_database(source_server):
    with new_database(source_server, "SOURCE") as database:
        yield database


@pytest.fixture
def destination_database(destination_server):
    with new_database(destination_server, "DESTINATION") as database:
        yield database


@pytest.fixture
def databases(source_database, destination_database):
    return Databases(source_database, destination_database)


@pytest.fixture(scope="module")
def module_source_database(source_server):
    with new_database(source_server, "SOURCE") as database:
        yield database


@pytest.fixture(scope="module")
def module_destination_database(destination_server):
    with new_database(destination_server, "DESTINATION") as database:
        yield database


@pytest.fixture(scope="module")
def module_databases(module_source_database, module_destination_database):
    return Databases(module_source_database, module_destination_database)


@pytest.fixture(params=[14, 15, 16, 17, 18], ids="PostgreSQL {}".format)
def versioned_databases(request, postgres_server):
    """Return a source and a destination on one server, of each major version."""
    server = postgres_server(request.param)
    with (
        new_database(server, "SOURCE") as source,
        new_database(server, "DESTINATION") as destination,
    ):
        yield Databases(source, destination)


@pytest.fixture
def make_database():
    """Return a function (server, prefix) that makes one more database."""
    with ExitStack() as stack:
        yield lambda server, prefix: stack.enter_context(new_database(server, prefix))


@pytest.fixture
def make_role():
    """Return a function (database, password=None) that makes a role to connect with.

    The role has no privileges. One that is made with a password must give it.
    """
    return new_role


@pytest.fixture
def source(source_database):
    """Return a superuser's connection to the source, in autocommit mode."""
    connection = connect(source_database, application_name="test")
    yield connection
    connection.close()


@pytest.fixture
def destination(destination_database):
    """Return a superuser's connection to the destination, in autocommit mode."""
    connection = connect(destination_database, application_name="test")
    yield connection
    connection.close()
