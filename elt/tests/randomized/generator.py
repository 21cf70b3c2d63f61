"""Makes a database from a seed, and changes it, statement by statement.

The same seed gives the same statements as long as the server refuses the same ones; a
major version may decide otherwise than another.
"""

from random import Random

import psycopg2
from randomized import columns, definitions, keys, partitions, rows, sequences, views
from randomized.datatypes import built_in_types
from randomized.facts import Observer
from randomized.inventing import make_schema, make_type
from randomized.model import Database
from randomized.naming import Names
from randomized.shapes import choose_shapes, shapes_of
from randomized.tables import make_table

#: What a database changes by, and how often.
_CHANGES = {
    rows.insert: 12,
    rows.update: 8,
    rows.move_key: 3,
    rows.delete: 4,
    rows.truncate: 1,
    columns.add_column: 4,
    columns.drop_column: 2,
    columns.rename_column: 2,
    columns.swap_columns: 1,
    columns.retype_column: 4,
    columns.change_not_null: 2,
    columns.change_generation: 1,
    columns.change_identity: 2,
    keys.add_key: 3,
    keys.add_exclusion: 1,
    keys.add_index: 3,
    keys.add_check: 1,
    keys.add_foreign_key: 2,
    definitions.drop_constraint: 3,
    definitions.rename_constraint: 1,
    definitions.drop_index: 1,
    definitions.comment: 2,
    definitions.add_label: 2,
    definitions.change_domain: 1,
    definitions.drop_table: 1,
    definitions.rename_table: 2,
    definitions.change_persistence: 1,
    make_table: 2,
    partitions.make_partition: 2,
    partitions.attach: 2,
    partitions.detach: 2,
    views.make_view: 3,
    views.drop_view: 3,
    views.rename_view: 2,
    views.refresh_view: 4,
    views.index_view: 1,
    sequences.make_sequence: 2,
    sequences.move_sequence: 3,
    sequences.alter_sequence: 2,
    sequences.rename_sequence: 1,
    sequences.drop_sequence: 1,
}
_ATTEMPTS = 5
#: What a server says of a statement that only fails because a table is published.
_HARM = "unpublished generated columns"
_VIEWS = """
select n.nspname, c.relname
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
where c.relkind in ('v', 'm')
"""


class Generator:
    """A database at a server, and the script that made it."""

    def __init__(self, seed, cursor, version, *, without=()):
        # Not a secret, but the point: the same numbers every time.
        self.chance = Random(seed)  # noqa: S311
        self.script = []
        self.refused = []
        self._shapes = {}
        self._cursor = cursor
        self._database = Database(
            chance=self.chance,
            names=Names(self.chance),
            version=version,
            built_in=built_in_types(version, without=without),
            schemas=["public"],
        )
        self._observer = Observer(self._database)

    def build(self):
        """Make types, tables with keys and indexes, and rows."""
        chance, database = self.chance, self._database
        self._repeat(make_schema, chance.randint(0, 2))
        self._repeat(make_type, chance.randint(2, 6))
        self._repeat(make_table, chance.randint(2, 6))
        self._repeat(partitions.make_partition, chance.randint(2, 6))
        for table in database.roots():
            if chance.random() < 0.6:
                self._try(lambda _, table=table: keys.add_key(database, table))
        self._repeat(keys.add_exclusion, 1)
        self._repeat(keys.add_index, chance.randint(1, 5))
        self._repeat(keys.add_foreign_key, chance.randint(0, 3))
        self._repeat(keys.add_check, chance.randint(0, 2))
        self._repeat(definitions.comment, chance.randint(1, 4))
        for table in database.roots():
            for _ in range(chance.randint(0, 6)):
                self._try(lambda _, table=table: rows.insert(database, table))
        self._repeat(sequences.make_sequence, chance.randint(0, 3))
        self._repeat(sequences.move_sequence, chance.randint(0, 3))
        self._repeat(views.make_view, chance.randint(0, 3))
        self._repeat(views.index_view, 1)

    def change(self):
        """Make some changes of any kind."""
        kinds = self.chance.choices(
            list(_CHANGES), list(_CHANGES.values()), k=self.chance.randint(3, 12)
        )
        for propose in kinds:
            self._try(propose)
        self._forget_views()

    def shape(self):
        """Choose what of the database leaves it from now on."""
        choose_shapes(self._database)

    def shapes(self, *, keeps_keys):
        """Return what leaves of each table and view by now."""
        self._shapes = shapes_of(self._database, self._cursor, keeps_keys=keeps_keys)
        return self._shapes

    def note(self, comment):
        """Write a line into the script."""
        self.script.append(f"-- {comment}")

    def facts(self):
        """Return what a comparison has to know."""
        return self._observer.facts(self._shapes)

    def _forget_views(self):
        """Forget the views that went with what they needed."""
        self._cursor.execute(_VIEWS)
        found = set(self._cursor.fetchall())
        database = self._database
        database.gone |= {v.name for v in database.views if v.place not in found}
        database.views = [v for v in database.views if v.place in found]

    def _repeat(self, propose, times):
        for _ in range(times):
            self._try(propose)

    def _try(self, propose):
        """Propose until the server accepts, but not for ever."""
        for _ in range(_ATTEMPTS):
            try:
                change = propose(self._database)
            except IndexError:
                # There is nothing to choose from.
                return
            try:
                self._cursor.execute(change.sql)
            except psycopg2.Error as error:
                if _HARM in (error.diag.message_detail or ""):
                    raise
                self.refused.append((propose, change.sql, error))
                continue
            self.script.append(change.sql + ";")
            change.then()
            return
