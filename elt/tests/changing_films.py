"""A table of films as it is and as it was, for tests of what changes."""

from builders import make_column, make_replica, make_stream
from builders import make_table as make_any_table
from sqltext import sql_text

from elt.config import SchemaChangePolicy

OID = 4711
ID = make_column("id", number=1, is_not_null=True)
TITLE = make_column("title", "text", number=2)
YEAR = make_column("year", number=3)


def make_table(*columns, **facts):
    """Make a table that is the same one, however it looks."""
    return make_any_table("films", *columns, **{"oid": OID} | facts)


def films(*columns, policy=SchemaChangePolicy.PROPAGATE, **facts):
    table = make_table(*columns, **facts)
    return make_replica(stream=make_stream(table, on_schema_change=policy))


def texts(statements):
    """Return statements as text; of an attempt, what is tried first."""
    return [sql_text(getattr(one, "statement", one)) for one in statements]
