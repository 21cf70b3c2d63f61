"""Publish the rows of streams: all together, or each so that it fails for itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from elt.errors import EltError, InterruptedRun
from elt.postgres import Connection, savepoint
from elt.replication.load.loading import Load
from elt.replication.publish.identities import set_identities, set_together
from elt.replication.publish.publication import Publication
from elt.replication.publish.shrinking import check_shrink, check_together
from elt.replication.publish.stream_publish import (
    Applied,
    apply_stream,
    prove_stream,
    tally_small,
)
from elt.replication.rows.receipts import Tally
from elt.replication.rows.row_tallies import Triggers
from elt.replication.sessions.session import summarize, tell_failure
from elt.replication.state.run_state import StreamReport


def publish_streams(
    connection: Connection,
    publication: Publication,
    loads: Sequence[Load],
    *,
    is_adopted: bool = False,
) -> list[StreamReport]:
    """Make replicas what they are at the source, inside a transaction.

    Failures are those of the publication; where all streams are published together,
    the first one is raised.
    """
    if publication.is_together:
        return _publish_together(connection, publication, loads, is_adopted=is_adopted)
    tallied = tally_small(connection, [load for load in loads if _is_unchanged(load)])
    reports = []
    for load in loads:
        tally = tallied.get(load.replica.stream.name)
        # A definition may be one that this version of PostgreSQL cannot parse.
        apart = savepoint(connection, goes_ahead=not _is_defined(load))
        with _told(publication, load), apart:
            reports.append(_publish_apart(connection, publication, load, tally))
    return reports


def _is_defined(load: Load) -> bool:
    """Tell whether a replica is new, or gets another definition."""
    return load.adjustment is None or bool(load.adjustment.changes)


def _is_unchanged(load: Load) -> bool:
    """Tell whether nothing is written to a replica."""
    if _is_defined(load) or load.merge is not None:
        return False
    return load.difference is not None and not load.difference.total


def _publish_apart(
    connection: Connection, publication: Publication, load: Load, tally: Tally | None
) -> StreamReport:
    """Publish a stream of which a failure undoes nothing but itself."""
    applied = apply_stream(connection, publication, load, is_adopted=False)
    report = _prove_alone(connection, applied, tally)
    check_shrink([report], publication.allow_shrink)
    return report


def _prove_alone(
    connection: Connection, applied: Applied, tally: Tally | None = None
) -> StreamReport:
    """Prove one stream, and let its identity columns go on as at the source."""
    load, triggers = applied.load, Triggers(connection, [applied.load.replica])
    report = prove_stream(connection, applied, triggers=triggers, tally=tally)
    set_identities(connection, load.replica, load.identities)
    return report


def _publish_together(
    connection: Connection,
    publication: Publication,
    loads: Sequence[Load],
    *,
    is_adopted: bool,
) -> list[StreamReport]:
    """Write the rows of all streams, then prove them; the first failure ends it.

    What is asked of many small replicas is asked together. One that is altered is
    proven before the next is: its lock keeps readers out.
    """
    applied: list[Applied] = []
    reports = []
    for load in loads:
        with _told(publication, load):
            one = apply_stream(connection, publication, load, is_adopted=is_adopted)
            if load.adjustment is not None and _is_defined(load):
                reports.append(_prove_alone(connection, one))
            else:
                applied.append(one)
    tallied = tally_small(connection, [one.load for one in applied])
    triggers = Triggers(connection, [one.load.replica for one in applied])
    for one in applied:
        tally = tallied.get(one.load.replica.stream.name)
        with _told(publication, one.load):
            report = prove_stream(connection, one, triggers=triggers, tally=tally)
            reports.append(report)
    if not set_together(connection, [one.load for one in applied]):
        for one in applied:
            with _told(publication, one.load):
                set_identities(connection, one.load.replica, one.load.identities)
    return reports


@contextmanager
def _told(publication: Publication, load: Load) -> Iterator[None]:
    """Tell which stream is published; note its failure, which ends a common publish.

    An interruption is nobody's failure, and ends every publish.
    """
    name = load.replica.stream.name
    publication.tell(f"publishing {name}")
    try:
        yield
    except InterruptedRun:
        raise
    except EltError as error:
        publication.failures[name] = error
        tell_failure(publication.source, name, error)
        if publication.is_together:
            raise summarize(publication.failures, publication.source) from error


def check_reports(publication: Publication, reports: Sequence[StreamReport]) -> None:
    """Raise DataError where streams lost too much, or the errors of all that failed."""
    if publication.is_together:
        check_together(publication, reports)
    elif publication.failures and not reports:
        raise summarize(publication.failures, publication.source)
