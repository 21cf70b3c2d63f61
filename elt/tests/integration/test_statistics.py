"""The planner's statistics come along, where they are good at the destination."""

from contextlib import contextmanager

import pytest
from integration.replication import query, run, session, with_role
from integration.shaped import shaped
from servers import Databases, new_database

from elt.config import DeletePolicy, Mask, MaskKind, Shape, StreamConfig, SyncMode
from elt.replication.load import small_tables
from elt.replication.rows import parts

#: What ANALYZE would never find out by itself says where statistics come from.
TAKEN = -0.4242
TABLE = """
create table lines (id integer primary key, amount numeric, filler text not null)
with (autovacuum_enabled = off);
insert into lines
select n, nullif(n % 10, 9) / 8.0, repeat(chr(97 + n % 3), 100 + n % 60)
from generate_series(1, 3000) as n;
create index on lines (filler);
alter table lines alter column amount set (n_distinct = -0.4242);
"""
KNOWN = """
select to_jsonb(s) - 'schemaname' - 'tableid'
from pg_stats as s
where s.schemaname = %s and s.tablename = 'lines' order by s.attname
"""
SIZE = """
select reltuples, relpages = pg_relation_size(oid) / 8192
from pg_class where oid = 'raw.lines'::regclass
"""


@pytest.fixture(autouse=True)
def no_small_tables(monkeypatch):
    monkeypatch.setattr(small_tables, "SMALL_BYTES", 0)


@pytest.fixture(params=[1 << 30, 100_000], ids=["whole", "in parts"])
def part_bytes(request, monkeypatch):
    monkeypatch.setattr(parts, "PART_BYTES", request.param)


@pytest.fixture
def databases(postgres_server):
    """Return databases of the first version that can be told statistics."""
    with between(postgres_server, 18, 18) as databases:
        yield databases


@contextmanager
def between(postgres_server, old, new):
    with (
        new_database(postgres_server(old), "SOURCE") as source,
        new_database(postgres_server(new), "DESTINATION") as destination,
    ):
        yield Databases(source, destination)


def fill(settings, *changes):
    """Make the table, and let its changes be counted before the next statement."""
    with session(settings) as cursor:
        for statement in (TABLE, *changes):
            cursor.execute(statement)
            # PostgreSQL 14 cannot be asked to, and counts half a second later.
            cursor.execute("select pg_stat_force_next_flush()")


def known(settings, schema="raw"):
    """Return what is known of the columns, by name."""
    return {row["attname"]: row for (row,) in query(settings, KNOWN, (schema,))}


def is_taken(databases):
    """Tell whether the replica has the statistics of the source, not its own."""
    columns = known(databases.destination)
    # However they came, there are some of every column that holds values.
    assert {"id", "amount"} <= columns.keys()
    return columns["amount"]["n_distinct"] == pytest.approx(TAKEN)


@pytest.mark.usefixtures("part_bytes")
def test_replica_has_the_statistics_of_its_table(databases):
    fill(databases.source, "analyze lines")

    run(databases, workers=2)

    assert is_taken(databases)
    assert known(databases.destination) == known(databases.source, "public")


@pytest.mark.usefixtures("part_bytes")
def test_planner_knows_how_large_a_replica_is(databases):
    fill(databases.source, "drop index lines_filler_idx", "analyze lines")
    query(databases.source, "alter table lines drop constraint lines_pkey")

    run(databases, workers=2)

    assert query(databases.destination, SIZE) == [(3000, True)]


def test_statistics_of_every_kind_arrive(databases):
    fill(
        databases.source,
        """
        create type mood as enum ('it''s "fine"', 'a, {b}');
        create domain price as numeric(10, 2);
        alter table lines
            add tags text[], add numbers integer[], add during int4range,
            add months datemultirange, add mood mood, add price price,
            add twice bigint generated always as (id * 2) stored,
            add thrice bigint generated always as (id * 3) virtual,
            add words tsvector, add place point, add doc jsonb, add empty text;
        update lines set
            tags = array['a,b', null, 'c"d', filler], numbers = array[id % 7, id % 5],
            during = int4range(id, id + id % 9),
            months = datemultirange(daterange('2026-01-01', '2026-01-02')),
            mood = case when id % 3 = 0 then 'a, {b}' else 'it''s "fine"' end::mood,
            price = id % 100, words = to_tsvector('simple', 'a b ' || id % 7),
            place = point(id, id), doc = jsonb_build_object('a', id % 3)
        """,
        "analyze lines",
    )

    run(databases)

    assert is_taken(databases)
    assert known(databases.destination) == known(databases.source, "public")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param((), id="nobody has looked"),
        pytest.param(
            ("analyze lines", "update lines set filler = '' where id % 5 = 0"),
            id="much has changed since",
        ),
        pytest.param(
            ("analyze lines", "select pg_stat_reset()"), id="nobody has counted"
        ),
        pytest.param(
            (
                "alter table lines alter column filler set statistics 0",
                "analyze lines",
            ),
            id="a column is left out",
        ),
        pytest.param(
            ("create index on lines (length(filler))", "analyze lines"),
            id="an expression has some, too",
        ),
        pytest.param(
            (
                'alter table lines alter filler type text collate "ucs_basic"',
                "analyze lines",
            ),
            id="order is that of another collation",
        ),
        pytest.param(
            (
                "alter table lines add kind regclass default 'lines'",
                "analyze lines",
            ),
            id="a column lands as text",
        ),
    ],
)
@pytest.mark.usefixtures("part_bytes")
def test_replica_is_analyzed_where_statistics_do_not_fit(databases, changes):
    fill(databases.source, *changes)

    run(databases, workers=2)

    assert not is_taken(databases)


def test_few_changes_leave_statistics_good(databases):
    fill(
        databases.source,
        "analyze lines",
        "update lines set filler = '' where id % 20 = 0",
    )

    run(databases)

    assert is_taken(databases)


@pytest.mark.parametrize(
    "shape",
    [
        pytest.param(Shape(where="id > 0"), id="rows"),
        pytest.param(Shape(masks=(("filler", Mask(kind=MaskKind.NULL)),)), id="a mask"),
        pytest.param(Shape(excluded=("filler",)), id="a column less"),
    ],
)
def test_statistics_of_a_shaped_table_stay_where_they_are(databases, shape):
    fill(
        databases.source,
        "drop index lines_filler_idx",
        "alter table lines alter filler drop not null",
        "analyze lines",
    )

    run(databases, source=shaped(shape, name="public.lines"))

    assert not is_taken(databases)


def test_column_of_ours_is_analyzed(databases):
    fill(databases.source, "analyze lines")
    stream = StreamConfig(mode=SyncMode.INCREMENTAL, deletes=DeletePolicy.SOFT)

    run(databases, source={"streams": (("public.lines", stream),)})

    assert not is_taken(databases)


def test_materialized_view_brings_its_statistics(databases):
    fill(
        databases.source,
        "alter table lines rename to rows",
        "create materialized view lines as select * from rows",
        "alter materialized view lines alter column amount set (n_distinct = -0.4242)",
        "analyze lines",
    )

    run(databases, source={"include_views": True})

    assert is_taken(databases)


def test_role_that_may_not_see_statistics_has_them_gathered(databases, make_role):
    fill(
        databases.source,
        "alter table lines enable row level security",
        "create policy everything on lines using (true)",
        "analyze lines",
    )
    reader = make_role(databases.source)
    query(databases.source, f'grant select on lines to "{reader.user}"')

    run(with_role(databases, reader), source={"allow_row_security": True})

    assert not is_taken(databases)


@pytest.mark.parametrize("version", [16, 17])
def test_older_source_has_its_statistics_taken(postgres_server, version):
    with between(postgres_server, version, 18) as databases:
        fill(databases.source, "analyze lines")

        run(databases)

        assert is_taken(databases)


def test_older_source_does_not_show_those_of_ranges(postgres_server):
    with between(postgres_server, 16, 18) as databases:
        fill(
            databases.source,
            "create domain span as int4range",
            "alter table lines add during span",
            "update lines set during = int4range(id, id + 5)",
            "analyze lines",
        )

        run(databases)

        assert not is_taken(databases)
        assert known(databases.destination)["during"]["range_bounds_histogram"]


def test_older_destination_is_analyzed(postgres_server):
    with between(postgres_server, 18, 17) as databases:
        fill(databases.source, "analyze lines")

        run(databases)

        assert not is_taken(databases)
