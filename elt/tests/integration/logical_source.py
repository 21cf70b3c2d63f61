"""A source with a hundred films for logical runs: written to, followed and checked."""

from integration.incremental import differing
from integration.logical import LOGICAL, NAME, sync
from integration.replication import configure, query

from elt.replication.check import check

FILMS = """
create table films (id integer primary key, title text not null);
insert into films select n, 'film ' || n from generate_series(1, 100) as n;
"""
ONLY_FILMS = {"include": ("public.films",)}
GONE = "its slot is gone"
#: Writes about ten megabytes of WAL that no stream is interested in.
WRITE_MUCH = """
create table if not exists other (n integer, t text);
insert into other select n, repeat('x', 1000) from generate_series(1, 10000) as n;
"""
MUCH = 5 << 20


def with_films(databases):
    """Fill the source with a hundred films and replicate just them; return both."""
    query(databases.source, FILMS)
    sync(databases, source=ONLY_FILMS)
    return databases


def follow(databases, statement="", **source):
    """Change the source and replicate; return what was done to the films."""
    if statement:
        query(databases.source, statement)
    found = sync(databases, source=ONLY_FILMS | source)
    assert differing(databases, source=LOGICAL | ONLY_FILMS) == []
    return found["public.films"]


def write_much(databases):
    """Write WAL; a checkpoint is where a slot can go on from, or a few idle seconds."""
    query(databases.source, WRITE_MUCH)
    query(databases.source, "checkpoint")


def drop_slot(databases):
    """Take the slot away, as somebody else may."""
    query(databases.source, f"select pg_drop_replication_slot('{NAME}')")


def configuration(databases, **source):
    """Return the configuration of logical runs, and its only source."""
    config = configure(databases, source=LOGICAL | source)
    return config, config.sources[0]


def findings(databases, level, **source):
    """Return text and fix of what a check finds."""
    report = check(*configuration(databases, **source))
    return {f.text: f.fix for f in report.findings if f.level is level}
