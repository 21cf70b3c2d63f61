"""What a check finds about tables that changed since they were published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from elt.config import SourceConfig
from elt.errors import ConfigError
from elt.lineage.manifest import Manifest
from elt.postgres import Connection
from elt.replication.catalog.tables import Catalog, Table
from elt.replication.changes.adjustment import Adjustment, adjust
from elt.replication.changes.schema_changes import SchemaChanges, compare
from elt.replication.design.replica import Replica
from elt.replication.design.streams import Plan
from elt.replication.findings.finding import Finding, Level, failed
from elt.replication.plan.dbt_impact import list_changed, list_impacts
from elt.replication.plan.dependents import (
    refuse_dependents,
    refuse_dependents_of_anew,
)
from elt.replication.plan.made_anew import list_made_anew
from elt.replication.plan.present_replicas import recall_definition
from elt.replication.publish.wholes import is_part
from elt.replication.state.state import KnownStream


def examine_changes(
    writer: Connection,
    plan: Plan,
    replicas: Iterable[tuple[Replica, Table]],
    known: Mapping[str, KnownStream],
    manifest: Manifest | None,
) -> Iterator[Finding]:
    """Yield what changed and what a run would do about it, then what that reaches.

    The replicas are those that the destination has, with what they are there.
    """
    changed: list[tuple[Replica, SchemaChanges]] = []
    for replica, table in replicas:
        stream = replica.stream
        if stream.name not in known:
            continue
        known_one = known[stream.name]
        try:
            definition = recall_definition(writer, known_one, replica, table)
            adjustment = adjust(replica, definition)
        except ConfigError as error:
            changed.append((replica, compare(known_one.definition, replica)))
            yield failed("streams", error)
            continue
        changed.append((replica, adjustment.changes))
        if adjustment.changes:
            changes = "; ".join(adjustment.changes.descriptions)
            text = f"{stream.name} changed, to be {adjustment.action}: {changes}"
            yield Finding(level=Level.NOTE, subject="streams", text=text)
    gone = [k for k in known.values() if k.stream not in plan.source_tables]
    # As a view that is no stream without include_views.
    not_copied = {omitted.name for omitted in plan.not_copied}
    for stream_name in sorted(k.stream for k in gone if k.state != "gone"):
        is_there = stream_name in not_copied
        what = "is not copied any more" if is_there else "is gone from the source"
        text = f"{stream_name} {what}; its replica stays as it is"
        yield Finding(level=Level.NOTE, subject="streams", text=text)
    for found, impact in list_impacts(manifest, list_changed(plan, changed, gone)):
        for sentence in impact.sentences:
            text = f"{found.name} changed ({found.change}), which reaches {sentence}"
            yield Finding(level=Level.WARNING, subject="dbt", text=text)


def examine_left_out(
    source: SourceConfig, plan: Plan, known: Iterable[KnownStream]
) -> Iterator[Finding]:
    """Yield which tables of the source elt.yaml no longer chooses, by their replicas.

    Whoever leaves a table out for what is in it may think that its replica goes.
    """
    left = sorted(
        k.stream
        for k in known
        if k.stream in plan.source_tables and not source.covers(k.stream)
    )
    if left:
        rest = (
            "is left out by elt.yaml; its replica stays as it is"
            if len(left) == 1
            else "are left out by elt.yaml; their replicas stay as they are"
        )
        text = f"{', '.join(left)} {rest}"
        fix = "elt prune drops a replica that --stream names."
        yield Finding(level=Level.NOTE, subject="streams", text=text, fix=fix)


def examine_dependents(
    writer: Connection,
    replicas: Sequence[Replica],
    known: Mapping[str, KnownStream],
    held: Catalog,
) -> Iterator[Finding]:
    """Yield the views that are in the way of what changed."""
    wholes = {
        r.stream.relation.oid: r for r in replicas if r.stream.relation.kind == "p"
    }
    adjustments = []
    for replica in replicas:
        if replica.stream.name not in known:
            continue
        try:
            adjustment = adjust(replica, known[replica.stream.name].definition)
        except ConfigError:
            # It is named, and changes nothing.
            continue
        adjustment = replace(adjustment, is_part=is_part(adjustment, held, wholes))
        adjustments.append(adjustment)
        try:
            refuse_dependents(writer, adjustment, held)
        except ConfigError as error:
            yield failed("destination", error)
    yield from _examine_made_anew(writer, replicas, adjustments, held)


def _examine_made_anew(
    writer: Connection,
    replicas: Iterable[Replica],
    adjustments: Iterable[Adjustment],
    held: Catalog,
) -> Iterator[Finding]:
    """Yield the replicas that are to be made anew, and the views on them."""
    made_anew = list(list_made_anew(replicas, adjustments, held))
    for replica, _ in made_anew:
        name = replica.stream.name
        text = f"{name} is partitioned otherwise by now: its replica is made anew"
        yield Finding(level=Level.NOTE, subject="streams", text=text)
    try:
        refuse_dependents_of_anew(writer, made_anew)
    except ConfigError as error:
        yield failed("destination", error)
