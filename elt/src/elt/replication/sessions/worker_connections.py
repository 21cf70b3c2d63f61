"""The connections of workers: to a snapshot that is shared, and to the destination."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager

from elt.config import Config, DatabaseSettings, SourceConfig
from elt.errors import LostConnectionError, TemporaryError
from elt.postgres import Connection, connect, execute
from elt.replication.catalog.reading import set_search_path
from elt.replication.sessions.snapshot import (
    Snapshot,
    begin_reads,
    import_snapshot,
)
from elt.replication.state.lock import describe_program

#: A comparison sorts or hashes two tables; the default of 4 MB makes it spill early,
#: and expecting every row to differ keeps the planner from comparing in parallel. A
#: shadow that a crash loses is loaded again; the publish makes what it commits last.
#: Few rows that changed are looked up in a big table, which the default cost of a
#: random page, that of a disk that turns, would have read as a whole.
_WRITER_SESSION = """
set work_mem to '64MB';
set parallel_tuple_cost to 0;
set synchronous_commit to off;
set random_page_cost to 1.1;
"""


@contextmanager
def open_reader(source: SourceConfig, snapshot: Snapshot) -> Iterator[Connection]:
    """Connect to the source, to read from a snapshot that is shared."""
    with closing(_connect(source.connection, source.name)) as reader:
        import_snapshot(reader, snapshot)
        begin_reads(reader)
        yield reader


@contextmanager
def open_writer(
    config: Config, source: str, landings: Iterable[str]
) -> Iterator[Connection]:
    """Connect to the destination, where names mean what they mean at the source."""
    with closing(_connect(config.destination.connection, source)) as writer:
        set_search_path(writer, landings)
        execute(writer, _WRITER_SESSION)
        yield writer


def _connect(settings: DatabaseSettings, source: str) -> Connection:
    """Connect to a database that has just been there; if it is not, the run is over."""
    name = describe_program("worker", source)
    try:
        return connect(settings, application_name=name)
    except TemporaryError as error:
        raise LostConnectionError(error.message, hint=error.hint) from error
