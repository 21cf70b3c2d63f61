"""Says what makes replicas differ from their tables, as the documentation has it."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a comparison has to know of a database as it is now."""

    #: Types of columns that name objects, by schema, table and column.
    arriving_as_text: dict
    #: Generated columns that need one of these, and arrive as plain values.
    arriving_as_values: set
    #: Tables of which an enum would put some rows elsewhere, with all their partitions.
    hashed_elsewhere: set
    #: Partitions: whether they count for themselves is up to the version.
    partitions: set
    #: Tables whose replicas may have their columns in another order: nothing tells
    #: which was which, or one with columns of these names was there before.
    ordered_otherwise: set
    #: What leaves of each table and view; nothing when all do as they are.
    shapes: dict


class Observer:
    """Observes a database: some of what counts happened before."""

    def __init__(self, database):
        self._database = database
        self._without_parts = set()
        #: The first table that was replicated from a place.
        self._first = {}

    def facts(self, shapes):
        """Return what is so now, while this leaves of each table and view."""
        tables = self._database.tables
        everything = [*tables, *self._database.views]
        return Facts(
            arriving_as_text={
                (*table.place, column.name): column.type.replicated
                for table in everything
                for column in table.columns
                if column.type.replicated
                and not column.is_generated
                and not _is_hashed(shapes.get(table.place), column)
            },
            arriving_as_values={
                (*table.place, column.name)
                for table in tables
                for column in table.columns
                if any(needed.type.replicated for needed in column.needs)
            },
            hashed_elsewhere=self._hashed_elsewhere(),
            partitions={table.place for table in tables if table.is_partition},
            ordered_otherwise=self._ordered_otherwise(everything),
            shapes=shapes,
        )

    def _hashed_elsewhere(self):
        hashed = {
            table.root
            for table in self._database.tables
            if table.strategy == "hash" and table.partition_column.type.is_enum
        }
        return {
            part.place
            for table in hashed
            for part in (table, *self._database.below(table))
        }

    def _ordered_otherwise(self, everything):
        self._without_parts |= {
            whole
            for whole in self._database.tables
            if whole.strategy
            and all(part.strategy for part in self._database.below(whole))
        }
        return {
            table.place
            for table in everything
            if self._first.setdefault(table.place, table) is not table
            or table in self._without_parts
        }


def _is_hashed(shaped, column):
    return shaped is not None and shaped.masks.get(column.name) == "hash"
