"""What a check finds about shaped streams: what of them does not leave the source.

For the person who answers for the data, too; so nothing that is shaped is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby

from elt.config import Config, SourceConfig, SyncMode
from elt.errors import ConfigError
from elt.postgres import READ_ONLY, Connection, transaction
from elt.replication.catalog.reading import set_search_path
from elt.replication.design.streams import Plan
from elt.replication.findings.finding import Finding, Level, failed
from elt.replication.plan.former_shapes import list_reshaped, refuse_forgotten_file
from elt.replication.plan.shapes_at_source import refuse_unusable_shapes
from elt.replication.state.state import KnownStream

_SUBJECT = "shape"


def examine_shapes(
    reader: Connection, source: SourceConfig, plan: Plan
) -> Iterator[Finding]:
    """Yield what is left out and masked, stream by stream, and what cannot be."""
    shaped = [s for s in (*plan.partitioned, *plan.streams) if s.shaping]
    shaped.sort(key=lambda stream: stream.shaping.stream)
    for _, streams in groupby(shaped, key=lambda stream: stream.shaping.stream):
        shaping = next(streams).shaping
        text = f"{shaping.stream}: {shaping.shape}"
        yield Finding(level=Level.OK, subject=_SUBJECT, text=text)
    for stream in shaped:
        reason = stream.shaping.why_unsteady
        # How incremental streams are read is told elsewhere.
        if reason is not None and stream.mode is SyncMode.LOGICAL:
            text = f"{stream.name}: compared in full by every run, as {reason}"
            yield Finding(level=Level.NOTE, subject=_SUBJECT, text=text)
        if stream.shaping.where is not None and stream.ignores_deletes:
            text = f"{stream.name}: rows that no longer meet its condition stay"
            yield Finding(level=Level.NOTE, subject=_SUBJECT, text=text)
    try:
        with transaction(reader, READ_ONLY):
            set_search_path(reader, plan.landings)
            refuse_unusable_shapes(reader, source, plan)
    except ConfigError as error:
        yield failed(_SUBJECT, error)


def examine_former_shapes(
    config: Config, plan: Plan, known: Mapping[str, KnownStream]
) -> Iterator[Finding]:
    """Yield in which way streams are shaped otherwise than in the run before."""
    for stream, change in list_reshaped(plan.streams, known).items():
        text = f"{stream}: shaped otherwise than in the last run; {change}"
        yield Finding(level=Level.WARNING, subject=_SUBJECT, text=text)
    try:
        refuse_forgotten_file(config, plan.streams, known)
    except ConfigError as error:
        yield failed(_SUBJECT, error)
