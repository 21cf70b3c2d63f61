"""What a check finds about sequences: how many go along, and which do not, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from elt.config import SourceConfig
from elt.postgres import Connection
from elt.replication.catalog.tables import Relation
from elt.replication.findings.finding import Finding, left_out, ok
from elt.replication.plan.sequence_reads import list_sequences, read_sequences
from elt.replication.publish.sequences import compare_sequences


def examine_sequences(
    reader: Connection,
    writer: Connection | None,
    source: SourceConfig,
    schemas: Iterable[str],
    held: Iterable[Relation] = (),
) -> Iterator[Finding]:
    """Yield how many sequences a run would carry over, and what it would not.

    `held` is what the destination has besides tables.
    """
    found = list_sequences(reader, source, schemas, held)
    sequences = read_sequences(reader, writer, found)
    if writer is not None and sequences.chosen:
        # Notes those whose names somebody else has.
        compare_sequences(writer, sequences)
    if sequences.chosen:
        count = len(sequences.chosen)
        text = f"{count:,} are copied, with their values"
        yield ok("sequences", text if count > 1 else "1 is copied, with its value")
    yield from left_out(sequences.not_copied)
