"""Batches one by one, and the command that follows a source beside a test."""

import signal
from contextlib import contextmanager

import psycopg2
from integration.logical import LOGICAL
from integration.program import program
from integration.replication import configure, query, value, wait_until

from elt.progress import LineProgress
from elt.replication.follow.batch_plan import plan_batches
from elt.replication.follow.batches import batch_session
from elt.replication.follow.follower import open_batches
from elt.replication.follow.stretch import recorded_stretch
from elt.replication.replicator import run_once
from elt.replication.sessions.session import RunOptions, Session, connected
from elt.replication.state.lock import locked

CONFIG = "sources: [{mode: logical}]"
FOLLOW = ("replicate", "--follow")
FILMS = """
create table films (id integer primary key, title text not null);
create table actors (id integer primary key, name text);
insert into films select n, 'film ' || n from generate_series(1, 100) as n;
insert into actors select n, 'actor ' || n from generate_series(1, 100) as n;
"""
TITLES = "select id, title from raw.films where id <= 2 order by id"


@contextmanager
def batches(databases, **options):
    """Run once, and give what publishes batches from there on."""
    with (
        session_after_run(databases, **options) as (session, run_id),
        recorded_stretch(session) as stretch,
        open_batches(session, plan_batches(session, run_id), stretch) as opened,
    ):
        yield opened


@contextmanager
def session_after_run(databases, *, source=None, **options):
    """Run once, and give the session for batches, and the id of the run."""
    config = configure(databases, source=LOGICAL | (source or {}), **options)
    [source] = config.sources
    with (
        connected(config, source) as (reader, writer),
        locked(writer, source.name),
    ):
        session = Session(
            config=config,
            source=source,
            options=RunOptions(),
            reader=reader,
            writer=writer,
            progress=LineProgress(),
        )
        report = run_once(session)
        yield batch_session(session), report.run_id


def step(opened, statement=""):
    """Change the source and publish a batch; return what it read and changed."""
    if statement:
        query(opened.session.source.connection, statement)
    report = opened.publish_next(is_heartbeat=False)
    return {
        s.replica.stream.name: (
            s.copied.rows,
            s.difference.inserted,
            s.difference.updated,
            s.difference.deleted,
        )
        for s in report.streams
    }


@contextmanager
def following(databases, folder, *options, config=CONFIG):
    """Follow beside the block, from when the first run has published."""
    variables = {"ELT_RETRY_DELAY_SECONDS": "0.05"}
    before = last_stretch(databases)
    with program(
        databases, folder, *FOLLOW, *options, config=config, **variables
    ) as started:
        wait_until(lambda: last_stretch(databases) > before, "the first batch")
        yield started


def last_stretch(databases):
    """Return the id of the newest stretch of batches that has published one."""
    if value(databases.destination, "select to_regclass('elt.sync_runs') is null"):
        return 0
    statement = (
        "select coalesce(max(run_id), 0) from elt.sync_runs "
        "where status = 'following' and snapshot_at is not null"
    )
    return value(databases.destination, statement)


def arrives(databases, statement, expected):
    """Wait until a query of the destination returns some rows."""
    wait_until(
        lambda: found(databases, statement) == expected,
        f"{statement} = {expected}",
    )


def found(databases, statement):
    """Return rows of the destination, None where it is not yet what it will be."""
    table = statement.split(" from ")[1].split()[0]
    if value(databases.destination, "select to_regclass(%(t)s) is null", {"t": table}):
        return None
    try:
        return query(databases.destination, statement)
    except psycopg2.errors.UndefinedColumn:
        return None


def change(databases, statement):
    """Change the source."""
    query(databases.source, statement)


def stop(follower, number=signal.SIGTERM):
    """End a follower as an administrator does; return how it ended."""
    follower.send(number)
    outcome = follower.wait()
    assert outcome.code == 0
    return outcome
