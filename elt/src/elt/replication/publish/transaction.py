"""Publish: make all loaded streams visible, in one transaction.

Readers are never blocked: an existing table only gets the rows that differ, and a new
one is moved into its schema, or becomes that with all others. What alters a table locks
its readers out, and is done as late as can be: behind the rows of all other tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from elt.errors import EltError, ShrinkError
from elt.postgres import Connection, execute, savepoint, transaction
from elt.replication.design.ddl import comment_on
from elt.replication.load.loading import Load
from elt.replication.publish.ancestry import read_now
from elt.replication.publish.attaching import attach_new
from elt.replication.publish.deferred import check_constraints
from elt.replication.publish.foreign_keys import add_foreign_keys, drop_foreign_keys
from elt.replication.publish.hierarchy import (
    complete_partitioned,
    detach_moved,
    make_partitioned,
    prepare_partitioned,
)
from elt.replication.publish.identities import set_positions
from elt.replication.publish.landing import make_landings
from elt.replication.publish.losses import refuse_losses
from elt.replication.publish.publication import Publication
from elt.replication.publish.redefinition import drop_definitions
from elt.replication.publish.remaking import grant_again
from elt.replication.publish.sequences import carry_over, make_room
from elt.replication.publish.stages import divide_stages
from elt.replication.publish.stream_publish import (
    adopt_together,
    publish_stream,
    tally_unchanged,
)
from elt.replication.rows.from_item import LOOK_UP
from elt.replication.sessions.session import summarize
from elt.replication.state import follow_state, run_state, state
from elt.replication.state.left_state import save_left_replicas
from elt.replication.state.run_state import StreamReport


def publish(connection: Connection, publication: Publication) -> list[StreamReport]:
    """Make the loaded streams visible, with their receipts and state, or nothing.

    A stream that fails is added to the failures of the publication; the others go on
    without it where each is published for itself. Raises the EltError of a stream
    otherwise.
    """
    with transaction(connection):
        execute(connection, LOOK_UP)
        stages = divide_stages(publication)
        reports = _publish_streams(connection, publication, stages.unaltered)
        make_room(connection, publication)
        drop_foreign_keys(connection, publication)
        grants = detach_moved(connection, publication)
        drop_definitions(connection, publication)
        landed = make_landings(connection, publication)
        publication = replace(publication, landed=landed)
        make_partitioned(connection, publication)
        prepare_partitioned(connection, publication)
        reports += _publish_altered(connection, publication, stages.altered)
        _check_reports(publication, reports)
        refuse_losses(connection, publication)
        publication.tell("checking foreign keys")
        check_constraints(connection, publication)
        failed = publication.failures
        done = replace(
            publication,
            loads=[x for x in publication.loads if x.replica.stream.name not in failed],
        )
        complete_partitioned(connection, done)
        attach_new(connection, done)
        grant_again(connection, done.replicas, grants)
        add_foreign_keys(connection, done)
        set_positions(connection, done)
        carry_over(connection, done)
        _comment(connection, done)
        _save(connection, done, reports)
    return reports


def publish_batch(
    connection: Connection, publication: Publication
) -> list[StreamReport]:
    """Make the rows of a batch visible: no definition is another one than before."""
    with transaction(connection):
        execute(connection, LOOK_UP)
        reports = _publish_streams(connection, publication, publication.loads)
        _check_reports(publication, reports)
        _save(connection, publication, reports)
    return reports


def _publish_altered(
    connection: Connection, publication: Publication, loads: Sequence[Load]
) -> list[StreamReport]:
    """Publish what is new or altered, all new tables at once where that is possible."""
    is_adopted = publication.is_together and adopt_together(connection, publication)
    return _publish_streams(connection, publication, loads, is_adopted=is_adopted)


def _publish_streams(
    connection: Connection,
    publication: Publication,
    loads: Sequence[Load],
    *,
    is_adopted: bool = False,
) -> list[StreamReport]:
    reports = []
    for load in tally_unchanged(connection, loads):
        publication.tell(f"publishing {load.replica.stream.name}")
        try:
            reports.append(
                _publish_apart(connection, publication, load, is_adopted=is_adopted)
            )
        except EltError as error:
            publication.failures[load.replica.stream.name] = error
            if publication.is_together:
                raise summarize(publication.failures, publication.source) from error
    return reports


def _check_reports(publication: Publication, reports: Sequence[StreamReport]) -> None:
    """Raise DataError where streams lost too much, or the errors of all that failed."""
    if publication.is_together:
        _check_together(publication, reports)
    elif publication.failures and not reports:
        raise summarize(publication.failures, publication.source)


def _publish_apart(
    connection: Connection, publication: Publication, load: Load, *, is_adopted: bool
) -> StreamReport:
    """Publish a stream so that its failure undoes nothing but itself."""
    if publication.is_together:
        return publish_stream(connection, publication, load, is_adopted=is_adopted)
    with savepoint(connection):
        report = publish_stream(connection, publication, load, is_adopted=is_adopted)
        check_shrink([report], publication.allow_shrink)
    return report


def _check_together(publication: Publication, reports: Sequence[StreamReport]) -> None:
    """Check all streams at once; what is wrong is told of those that shrank."""
    shrunk = list_shrunk(reports, publication.allow_shrink)
    if shrunk:
        error = _shrink_error(shrunk, publication.allow_shrink)
        names = [report.replica.stream.name for report in shrunk]
        publication.failures.update(dict.fromkeys(names, error))
        raise error


def check_shrink(reports: Iterable[StreamReport], allowed: float | None) -> None:
    """Raise ShrinkError that names the streams which lost more than they may."""
    shrunk = list_shrunk(reports, allowed)
    if shrunk:
        raise _shrink_error(shrunk, allowed)


def _shrink_error(shrunk: Sequence[StreamReport], allowed: float | None) -> ShrinkError:
    shares = {_allowed_share(report, allowed) for report in shrunk}
    most = " or ".join(f"{share:.0%}" for share in sorted(shares))
    lost = [
        f"{report.replica.stream.name} ({_rows_before(report)} to {report.rows} rows)"
        for report in shrunk
    ]
    message = f"Streams would lose more than {most} of their rows: {', '.join(lost)}"
    hint = (
        "Nothing was published. If it is right, run again with --allow-shrink, or "
        "raise allow_shrink of the stream in elt.yaml where it happens often."
    )
    return ShrinkError(message, hint=hint)


def list_shrunk(
    reports: Iterable[StreamReport], allowed: float | None
) -> list[StreamReport]:
    """Return the streams that lost more than the allowed share of their rows.

    That of a stream decides where it has one; None allows all of them everything.
    """
    if allowed is None:
        return []
    return [
        report
        for report in reports
        if _rows_before(report) - report.rows
        > _allowed_share(report, allowed) * _rows_before(report)
    ]


def _rows_before(report: StreamReport) -> int:
    change = report.difference
    before = report.rows - change.inserted + change.deleted
    return max(before, report.altered_rows)


def _allowed_share(report: StreamReport, allowed: float | None) -> float:
    own = report.replica.stream.allow_shrink
    return (allowed or 0.0) if own is None else own


def _comment(connection: Connection, publication: Publication) -> None:
    """Bring the comments of the replicas up to date."""
    catalog = publication.catalog
    is_altered = any(
        load.adjustment and load.adjustment.changes for load in publication.loads
    )
    if is_altered or publication.partitioned:
        catalog = read_now(connection, publication)
    for replica in publication.replicas:
        table = catalog.table(*replica.stream.place)
        comments: dict[str | None, str | None] = {}
        if table is not None:
            comments = {column.name: column.comment for column in table.columns}
            comments[None] = table.relation.comment
        for statement in comment_on(replica, comments):
            execute(connection, statement)


def _save(
    connection: Connection, publication: Publication, reports: list[StreamReport]
) -> None:
    """Write the state that describes what becomes visible."""
    run = run_state.PublishedRun(
        run_id=publication.run_id,
        source=publication.source,
        snapshot=publication.snapshot,
        exit_code=next((e.exit_code for e in publication.failures.values()), 0),
        is_following=publication.unchanged is not None,
        positions=publication.positions,
    )
    run_state.save_run(connection, run, reports)
    _advance(connection, publication)
    if publication.moved:
        published = {report.replica.stream.name for report in reports}
        left = [known for known in publication.moved if known.stream in published]
        save_left_replicas(connection, publication.run_id, publication.source, left)
    if publication.not_copied is not None:
        sequences = publication.sequences
        objects = [
            *publication.not_copied,
            *(sequences.not_copied if sequences is not None else ()),
        ]
        state.save_not_copied(connection, publication.source, objects)
    for stream, error in publication.failures.items():
        mode = publication.mode_of(stream)
        failure = run_state.StreamFailure(stream=stream, mode=mode, error=error)
        run_state.fail_stream(
            connection, publication.run_id, publication.source, failure
        )
    _save_changes(connection, publication)


def _save_changes(connection: Connection, publication: Publication) -> None:
    """Write which tables are new, gone, partitioned by now, or changed."""
    run_id, source = publication.run_id, publication.source
    for load in publication.loads:
        if load.adjustment is not None:
            state.save_schema_changes(
                connection,
                run_id,
                load.replica.stream,
                load.adjustment.changes.descriptions,
                load.adjustment.action,
            )
    added = [x.replica.stream.name for x in publication.loads if x.adjustment is None]
    if added:
        state.save_added(connection, run_id, source, added)
    state.save_partitioned(
        connection,
        source,
        {
            whole.stream.place: [key.name for key in whole.foreign_keys]
            for whole in publication.partitioned
        },
        [load.replica.stream.place for load in publication.loads],
    )
    gone = [known.stream for known in publication.gone]
    state.mark_gone(connection, run_id, source, gone)


def _advance(connection: Connection, publication: Publication) -> None:
    """Let the streams of a batch in which nothing changed show its snapshot as well."""
    unchanged = publication.unchanged
    if unchanged:
        follow_state.advance_streams(
            connection,
            publication.source,
            unchanged,
            publication.positions[unchanged[0]],
            publication.snapshot,
        )
