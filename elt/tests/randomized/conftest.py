"""Options that say how many databases are made, from which seeds, and where."""

import pytest
from servers import Databases, new_database

#: As many as an ordinary run of the tests has time for.
_DATABASES = 100


def pytest_addoption(parser):
    group = parser.getgroup("random databases")
    group.addoption("--databases", type=int, help="how many are made (100)")
    group.addoption("--seed", type=int, help="the first seed, and the only one (1)")
    group.addoption(
        "--postgres",
        metavar="MAJOR[:MAJOR]",
        help="versions of the source and of the destination, as 14 or 14:18",
    )


def pytest_generate_tests(metafunc):
    if "seed" in metafunc.fixturenames:
        # A run of all tests reads this file too late for its options.
        first = metafunc.config.getoption("--seed", None)
        count = metafunc.config.getoption("--databases", None)
        count = count or (_DATABASES if first is None else 1)
        first = 1 if first is None else first
        metafunc.parametrize("seed", range(first, first + count), ids="seed {}".format)


@pytest.fixture
def majors(request):
    """Return the versions of source and destination; None is the usual one."""
    chosen = request.config.getoption("--postgres", None)
    if chosen is None:
        return None
    source, _, destination = chosen.partition(":")
    return int(source), int(destination or source)


@pytest.fixture
def random_databases(request, majors):
    """Return an empty source and an empty destination."""
    if majors is None:
        source = request.getfixturevalue("source_server")
        destination = request.getfixturevalue("destination_server")
    else:
        server_of = request.getfixturevalue("postgres_server")
        source, destination = map(server_of, majors)
    with (
        new_database(source, "SOURCE") as from_database,
        new_database(destination, "DESTINATION") as to_database,
    ):
        yield Databases(from_database, to_database)
