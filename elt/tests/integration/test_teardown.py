"""What keeps `elt teardown` from its work is told with what helps."""

import pytest
from integration.following import following, session_after_run
from integration.logical import LOGICAL, NAME, slots
from integration.replication import configure, query, run, value

from elt.errors import ConfigError, LockedError, TemporaryError
from elt.postgres.streaming import open_stream
from elt.replication.logical.slots import stream_options
from elt.replication.teardown import tear_down

FILMS = "create table films (id integer primary key); insert into films values (1)"


@pytest.fixture
def films(databases):
    query(databases.source, FILMS)
    return databases


def leave(databases):
    """Tear down the source."""
    config = configure(databases, source=LOGICAL)
    return tear_down(config, config.sources[0])


def test_source_that_is_followed_keeps_its_slot(films, tmp_path):
    with (
        following(films, tmp_path),
        pytest.raises(LockedError, match="raw is being replicated by") as error,
    ):
        leave(films)

    assert error.value.hint.startswith("End elt replicate --follow first")
    assert slots(films) == [NAME]


def test_source_that_is_replicated_keeps_the_slot_that_nobody_reads(films):
    """A run makes its slot, and reads it only after it has copied all tables."""
    with session_after_run(films):
        assert not value(films.source, "select active from pg_replication_slots")

        with pytest.raises(LockedError):
            leave(films)

    assert slots(films) == [NAME]


def test_slot_stays_that_is_read_by_a_program_of_another_destination(films):
    run(films, source=LOGICAL)
    query(films.destination, "drop schema elt cascade")

    with (
        open_stream(
            films.source, NAME, stream_options(NAME), application_name="another"
        ),
        pytest.raises(TemporaryError, match=f'"{NAME}" is active') as error,
    ):
        leave(films)

    assert error.value.hint.startswith("End elt replicate --follow first")


def test_publication_of_somebody_else_is_left_to_its_owner(films, make_role):
    run(films, source=LOGICAL)
    role = make_role(films.source)
    query(films.source, f"alter role {role.user} replication")

    with pytest.raises(ConfigError, match="must be owner of publication") as error:
        leave(films._replace(source=role))

    assert error.value.hint == f'Let its owner drop it: DROP PUBLICATION "{NAME}";'
    assert slots(films) == []
