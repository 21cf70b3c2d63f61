"""What a check finds about incremental streams: how each would be read, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from elt.config import SyncMode
from elt.errors import ConfigError
from elt.replication.catalog.names import quote_name
from elt.replication.changes.adjustment import adjust
from elt.replication.design.replica import Replica
from elt.replication.design.streams import Stream
from elt.replication.findings.finding import Finding, Level
from elt.replication.incremental.choosing import choose_read, never_incremental
from elt.replication.incremental.reads import CursorRange, FullRead, Read
from elt.replication.state.state import KnownStream, SnapshotFacts
from elt.tables import human_count


def examine_reads(
    replicas: Iterable[Replica],
    known: Mapping[str, KnownStream],
    facts: SnapshotFacts,
    role: str,
) -> Iterator[Finding]:
    """Yield how incremental streams would be read now."""
    incremental = [r for r in replicas if r.stream.mode is SyncMode.INCREMENTAL]
    incremental = [r for r in incremental if r.stream.relation.kind == "r"]
    if not incremental:
        return
    in_full: dict[str, list[str]] = defaultdict(list)
    by_cursor = 0
    for replica in incremental:
        stream = replica.stream
        read = _read(replica, known.get(stream.name), facts)
        by_cursor += isinstance(read, CursorRange)
        if isinstance(read, FullRead):
            in_full[read.reason].append(stream.name)
    count = len(incremental) - sum(map(len, in_full.values()))
    text = f"{human_count(len(incremental), 'incremental stream')}: "
    if count:
        text += f"for {count} of them " if in_full else ""
        text += "only what changed is read"
        text += f", {by_cursor} of them by a cursor" if by_cursor else ""
        yield Finding(level=Level.OK, subject="streams", text=text)
    else:
        text += "every row is read"
        yield Finding(level=Level.NOTE, subject="streams", text=text)
    for reason, names in in_full.items():
        text = f"{', '.join(names)}: read in full, as {reason}"
        yield Finding(level=Level.NOTE, subject="streams", text=text)
    yield from _examine_cursors([r.stream for r in incremental], facts, role)


def _read(replica: Replica, known: KnownStream | None, facts: SnapshotFacts) -> Read:
    reason = never_incremental(replica.stream)
    if known is None:
        return FullRead(reason=reason or "there is no replica yet")
    try:
        adjustment = adjust(replica, known.definition)
    except ConfigError:
        return FullRead(reason="its changes are refused")
    return choose_read(replica.stream, known, adjustment, facts)


def _examine_cursors(
    streams: Iterable[Stream], facts: SnapshotFacts, role: str
) -> Iterator[Finding]:
    with_cursor = [stream for stream in streams if stream.cursor is not None]
    if with_cursor and facts.obstacle is not None:
        names = ", ".join(stream.name for stream in with_cursor)
        text = f"{names}: read by xmin instead of the cursor, as {facts.obstacle}"
        fix = None
        if facts.is_blind:
            grantee = quote_name(role)
            fix = f"Run at the source: GRANT pg_read_all_stats TO {grantee};"
        yield Finding(level=Level.WARNING, subject="streams", text=text, fix=fix)
    for stream in with_cursor:
        # A constraint has an index, too; but a time is seldom what is unique.
        begins = [index.columns[:1] for index in stream.table.indexes]
        if [stream.cursor] not in begins:
            text = f"{stream.name}: no index begins with its cursor {stream.cursor}"
            fix = "Make one, or leave the cursor out: each run looks at all rows."
            yield Finding(level=Level.WARNING, subject="streams", text=text, fix=fix)
