"""Replicas are what the source has: every type, key, index, name and row."""

from contextlib import contextmanager

import pytest
from integration import zoo
from integration.replication import changes, query, run, session
from integration.zoo import portrait
from integration.zoo.values import types_that_name_objects
from servers import Databases, new_database

from elt.config import Verification
from elt.replication.catalog.tables import NO_ROWS

#: What the destination lacks for a reason that the run tells.
LEFT_OUT = {
    "public.a_view",
    "public.a_materialized_view",
    "public.uses_row_types",
    "public.keeps_addresses",
    "public.user_types: index calls_code",
    "public.own_collation: collation of column a",
    "public.own_collation: index own_collation_index",
    "public.hashed_by_mood: partitioning hashed_by_mood",
    "domain public.even_positive: not null",
    "domain public.checked_by_code: constraint checked_by_code_check",
}
NOT_COPIED = {("public", "uses_row_types"), ("public", "keeps_addresses")}
#: Definitions that are others at the destination, in the words of both sides.
ELSEWHERE = {
    ("public", "generated_columns", "column", "priced"): "numeric",
    ("public", "own_collation", "column", "a"): "text",
}


class Zoo:
    """The zoo and its replica."""

    def __init__(self, databases, source, destination, report):
        self.databases = databases
        self.source = source
        self.destination = destination
        self.report = report
        self.schemas = portrait.user_schemas(source)

    def texts(self):
        """Return the rows of both sides."""
        source = portrait.texts(self.source, self.schemas)
        replicas = portrait.texts(self.destination, self.schemas, landed=True)
        return without_uncopied(source), replicas

    def definitions(self, *parts):
        """Return the definitions of some kinds of parts, of both sides."""
        source = portrait.definitions(self.source, self.schemas)
        replicas = portrait.definitions(self.destination, self.schemas, landed=True)
        return (
            {key: text for key, text in found.items() if key[2] in parts}
            for found in (without_uncopied(source), without_marks(replicas))
        )


def without_uncopied(found):
    return {key: what for key, what in found.items() if key[:2] not in NOT_COPIED}


def without_marks(replicas):
    """Leave out the checks that keep tables empty which only have children."""
    return {k: text for k, text in replicas.items() if not k[3].startswith(NO_ROWS)}


def differing(source, replicas):
    """Return what is not the same on both sides, as {key: (source, replica)}."""
    return {
        key: (source.get(key), replicas.get(key))
        for key in source.keys() | replicas.keys()
        if source.get(key) != replicas.get(key)
    }


@contextmanager
def replicated_zoo(source_server, destination_server, **options):
    """Build a zoo and replicate it once."""
    with (
        new_database(source_server, "SOURCE") as source_database,
        new_database(destination_server, "DESTINATION") as destination_database,
        session(source_database) as source,
        session(destination_database) as destination,
    ):
        zoo.build(source, without=[] if zoo.knows_xml(source) else ["xml"])
        databases = Databases(source_database, destination_database)
        report = run(databases, verify=Verification.EXACT, to=options)
        yield Zoo(databases, source, destination, report)


@pytest.fixture(scope="module")
def copied(source_server, destination_server):
    """Return a zoo that was replicated with the default settings."""
    with replicated_zoo(source_server, destination_server) as made:
        yield made


@pytest.fixture(scope="module")
def constrained(source_server, destination_server):
    """Return a zoo that was replicated with all its constraints."""
    with replicated_zoo(
        source_server, destination_server, all_constraints=True
    ) as made:
        yield made


def test_zoo_has_every_built_in_type(copied):
    copied.source.execute(
        """
        select format_type(oid, null)
        from pg_type
        where typnamespace = 'pg_catalog'::regnamespace
            and typtype in ('b', 'r', 'm')
            and typcategory <> 'A'
            and typname !~ '^pg_(node_tree|ndistinct|dependencies|mcv_list|brin)'
            and typname not in ('gtsvector', 'xml')
        """
    )
    built_in = {name for (name,) in copied.source.fetchall()}
    copied.source.execute(
        "select format_type(atttypid, null) from pg_attribute where attrelid in "
        "(select oid from pg_class where relnamespace = 'types'::regnamespace)"
    )

    assert built_in - {name for (name,) in copied.source.fetchall()} == set()


def test_rows_are_the_same(copied):
    assert differing(*copied.texts()) == {}


def test_columns_are_the_same(copied):
    source, replicas = copied.definitions("column", "order of columns")
    expected = {key: text_where_objects_are_named(what) for key, what in source.items()}

    assert differing(expected | ELSEWHERE, replicas) == {}


def text_where_objects_are_named(definition):
    """Return the definition of a column where its values are only a text."""
    name, _, rest = definition.partition(" ")
    element = name.removesuffix("[]")
    if element in types_that_name_objects() or element == "pg_node_tree":
        return ("text" + name.removeprefix(element) + " " + rest).strip()
    return definition


def test_keys_are_the_same(copied):
    assert differing(*copied.definitions("key")) == {}


def test_indexes_are_the_same(copied):
    source, replicas = copied.definitions("index")
    for table, name in (
        ("user_types", "calls_code"),
        ("own_collation", "own_collation_index"),
    ):
        del source["public", table, "index", name]

    assert differing(source, replicas) == {}


def test_comments_are_the_same(copied):
    assert differing(*copied.definitions("comment")) == {}


def test_partitions_and_children_are_the_same(copied):
    source, replicas = copied.definitions("parent", "partitioned")
    # Its parts cannot be told by the same hashes; they are children instead.
    del source["public", "hashed_by_mood", "partitioned", ""]
    for part in ("hashed_by_mood_0", "hashed_by_mood_1"):
        source["public", part, "parent", "hashed_by_mood"] = "hashed_by_mood inherits"

    assert differing(source, replicas) == {}


def test_types_order_their_values_alike(copied):
    statement = """
        select
            typname,
            typcollation::regcollation::text,
            rngcollation::regcollation::text
        from pg_type as t
        left join pg_range as r on r.rngtypid = t.oid
        where typtype in ('d', 'r') and typnamespace::regnamespace::text = any(%s)
        order by 1
    """
    copied.source.execute(statement, [["public", "shop"]])
    copied.destination.execute(statement, [["raw", "raw_shop"]])

    # A domain that no replica needs is not made.
    source = [row for row in copied.source.fetchall() if row[0] != "street"]
    assert copied.destination.fetchall() == source


def test_checks_and_foreign_keys_are_left_to_the_source(copied):
    _, replicas = copied.definitions("check", "foreign key")

    assert replicas == {}


def test_checks_and_foreign_keys_are_the_same_where_they_are_wanted(constrained):
    source, replicas = constrained.definitions("check")
    del source["public", "checked", "check", "checked_mood_check1"]
    del source["public", "checked", "check", "not_all_true"]
    _, foreign_keys = constrained.definitions("foreign key")

    assert differing(source, replicas) == {}
    assert {(key[1], key[3]) for key in foreign_keys} >= {
        ("cities", "cities_country_fkey"),
        ("cities", "cities_twin_fkey"),
        ("orders", "orders_city_fkey"),
        ("circular", "back %"),
        ("circular_too", "circular_too_other_fkey"),
    }
    assert differing(*constrained.texts()) == {}


def test_what_is_left_out_is_told(copied):
    assert {missing.name for missing in copied.report.not_copied} == LEFT_OUT


def test_receipts_agree(copied):
    copied.destination.execute(
        "select count(*), count(*) filter (where not is_equal) from elt.receipts"
    )

    assert copied.destination.fetchall() == [(len(copied.report.streams), 0)]


def test_identities_go_on_where_the_source_is(copied):
    for side, schema in ((copied.source, "public"), (copied.destination, "raw")):
        side.execute(
            f"insert into {schema}.identities (label, serial) values ('next', 0) "
            "returning id, number"
        )

    assert copied.source.fetchall() == copied.destination.fetchall() == [(150, 0)]


@pytest.mark.parametrize("method", [Verification.CHECKSUM, Verification.EXACT])
def test_second_run_touches_no_row(constrained, method):
    before = stamps(constrained)

    report = run(constrained.databases, verify=method, to={"all_constraints": True})

    assert changes(report) == {}
    assert stamps(constrained) == before


def stamps(copied):
    """Return where each row of the replicas lies and which transaction wrote it."""
    schemas = [portrait.landing(schema) for schema in copied.schemas]
    portrait.enter(copied.destination, ["pg_catalog"])
    copied.destination.execute(
        "select oid::regclass::text from pg_class "
        "where relkind = 'r' and relnamespace::regnamespace::text = any(%s)",
        [[portrait.quoted(schema) for schema in schemas]],
    )
    found = {}
    for (table,) in copied.destination.fetchall():
        copied.destination.execute(
            f"select ctid::text, xmin::text from only {table} order by 1"
        )
        found[table] = copied.destination.fetchall()
    return found


def test_expressions_name_types_that_another_schema_hides(versioned_databases):
    databases = versioned_databases
    query(
        databases.source,
        """
        create schema b;
        create type public.mood as enum ('x', 'y');
        create type b.mood as enum ('sad', 'x');
        create table public.films (m public.mood);
        create domain b.glad as b.mood check (value > 'sad'::b.mood);
        create table b.films (
            id integer primary key,
            m b.mood,
            is_sad boolean generated always as (m = 'sad'::b.mood) stored,
            g b.glad,
            check (m <> 'x'::b.mood or id > 0),
            exclude using btree (id with =) where (m = 'sad'::b.mood)
        );
        create index on b.films ((m = 'x'::b.mood)) where m > 'sad'::b.mood;
        create unique index on b.films (id)
        where m = any (array['x', 'sad']::b.mood[]);
        insert into b.films values (1, 'sad', default, 'x');
        """,
    )

    run(databases, to={"all_constraints": True})

    with (
        session(databases.source) as source,
        session(databases.destination) as destination,
    ):
        schemas = ["public", "b"]
        here = portrait.definitions(source, schemas)
        there = portrait.definitions(destination, schemas, landed=True)
    assert here == there
    assert any("b.mood" in text for text in here.values())


def test_expressions_of_whole_rows_name_tables_called_like_schemas(databases):
    query(
        databases.source,
        """
        create schema shop;
        create table shop.carts (id integer);
        create table shop (id integer primary key, check (shop.* is not null));
        create index on shop ((shop.* is null));
        insert into shop values (1);
        """,
    )

    run(databases, to={"all_constraints": True})

    with (
        session(databases.source) as source,
        session(databases.destination) as destination,
    ):
        here = portrait.definitions(source, ["public"])
        there = portrait.definitions(destination, ["public"], landed=True)
    assert here == there
