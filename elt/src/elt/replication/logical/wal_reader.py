"""How the WAL is read beside a snapshot: of a primary up to a mark, or of a standby.

Where the slot stands tells whether the WAL goes on from the last run; at a primary also
the mark of that. A standby takes none; positions of its replay tell what its snapshot
sees.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from elt.postgres import Connection, connect, execute, parse_lsn
from elt.postgres.decoding import DECODING
from elt.replication.logical.replay import await_replay
from elt.replication.logical.slots import emit_mark, find_slot, peek, read_visibility
from elt.replication.logical.wal_keys import Replayed, Visibility, WalKeys
from elt.replication.logical.wal_reads import find_gap, find_gap_at_standby
from elt.replication.rows.copy import copy_values
from elt.replication.sessions.session import Session
from elt.replication.state.lock import describe_program
from elt.replication.state.state import KnownStream, SnapshotFacts


@dataclass(frozen=True, kw_only=True, slots=True)
class WalReader:
    """How the WAL is read beside a snapshot."""

    facts: SnapshotFacts
    #: Leaves a mark in the WAL, unless it is that of a standby; notes what
    #: was touched by all that the snapshot may see; returns where that ends.
    read_changes: Callable[[str, WalKeys], str]
    #: Tells afterwards from where on they came, by the slot.
    find_start: Callable[[], str | None]


def describe_sight(reader: Connection, facts: SnapshotFacts) -> Visibility | Replayed:
    """Return which transactions the snapshot sees that a session reads in."""
    if facts.replayed_lsn is None:
        return read_visibility(reader)
    return Replayed(lsn=parse_lsn(facts.replayed_lsn))


def gap_finder(
    wal_reader: WalReader, wal: WalKeys
) -> Callable[[KnownStream], str | None]:
    """Return what tells whether the WAL that was read goes on for a stream."""
    start = wal_reader.find_start()
    if wal_reader.facts.replayed_lsn is None:
        return lambda known: find_gap(known, wal.marks, start)
    return lambda known: find_gap_at_standby(known, wal_reader.facts, start)


def from_slot(session: Session, facts: SnapshotFacts) -> WalReader:
    """Return how changes are read by a session that comes for them and goes."""
    source = session.source

    def read(mark: str, wal: WalKeys) -> str:
        name = describe_program("wal", source.name)
        with closing(connect(source.connection, application_name=name)) as reader:
            # Behind it lies nothing that the snapshot sees.
            if facts.replayed_lsn is None:
                end = emit_mark(reader, mark)
            else:
                end = await_replay(reader)
            execute(reader, DECODING)
            changes = peek(source.slot_name, source.publication_name, end)
            copy_values(reader, changes, wal.take)
        return end

    def find_start() -> str | None:
        slot = find_slot(session.reader, source.slot_name)
        return None if slot is None else slot.confirmed_lsn

    return WalReader(facts=facts, read_changes=read, find_start=find_start)
