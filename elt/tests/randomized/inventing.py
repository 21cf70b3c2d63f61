"""Invents types, schemas and columns."""

from randomized.datatypes import (
    Type,
    array_of,
    composite,
    domain,
    enum,
    multirange_of,
    range_of,
    statement_of_composite,
    statement_of_enum,
)
from randomized.model import Change, Column
from randomized.naming import literal, quoted

_LONGEST_SCHEMA = 40
_COLLATIONS = ("C", "POSIX", "ucs_basic")
_COLLATABLE = {"text", "varchar", "varchar(12)", "bpchar", "char(5)"}
_NUMBERS = {"int2", "int4", "int8"}
#: Subtypes of ranges, all with an order that every server agrees on.
_SUBTYPES = ("int4", "float8", "numeric", "timestamp", "date", "uuid", "time")


def make_schema(database):
    """Propose one more schema."""
    name = database.names.new(_LONGEST_SCHEMA)
    return Change(
        sql=f"create schema {quoted(name)}",
        then=lambda: database.schemas.append(name),
    )


def make_type(database):
    """Propose an enum, a domain, a composite or a range type."""
    chance = database.chance
    schema = quoted(chance.choice(database.schemas))
    name = f"{schema}.{quoted(database.names.new())}"
    invent = chance.choice([_enum, _enum, _domain, _domain, _composite, _range])
    sql, made = invent(database, name, schema)
    return Change(sql=sql, then=lambda: database.types.extend(made))


def _enum(database, name, _):
    labels = [database.names.new() for _ in range(database.chance.randint(0, 4))]
    return statement_of_enum(name, labels), [enum(name, labels)]


def _domain(database, name, _):
    chance = database.chance
    base = any_type(database)
    collation = ""
    if base.sql in _COLLATABLE and chance.random() < 0.5:
        collation = f' collate "{chance.choice(_COLLATIONS)}"'
    checks = []
    if chance.random() < 0.5:
        checks.append(database.names.new())
    sql = f"create domain {name} as {base.sql}{collation}" + "".join(
        f" constraint {quoted(check)} {check_of_domain(database)}" for check in checks
    )
    database.checks[name] = checks
    return sql, [domain(name, base)]


def check_of_domain(database):
    """Return a check that every value of any type passes."""
    text = literal(database.names.new())
    return f"check (value is null or value::text <> {text})"


def _composite(database, name, _):
    chance = database.chance
    attributes = {
        database.names.new(): any_type(database) for _ in range(chance.randint(1, 3))
    }
    made = composite(name, list(attributes.values()))
    return statement_of_composite(name, attributes), [made]


def _range(database, name, schema):
    chance = database.chance
    subtype = database.built_in[chance.choice(_SUBTYPES)]
    multirange = f"{schema}.{quoted(database.names.new())}"
    sql = (
        f"create type {name} as range"
        f" (subtype = {subtype.sql}, multirange_type_name = {multirange})"
    )
    ranges = range_of(name, subtype)
    return sql, [ranges, multirange_of(multirange, ranges)]


def any_type(database) -> Type:
    """Choose a type, one of the database's own more often than another."""
    chance = database.chance
    own = database.types and chance.random() < 0.4
    found = chance.choice(database.types if own else list(database.built_in.values()))
    return array_of(found) if chance.random() < 0.2 and not found.is_array else found


def make_column(database, of=None, others=()):
    """Return a column and its definition; the others may be what it is made from."""
    chance = database.chance
    column = Column(name=database.names.new(), type=of or any_type(database))
    parts = [column.sql, column.type.sql]
    bases = [other for other in others if other.is_loaded]
    if of is None and bases and chance.random() < 0.15:
        return _generated(database, column, chance.choice(bases))
    if column.type.sql in _COLLATABLE and chance.random() < 0.3:
        parts.append(f'collate "{chance.choice(_COLLATIONS)}"')
    if column.type.sql in _NUMBERS and chance.random() < 0.3:
        column.is_identity = column.is_not_null = True
        parts.append(_identity(chance))
    elif chance.random() < 0.2:
        column.is_not_null = True
        parts.append("not null")
    if not column.is_identity and chance.random() < 0.2:
        parts.append(f"default {column.type.value(chance)}")
    return column, " ".join(parts)


def _identity(chance):
    kind = chance.choice(["always", "by default"])
    options = chance.choice(
        ["", " (start with 10 increment by 5)", " (minvalue -50 increment by -1)"]
    )
    return f"generated {kind} as identity{options}"


def _generated(database, column, base):
    chance = database.chance
    expressions = {"bool": f"{base.sql} is null"}
    if base.type.sql in _NUMBERS:
        expressions[base.type.sql] = f"{base.sql} / 2"
    if base.type.sql in {"text", "varchar"}:
        expressions["text"] = f"upper({base.sql}) || {literal(database.names.new())}"
    if base.type.labels:
        expressions["bool"] = f"{base.sql} > {base.type.value(chance)}"
    if base.type.is_array:
        expressions["int4"] = f"cardinality({base.sql})"
    name, expression = chance.choice(list(expressions.items()))
    column.type = database.built_in[name]
    column.is_generated = True
    column.needs = (base,)
    stored = "virtual" if database.version >= 18 and chance.random() < 0.5 else "stored"
    return column, (f"{column.sql} {name} generated always as ({expression}) {stored}")
