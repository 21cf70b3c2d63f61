"""Types with values to choose from: built-in ones, and those that a database makes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from integration.zoo.values import types_that_name_objects, values_of
from randomized.naming import literal, quoted

#: What has no order cannot be part of a key or of an ordinary index.
_UNORDERED = {
    *("json", "jsonpath", "xml", "point", "lseg", "path", "box", "polygon", "line"),
    *("circle", "xid", "cid", "aclitem", "txid_snapshot", "pg_snapshot", "refcursor"),
    *("int2vector", "regcollation"),
}
#: Values too long to be read in a failure are written as an expression.
_LONG = {
    "text": ["repeat('long ', 2000)", r"E'\u0001\u007f'"],
    "bytea": ["decode(repeat('00ff', 3000), 'hex')"],
    "numeric": ["1e1000", "-1e-400"],
    "jsonb": ["jsonb_build_object('a', repeat('x', 3000))"],
    "varbit": ["repeat('101', 300)::varbit"],
}
_LONGEST = 100
#: Objects that only the zoo has.
_ZOO = ("shop.",)


@dataclass(frozen=True, kw_only=True)
class Type:
    """A type as a column has it, and how to make a value of it."""

    sql: str
    value: Callable[[Random], str]
    is_ordered: bool = False
    #: Whether its values name objects of the database, so that they arrive as text.
    names_objects: bool = False
    is_array: bool = False
    is_enum: bool = False
    #: Labels, when it is an enum.
    labels: list[str] = field(default_factory=list)

    @property
    def replicated(self):
        """Return the type that its replica has, where that is another one."""
        if not self.names_objects:
            return None
        return "text[]" if self.is_array else "text"


def chosen_from(sql, values):
    """Return a function that chooses one of some expressions."""
    return lambda chance: f"{chance.choice(values)}::{sql}"


def built_in_types(version, *, without=()):
    """Return every built-in type by its name."""
    types = {}
    for name, values in values_of(version).items():
        if name in without:
            continue
        short = [v for v in values if len(v) <= _LONGEST and not v.startswith(_ZOO)]
        expressions = [literal(v) for v in short] + _LONG.get(name, [])
        types[name] = Type(
            sql=name,
            value=chosen_from(name, expressions),
            is_ordered=name not in _UNORDERED,
            names_objects=name in types_that_name_objects(),
        )
    return types


def array_of(element):
    """Return the type of arrays of a type, of any number of dimensions."""

    def value(chance):
        one, other = element.value(chance), element.value(chance)
        return chance.choice(
            [
                f"array[{one}, {other}]::{element.sql}[]",
                f"array[{one}, null]::{element.sql}[]",
                f"array[array[{one}], array[{other}]]::{element.sql}[]",
                f"array_fill({one}, array[2], array[-1])::{element.sql}[]",
                f"'{{}}'::{element.sql}[]",
            ]
        )

    return Type(
        sql=element.sql + "[]",
        value=value,
        is_ordered=element.is_ordered,
        names_objects=element.names_objects,
        is_array=True,
    )


def enum(name, labels):
    """Return an enum; labels that are added to the list become values as well."""
    return Type(
        sql=name,
        value=lambda chance: (
            f"{literal(chance.choice(labels))}::{name}" if labels else "null"
        ),
        is_ordered=True,
        is_enum=True,
        labels=labels,
    )


def domain(name, base):
    """Return a domain over a type."""
    return Type(
        sql=name,
        value=lambda chance: f"{base.value(chance)}::{name}",
        is_ordered=base.is_ordered and not base.is_array,
        names_objects=base.names_objects,
    )


def composite(name, attributes):
    """Return a composite type of other types."""

    def value(chance):
        fields = [
            attribute.value(chance) if chance.random() < 0.8 else "null"
            for attribute in attributes
        ]
        return f"row({', '.join(fields)})::{name}"

    return Type(
        sql=name,
        value=value,
        is_ordered=all(attribute.is_ordered for attribute in attributes),
        names_objects=any(attribute.names_objects for attribute in attributes),
    )


def range_of(name, subtype):
    """Return a range type."""

    def value(chance):
        one, other = subtype.value(chance), subtype.value(chance)
        bounds = chance.choice(["[]", "[)", "(]", "()"])
        low, high = f"least({one}, {other})", f"greatest({one}, {other})"
        whole = f"{name}({low}, {high}, '{bounds}')"
        open_end = f"{name}({one}, null, '{bounds}')"
        return chance.choice([whole, open_end, f"'empty'::{name}"])

    return Type(sql=name, value=value, is_ordered=True)


def multirange_of(name, ranges):
    """Return the type of multiranges of a range type."""
    return Type(
        sql=name,
        value=lambda chance: f"{name}({ranges.value(chance)}, {ranges.value(chance)})",
        is_ordered=True,
    )


def statement_of_enum(name, labels):
    """Return the statement that makes an enum."""
    return f"create type {name} as enum ({', '.join(map(literal, labels))})"


def statement_of_composite(name, attributes):
    """Return the statement that makes a composite type of named attributes."""
    listed = ", ".join(f"{quoted(key)} {of.sql}" for key, of in attributes.items())
    return f"create type {name} as ({listed})"
