"""Tables that are shaped for tests, planned without a database."""

from builders import (
    make_column,
    make_constraint,
    make_plan,
    make_settings,
    make_source,
    make_table,
)

from elt.config import Mask, MaskKind, Shape, StreamConfig

KEY = "0123456789abcdef0123456789abcdef"
HASH, NULL = Mask(kind=MaskKind.HASH), Mask(kind=MaskKind.NULL)
KEEP = Mask(kind=MaskKind.KEEP)
ID = make_column("id", is_not_null=True)
EMAIL = make_column("email", "character varying(80)", number=2, is_not_null=True)
PRIMARY = make_constraint("p", "PRIMARY KEY (id)", columns=["id"])


def truncated(value):
    """Return the mask that leaves the beginning of values."""
    return Mask(kind=MaskKind.TRUNCATE, value=value)


def constant(value):
    """Return the mask that puts one value in place of all."""
    return Mask(kind=MaskKind.CONSTANT, value=value)


def masking(**masks):
    """Return the shape that masks columns."""
    return Shape(masks=tuple(masks.items()))


def plan(*tables, key=KEY, **shapes):
    """Plan tables of which those that are named have shapes."""
    streams = tuple(
        (f"public.{n}", s if isinstance(s, StreamConfig) else StreamConfig(shape=s))
        for n, s in shapes.items()
    )
    connection = make_settings(mask_key=key)
    return make_plan(
        *tables, source=make_source(connection=connection, streams=streams)
    )


def users(*columns, constraints=(PRIMARY,), **facts):
    """Make a table of users; they have an email."""
    return make_table("users", ID, EMAIL, *columns, constraints=constraints, **facts)


def shape(table, chosen):
    """Return the stream of a table that is shaped."""
    [stream] = plan(table, **{table.relation.name: chosen}).streams
    return stream
