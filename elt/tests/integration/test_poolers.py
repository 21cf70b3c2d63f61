"""A pooler between elt and a database: one that lends sessions is refused."""

import pytest
from integration.incremental import differing
from integration.poolers import ask, pooled
from integration.replication import configure, query, run

from elt.config import SyncMode
from elt.errors import ConfigError
from elt.postgres import connect
from elt.replication.check import check

FILMS = """
create table films (id integer primary key, title text);
insert into films select n, 'film ' || n from generate_series(1, 1000) as n;
create schema shop;
create table shop.orders (id integer primary key, film_id integer references films);
insert into shop.orders select n, n from generate_series(1, 100) as n;
"""
SEEN = """
select current_setting('search_path'), current_setting('row_security'),
    current_setting('datestyle'), current_setting('timezone')
"""


@pytest.mark.parametrize("mode", ["transaction", "statement"])
def test_pooler_that_lends_sessions_is_refused_and_left_as_it_was(databases, mode):
    with pooled(databases.source, mode) as source:
        before = ask(source, SEEN)

        with pytest.raises(ConfigError, match="lends its sessions") as error:
            connect(source, application_name="test")

        assert ask(source, SEEN) == before
    assert error.value.exit_code == 78
    assert "pool_mode = session" in error.value.hint


def test_check_names_it_for_either_side(databases):
    with (
        pooled(databases.source, "transaction") as source,
        pooled(databases.destination, "transaction") as destination,
    ):
        config = configure(databases._replace(source=source, destination=destination))
        report = check(config, config.sources[0])

    assert [finding.subject for finding in report.findings] == ["source", "destination"]
    assert report.exit_code == 78


@pytest.mark.parametrize("mode", SyncMode)
def test_pooler_of_sessions_does_no_harm(databases, mode):
    query(databases.source, FILMS)
    with (
        pooled(databases.source, "session") as source,
        pooled(databases.destination, "session") as destination,
    ):
        through = databases._replace(source=source, destination=destination)
        before = ask(source, SEEN)
        run(through, source={"mode": mode})
        query(databases.source, "update films set title = 'changed' where id < 10")

        report = run(through, source={"mode": mode})

        assert sum(stream.difference.updated for stream in report.streams) == 9
        assert differing(through, source={"mode": mode}) == []
        assert ask(source, SEEN) == before
