"""Logical runs for tests: what they do, and how a source is looked at."""

from integration.incremental import FILMS, differing
from integration.incremental import sync as incremental_sync
from integration.replication import query, value

from elt.config import StreamConfig, SyncMode

LOGICAL = {"mode": SyncMode.LOGICAL}
#: The name of the slot and of the publication of a source called raw.
NAME = "elt_raw"
REWRITTEN = "its table was truncated or rewritten"
#: A trigger of somebody else on a replica: what is written is not what stays.
SPOIL = """
create function spoil() returns trigger language plpgsql as $$
begin
    new.title := 'spoilt';
    return new;
end $$;
create trigger spoil before {operation} on raw.films
    for each row execute function spoil();
"""


def with_films(databases):
    """Fill the source with a hundred films and replicate; return the databases."""
    query(databases.source, FILMS)
    sync(databases)
    return databases


def sync(databases, *, source=None, **options):
    """Run once; return (read, inserted, updated, deleted) of each stream, and why not.

    A stream that was read in full has the reason in place of the number of rows read.
    """
    return incremental_sync(databases, source=LOGICAL | (source or {}), **options)


def sync_after(databases, statements, **options):
    """Change the source and replicate; return what was done to the films."""
    query(databases.source, statements)
    return sync(databases, **options)["public.films"]


def stream(name, **options):
    """Return a source of which one stream has options."""
    return {"streams": ((name, StreamConfig(**options)),)}


def is_equal(databases):
    """Tell whether both sides are equal now, by hashes of all rows."""
    return differing(databases, source=LOGICAL) == []


def slots(databases):
    """Return the names of the slots of the source."""
    statement = (
        "select slot_name from pg_replication_slots where database = current_database()"
    )
    return [name for (name,) in query(databases.source, statement)]


def published_tables(databases, publication=NAME):
    """Return the tables that a publication of the source has."""
    statement = "select tablename from pg_publication_tables where pubname = %(name)s"
    found = query(databases.source, statement, {"name": publication})
    return sorted(name for (name,) in found)


def retained_bytes(databases):
    """Return how much WAL the slot makes the source keep."""
    return value(
        databases.source,
        "select pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint "
        "from pg_replication_slots where database = current_database()",
    )
