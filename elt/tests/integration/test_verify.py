"""`elt verify` tells whether both sides are equal now, and where they are not."""

import json

import pytest
from integration.incremental import comparisons
from integration.program import command
from integration.replication import query, run

from elt.errors import ConfigError

TABLES = """
create type mood as enum ('sad', 'glad');
create table films (id integer primary key, title text not null, price numeric);
insert into films select n, 'film ' || n, 1.50 from generate_series(1, 1000) as n;
create table words (word text, feeling mood, note text, primary key (word, feeling));
insert into words select 'w' || n, 'glad', 'x' from generate_series(1, 200) as n;
create table keyless (line text);
insert into keyless values ('a'), ('a'), ('b');
"""


@pytest.fixture
def tables(databases):
    """Return databases whose three tables are replicated."""
    query(databases.source, TABLES)
    run(databases)
    return databases


def verify(databases, folder, *arguments):
    """Run the command; return its exit code and what differs, by stream."""
    outcome = command(databases, folder, "verify", "--format", "json", *arguments)
    report, _ = json.JSONDecoder().raw_decode(outcome.output)
    return outcome.code, {s["stream"]: s for s in report["streams"]}


def test_equal_sides_are_equal(tables, tmp_path):
    code, streams = verify(tables, tmp_path)

    assert code == 0
    assert {name: s["is_equal"] for name, s in streams.items()} == {
        "public.films": True,
        "public.keyless": True,
        "public.words": True,
    }


@pytest.mark.parametrize(
    "side, statement",
    [
        pytest.param(
            "source", "update films set price = 1.5 where id = 777", id="scale"
        ),
        pytest.param("source", "delete from films where id = 777", id="a lost row"),
        pytest.param(
            "destination", "delete from raw.films where id = 777", id="its copy"
        ),
    ],
)
def test_difference_is_named_by_its_keys(tables, tmp_path, side, statement):
    query(getattr(tables, side), statement)

    code, streams = verify(tables, tmp_path)

    [found] = streams["public.films"]["ranges"]
    assert code == 65
    assert int(found["low"][0]) <= 777 < int(found["high"][0])
    assert int(found["high"][0]) - int(found["low"][0]) <= 11
    assert streams["public.words"]["is_equal"]


def test_five_ranges_are_named_and_that_there_are_more(tables, tmp_path):
    query(tables.source, "update films set price = 2 where id % 100 = 50")

    code, streams = verify(tables, tmp_path)

    films = streams["public.films"]
    assert (code, len(films["ranges"]), films["has_more_ranges"]) == (65, 5, True)
    said = command(tables, tmp_path, "verify").output
    assert "public.films: and in more ranges\n" in said
    query(tables.source, "update films set price = 1.50 where id > 500")
    _, streams = verify(tables, tmp_path)
    films = streams["public.films"]
    assert (len(films["ranges"]), films["has_more_ranges"]) == (5, False)


def test_keys_that_servers_order_differently_are_found(tables, tmp_path):
    query(tables.source, "update words set note = 'y' where word = 'w50'")

    code, streams = verify(tables, tmp_path, "--stream", "public.words")

    [found] = streams["public.words"]["ranges"]
    assert code == 65
    assert found["low"][0] <= "w50" < found["high"][0]


def test_difference_without_a_key_is_told(tables, tmp_path):
    query(tables.source, "delete from keyless where ctid = '(0,1)'")

    code, streams = verify(tables, tmp_path, "--stream", "public.keyless")

    assert code == 65
    assert streams["public.keyless"]["source_rows"] == 2
    assert streams["public.keyless"]["destination_rows"] == 3


def test_new_and_changed_tables_are_told(tables, tmp_path):
    query(tables.source, "create table others (id integer)")
    query(tables.source, "alter table films add column minutes integer")

    code, streams = verify(tables, tmp_path)

    assert code == 65
    assert "not replicated yet" in streams["public.others"]["reason"]
    assert "column minutes added" in streams["public.films"]["reason"]


def test_other_keys_and_indexes_do_not_keep_rows_from_being_compared(tables, tmp_path):
    query(
        tables.source,
        "create index on films (title);"
        "alter table words drop constraint words_pkey, add unique (note, word)",
    )

    code, streams = verify(tables, tmp_path)

    assert code == 0
    assert {s["source_rows"] for s in streams.values()} == {1000, 200, 3}

    query(tables.destination, "delete from raw.words where word = 'w7'")
    code, streams = verify(tables, tmp_path)

    assert code == 65
    assert streams["public.words"]["destination_rows"] == 199


def test_source_that_was_never_replicated_is_told_once(databases):
    query(databases.source, "create table one (id int); create table two (id int)")

    with pytest.raises(ConfigError, match="No stream of source raw was replicated yet"):
        comparisons(databases)


def test_no_run_is_recorded(tables, tmp_path):
    verify(tables, tmp_path)

    assert query(tables.destination, "select count(*) from elt.sync_runs") == [(1,)]
