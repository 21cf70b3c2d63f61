"""What a check finds about views: that they are read in full, and whether they can."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from elt.config import SourceConfig
from elt.errors import EltError
from elt.postgres import (
    READ_ONLY,
    Connection,
    Identifier,
    compose,
    execute,
    identifiers,
    transaction,
)
from elt.replication.design.streams import Stream
from elt.replication.design.views import explain_failure, is_taken_for_table
from elt.replication.findings.finding import Finding, Level, failed
from elt.replication.sessions.snapshot import set_row_security


def examine_views(
    reader: Connection, source: SourceConfig, streams: Iterable[Stream]
) -> Iterator[Finding]:
    """Yield which streams are views, and which of them cannot be planned.

    To plan a view takes the same rights as to read it, and no time.
    """
    views = [stream for stream in streams if is_taken_for_table(stream.relation)]
    if not views:
        return
    names = ", ".join(stream.name for stream in views)
    text = (
        f"{names}: read in full by every run, as nothing tells what changed in a view"
    )
    yield Finding(level=Level.NOTE, subject="streams", text=text)
    for stream in views:
        error = _try_plan(reader, source, stream)
        if error is not None:
            finding = failed("streams", explain_failure(stream.relation, error))
            yield replace(finding, text=f"{stream.name}: {finding.text}")


def _try_plan(
    reader: Connection, source: SourceConfig, stream: Stream
) -> EltError | None:
    query = compose(
        "explain select {columns} from only {view}",
        columns=identifiers(column.name for column in stream.columns),
        view=Identifier(*stream.relation.place),
    )
    try:
        with transaction(reader, READ_ONLY):
            set_row_security(reader, allowed=source.allow_row_security)
            execute(reader, query)
    except EltError as error:
        return error
    return None
