"""Slots that a source still has from when elt.yaml called it by another name.

Nobody reads them, and only max_slot_wal_keep_size would ever end what they keep. But
another elt.yaml may well have a source of that name: so they are told, and left alone.
"""

from __future__ import annotations

from elt import logs
from elt.config import Config, SourceConfig
from elt.postgres import Connection
from elt.replication.logical.slots import PLUGIN, find_slot
from elt.replication.state.slot_state import OtherSlot, list_other_slots

log = logs.logger(__name__)


def find_strays(
    reader: Connection, writer: Connection, config: Config
) -> list[OtherSlot]:
    """Return the slots of a source that the state has under names of no source."""
    others = list_other_slots(writer, [source.name for source in config.sources])
    used = {source.slot_name for source in config.sources}
    found = [(o, find_slot(reader, o.slot)) for o in others if o.slot not in used]
    return [o for o, s in found if s and s.is_of_database and s.plugin == PLUGIN]


def warn_of_strays(
    reader: Connection, writer: Connection, config: Config, source: SourceConfig
) -> None:
    """Log them."""
    for stray in find_strays(reader, writer, config):
        log.warning(
            "found slot of another name",
            source=source.name,
            slot=stray.slot,
            of=stray.source,
            hint=advise_on_stray(stray),
        )


def describe_stray(stray: OtherSlot) -> str:
    """Say what such a slot does."""
    return (
        f"the slot {stray.slot} keeps WAL for a source {stray.source}, which elt.yaml "
        "does not name"
    )


def advise_on_stray(stray: OtherSlot) -> str:
    """Say what is to be done about it."""
    return (
        f"If no other elt.yaml has that source: let this one call it {stray.source} "
        f"once more, and run elt teardown --source {stray.source}."
    )
