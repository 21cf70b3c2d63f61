"""What readers can know of a database, to compare a source with its replica."""

import re
from pathlib import Path

from psycopg2.sql import SQL, Identifier

_DEFINITIONS = (Path(__file__).parent / "definitions.sql").read_text(encoding="utf-8")

#: Parts that are no SQL, so that nothing in them names a schema.
PLAIN = {"order of columns", "comment"}


def user_schemas(cursor):
    """Return the schemas of a source."""
    cursor.execute(
        "select nspname from pg_namespace "
        "where nspname !~ '^pg_' and nspname <> 'information_schema' order by 1"
    )
    return [name for (name,) in cursor.fetchall()]


def landing(schema):
    """Return where a schema of the source `raw` lands, as the documentation says."""
    return "raw" if schema == "public" else f"raw_{schema}"


def enter(cursor, schemas):
    """Set the search path."""
    path = SQL(", ").join(map(Identifier, schemas))
    cursor.execute(SQL("set search_path to {}").format(path))


def definitions(cursor, schemas, *, landed=False, kinds=("r", "p")):
    """Return {(schema, table, part, name): definition} in the words of the source."""
    names = {landing(schema) if landed else schema: schema for schema in schemas}
    enter(cursor, names)
    cursor.execute(_DEFINITIONS, {"schemas": list(names), "kinds": list(kinds)})
    return {
        (names[schema], table, part, name): (
            text if part in PLAIN else _at_source(text, names)
        )
        for schema, table, part, name, text in cursor.fetchall()
    }


def texts(cursor, schemas, *, landed=False, kinds=("r", "p")):
    """Return the rows of every table as sorted text, by schema and table."""
    names = {landing(schema) if landed else schema: schema for schema in schemas}
    enter(cursor, names)
    cursor.execute(
        "select n.nspname, c.relname from pg_class as c "
        "join pg_namespace as n on n.oid = c.relnamespace "
        "where c.relkind::text = any(%s) and n.nspname = any(%s) "
        "and c.relispopulated",
        [list(kinds), list(names)],
    )
    return {
        (names[schema], table): _rows(cursor, schema, table)
        for schema, table in cursor.fetchall()
    }


def _rows(cursor, schema, table):
    """Return what a reader sees: with the rows of partitions and children."""
    # Whatever their order: that is a definition.
    names = map(Identifier, sorted(columns(cursor, schema, table)))
    values = [SQL("t.{}").format(name) for name in names]
    # The text of XML is what was written; its output leaves an encoding out.
    texts = [SQL('{}::text collate "C"').format(value) for value in values]
    statement = "select row({})::text, array[{}]::text[] from {} as t order by 1, 2"
    cursor.execute(
        SQL(statement).format(
            SQL(", ").join(values),
            SQL(", ").join(texts),
            Identifier(schema, table),
        )
    )
    return cursor.fetchall()


def columns(cursor, schema, table):
    """Return the columns of a table in their order."""
    cursor.execute(
        "select attname from pg_attribute where attrelid = %s::regclass "
        "and attnum > 0 and not attisdropped order by attnum",
        [quoted(schema) + "." + quoted(table)],
    )
    return [name for (name,) in cursor.fetchall()]


def _at_source(text, names):
    """Write the schemas that a definition mentions as the source calls them."""
    for landed, schema in names.items():
        # As a template, a backslash in a name would mean something.
        qualifier = (quoted(schema) + ".").replace("\\", r"\\")
        name = re.escape(quoted(landed))
        text = re.sub(rf"(?<![\w\"]){name}\.", qualifier, text)
    return text


def quoted(name):
    """Return a name as SQL prints it."""
    if re.fullmatch(r"[a-z_][a-z0-9_]*", name):
        return name
    return '"' + name.replace('"', '""') + '"'
