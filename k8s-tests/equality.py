"""Proof from outside that both databases hold the same rows, no more and no fewer."""

#: Tables, not the partitions of one.
_TABLES = """
select relname from pg_class
where relnamespace = '{schema}'::regnamespace
and relkind in ('r', 'p') and not relispartition order by relname
"""
#: A sum does not depend on the order of rows, and counts a doubled row twice.
_TALLY = """
select '{table}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0)
from {schema}."{table}" as t
"""


def tallies(sql, schema):
    """Return table, count and checksum of every table of a schema."""
    tables = [table for (table,) in sql(_TABLES.format(schema=schema))]
    queries = (_TALLY.format(schema=schema, table=table) for table in tables)
    return sql(" union all ".join(queries)) if tables else []


def assert_equal(release):
    """Fail unless each table of the source has its exact copy in schema raw."""
    source = tallies(release.source, "public")
    assert source, "the source has no tables"
    assert tallies(release.destination, "raw") == source


def unequal_receipts(release):
    """Return the receipts that do not prove a copy, and how many there are."""
    return release.destination(
        "select count(*) filter (where not is_equal), count(*) > 0 from elt.receipts"
    )
