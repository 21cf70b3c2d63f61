"""The machine that a report was made on, and whether it had time for it."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime

from elt import __version__

#: Above this load somebody else was at work.
_QUIET_LOAD = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class Machine:
    """What times depend on besides the programs."""

    cores: int
    memory_bytes: int
    postgres: str
    python: str
    elt: str
    started_at: str
    #: Processes that wanted to run, over the minute before.
    load: float

    def __str__(self) -> str:
        """Return a line for a person."""
        facts = (
            f"elt {self.elt}, PostgreSQL {self.postgres}, Python {self.python}; "
            f"{self.cores} cores, {self.memory_bytes / 1e9:.0f} GB; {self.started_at}"
        )
        if self.load <= _QUIET_LOAD:
            return facts
        return (
            f"{facts}\nThe machine was busy (load {self.load:.1f}): do not quote this."
        )


def describe_machine(postgres: str) -> Machine:
    """Look at the machine; to be called before it is put to work."""
    return Machine(
        cores=len(os.sched_getaffinity(0)),
        memory_bytes=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        postgres=postgres,
        python=platform.python_version(),
        elt=__version__,
        started_at=datetime.now(UTC).isoformat(timespec="seconds"),
        load=os.getloadavg()[0],
    )
