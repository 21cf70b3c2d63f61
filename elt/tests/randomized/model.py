"""What the generator knows of the database that it makes.

Only as much as it needs to propose statements that usually work: PostgreSQL has the
last word, and a statement that it refuses changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from randomized.datatypes import Type
from randomized.naming import Names, quoted


@dataclass(kw_only=True, eq=False)
class Column:
    """A column; the tables that inherit it hold the same object."""

    name: str
    type: Type
    is_not_null: bool = False
    is_generated: bool = False
    is_identity: bool = False
    #: Columns that its generation needs.
    needs: tuple["Column", ...] = ()
    #: What should stand in place of its values, where that can be.
    mask: str | None = None

    @property
    def sql(self):
        """Return the name as SQL."""
        return quoted(self.name)

    @property
    def is_loaded(self):
        """Tell whether a statement may give it a value."""
        return not self.is_generated


@dataclass(kw_only=True, eq=False)
class Table:
    """A table; partitions and children have the columns of their parents."""

    schema: str
    name: str
    columns: list[Column]
    parent: "Table | None" = None
    #: How it is partitioned: range, list or hash, and by which column.
    strategy: str | None = None
    partition_column: Column | None = None
    is_partition: bool = False
    #: What it has, by name.
    constraints: list[str] = field(default_factory=list)
    indexes: list[str] = field(default_factory=list)
    #: Columns that a foreign key can refer to.
    key: tuple[Column, ...] = ()
    #: How many bounds of partitions were handed out.
    bounds: int = 0
    #: A column and a condition on it that rows must meet to leave the source.
    condition: tuple[Column, str] | None = None
    is_view: bool = False
    is_materialized: bool = False

    @property
    def sql(self):
        """Return the qualified name as SQL."""
        return f"{quoted(self.schema)}.{quoted(self.name)}"

    @property
    def place(self):
        """Return schema and name."""
        return self.schema, self.name

    @property
    def root(self):
        """Return the table whose columns and keys this one shares."""
        return self.parent.root if self.is_partition else self


@dataclass(kw_only=True)
class Database:
    """The database as it should be by now."""

    chance: Random
    names: Names
    version: int
    #: Types by category: those that PostgreSQL has, and those of the database.
    built_in: dict[str, Type]
    types: list[Type] = field(default_factory=list)
    #: Domains with the checks they have by now.
    checks: dict[str, list[str]] = field(default_factory=dict)
    schemas: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    views: list[Table] = field(default_factory=list)
    #: Schema and name of each sequence; some went with their columns.
    sequences: list[tuple[str, str]] = field(default_factory=list)
    #: Names of tables that are gone: their replicas stay, so that elt refuses to give
    #: a key or an index one of these names.
    gone: set[str] = field(default_factory=set)

    def new_name(self):
        """Return a name for a key or an index."""
        while (name := self.names.new()) in self.gone:
            pass
        return name

    def below(self, table):
        """Return the tables that inherit from a table, at any depth."""
        found = [t for t in self.tables if t.parent is table]
        return found + [t for child in found for t in self.below(child)]

    def roots(self):
        """Return the tables that are nobody's partition."""
        return [table for table in self.tables if not table.is_partition]


@dataclass(frozen=True, kw_only=True)
class Change:
    """A statement, or several that work together, and what is true after it."""

    sql: str
    then: Callable[[], None] = lambda: None


def some(chance, items, most):
    """Return some of the items, in an order of their own."""
    return chance.sample(items, min(len(items), chance.randint(1, most)))
