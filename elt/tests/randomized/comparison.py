"""Compares a source with its replicas, by the catalogs and the rows of both.

By nothing that elt has: what differs here and in no receipt is what this is for. What
is not copied, as the documentation says, is left out by the same rule.
"""

import re

from integration.zoo import portrait
from psycopg2.sql import SQL, Identifier
from randomized.naming import quoted
from randomized.sequence_comparison import differing_sequences
from randomized.shaped_comparison import GENERATION, ShapedComparison

from elt.replication.catalog.tables import NO_ROWS

#: A reference of a replica is deferred, and does nothing by itself.
_ACTIONS = re.compile(
    r" (MATCH FULL|ON (UPDATE|DELETE) (CASCADE|SET NULL)|(INITIALLY )?DEFERR\w+)"
)
_BOUND = re.compile(r" (FOR VALUES .*|DEFAULT)$", re.DOTALL)
_DEFERRED = " DEFERRABLE INITIALLY DEFERRED"
_SEQUENCES = """
select t.nspname, c.relname, a.attname, s.nspname, q.relname
from pg_depend as d
join pg_class as q on q.oid = d.objid and q.relkind = 'S'
join pg_namespace as s on s.oid = q.relnamespace
join pg_class as c on c.oid = d.refobjid
join pg_namespace as t on t.oid = c.relnamespace
join pg_attribute as a on a.attrelid = c.oid and a.attnum = d.refobjsubid
where d.deptype = 'i' and t.nspname = any(%s)
"""


class Comparison:
    """Two databases, and what the replicas are to have of the source."""

    def __init__(self, source, destination, *, views, all_constraints, indexes):
        self.source = source
        self._destination = destination
        self._all_constraints = all_constraints
        self._indexes = indexes
        self._kinds = ("r", "p", "v", "m") if views else ("r", "p")
        self._schemas = []

    def differences(self, facts):
        """Return {what: (at the source, at the destination)} of all that differs."""
        self._schemas = portrait.user_schemas(self.source)
        tables = portrait.texts(self.source, self._schemas, kinds=self._kinds)
        replicas = portrait.texts(self._destination, self._schemas, landed=True)
        source = portrait.definitions(self.source, self._schemas, kinds=self._kinds)
        landed = portrait.definitions(self._destination, self._schemas, landed=True)
        if facts.shapes:
            shaped = ShapedComparison(
                self.source, self._destination, self._schemas, facts.shapes
            )
            tables, replicas = shaped.rows(tables)
            source, landed = shaped.definitions(source, landed)
        expected = self._bare(self._expected(source, landed, facts))
        found = self._bare(_found(landed, facts))
        return {
            **_differing(tables, replicas, tables),
            **_differing(expected, found, tables),
            # As children, what was partitions counts for itself.
            **_differing(
                self._positions(facts),
                self._positions(facts, landed=True),
                tables.keys() - facts.hashed_elsewhere,
            ),
            **differing_sequences(
                self.source, self._destination, self._schemas, facts.shapes
            ),
        }

    def _expected(self, source, landed, facts):
        """Yield the definitions that replicas should have."""
        for key, text in source.items():
            table, part = key[:2], key[2]
            is_hashed = table in facts.hashed_elsewhere
            if self._is_left_out(part, text) or _is_any_order(key, facts):
                continue
            if key not in landed and _may_be_missing(key, text, facts):
                continue
            if part == "foreign key":
                yield key, _ACTIONS.sub("", text) + _DEFERRED
            elif part == "column":
                yield key, _column(key, text, facts)
            elif part == "parent" and is_hashed:
                yield key, _BOUND.sub(" inherits", text)
            elif part != "partitioned" or not is_hashed:
                yield key, text

    def _is_left_out(self, part, text):
        """Tell whether replicas are not to have a part of their tables."""
        if part in {"check", "foreign key"}:
            return text.endswith(" NOT VALID") or not self._all_constraints
        return part == "index" and not (self._indexes or "UNIQUE" in text)

    def _bare(self, definitions):
        """Return definitions without schemas, which tell apart what is there twice."""
        forms = {form for schema in self._schemas for form in _forms(schema)}
        listed = "|".join(map(re.escape, forms))
        qualifier = re.compile(rf'(?<![\w"])({listed})\.')
        bare = {}
        for key, text in definitions:
            found = text if key[2] in portrait.PLAIN else qualifier.sub("", text)
            if key[2] == "check":
                # What arrives as text needs no cast.
                found = re.sub(r"::text|[()]", "", found)
            bare[key] = found
        return bare

    def _positions(self, facts, *, landed=False):
        """Return the next values of identity columns."""
        cursor = self._destination if landed else self.source
        names = {portrait.landing(s) if landed else s: s for s in self._schemas}
        cursor.execute(_SEQUENCES, [list(names)])
        positions = {}
        for schema, table, column, *sequence in cursor.fetchall():
            shaped = facts.shapes.get((names[schema], table))
            if shaped and column in shaped.masks:
                continue
            name = Identifier(*sequence)
            cursor.execute(SQL("select last_value, is_called from {}").format(name))
            key = (names[schema], table, "position", column)
            positions[key] = cursor.fetchone()
        return positions


def _may_be_missing(key, text, facts):
    """Tell whether a part may ask for what there is only at the source."""
    if key[2] == "foreign key":
        return any(
            re.search(rf" REFERENCES (.*\.)?{re.escape(form)}\(", text)
            for _, name in facts.hashed_elsewhere
            for form in _forms(name)
        )
    if key[2] not in {"key", "check", "index"}:
        return False
    # The type of a column that arrives as text.
    return any(
        re.search(rf"{re.escape(form)}\)?(::text| IS )", text)
        for *table, column in facts.arriving_as_text
        if tuple(table) == key[:2]
        for form in _forms(column)
    )


def _forms(name):
    """Return a name as SQL prints it: in quotes if it is a keyword, too."""
    return {portrait.quoted(name), quoted(name)}


def _found(landed, facts):
    """Yield the definitions of replicas, but for a mark of those without rows."""
    for key, text in landed.items():
        is_mark = key[2] == "check" and key[3].startswith(NO_ROWS)
        if not is_mark and not _is_any_order(key, facts):
            yield key, _without_identity(key, text, facts)


def _column(key, text, facts):
    """Return what a replica should have of a column."""
    place = (*key[:2], key[3])
    if place in facts.arriving_as_text:
        not_null = " not null" if text.endswith(" not null") else ""
        return facts.arriving_as_text[place] + not_null
    if place in facts.arriving_as_values:
        return GENERATION.sub("", text)
    return _without_identity(key, text, facts)


def _without_identity(key, text, facts):
    """Leave out that a column of a partition counts, as newer versions call it."""
    is_part = key[2] == "column" and key[:2] in facts.partitions
    return text.removesuffix(" identity") if is_part else text


def _is_any_order(key, facts):
    """Tell whether a part is the order of columns that may have another one."""
    return key[2] == "order of columns" and key[:2] in facts.ordered_otherwise


def _differing(source, replicas, tables):
    """Return what differs in the tables that the source has."""
    return {
        key: (source.get(key), replicas.get(key))
        for key in source.keys() | replicas.keys()
        if key[:2] in tables and source.get(key) != replicas.get(key)
    }
