"""Keeps the slot of a source from filling its disk while nobody reads it.

A run that waits, for a lock at the destination or for a destination that is down, may
wait for hours, and the source keeps its WAL for as long. So somebody else measures the
slot meanwhile, and drops it at its budget; the run goes on, and the next one makes a
slot anew and compares all rows.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum

from elt import logs
from elt.config import SourceConfig
from elt.errors import EltError
from elt.interruption import pause
from elt.postgres import (
    Connection,
    connect,
    execute,
    sqlstate_of,
)
from elt.replication.logical.slot_decision import Slot, exceeds, is_much, report_slot
from elt.replication.logical.slots import PLUGIN, drop_slot, find_slot, queries
from elt.replication.sessions.lookout import Lookout, looking
from elt.replication.state.lock import describe_program

log = logs.logger(__name__)

#: What a source writes meanwhile comes on top of the budget: at 50 MB a second half a
#: gigabyte, an eighth of the default. To measure takes the source less than a
#: millisecond, and nothing of runs that are over sooner.
INTERVAL_SECONDS = 10.0
#: How long a slot may be in use after the session that read it has ended.
_LONGEST_RETURN_SECONDS = 2.0
_RETURN_PAUSE_SECONDS = 0.05
#: Somebody began to read the slot, or dropped it, a moment before we could.
_OVERTAKEN = frozenset({"55006", "42704"})


class GuardAction(StrEnum):
    """What is done about a slot that was measured."""

    LEAVE = "leave"
    DROP = "drop"
    END_READING = "end reading"  #: so that it can be dropped


def decide_action(
    slot: Slot | None, *, wal_budget: int, was_above: bool
) -> GuardAction:
    """Decide what is done about a slot; one that is being read cannot be dropped.

    What a run reads comes to its end, unless it waits for a standby that is away. A
    batch may wait to publish with its stream open; one that does not wait leaves a slot
    above its budget to a run by itself, so only a second look (`was_above` at the
    first) tells that it waits.
    """
    if slot is None or slot.plugin != PLUGIN or slot.retained_bytes <= wal_budget:
        return GuardAction.LEAVE
    if not slot.is_active:
        return GuardAction.DROP
    return GuardAction.END_READING if was_above else GuardAction.LEAVE


def guard_source(source: SourceConfig) -> None:
    """Drop a slot that is above its budget, after a run that got nowhere.

    Needs no destination: it may be what is down, for days.
    """
    try:
        with closing(_connect(source)) as connection:
            slot = _find_unread(connection, source)
            if slot is None or slot.plugin != PLUGIN:
                return
            report_slot(source, slot)
            if slot.retained_bytes > source.wal_budget:
                _drop(connection, source, slot)
    except EltError as error:
        _complain(source, error)


@contextmanager
def guarding(source: SourceConfig) -> Iterator[None]:
    """Measure the slot at intervals beside a block, and drop it at its budget.

    Whatever keeps it from that is a warning, and nothing that the block hears of.
    """
    guard = _Guard(source=source)
    lookout = Lookout(
        name="elt-guard",
        interval_seconds=INTERVAL_SECONDS,
        open=lambda: _connect(source),
        look=guard.look,
        complain=guard.complain,
    )
    with looking(lookout):
        yield


@dataclass(kw_only=True)
class _Guard:
    source: SourceConfig
    _was_above: bool = False
    _has_warned: bool = False
    _has_complained: bool = False

    def look(self, connection: Connection) -> float:
        """Measure the slot, do what is to be done; return when that is due again."""
        source = self.source
        slot = find_slot(connection, source.slot_name)
        self._warn(slot)
        action = decide_action(
            slot, wal_budget=source.wal_budget, was_above=self._was_above
        )
        self._was_above = slot is not None and slot.retained_bytes > source.wal_budget
        if slot is not None and action is GuardAction.DROP:
            _drop(connection, source, slot)
        elif action is GuardAction.END_READING:
            _end_reading(connection, source)
        self._has_complained = False
        return INTERVAL_SECONDS

    def complain(self, error: EltError) -> None:
        """Warn once of what keeps a look from its end."""
        if sqlstate_of(error) in _OVERTAKEN:
            return
        if not self._has_complained:
            _complain(self.source, error)
        self._has_complained = True

    def _warn(self, slot: Slot | None) -> None:
        """Warn once when half of the budget is used up, and again after it was not."""
        if slot is None or not is_much(slot, self.source.wal_budget):
            self._has_warned = False
            return
        if not self._has_warned:
            report_slot(self.source, slot)
        self._has_warned = True


def _find_unread(connection: Connection, source: SourceConfig) -> Slot | None:
    """Return the slot, None where somebody reads it, or where there is none.

    A session that was ended gives it back a moment later.
    """
    deadline = time.monotonic() + _LONGEST_RETURN_SECONDS
    while (slot := find_slot(connection, source.slot_name)) is not None:
        if not slot.is_active:
            return slot
        if slot.retained_bytes <= source.wal_budget or time.monotonic() > deadline:
            break
        pause(_RETURN_PAUSE_SECONDS)
    return None


def _connect(source: SourceConfig) -> Connection:
    name = describe_program("guard", source.name)
    return connect(source.connection, application_name=name)


def _drop(connection: Connection, source: SourceConfig, slot: Slot) -> None:
    if drop_slot(connection, slot.name):
        log.warning(
            "dropped slot",
            source=source.name,
            slot=slot.name,
            retained_bytes=slot.retained_bytes,
            wal_budget=source.wal_budget,
            reason=exceeds(slot, source.wal_budget),
        )


def _end_reading(connection: Connection, source: SourceConfig) -> None:
    """End the session by which this program reads the slot, and nobody else's.

    One that decodes is left alone: to begin again would take it longer.
    """
    programs = {"stream": "stream", "wal": "wal", "run": "replicate"}
    names = {key: describe_program(name, source.name) for key, name in programs.items()}
    execute(connection, queries["end_reading"], {"slot": source.slot_name} | names)


def _complain(source: SourceConfig, error: EltError) -> None:
    log.warning("failed to guard source", source=source.name, error=error.message)
