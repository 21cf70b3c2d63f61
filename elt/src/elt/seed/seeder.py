"""Creates and fills the cinema database: all of it in one transaction, and once."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from importlib.resources import files

from elt import logs
from elt.config import DatabaseSettings, RetrySettings
from elt.errors import ConfigError
from elt.postgres import (
    Connection,
    Literal,
    compose,
    connect_with_retries,
    execute,
    fetch,
    fetch_one,
    identifiers,
    transaction,
)
from elt.queries import load_queries
from elt.seed.dataset import TABLES
from elt.seed.loading import load_table
from elt.seed.size import Size, size_of

log = logs.logger(__name__)

QUERIES = load_queries("elt.seed", "sql/seeder.sql")

_TABLE_NAMES = [table.name for table in TABLES]
_OTHER_NAMES = ["mpaa_rating", "star_count", "touch_updated_at"]
_MARK = "Sets updated_at of a changed row. Made by elt seed at scale {scale}."
_MARKED = re.compile(re.escape(_MARK).replace(r"\{scale\}", r"(\d+)"))
_DEFAULT_SCALE = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class SeedReport:
    """What a seeder found or made."""

    scale: int
    #: Whether this seeder made the cinema, or found it made.
    is_new: bool
    #: Rows by table; empty where the cinema was found, for an application may have
    #: changed them since.
    rows: Mapping[str, int]
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    """What the database holds before we touch it."""

    encoding: str
    role: str
    may_create: bool
    #: The comment that a seeder left, or somebody else's comment, or none.
    mark: str | None
    #: Names of the cinema that are taken.
    names: list[str]

    @property
    def scale(self) -> int | None:
        """The scale of the cinema that was seeded here, if one was."""
        match = _MARKED.fullmatch(self.mark or "")
        return int(match[1]) if match else None


def run_seed(
    settings: DatabaseSettings,
    *,
    scale: int | None = None,
    retry: RetrySettings = RetrySettings(),  # noqa: B008  frozen
) -> SeedReport:
    """Connect to a database, waiting for it if need be, and seed it."""
    connection = connect_with_retries(settings, retry, application_name="elt seed")
    with closing(connection):
        return seed(connection, scale)


def seed(connection: Connection, scale: int | None = None) -> SeedReport:
    """Create and fill the cinema, or find that it was done and change nothing.

    Without a scale, 1 is made and any is welcome. Raises ConfigError, before
    anything is touched, where the tables are not ours or have another scale.
    """
    size = size_of(_DEFAULT_SCALE if scale is None else scale)
    started = time.monotonic()
    with transaction(connection):
        _lock(connection)
        found = _inspect(connection)
        if found.scale is None:
            _refuse_unfit_database(found)
            rows = _create(connection, size)
        else:
            _refuse_other_cinema(found, found.scale if scale is None else scale)
            rows = {}
    report = SeedReport(
        scale=size.scale if found.scale is None else found.scale,
        is_new=found.scale is None,
        rows=rows,
        seconds=time.monotonic() - started,
    )
    _log_end(report)
    return report


def read_sql(name: str) -> str:
    """Return one of the package's files of SQL."""
    return (files("elt.seed") / "sql" / name).read_text(encoding="utf-8")


def mark_of(size: Size) -> str:
    """Return the comment by which a seeder knows a cinema of this size."""
    return _MARK.format(scale=size.scale)


def _lock(connection: Connection) -> None:
    """Let one seeder work at a time; the others find its work done."""
    if not fetch_one(connection, QUERIES["try_lock"]):
        log.info("found another seeder at work", database=str(connection.settings))
        execute(connection, QUERIES["lock"])


def _inspect(connection: Connection) -> _Found:
    names = {"names": [*_TABLE_NAMES, *_OTHER_NAMES]}
    (found,) = fetch(connection, _Found, QUERIES["inspect"], names)
    return found


def _refuse_unfit_database(found: _Found) -> None:
    if found.names:
        names = ", ".join(found.names)
        message = f"Cannot create the cinema: the schema public already has {names}"
        hint = "Give elt seed a database of its own; it changes nothing of others."
        raise ConfigError(message, hint=hint)
    if not found.may_create:
        message = f"Cannot create the cinema: {found.role} may not create in public"
        hint = f'Let an administrator: grant create on schema public to "{found.role}"'
        raise ConfigError(message, hint=hint)
    if found.encoding != "UTF8":
        message = f"Cannot create the cinema in a database encoded in {found.encoding}"
        hint = "Its titles need a database with encoding UTF8."
        raise ConfigError(message, hint=hint)


def _refuse_other_cinema(found: _Found, scale: int) -> None:
    missing = [name for name in _TABLE_NAMES if name not in found.names]
    if missing:
        message = f"The cinema has lost {', '.join(missing)}"
    elif found.scale != scale:
        message = f"The database holds the cinema at scale {found.scale}, not {scale}"
    else:
        return
    statements = " ".join(QUERIES["drop"].split())
    raise ConfigError(message, hint=f"To start over: {statements}")


def _create(connection: Connection, size: Size) -> dict[str, int]:
    execute(connection, QUERIES["use_public"])
    execute(connection, read_sql("schema.sql"))
    rows = {}
    for table in TABLES:
        started = time.monotonic()
        rows[table.name] = load_table(connection, table, size)
        log.info(
            "seeded table",
            table=table.name,
            rows=rows[table.name],
            seconds=time.monotonic() - started,
        )
    execute(connection, read_sql("relations.sql"))
    mark = compose(QUERIES["mark"], mark=Literal(mark_of(size)))
    execute(connection, mark)
    execute(connection, compose(QUERIES["analyze"], tables=identifiers(_TABLE_NAMES)))
    return rows


def _log_end(report: SeedReport) -> None:
    if not report.is_new:
        log.info("found database seeded", scale=report.scale, seconds=report.seconds)
        return
    rows = sum(report.rows.values())
    log.info(
        "seeded database",
        scale=report.scale,
        tables=len(report.rows),
        rows=rows,
        seconds=report.seconds,
        rows_per_second=round(rows / report.seconds),
    )
