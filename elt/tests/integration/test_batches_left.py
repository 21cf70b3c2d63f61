"""What a batch leaves to a run, and what it need not leave."""

import pytest
from integration.following import FILMS, batches, session_after_run, step
from integration.incremental import differing
from integration.logical import LOGICAL, NAME, sync
from integration.replication import leftovers, query, value

from elt.errors import EltError
from elt.replication.follow.backlog import UnusualError
from elt.replication.follow.batch_plan import plan_batches
from elt.replication.follow.stretch import recorded_stretch


@pytest.fixture
def films(databases):
    query(databases.source, FILMS)
    return databases


@pytest.mark.parametrize(
    "statement, reason",
    [
        pytest.param(
            "alter table films add column price numeric default 9.99",
            "a definition changed",
            id="new column",
        ),
        pytest.param(
            "alter table films alter column title type varchar(99)",
            "a definition changed",
            id="type",
        ),
        pytest.param("truncate films", "a definition changed", id="truncate"),
        pytest.param("create table users (id int)", "a definition changed", id="table"),
        pytest.param("drop table actors", "a definition changed", id="dropped"),
        pytest.param(
            "create index on films (title)", "a definition changed", id="index"
        ),
        pytest.param(
            "comment on table films is 'Films.'", "a definition changed", id="comment"
        ),
        pytest.param(
            f"alter publication {NAME} drop table films",
            "a definition changed",
            id="publication",
        ),
        pytest.param(
            "alter table films replica identity full",
            "a definition changed",
            id="identity",
        ),
        pytest.param("vacuum full films", "a definition changed", id="rewrite"),
        pytest.param(
            "insert into films select n, 'new' from generate_series(101, 2000) as n",
            r"most rows of public\.films changed",
            id="most rows",
        ),
    ],
)
def test_what_is_unusual_is_left_to_a_run(films, statement, reason):
    with batches(films) as opened:
        step(opened, "update films set title = 'x' where id = 1")
        query(films.source, statement)
        with pytest.raises(UnusualError, match=reason):
            step(opened)

    sync(films, source={"exclude": ("*.users",)}, allow_shrink=True)
    assert differing(films, source=LOGICAL | {"exclude": ("*.users",)}) == []


def test_a_schema_that_was_not_published_for_a_while_is_left_to_a_run(films):
    query(films.source, "create publication given for tables in schema public")
    with batches(films, source={"publication": "given"}) as opened:
        for statement in (
            "alter publication given drop tables in schema public",
            "update films set title = 'lost' where id = 2",
            "alter publication given add tables in schema public",
        ):
            query(films.source, statement)
        with pytest.raises(UnusualError, match="a definition changed"):
            step(opened)

    sync(films, source={"publication": "given"})
    assert differing(films, source=LOGICAL) == []


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("vacuum films", id="vacuum"),
        pytest.param("analyze", id="analyze"),
        pytest.param("create temporary table t (id int); drop table t", id="temporary"),
        pytest.param("update films set title = title", id="same values"),
    ],
)
def test_what_changes_no_definition_is_no_reason_for_a_run(films, statement):
    with batches(films) as opened:
        query(films.source, statement)
        found = step(opened, "update films set title = 'x' where id = 1")

    assert found["public.films"][1:] == (0, 1, 0)


def test_more_than_memory_should_hold_is_left_to_a_run(films, monkeypatch):
    monkeypatch.setattr("elt.replication.follow.backlog.LARGEST_BACKLOG", 4000)
    many = "insert into films select n, 'new' from generate_series(1001, 2000) as n"
    with batches(films) as opened:
        step(opened, "update films set title = 'x' where id < 30")
        with pytest.raises(UnusualError, match="more was written than a batch holds"):
            step(opened, many)

    assert sync(films)["public.films"][1:] == (1000, 0, 0)


def test_a_large_transaction_is_a_batch(films, monkeypatch):
    """Only its keys take memory."""
    monkeypatch.setattr("elt.replication.follow.backlog.LARGEST_BACKLOG", 4000)
    wide = "update films set title = repeat('x', 1000) || id where id <= 40"
    with batches(films) as opened:
        found = step(opened, wide)

    assert found["public.films"] == (40, 0, 40, 0)


def test_backlogs_are_forgotten(films, monkeypatch):
    monkeypatch.setattr("elt.replication.follow.backlog.LARGEST_BACKLOG", 10_000)
    with batches(films) as opened:
        for number in range(10):
            step(opened, f"update films set title = 'x{number}' where id < 30")


def test_a_slot_above_its_budget_is_left_to_a_run(films):
    with batches(films, source={"wal_budget": 1}) as opened:
        step(opened, "update films set title = 'x' where id = 1")
        with pytest.raises(UnusualError, match="more than wal_budget"):
            opened.publish_next(is_heartbeat=True)


def test_a_receipt_that_does_not_hold_publishes_nothing(films):
    query(films.source, "update films set title = 'before' where id = 1")
    with batches(films) as opened:
        query(
            films.destination,
            "create function raw.spoil() returns trigger language plpgsql as "
            "'begin new.title = ''spoilt''; return new; end';"
            "create trigger spoil before update on raw.films "
            "for each row execute function raw.spoil();"
            "alter table raw.films enable always trigger spoil",
        )
        with pytest.raises(EltError, match="differ"):
            step(opened, "update films set title = 'after' where id = 1")

    title = value(films.destination, "select title from raw.films where id = 1")
    assert title == "before"


@pytest.mark.parametrize(
    "statement, reason",
    [
        pytest.param("truncate films", "films was truncated", id="truncate"),
        pytest.param("vacuum full films", "films was truncated", id="rewrite"),
        pytest.param("alter table films add n int", "films changed", id="column"),
        pytest.param("create table users (id int primary key)", "is new", id="table"),
    ],
)
def test_what_changes_right_after_the_run_is_left_to_another(films, statement, reason):
    with session_after_run(films) as (planning, run_id):
        query(films.source, statement)
        with (
            pytest.raises(UnusualError, match=reason),
            recorded_stretch(planning),
        ):
            plan_batches(planning, run_id)

    assert leftovers(films.destination) == []
