"""A primary that is written to, and its standby, which is read."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import NamedTuple

from integration.background import beside
from integration.history import copied_cluster, own_cluster, source_of
from integration.incremental import differing
from integration.logical import LOGICAL, NAME
from integration.logical import sync as logical_sync
from integration.replication import configure, query, value, version_of, wait_until
from servers import Databases

from elt.config import DatabaseSettings
from elt.embedded import (
    LOOPBACK,
    Cluster,
    start_anywhere,
)
from elt.embedded.account import give
from elt.errors import EltError
from elt.replication.check import check
from elt.replication.findings.finding import Level

#: The slot by which the primary keeps what its standby has not replayed yet.
PHYSICAL_SLOT = "standby"
#: A primary that was restarted is found again at once, not after five seconds.
SETTINGS_OF_STANDBY = {
    "hot_standby_feedback": "on",
    "wal_receiver_status_interval": "1s",
    "wal_retrieve_retry_interval": "100ms",
}

ONLY_FILMS = {"include": ("public.films",)}
FILMS = """
create table films (id integer primary key, title text not null);
insert into films select n, 'film ' || n from generate_series(1, 100) as n;
"""
#: Said of every standby, whatever the mode.
READ_LONG = "is a standby: long reads may be cancelled by its replay"
#: As elt makes a publication at a primary, from version 18 on.
_GENERATED = "with (publish_generated_columns = stored)"
PUBLISH = f"create publication {NAME} for table films {_GENERATED}"


class Pair(NamedTuple):
    """A primary and its standby, each with a database `app`."""

    primary: Cluster
    standby: Cluster

    @property
    def writable(self) -> DatabaseSettings:
        """Return how to connect to where applications write."""
        return source_of(self.primary)

    @property
    def readable(self) -> DatabaseSettings:
        """Return how to connect to the standby."""
        return source_of(self.standby)

    def to(self, destination: DatabaseSettings) -> Databases:
        """Return the databases of which the standby is the source."""
        return Databases(self.readable, destination)

    def write(self, statement: str) -> None:
        """Write at the primary, and wait until it is replayed."""
        query(self.writable, statement)
        self.catch_up()

    def catch_up(self) -> None:
        """Wait until all that is written has been replayed."""
        lsn = value(self.writable, "select pg_current_wal_flush_lsn()::text")
        statement = "select pg_last_wal_replay_lsn() >= %(lsn)s::pg_lsn"
        wait_until(lambda: value(self.readable, statement, {"lsn": lsn}), "the replay")


@contextmanager
def pair_of(binaries):
    """Serve a primary whose commits are sent at once, and its standby."""
    with own_cluster(binaries) as primary, _standby_of(primary) as standby:
        yield Pair(primary, standby)


@contextmanager
def _standby_of(primary: Cluster) -> Iterator[Cluster]:
    """Serve the standby of a cluster until the block ends, then remove it."""
    standby = copied_cluster(primary.binaries)
    try:
        _follow(primary, standby)
        standby = start_anywhere(standby)
        yield standby
    finally:
        standby.remove()


def _follow(primary: Cluster, standby: Cluster) -> None:
    """Let a cluster be the standby of the one that its files are a copy of."""
    query(
        source_of(primary),
        "select pg_create_physical_replication_slot(%(slot)s, true)",
        {"slot": PHYSICAL_SLOT},
    )
    own = {
        "primary_conninfo": f"host={LOOPBACK} port={primary.port} user={primary.user}",
        "primary_slot_name": PHYSICAL_SLOT,
    }
    with (standby.data / "postgresql.auto.conf").open("a") as settings:
        for name, value in (own | SETTINGS_OF_STANDBY).items():
            settings.write(f"{name} = '{value}'\n")
    signal = standby.data / "standby.signal"
    signal.touch()
    give(signal)


def noting(pair):
    """Let the primary note what is in progress beside a block, as a slot needs it."""

    def note(is_over):
        while not is_over.wait(0.05):
            with suppress(EltError):
                query(pair.writable, "select pg_log_standby_snapshot()")

    return beside(note)


def prepare(pair, destination, schema):
    """Publish the tables of a schema, and return databases that were replicated."""
    pair.write(schema)
    tables = query(
        pair.writable,
        "select relname from pg_class where relkind = 'r' "
        "and relnamespace = 'public'::regnamespace",
    )
    names = ", ".join(f"only {name}" for (name,) in tables)
    options = _GENERATED if version_of(pair.writable) >= 18 else ""
    pair.write(f"create publication {NAME} for table {names} {options}")
    databases = pair.to(destination)
    with noting(pair):
        logical_sync(databases)
    return databases


def sync(pair, databases, **options):
    """Run once beside a primary that helps to make a slot."""
    with noting(pair):
        return logical_sync(databases, **options)


def follow(pair, databases, statement="", **source):
    """Change the films at the primary and replicate; return what was done to them."""
    if statement:
        pair.write(statement)
    source = ONLY_FILMS | source
    found = sync(pair, databases, source=source)
    assert differing(databases, source=LOGICAL | source) == []
    return found["public.films"]


def as_role(databases, role):
    """Return databases whose standby is read as a role of its primary."""
    source = replace(databases.source, user=role.user, password=role.password)
    return databases._replace(source=source)


def problems(databases):
    """Return what `elt check` says is in the way, each with its remedy."""
    config = configure(databases, source=LOGICAL | ONLY_FILMS)
    report = check(config, config.sources[0])
    return [
        (finding.level, finding.text, finding.fix)
        for finding in report.findings
        if finding.level in {Level.ERROR, Level.WARNING}
        and finding.subject == "source"
        and finding.text != READ_LONG
    ]
