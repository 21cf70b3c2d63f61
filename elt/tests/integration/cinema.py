"""What is in a seeded cinema, for tests."""

from elt.postgres import execute
from elt.seed.dataset import TABLES

NAMES = [table.name for table in TABLES]


def contents(connection):
    """Return the rows of every table as text, and when they were last written."""
    return {
        name: execute(
            connection, f"select xmin::text, {name}::text from {name} order by 2"
        )
        for name in NAMES
    }


def texts(connection):
    """Return the rows of every table as text."""
    return {
        name: [text for _, text in rows] for name, rows in contents(connection).items()
    }
