"""What stays the same from batch to batch, until a definition changes at the source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from elt.config import SourceConfig
from elt.errors import ConfigError
from elt.postgres import READ_ONLY, transaction
from elt.replication.catalog.reading import list_schemas, read_fingerprint
from elt.replication.design.replica import Replica
from elt.replication.follow.backlog import NoSlotError, UnusualError
from elt.replication.incremental.choosing import never_in_part
from elt.replication.logical.following import Following, prepare_source
from elt.replication.logical.wal import find_doubts
from elt.replication.plan.planning import plan_streams
from elt.replication.plan.replicas import Replicas
from elt.replication.preparation import prepare
from elt.replication.sessions.session import Session, read_source


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchPlan:
    """The streams that batches bring up to date, and all that is known of them."""

    #: Of streams, only those that batches publish.
    replicas: Replicas
    following: Following
    schemas: tuple[str, ...]
    #: Of the definitions at the source that all this rests upon.
    fingerprint: str
    #: Logical streams that only runs bring up to date, and why.
    left: Mapping[str, str]
    #: Whether another run may take some of them in.
    is_passing: bool


def plan_batches(session: Session, run_id: int) -> BatchPlan:
    """Plan as a run does, right after one.

    Raises UnusualError for what changed since, and NoSlotError where there is no slot.
    """
    reader, source = session.reader, session.source
    fingerprint = read_fingerprint(reader)
    following = prepare_source(session)
    if following is None:
        raise nothing_to_follow(source)
    if following.slot is None:
        raise NoSlotError("the slot could not be made yet")
    schemas = list_schemas(reader)
    with transaction(reader, READ_ONLY):
        catalog = read_source(session, schemas)
    plan = plan_streams(
        source,
        session.config.on_schema_change,
        catalog,
        is_together=session.is_together,
    )
    replicas = prepare(session, run_id, plan)
    _refuse_changed(replicas, following)
    doubts = find_doubts(session, following, following.slot, replicas)
    left = {name: read.reason for name, read in doubts.items()}
    left |= {
        name: "its last run failed"
        for name, known in replicas.known.items()
        if known.state == "failed"
    }
    return BatchPlan(
        replicas=replace(
            replicas,
            streams=[r for r in replicas.logical if r.stream.name not in left],
        ),
        following=following,
        schemas=schemas,
        fingerprint=fingerprint,
        left=left,
        is_passing=any(
            replica.stream.name in left and not _is_lasting(replicas, replica)
            for replica in replicas.logical
        ),
    )


def nothing_to_follow(source: SourceConfig) -> ConfigError:
    """Return the error for a source without logical streams."""
    message = f"Source {source.name} has no stream of mode logical to follow"
    hint = "Set mode: logical in elt.yaml, or run elt replicate on a schedule."
    return ConfigError(message, hint=hint)


def _refuse_changed(replicas: Replicas, following: Following) -> None:
    """Raise UnusualError for what changed since the run that was just over."""
    for replica in replicas.logical:
        name, oid = replica.stream.name, replica.stream.relation.oid
        adjustment = replicas.adjustments.get(name)
        if adjustment is None:
            raise UnusualError(f"{name} is new")
        if adjustment.changes and adjustment.action != "kept":
            raise UnusualError(f"{name} changed")
        membership, known = following.memberships.get(oid), replicas.known[name]
        if (
            membership is not None
            and known.file_node is not None
            and known.file_node != membership.identity.file_node
        ):
            raise UnusualError(f"{name} was truncated or rewritten")


def _is_lasting(replicas: Replicas, replica: Replica) -> bool:
    """Tell whether a stream will be left to runs whenever it is looked at."""
    adjustment = replicas.adjustments[replica.stream.name]
    return bool(adjustment.changes) or never_in_part(replica.stream) is not None
