"""The configuration as frozen records: no parsing, no defaults from outside."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path

from elt.config.shape import Shape

#: In bytes: little for a disk of today, and hours of a lively application.
DEFAULT_WAL_BUDGET = 4 << 30
#: PostgreSQL cuts longer names.
_LONGEST_NAME = 63


class SyncMode(StrEnum):
    """How a stream is replicated."""

    FULL_REFRESH = "full_refresh"  #: every row is copied, the difference published
    INCREMENTAL = "incremental"  #: only rows that changed are copied
    LOGICAL = "logical"  #: changes are read from the source's WAL


class DeletePolicy(StrEnum):
    """What becomes of a row that the source of an incremental stream deleted."""

    APPLY = "apply"  #: it is deleted
    SOFT = "soft"  #: it stays, and a column of ours says since when it is gone
    IGNORE = "ignore"  #: it stays; nobody looks for it


class Verification(StrEnum):
    """What a receipt compares."""

    CHANGES = "changes"  #: row counts, and the hashes of the rows that were copied
    CHECKSUM = "checksum"  #: row counts and the sum of row hashes
    COUNT = "count"  #: row counts only
    EXACT = "exact"  #: the same through the text of each row: slower


class PublishPolicy(StrEnum):
    """Whether a failing stream holds back the others."""

    TOGETHER = "together"  #: all streams or none
    EACH = "each"  #: all streams that could be copied


class SchemaChangePolicy(StrEnum):
    """What is done when a table of the source changed its columns."""

    PROPAGATE = "propagate"  #: the replica is altered in the same way
    KEEP = "keep"  #: the replica keeps its columns where that is possible
    FAIL = "fail"  #: the stream is not published


@dataclass(frozen=True, kw_only=True, slots=True)
class DatabaseSettings:
    """How to reach one database; the field names are libpq's."""

    #: Prefix of the environment variables these settings came from.
    prefix: str
    host: str
    database: str
    user: str
    port: int = 5432
    password: str | None = field(default=None, repr=False)
    sslmode: str | None = None
    sslrootcert: str | None = None
    sslcert: str | None = None
    sslkey: str | None = None
    #: Seconds to wait for a connection, per attempt.
    connect_timeout: int = 10
    #: Command-line options for the server, as in PGOPTIONS.
    options: str | None = None
    #: Key of the hashes that the server is to make.
    mask_key: str | None = field(default=None, repr=False)

    def __str__(self) -> str:
        """Name the database for a person, without the password."""
        return f"{self.database} on {self.host}:{self.port} as {self.user}"


@dataclass(frozen=True, kw_only=True, slots=True)
class RetrySettings:
    """How often, and after how long, a lost or refused connection is tried again."""

    max_retries: int = 5
    delay_seconds: float = 5.0


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamConfig:
    """What differs for one stream from the defaults of its source."""

    mode: SyncMode | None = None
    #: Column that tells when a row was written, for incremental streams.
    cursor: str | None = None
    #: How much further back than needed the cursor is read again.
    lookback_seconds: int = 0
    deletes: DeletePolicy | None = None
    on_schema_change: SchemaChangePolicy | None = None
    #: The largest share of its rows that it may lose.
    allow_shrink: float | None = None
    shape: Shape = field(default_factory=Shape)


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceConfig:
    """One source database and what is replicated from it."""

    name: str = "raw"
    connection: DatabaseSettings
    mode: SyncMode = SyncMode.FULL_REFRESH
    deletes: DeletePolicy = DeletePolicy.APPLY
    include: tuple[str, ...] = ("*.*",)
    exclude: tuple[str, ...] = ()
    #: Whether views and materialized views are streams as well, copied as tables.
    include_views: bool = False
    #: Landing schema by schema of the source, where the default does not suit.
    schemas: tuple[tuple[str, str], ...] = ()
    #: Overrides by `schema.table`.
    streams: tuple[tuple[str, StreamConfig], ...] = ()
    #: Most WAL, in bytes, that the slot of its logical streams may make it keep.
    wal_budget: int = DEFAULT_WAL_BUDGET
    #: Names of the slot and of the publication, where the default does not suit.
    slot: str | None = None
    publication: str | None = None
    #: Whether tables with row security may be read as the role sees them.
    allow_row_security: bool = False
    #: Where it stands in elt.yaml.
    path: str = "sources[0]"

    def covers(self, stream: str) -> bool:
        """Tell whether a `schema.table` is to be replicated."""
        return matches(stream, self.include) and not matches(stream, self.exclude)

    def stream(self, name: str) -> StreamConfig:
        """Return the overrides of one stream."""
        return dict(self.streams).get(name, StreamConfig())

    @property
    def slot_name(self) -> str:
        """Return the name of the replication slot at the source."""
        return self.slot or f"elt_{self.name}"[:_LONGEST_NAME]

    @property
    def publication_name(self) -> str:
        """Return the name of the publication at the source."""
        return self.publication or self.slot_name

    @property
    def digest(self) -> str:
        """Return a text that is another one where elt.yaml says something else of it.

        By which host and role it is read does not matter, nor where it stands there.
        """
        own = [f.name for f in fields(self) if f.name not in {"connection", "path"}]
        values = [(name, getattr(self, name)) for name in own]
        return hashlib.sha256(repr(values).encode()).hexdigest()[:32]

    @property
    def may_be_logical(self) -> bool:
        """Tell whether some stream is replicated from the WAL."""
        modes = {self.mode, *(stream.mode for _, stream in self.streams)}
        return SyncMode.LOGICAL in modes

    @property
    def is_shaped(self) -> bool:
        """Tell whether some stream leaves out columns, values or rows."""
        return any(stream.shape for _, stream in self.streams)

    def mode_of(self, stream: str) -> SyncMode:
        """Return how a stream is replicated."""
        return self.stream(stream).mode or self.mode

    def landing_schema(self, schema: str) -> str:
        """Return the destination schema in which a schema of the source lands."""
        default = self.name if schema == "public" else f"{self.name}_{schema}"
        return dict(self.schemas).get(schema, default)


@dataclass(frozen=True, kw_only=True, slots=True)
class DestinationConfig:
    """The analytics database and how complete its tables are."""

    connection: DatabaseSettings
    #: Also foreign keys and checks, besides primary keys, unique and not null.
    all_constraints: bool = False
    #: Also the secondary indexes.
    indexes: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Config:
    """Everything a command needs to know."""

    sources: tuple[SourceConfig, ...]
    destination: DestinationConfig
    verify: Verification = Verification.CHANGES
    publish: PublishPolicy = PublishPolicy.TOGETHER
    workers: int = 2
    on_schema_change: SchemaChangePolicy = SchemaChangePolicy.PROPAGATE
    #: Largest share of its rows that a stream may lose in one run.
    allow_shrink: float = 0.5
    retry: RetrySettings = RetrySettings()
    #: Whether what is replicated was said, in an elt.yaml.
    has_file: bool = True
    #: Where to keep a pg_dump archive of the snapshot that is loaded.
    dump_path: Path | None = None
    #: Of the dbt project that reads the replicas.
    dbt_manifest: Path | None = None
    #: Where PostgreSQL's client programs are; in PATH when it is None.
    programs: Path | None = None


def matches(stream: str, patterns: Iterable[str]) -> bool:
    """Tell whether a stream is called by its name, or by a pattern such as public.*."""
    # By its name first: in a pattern, the brackets of a name mean something else.
    return any(stream == p or fnmatchcase(stream, p) for p in patterns)
