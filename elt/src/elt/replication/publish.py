"""Publish: make all loaded streams visible, in one transaction.

Readers are never blocked: an existing table only gets the rows that differ, and a new
one is moved into its schema.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from elt.errors import DataError
from elt.postgres import (
    Composable,
    Connection,
    Identifier,
    compose,
    execute,
    transaction,
)
from elt.replication import state
from elt.replication.ddl import (
    add_foreign_key,
    comment_on,
    relation_name,
)
from elt.replication.definition import define
from elt.replication.destination import queries
from elt.replication.difference import Difference, apply_difference, find_difference
from elt.replication.hierarchy import (
    attach_new,
    complete_partitioned,
    detach_moved,
    make_partitioned,
)
from elt.replication.loading import Load, check_equal
from elt.replication.names import qualify_name
from elt.replication.publication import Publication
from elt.replication.receipts import Tally, take_tally, tally_query
from elt.replication.replica import Replica
from elt.replication.state import StreamReport

#: Longer, and readers that queue behind the alteration would notice.
_LOCK_TIMEOUT = "5s"


def check_shrink(reports: Iterable[StreamReport], allowed: float) -> None:
    """Raise DataError that names the streams which lost more than the allowed share."""
    lost = []
    for report in reports:
        after, change = report.copied.rows, report.difference
        before = after - change.inserted + change.deleted
        if before and before - after > allowed * before:
            lost.append(f"{report.replica.stream.name} ({before} to {after} rows)")
    if lost:
        share = f"more than {allowed:.0%} of their rows"
        message = f"Streams would lose {share}: {', '.join(lost)}"
        hint = "Nothing was published. If it is right, run again with --allow-shrink."
        raise DataError(message, hint=hint)


def publish(connection: Connection, publication: Publication) -> list[StreamReport]:
    """Make the loaded streams visible, with their receipts and state, or nothing.

    Raises DataError when what would be visible is not equal to the source.
    """
    with transaction(connection):
        detach_moved(connection, publication)
        make_partitioned(connection, publication)
        changes = [
            load.adjustment.changes for load in publication.loads if load.adjustment
        ]
        if any(changes):
            # To alter a table waits for its readers, and they for us: not for long.
            execute(connection, f"set local lock_timeout to '{_LOCK_TIMEOUT}'")
        _alter(connection, (s for change in changes for s in change.before))
        differences = [_apply(connection, load) for load in publication.loads]
        _alter(connection, (s for change in changes for s in change.after))
        complete_partitioned(connection, publication)
        attach_new(connection, publication)
        _add_foreign_keys(connection, publication)
        reports = [
            _report(connection, publication, load, difference)
            for load, difference in zip(publication.loads, differences, strict=True)
        ]
        check_shrink(reports, publication.allow_shrink)
        for replica in publication.replicas:
            _comment(connection, publication, replica)
        for load in publication.loads:
            _set_identities(connection, load)
        _save(connection, publication, reports)
    return reports


def _save(
    connection: Connection, publication: Publication, reports: list[StreamReport]
) -> None:
    """Write the state that describes what becomes visible."""
    run = state.PublishedRun(
        run_id=publication.run_id,
        source=publication.source,
        snapshot=publication.snapshot,
        method=publication.method,
    )
    state.save_run(connection, run, reports)
    for load in publication.loads:
        if load.adjustment is not None:
            state.save_schema_changes(
                connection,
                publication.run_id,
                load.replica.stream,
                load.adjustment.changes.descriptions,
                load.adjustment.action,
            )
    source = publication.source
    for stream, error in publication.failures.items():
        state.fail_stream(connection, publication.run_id, source, stream, error)
    gone = [known.stream for known in publication.gone]
    state.mark_gone(connection, publication.run_id, source, gone)


def _apply(connection: Connection, load: Load) -> Difference:
    """Make the rows of one replica equal to what was loaded."""
    if load.adjustment is None:
        _adopt(connection, load.replica)
        return Difference(inserted=load.copied.rows)
    difference = load.difference or find_difference(connection, load.replica)
    if difference.total:
        apply_difference(connection, load.replica, difference)
    return difference


def _alter(connection: Connection, statements: Iterable[Composable]) -> None:
    """Run each statement once: every partition asks for the same one at its root."""
    seen: set[str] = set()
    for statement in statements:
        text = statement.as_string(connection)
        if text not in seen:
            seen.add(text)
            execute(connection, statement)


def _adopt(connection: Connection, replica: Replica) -> None:
    stream = replica.stream
    move = compose(
        "alter table {table} set schema {schema}",
        table=relation_name(stream.shadow_schema, stream.relation.name),
        schema=Identifier(stream.schema),
    )
    execute(connection, move)


def _add_foreign_keys(connection: Connection, publication: Publication) -> None:
    if not publication.all_constraints:
        return
    for replica in (*publication.partitioned, *(x.replica for x in publication.loads)):
        table = publication.existing(replica)
        present = {c.name for c in table.constraints} if table else set()
        for key in replica.foreign_keys:
            if key.name not in present:
                execute(connection, add_foreign_key(replica, key))


def _report(
    connection: Connection,
    publication: Publication,
    load: Load,
    difference: Difference,
) -> StreamReport:
    """Tally what readers will see, and compare it with the source's tally."""
    started = time.monotonic()
    destination = load.destination or _tally(connection, publication, load)
    check_equal(load.replica.stream.name, load.source, destination)
    return StreamReport(
        replica=load.replica,
        copied=load.copied,
        difference=difference,
        definition=(
            load.adjustment.definition if load.adjustment else define(load.replica)
        ),
        source=load.source,
        destination=destination,
        seconds=load.seconds + time.monotonic() - started,
    )


def _tally(connection: Connection, publication: Publication, load: Load) -> Tally:
    replica = load.replica
    schema, table = replica.stream.schema, replica.stream.relation.name
    query = tally_query(replica.columns, schema, table, publication.method)
    return take_tally(connection, query)


def _comment(connection: Connection, publication: Publication, replica: Replica) -> None:
    """Bring the comments of a replica up to date."""
    table = publication.existing(replica)
    comments: dict[str | None, str | None] = {}
    if table is not None:
        comments = {column.name: column.comment for column in table.columns}
        comments[None] = table.relation.comment
    for statement in comment_on(replica, comments):
        execute(connection, statement)


def _set_identities(connection: Connection, load: Load) -> None:
    """Let identity columns go on where those of the source are."""
    name = qualify_name(*load.replica.stream.place)
    for column, value in load.identities.items():
        parameters = {"table": name, "column": column, "value": value}
        execute(connection, queries["set_identity"], parameters)
