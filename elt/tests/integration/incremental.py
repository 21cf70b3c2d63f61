"""Incremental runs for tests, and what they say and prove."""

import logging
from contextlib import closing, contextmanager

from integration.replication import configure, query, run

from elt.config import DeletePolicy, StreamConfig, SyncMode
from elt.postgres import connect
from elt.progress import LineProgress
from elt.replication.sessions.session import RunOptions, Session
from elt.replication.verify import verify

INCREMENTAL = {"mode": SyncMode.INCREMENTAL}
FILMS = """
create table films (id integer primary key, title text not null, rank integer unique);
insert into films select n, 'film ' || n, n from generate_series(1, 100) as n;
"""


def stream(name="public.films", **options):
    """Return a source of which one stream has options."""
    if "deletes" in options:
        options["deletes"] = DeletePolicy(options["deletes"])
    return INCREMENTAL | {"streams": ((name, StreamConfig(**options)),)}


def with_films(databases):
    """Fill the source with a hundred films and replicate; return the databases."""
    query(databases.source, FILMS)
    sync(databases)
    return databases


def sync(databases, *, source=None, **options):
    """Run once; return (read, inserted, updated, deleted) of each stream, and why not.

    A stream that was read in full has the reason in place of the number of rows read.
    """
    with lines() as logged:
        report = run(databases, source=source or INCREMENTAL, **options)
    reasons = {fields["stream"]: fields["reason"] for fields in logged["read in full"]}
    return {
        s.replica.stream.name: (
            reasons.get(s.replica.stream.name, s.copied.rows),
            s.difference.inserted,
            s.difference.updated,
            s.difference.deleted,
        )
        for s in report.streams
    }


def sync_after(databases, statements, **options):
    """Change the source and replicate; return what was done to the films."""
    query(databases.source, statements)
    return sync(databases, **options)["public.films"]


def differing(databases, **options):
    """Return the streams whose sides differ now."""
    found = comparisons(databases, **options)
    return [comparison.stream for comparison in found if not comparison.is_equal]


def comparisons(databases, **options):
    """Compare both sides now."""
    return list(comparing(databases, **options))


def comparing(databases, *, source=None, name="test", **options):
    """Compare both sides, stream by stream, by sessions of a name."""
    config = configure(databases, source=source or INCREMENTAL, **options)
    with (
        closing(connect(databases.source, application_name=name)) as reader,
        closing(connect(databases.destination, application_name=name)) as writer,
    ):
        session = Session(
            config=config,
            source=config.sources[0],
            options=RunOptions(),
            reader=reader,
            writer=writer,
            progress=LineProgress(),
        )
        yield from verify(session)


def methods(databases):
    """Return the methods of the receipts of the last run, by stream."""
    return dict(
        query(
            databases.destination,
            "select stream, method from elt.receipts "
            "where run_id = (select max(run_id) from elt.sync_runs)",
        )
    )


@contextmanager
def lines():
    """Give the fields of what is logged meanwhile, by message."""
    logged = _Lines()
    package = logging.getLogger("elt")
    level = package.level
    package.addHandler(logged)
    package.setLevel(logging.INFO)
    try:
        yield logged
    finally:
        package.removeHandler(logged)
        package.setLevel(level)


class _Lines(logging.Handler):
    def __init__(self):
        super().__init__()
        self._fields = {}

    def emit(self, record):
        found = self._fields.setdefault(record.getMessage(), [])
        found.append(getattr(record, "elt_fields", {}))

    def __getitem__(self, message):
        return self._fields.get(message, [])
