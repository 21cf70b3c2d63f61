"""Compares the sequences of no identity column with those of the destination."""

from integration.zoo import portrait
from psycopg2.sql import SQL, Identifier

_SEQUENCES = """
select n.nspname, c.relname, tn.nspname, t.relname, a.attname,
    format_type(s.seqtypid, null), s.seqincrement, s.seqmin, s.seqmax, s.seqstart,
    s.seqcache, s.seqcycle
from pg_sequence as s
join pg_class as c on c.oid = s.seqrelid
join pg_namespace as n on n.oid = c.relnamespace
left join pg_depend as d on d.objid = c.oid and d.deptype in ('a', 'i')
    and d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass
left join pg_class as t on t.oid = d.refobjid
left join pg_namespace as tn on tn.oid = t.relnamespace
left join pg_attribute as a on a.attrelid = t.oid and a.attnum = d.refobjsubid
where n.nspname = any(%s) and d.deptype is distinct from 'i'
"""
_TYPES = """
select n.nspname, t.typname
from pg_type as t
join pg_namespace as n on n.oid = t.typnamespace
where n.nspname = any(%s)
"""


def sequences_at(cursor, schemas):
    """Return {(schema, name): (its owner, how it counts, where it is)}."""
    cursor.execute(_SEQUENCES, [list(schemas)])
    found = {}
    for row in cursor.fetchall():
        place, owner, options = row[:2], row[2:5], row[5:]
        statement = SQL("select last_value, is_called from {}")
        cursor.execute(statement.format(Identifier(*place)))
        found[place] = owner, options, cursor.fetchone()
    return found


def differing_sequences(source, destination, schemas, shapes):
    """Return {what: (at the source, at the destination)} of those that should be there.

    One that a column owns goes with the column, and stays behind where that does or
    its values are others. One that the source has no longer may stay. PostgreSQL does
    not make one with the name of a type, though it renames one to that.
    """
    landings = [*map(portrait.landing, schemas)]
    there = sequences_at(destination, landings)
    destination.execute(_TYPES, [landings])
    types = set(destination.fetchall())
    differing = {}
    for (schema, name), (owner, *wanted) in sequences_at(source, schemas).items():
        shaped = shapes.get(owner[:2])
        if shaped and shaped.masks.get(owner[2]):
            continue
        place = (portrait.landing(schema), name)
        if place not in there and place in types:
            continue
        (*_, owned), *found = there.get(place, ((None,),))
        if owned is not None or found != wanted:
            differing[schema, name, "sequence"] = wanted, found
    return differing
