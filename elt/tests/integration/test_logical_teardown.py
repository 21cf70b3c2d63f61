"""A source that is followed no longer keeps no slot and no publication of ours."""

from dataclasses import replace

import pytest
from integration.logical import published_tables, slots, sync
from integration.logical_source import (
    FILMS,
    ONLY_FILMS,
    configuration,
    follow,
    with_films,
)
from integration.program import command
from integration.replication import query, value

from elt.config import SyncMode
from elt.replication.teardown import tear_down


@pytest.fixture
def films(databases):
    """Return databases of which the destination has a hundred films."""
    return with_films(databases)


def test_teardown_leaves_nothing_at_the_source(films):
    dropped = tear_down(*configuration(films))
    again = tear_down(*configuration(films))

    assert dropped == ["replication slot elt_raw", "publication elt_raw"]
    assert again == []
    assert slots(films) == []
    assert value(films.source, "select count(*) from pg_publication") == 0
    assert follow(films)[0] == "its slot is new"
    assert follow(films, "delete from films where id = 1") == (0, 0, 0, 1)


def test_teardown_needs_no_destination(films):
    down = films._replace(destination=replace(films.destination, port=1))

    assert len(tear_down(*configuration(down))) == 2
    assert slots(films) == []


def test_the_command_says_what_it_dropped(films, tmp_path):
    config = "sources: [{mode: logical}]"

    outcome = command(films, tmp_path, "teardown", config=config)

    dropped = "dropped replication slot elt_raw, publication elt_raw"
    assert (outcome.code, outcome.output) == (0, f"source raw: {dropped}\n")


def test_a_publication_that_was_given_is_never_changed(databases):
    query(
        databases.source,
        FILMS + "create table actors (id integer primary key);"
        "create publication given for table films, actors;",
    )
    source = ONLY_FILMS | {"publication": "given"}

    sync(databases, source=source)
    tear_down(*configuration(databases, **source))

    assert published_tables(databases, "given") == ["actors", "films"]
    assert slots(databases) == []


def test_a_source_without_logical_streams_keeps_no_slot(films):
    sync(films, source={"mode": SyncMode.FULL_REFRESH})

    assert slots(films) == []
    assert value(films.source, "select count(*) from pg_publication") == 0


def publications(databases):
    return [n for (n,) in query(databases.source, "select pubname from pg_publication")]


def test_teardown_takes_the_slot_of_another_name_along(films):
    dropped = tear_down(*configuration(films, slot="other"))

    assert dropped == ["replication slot elt_raw", "publication elt_raw"]
    assert slots(films) == []
    assert publications(films) == []


def test_teardown_takes_ours_where_one_is_given_by_now(films):
    query(films.source, "create publication given for table films")

    tear_down(*configuration(films, publication="given"))

    assert publications(films) == ["given"]


def test_a_publication_that_is_given_later_takes_ours_away(films):
    query(films.source, "create publication given for table films")

    follow(films, publication="given")

    assert publications(films) == ["given"]
    follow(films, publication="given")
    assert follow(films, "delete from films where id = 1", publication="given") == (
        (0, 0, 0, 1)
    )


@pytest.mark.parametrize("name", ["given", "elt_raw"])
@pytest.mark.parametrize("how", ["a run", "teardown"])
def test_a_publication_that_was_given_is_not_dropped(databases, name, how):
    """It stays where neither it nor a logical stream is in elt.yaml any more."""
    query(databases.source, FILMS + f"create publication {name} for table films")
    sync(databases, source=ONLY_FILMS | {"publication": name})

    if how == "a run":
        sync(databases, source={"mode": SyncMode.FULL_REFRESH})
    else:
        tear_down(*configuration(databases))

    assert slots(databases) == []
    assert publications(databases) == [name]


def test_a_publication_that_is_ours_again_is_dropped(films):
    query(films.source, "create publication given for table films")
    follow(films, publication="given")
    follow(films)

    sync(films, source={"mode": SyncMode.FULL_REFRESH})

    assert publications(films) == ["given"]


def test_a_publication_of_an_earlier_version_is_ours_by_its_name(films):
    for statement in (
        "alter table elt.slots drop column owns_publication",
        "delete from elt.migrations where version = '0011_own_publication'",
    ):
        query(films.destination, statement)

    tear_down(*configuration(films, publication="given"))

    assert publications(films) == []


def test_a_slot_of_another_plugin_is_not_ours(databases):
    query(
        databases.source,
        "select pg_create_logical_replication_slot('elt_raw', 'test_decoding')",
    )

    assert tear_down(*configuration(databases)) == []
    assert slots(databases) == ["elt_raw"]


def test_a_source_of_another_name_is_told_of_the_slot_that_it_has_left(films, tmp_path):
    renamed = "sources: [{name: shop, mode: logical, include: [public.films]}]"

    said = {
        name: command(films, tmp_path, name, config=renamed)
        for name in ("replicate", "check", "teardown")
    }

    assert [outcome.code for outcome in said.values()] == [0, 0, 0]
    assert all("run elt teardown --source raw" in o.output for o in said.values())
    assert slots(films) == ["elt_raw"]
    named = "sources: [{mode: logical}, {name: shop, mode: logical}]"
    command(films, tmp_path, "teardown", "--source", "raw", config=named)
    assert slots(films) == []
    assert publications(films) == []


def test_another_name_for_the_slot_takes_the_old_one_away(films):
    follow(films, slot="other")

    assert slots(films) == ["other"]
    assert published_tables(films, "other") == ["films"]
    assert published_tables(films) == []
    assert follow(films, "delete from films where id = 1", slot="other") == (0, 0, 0, 1)
