"""A database with everything that PostgreSQL lets a table have."""

from pathlib import Path

from integration.zoo.values import values_of
from psycopg2.errors import FeatureNotSupported
from psycopg2.sql import SQL, Identifier, Literal

HERE = Path(__file__).parent


def build(cursor, *, without=(), values_of_version=99):
    """Make the zoo that the server has room for, with values of an older version."""
    version = cursor.connection.server_version // 10000
    for script in sorted(HERE.glob("zoo_*.sql")):
        if version >= int(script.stem.rpartition("_")[2]):
            cursor.execute(script.read_text(encoding="utf-8"))
    cursor.execute("create schema types")
    for name, values in values_of(min(version, values_of_version)).items():
        if name not in without:
            build_type(cursor, name, values)


def knows_xml(cursor):
    """Tell whether the server was built with libxml."""
    try:
        cursor.execute("select '<a/>'::xml")
    except FeatureNotSupported:
        return False
    return True


def build_type(cursor, name, values):
    """Make a table with values of one built-in type, alone and in arrays."""
    parts = {"table": Identifier("types", name), "type": SQL(name)}
    cursor.execute(
        SQL(
            "create table {table} (id int primary key, value {type}, list {type}[], "
            "grid {type}[][])"
        ).format(**parts)
    )
    insert = SQL(
        "insert into {table} values ({id}, {value}, array[{value}, null]::{type}[],"
        " array[[{value}, null], [null, {value}]]::{type}[])"
    )
    for position, value in enumerate(values):
        literal = SQL("{}::{}").format(Literal(value), SQL(name))
        cursor.execute(insert.format(id=Literal(position), value=literal, **parts))
    # Bounds that do not start at 1; the elements of a box[] stand between semicolons.
    bounds = (
        "[-2:-1][0:0]={{NULL};{NULL}}"
        if name == "box"
        else "[-2:-1][0:0]={{NULL},{NULL}}"
    )
    cursor.execute(
        SQL(
            "insert into {table} values "
            "(-1, null, null, null), (-2, null, '{{}}', {bounds})"
        ).format(bounds=Literal(bounds), **parts)
    )
