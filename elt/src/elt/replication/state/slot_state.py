"""What the state at the destination knows of the slot at a source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from elt.config import SourceConfig
from elt.postgres import Connection, execute, fetch
from elt.queries import load_queries

queries = load_queries("elt.replication", "sql/slot_state.sql")


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownSlot:
    """A slot that is ours."""

    slot: str
    publication: str
    #: Whether it is ours to drop as well.
    owns_publication: bool
    #: First transaction all of whose changes are in it; None where it must be made.
    complete_from: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class OtherSlot:
    """A slot of a source of another name."""

    source: str
    slot: str


def list_other_slots(connection: Connection, sources: Iterable[str]) -> list[OtherSlot]:
    """Return the slots of sources that are not among some."""
    parameters = {"sources": list(sources)}
    return fetch(connection, OtherSlot, queries["list_other_slots"], parameters)


def find_known_slot(connection: Connection, source: str) -> KnownSlot | None:
    """Return the slot of a source, as the state has it."""
    parameters = {"source": source}
    found = fetch(connection, KnownSlot, queries["find_known_slot"], parameters)
    return found[0] if found else None


def announce_slot(
    connection: Connection, source: SourceConfig, *, owns_publication: bool
) -> None:
    """Record that a slot is about to be made: whatever becomes of it, it is ours."""
    parameters = {
        "source": source.name,
        "slot": source.slot_name,
        "publication": source.publication_name,
        "owns_publication": owns_publication,
    }
    execute(connection, queries["announce_slot"], parameters)


def save_publication(
    connection: Connection, source: SourceConfig, *, owns_publication: bool
) -> None:
    """Record by which publication the slot is read from now on."""
    parameters = {
        "source": source.name,
        "publication": source.publication_name,
        "owns_publication": owns_publication,
    }
    execute(connection, queries["save_publication"], parameters)


def complete_slot(connection: Connection, source: str, complete_from: int) -> None:
    """Record that the slot is there, and from which transaction on it has all."""
    parameters = {"source": source, "complete_from": str(complete_from)}
    execute(connection, queries["complete_slot"], parameters)


def distrust_slot(connection: Connection, source: str) -> None:
    """Let the next run make the slot anew."""
    execute(connection, queries["distrust_slot"], {"source": source})


def measure_slot(connection: Connection, source: str, retained_bytes: int) -> None:
    """Record how much WAL the slot makes the source keep."""
    parameters = {"source": source, "retained_bytes": retained_bytes}
    execute(connection, queries["measure_slot"], parameters)


def forget_slot(connection: Connection, source: str) -> None:
    """Record that there is no slot any more."""
    execute(connection, queries["forget_slot"], {"source": source})


def save_lag(connection: Connection, source: str, lsn: str, at: datetime) -> None:
    """Record how far logical streams are behind what was just written."""
    parameters = {"source": source, "lsn": lsn, "at": at}
    execute(connection, queries["save_lag"], parameters)
