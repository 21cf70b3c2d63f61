"""What becomes of the replication slot at a source before a run reads.

A slot makes its server keep WAL until somebody has read it. So it is measured before
anything else, and dropped before it can fill a disk; then every row is compared once.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from elt import logs
from elt.config import SourceConfig
from elt.errors import ForeignSlotError
from elt.tables import human_bytes

log = logs.logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """A replication slot as its server describes it."""

    name: str
    plugin: str
    is_of_database: bool
    is_active: bool
    #: Whether it is a standby's copy of a slot of its primary.
    is_synced: bool
    #: Whether the server no longer keeps what it needs.
    is_lost: bool
    #: Why that is, where it is not for the WAL that was removed.
    invalidation: str | None
    retained_bytes: int
    confirmed_lsn: str | None


class SlotAction(StrEnum):
    """What a run does with its slot before it takes its snapshot."""

    KEEP = "keep"
    CREATE = "create"
    REPLACE = "replace"  #: drop it, make it anew


@dataclass(frozen=True, kw_only=True, slots=True)
class SlotDecision:
    """What is done with a slot, and why it is not kept."""

    action: SlotAction
    reason: str | None = None


def decide_slot(
    slot: Slot | None, *, is_known: bool, is_complete: bool, wal_budget: int
) -> SlotDecision:
    """Decide what becomes of the slot.

    `is_known` says that the state has it, `is_complete` that it was made to the end.
    Raises ForeignSlotError for a slot of somebody else.
    """
    if slot is None:
        reason = "its slot is gone" if is_complete else None
        return SlotDecision(action=SlotAction.CREATE, reason=reason)
    if not is_known:
        message = f"The replication slot {slot.name} of the source is not ours"
        hint = (
            "If no other elt reads by it, elt teardown drops it. "
            "Else name another one in elt.yaml: slot: another_name."
        )
        raise ForeignSlotError(message, hint=hint)
    if not is_complete:
        return SlotDecision(action=SlotAction.REPLACE)
    if slot.is_lost:
        return SlotDecision(action=SlotAction.REPLACE, reason=_say_lost(slot))
    if slot.retained_bytes > wal_budget:
        return SlotDecision(action=SlotAction.REPLACE, reason=exceeds(slot, wal_budget))
    return SlotDecision(action=SlotAction.KEEP)


def _say_lost(slot: Slot) -> str:
    if slot.invalidation is None:
        return "the source has removed WAL that its slot needs"
    return f"the source has invalidated its slot: {slot.invalidation}"


def exceeds(slot: Slot, wal_budget: int) -> str:
    """Say by how much a slot is above its budget."""
    kept = human_bytes(slot.retained_bytes)
    return (
        f"its slot kept {kept} of WAL, more than wal_budget {human_bytes(wal_budget)}"
    )


def is_much(slot: Slot, wal_budget: int) -> bool:
    """Tell whether a slot has used up more than half of its budget."""
    return wal_budget < 2 * slot.retained_bytes


def report_slot(source: SourceConfig, slot: Slot) -> None:
    """Tell what a slot keeps, as a warning when that is half of its budget."""
    is_warning = is_much(slot, source.wal_budget)
    tell = log.warning if is_warning else log.info
    tell(
        "kept much WAL" if is_warning else "measured slot",
        source=source.name,
        slot=slot.name,
        retained_bytes=slot.retained_bytes,
        wal_budget=source.wal_budget,
    )
