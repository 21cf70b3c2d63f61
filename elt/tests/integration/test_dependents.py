"""Views that are in the way of a change are named, all of them, before anything is."""

import re

import pytest
from integration.altered import WHOLE, recorded, with_films
from integration.program import command
from integration.replication import query, run

from elt.config import PublishPolicy
from elt.errors import ConfigError

VIEWS = """
create schema staging;
create view staging.prices as select id, price as cost from raw.films where price > 0;
create view staging."Dear ones" as select id from staging.prices where cost > 1;
create materialized view staging.sums as select sum(price) from raw.films;
create view staging.titles as select id, title from raw.films;
"""
NAMED = (
    "staging.prices (price), staging.sums (price), staging.Dear ones (staging.prices)"
)
DROPS = (
    'DROP VIEW staging."Dear ones"; DROP MATERIALIZED VIEW staging.sums; '
    "DROP VIEW staging.prices;"
)


@pytest.fixture
def films(databases):
    """Return databases with views on the two films of the destination."""
    with_films(databases)
    query(databases.destination, VIEWS)
    return databases


REMADE = """
alter table films drop column price;
alter table films add column price integer generated always as (id) stored;
"""
CHANGES = pytest.mark.parametrize(
    "statement",
    [
        "alter table films drop column price",
        "alter table films alter column price type numeric(9, 4)",
        'alter table films alter column price type text collate "C"',
        REMADE,
    ],
    ids=["dropped", "retyped", "with another collation", "made anew"],
)


@CHANGES
def test_run_names_all_views_in_the_way(films, statement):
    query(films.source, statement)

    with pytest.raises(ConfigError, match=re.escape(f"change: {NAMED}")) as caught:
        run(films)

    assert DROPS in caught.value.hint
    assert {action for _, action in recorded(films)} == {"refused"}
    query(films.destination, DROPS)
    run(films)
    assert recorded(films)[-1][1] == "propagated"


@CHANGES
def test_check_names_them_before_a_run(films, tmp_path, statement):
    query(films.source, statement)

    outcome = command(films, tmp_path, "check")

    assert outcome.code == 78
    assert "✗ destination: public.films changed, and views use" in outcome.output
    assert NAMED in outcome.output
    assert DROPS in outcome.output
    query(films.destination, DROPS)
    assert command(films, tmp_path, "check").code == 0


def test_views_that_a_change_leaves_alone_are_not_in_the_way(films, tmp_path):
    query(
        films.source,
        "alter table films rename column price to cost;"
        "alter table films alter column title drop not null;"
        "alter table films add column more text; alter table films drop column rating",
    )

    assert command(films, tmp_path, "check").code == 0
    run(films)


def test_other_streams_are_published_where_each_is(films):
    query(
        films.source,
        "alter table films drop column price; create table actors (id integer)",
    )

    report = run(films, publish=PublishPolicy.EACH)

    assert [s.replica.stream.name for s in report.streams] == ["public.actors"]
    assert list(report.failures) == ["public.films"]


@pytest.mark.parametrize("publish", list(PublishPolicy))
def test_log_names_each_stream_that_is_refused(films, caplog, publish):
    query(films.source, "create table actors (id integer, born date)")
    run(films)
    query(
        films.destination, "create view staging.births as select born from raw.actors"
    )
    for table, column in (("films", "price"), ("actors", "born")):
        query(films.source, f"alter table {table} drop column {column}")

    if publish is PublishPolicy.EACH:
        query(films.source, "create table more (id integer)")
        assert len(run(films, publish=publish).failures) == 2
    else:
        with pytest.raises(ConfigError, match=r"\(and 1 more\)"):
            run(films, publish=publish)

    told = [str(vars(r)) for r in caplog.records if r.message == "failed stream"]
    assert len(told) == 2
    assert any("public.films" in text and DROPS in text for text in told)
    births = "DROP VIEW staging.births;"
    assert any("public.actors" in text and births in text for text in told)


@pytest.mark.parametrize("table", ["w", "w_2", "w_2a"])
def test_view_on_a_whole_or_a_part_is_in_the_way_of_both(databases, tmp_path, table):
    query(databases.source, WHOLE)
    run(databases)
    query(databases.destination, f"create view texts as select t from raw.{table}")
    query(databases.source, "alter table w alter column t type varchar(9)")

    with pytest.raises(ConfigError, match=r"public\.texts \(t\)"):
        run(databases)

    assert command(databases, tmp_path, "check").code == 78
