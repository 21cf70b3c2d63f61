"""What keeps `elt teardown` from its work is told with what helps."""

import pytest
from integration.following import FOLLOW
from integration.logical import LOGICAL, NAME, slots
from integration.program import program
from integration.replication import configure, query, run, wait_until

from elt.errors import ConfigError, TemporaryError
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


def is_read(databases):
    """Tell whether somebody reads a slot of the source."""
    statement = "select 1 from pg_replication_slots where active"
    return bool(query(databases.source, statement))


def test_slot_that_is_followed_stays_until_nobody_follows(films, tmp_path):
    with program(films, tmp_path, *FOLLOW, config="sources: [{mode: logical}]"):
        wait_until(lambda: is_read(films), "a follower")

        with pytest.raises(TemporaryError, match=f'"{NAME}" is active') as error:
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
