"""Publish: make all loaded streams visible, in one transaction.

Readers are never blocked: an existing table only gets the rows that differ, and a new
one is moved into its schema, or becomes that with all others. What alters a table locks
its readers out, and is done as late as can be: behind the rows of all other tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from elt.postgres import Connection, execute, send_ahead, transaction
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
)
from elt.replication.publish.streams import check_reports, publish_streams
from elt.replication.rows.from_item import LOOK_UP
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
        send_ahead(connection, LOOK_UP)
        stages = divide_stages(publication)
        reports = publish_streams(connection, publication, stages.unaltered)
        make_room(connection, publication)
        drop_foreign_keys(connection, publication)
        grants = detach_moved(connection, publication)
        drop_definitions(connection, publication)
        landed = make_landings(connection, publication)
        publication = replace(publication, landed=landed)
        make_partitioned(connection, publication)
        prepare_partitioned(connection, publication)
        reports += _publish_altered(connection, publication, stages.altered)
        check_reports(publication, reports)
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
        send_ahead(connection, LOOK_UP)
        reports = publish_streams(connection, publication, publication.loads)
        check_reports(publication, reports)
        _save(connection, publication, reports)
    return reports


def _publish_altered(
    connection: Connection, publication: Publication, loads: Sequence[Load]
) -> list[StreamReport]:
    """Publish what is new or altered, all new tables at once where that is possible."""
    is_adopted = publication.is_together and adopt_together(connection, publication)
    return publish_streams(connection, publication, loads, is_adopted=is_adopted)


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
