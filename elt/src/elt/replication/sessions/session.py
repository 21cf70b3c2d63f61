"""A sync run in progress: its configuration, its two connections, what failed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from elt import logs
from elt.config import Config, PublishPolicy, SourceConfig, SyncMode
from elt.errors import ConfigError, EltError
from elt.lineage.impact import Impact
from elt.postgres import Connection, connect_with_retries, server_version
from elt.progress import Progress
from elt.replication.catalog.elsewhere import Elsewhere, compare_servers
from elt.replication.catalog.reading import read_catalog
from elt.replication.catalog.tables import Catalog
from elt.replication.state.lock import describe_program, is_same_database

if TYPE_CHECKING:
    from elt.lineage.manifest import Manifest

log = logs.logger(__name__)

#: The first version with ctid range scans, xid8 functions and hash_record_extended.
OLDEST_VERSION = 14


@dataclass(frozen=True, kw_only=True, slots=True)
class RunOptions:
    """What the command line adds to the configuration."""

    #: Names or patterns of streams; all of them when empty.
    streams: tuple[str, ...] = ()
    allow_shrink: bool = False
    #: Copy every row, even of streams that did not change.
    full: bool = False
    #: Of the dbt project that reads the replicas, to name what a change reaches.
    manifest: Manifest | None = None


@dataclass(kw_only=True)
class Session:
    """A run in progress: its configuration and its two coordinating connections."""

    config: Config
    source: SourceConfig
    options: RunOptions
    reader: Connection
    writer: Connection
    progress: Progress
    #: Streams that cannot be published, and why.
    failures: dict[str, EltError] = field(default_factory=dict)
    #: How streams are replicated, as planned: a view has no mode of tables.
    modes: dict[str, SyncMode] = field(default_factory=dict)
    #: What of dbt is downstream of the changes that the run found.
    impact: Impact = field(default_factory=Impact)

    @cached_property
    def elsewhere(self) -> Elsewhere:
        """Return what is not the same at the destination."""
        return compare_servers(self.reader, self.writer)

    @property
    def is_together(self) -> bool:
        """Tell whether one failing stream holds back the others."""
        return self.config.publish is PublishPolicy.TOGETHER

    def mode_of(self, stream: str) -> SyncMode:
        """Return how a stream is replicated."""
        return self.modes.get(stream) or self.source.mode_of(stream)

    @property
    def allow_shrink(self) -> float | None:
        """Return the largest share of its rows that a stream may lose; None for any.

        A stream may have one of its own.
        """
        return None if self.options.allow_shrink else self.config.allow_shrink


@contextmanager
def connected(
    config: Config, source: SourceConfig, command: str = "replicate"
) -> Iterator[tuple[Connection, Connection]]:
    """Connect to both databases, waiting for them; refuse what cannot work."""
    name = describe_program(command, source.name)
    with (
        closing(
            connect_with_retries(
                config.destination.connection, config.retry, application_name=name
            )
        ) as writer,
        closing(
            connect_with_retries(source.connection, config.retry, application_name=name)
        ) as reader,
    ):
        for connection in (reader, writer):
            version = server_version(connection)
            if version < OLDEST_VERSION:
                message = f"The {connection.role} database is PostgreSQL {version}"
                hint = f"elt needs PostgreSQL {OLDEST_VERSION} or newer."
                raise ConfigError(message, hint=hint)
        if is_same_database(reader, writer):
            message = f"Source and destination are one database: {source.connection}"
            raise ConfigError(message, hint="Correct DESTINATION_*, or SOURCE_*.")
        yield reader, writer


def read_source(session: Session, schemas: Iterable[str]) -> Catalog:
    """Read what the source holds in some schemas, as a run replicates it."""
    return read_catalog(
        session.reader,
        schemas,
        include_views=session.source.include_views,
        elsewhere=session.elsewhere,
    )


def tell_failure(source: str, stream: str, error: EltError) -> None:
    """Log what a stream failed at, as soon as it does: the summary has one of them."""
    log.error(
        "failed stream",
        source=source,
        stream=stream,
        error=error.message,
        hint=error.hint,
    )


def summarize(failures: Mapping[str, EltError], source: str) -> EltError:
    """Return one error for all streams that failed; the kind is that of the first."""
    stream, first = next(iter(failures.items()))
    count = len(failures)
    more = "" if count == 1 else f" (and {count - 1} more)"
    message = f"Stream {stream} of source {source}{more} failed: {first.message}"
    error = type(first)(message, hint=first.hint)
    error.__cause__ = first
    return error
