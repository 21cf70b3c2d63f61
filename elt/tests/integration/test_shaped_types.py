"""Columns of every type, constrained and referred to, can be masked."""

import pytest
from integration import zoo
from integration.incremental import differing
from integration.replication import query, run, session
from integration.shaped import knowing

from elt.config import Mask, MaskKind, Shape, StreamConfig
from elt.postgres import connect
from elt.replication.catalog.reading import list_schemas, read_catalog
from elt.replication.catalog.tables import stream_name

ALL = {"all_constraints": True}


@pytest.fixture(scope="module")
def animals(module_databases):
    """Return databases whose source has a zoo, and knows the key."""
    with session(module_databases.source) as cursor:
        zoo.build(cursor, without=[] if zoo.knows_xml(cursor) else ["xml"])
    return knowing(module_databases)


def lone_tables(databases):
    """Return the tables without generated columns, above and below no others."""
    connection = connect(databases.source, application_name="test")
    tables = read_catalog(connection, list_schemas(connection)).tables
    connection.close()
    above = {oid for table in tables.values() for oid in table.relation.parents}
    return [
        table
        for oid, table in tables.items()
        if not table.relation.parents
        and oid not in above
        and table.relation.kind == "r"
        and not any(column.generated for column in table.columns)
    ]


def shape_all(databases, shape_of):
    """Return a source of which all lone tables are shaped by a function."""
    shapes = {
        stream_name(table.relation): shape_of(
            [column for column in table.columns if column.name not in table.key]
        )
        for table in lone_tables(databases)
    }
    return {
        "streams": tuple((n, StreamConfig(shape=s)) for n, s in shapes.items() if s)
    }


def mask(kind):
    return lambda columns: Shape(
        masks=tuple((c.name, Mask(kind=kind)) for c in columns)
    )


def is_nullable(column):
    """Tell whether no domain forbids nulls."""
    return "." not in column.type or column.type.endswith("]")


@pytest.mark.parametrize(
    "shape_of",
    [
        pytest.param(mask(MaskKind.HASH), id="hashed"),
        pytest.param(
            lambda columns: mask(MaskKind.NULL)(filter(is_nullable, columns)),
            id="null",
        ),
    ],
)
def test_every_type_is_masked(animals, shape_of):
    source = shape_all(animals, shape_of)

    report = run(animals, source=source, to=ALL)
    again = run(animals, source=source, to=ALL)

    assert len(source["streams"]) > 60
    assert len(report.streams) > 130
    assert sum(s.difference.total for s in again.streams) == 0
    assert differing(animals, source=source, to=ALL) == []
    unequal = "select stream from elt.receipts where not is_equal"
    assert query(animals.destination, unequal) == []
