"""How a stream is read is decided from what is known, and from nothing else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from builders import (
    make_column,
    make_constraint,
    make_replica,
    make_stream,
    make_table,
)
from sqltext import sql_text

from elt.config import SyncMode
from elt.postgres import parse_lsn
from elt.replication.changes.adjustment import adjust
from elt.replication.design.definition import define
from elt.replication.incremental.choosing import choose_read
from elt.replication.incremental.reads import CursorRange, FullRead, XminScan
from elt.replication.incremental.scans import choose_early_scan
from elt.replication.state.state import KnownStream, SnapshotFacts

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = make_constraint("p", "PRIMARY KEY (id)", columns=["id"])
FACTS = SnapshotFacts(
    taken_at=NOON,
    lsn="1/2B3C",
    horizon=980,
    next_transaction=1000,
    system_identifier="7001",
    timeline=1,
    database_oid=16384,
    running_since=NOON - timedelta(days=9),
)


def films(*columns, relation=None, constraints=(KEY,), **facts):
    """Make the stream of a table that is replicated incrementally."""
    columns = columns or (
        make_column("id", is_not_null=True),
        make_column("at", "timestamp with time zone", number=2),
    )
    table = make_table("films", *columns, constraints=constraints, **(relation or {}))
    return make_stream(table, **{"mode": SyncMode.INCREMENTAL} | facts)


def known(stream, **facts):
    """Make the state of a stream that was published an hour ago."""
    ordinary = {
        "document": define(make_replica(stream=stream)).to_document(),
        "row_count": 7,
        "snapshot_at": NOON - timedelta(hours=1),
        "system_identifier": "7001",
        "timeline": 1,
        "database_oid": 16384,
        "snapshot_lsn": parse_lsn("1/2B00"),
        "snapshot_horizon": 900,
        "cursor_column": "at",
        "cursor_value": "2026-03-01 10:59:00+00",
        "cursor_horizon": NOON - timedelta(hours=2),
    }
    return KnownStream(
        stream="public.films",
        destination_schema="raw",
        destination_table="films",
        state="ready",
        **ordinary | facts,
    )


def choose(stream, facts=FACTS, **of_state):
    """Decide for a stream whose table is as it was."""
    before = known(stream, **of_state)
    adjustment = adjust(make_replica(stream=stream), before.definition)
    return choose_read(stream, before, adjustment, facts)


def test_rows_from_the_horizon_on_are_read():
    assert choose(films()) == XminScan(horizon=900, next_transaction=1000)


@pytest.mark.parametrize(
    "of_state, reason",
    [
        pytest.param(
            {"system_identifier": "7002"},
            "the source is another cluster",
            id="another cluster",
        ),
        pytest.param(
            {"snapshot_lsn": None},
            "its state is that of an older version",
            id="a state without a position",
        ),
        pytest.param(
            {"database_oid": 5},
            "the source is another database",
            id="another database",
        ),
        pytest.param(
            {"timeline": 2},
            "the source was restored, or failed over",
            id="another timeline",
        ),
        pytest.param(
            {"snapshot_lsn": parse_lsn("1/2B3D")},
            "the source went back in its history",
            id="a position that is still to come",
        ),
        pytest.param(
            {"snapshot_horizon": 1001},
            "the source went back in its history",
            id="a transaction that is still to come",
        ),
        pytest.param(
            {"snapshot_at": NOON - timedelta(days=10)},
            "the source was restarted: it may have lost what was copied",
            id="a restart since then",
        ),
        pytest.param(
            {"snapshot_horizon": None},
            "its last run was refused for its data",
            id="a state that is not trusted",
        ),
    ],
)
def test_doubts_about_the_past_lead_to_all_rows(of_state, reason):
    assert choose(films(), **of_state) == FullRead(reason=reason)


@pytest.mark.parametrize(
    "stream, reason",
    [
        pytest.param(
            films(constraints=()), "it has no key to find its rows by", id="no key"
        ),
        pytest.param(
            films(relation={"hides_rows": True}),
            "row security decides which rows it has",
            id="row security",
        ),
        pytest.param(
            films(
                make_column("id", is_not_null=True),
                make_column("about", "text", number=2, parts=[2205]),
            ),
            "its column about names objects that may be renamed",
            id="regclass",
        ),
        pytest.param(
            films(mode=SyncMode.FULL_REFRESH),
            "its mode is full_refresh",
            id="another mode",
        ),
    ],
)
def test_tables_that_do_not_tell_what_changed_are_read_in_full(stream, reason):
    assert choose(stream) == FullRead(reason=reason)


def test_changed_table_is_read_in_full():
    stream = films()
    before = known(stream)
    column = make_column("price", "numeric", number=3)
    table = replace(stream.table, columns=(*stream.table.columns, column))
    now = replace(stream, table=table)
    adjustment = adjust(make_replica(stream=now), before.definition)

    read = choose_read(now, before, adjustment, FACTS)

    assert read == FullRead(reason="its table changed: column price added")


def test_another_table_of_the_same_name_is_read_in_full():
    stream = films()
    before = known(stream)
    table = replace(stream.table, relation=replace(stream.table.relation, oid=1))
    now = replace(stream, table=table)
    adjustment = adjust(make_replica(stream=now), before.definition)

    read = choose_read(now, before, adjustment, FACTS)

    assert read == FullRead(reason="its table is another one of the same name")


def test_cursor_is_used_where_it_is_safe():
    stream = films(cursor="at", lookback_seconds=60)

    read = choose(stream)

    assert read == CursorRange(
        scan=XminScan(horizon=900, next_transaction=1000),
        column=stream.columns[1],
        value="2026-03-01 10:59:00+00",
        oldest_start=NOON - timedelta(hours=2),
        lookback_seconds=60,
    )


@pytest.mark.parametrize(
    "of_state, reason",
    [
        ({"cursor_column": "id"}, "at was not its cursor in the last run"),
        (
            {"cursor_horizon": None},
            "when open transactions began could not be known in the last run",
        ),
    ],
)
def test_cursor_that_is_not_safe_leads_to_a_scan(of_state, reason):
    read = choose(films(cursor="at"), **of_state)

    assert read == XminScan(horizon=900, next_transaction=1000, reason=reason)


def _is_read(xmin, *, horizon, next_transaction):
    """Evaluate the condition of a scan for a row, as PostgreSQL would."""
    scan = XminScan(horizon=horizon, next_transaction=next_transaction)
    condition = sql_text(scan.condition).replace("'", "").replace("::xid", "")
    condition = condition.replace("xmin::text::bigint", str(xmin % EPOCH))
    condition = condition.replace("xmin", str(xmin % EPOCH))
    # The server counts from its present transaction, which the snapshot does not see.
    ages = {"age": lambda xid: _age(xid, next_transaction + 5_000)}
    return eval(condition, ages)  # noqa: S307  arithmetic of our own


EPOCH = 1 << 32


def _age(xid, now):
    """Return what PostgreSQL's age() does, a signed number of 32 bits."""
    return (now - xid + EPOCH // 2) % EPOCH - EPOCH // 2


@pytest.mark.parametrize(
    "horizon, next_transaction",
    [
        pytest.param(900, 1000, id="in the first epoch"),
        pytest.param(EPOCH - 50, EPOCH + 50, id="around the turn"),
        pytest.param(5 * EPOCH + 7, 5 * EPOCH + 700, id="in a later epoch"),
        pytest.param(EPOCH, EPOCH + (1 << 30) - 1, id="nearly too far for ages"),
        pytest.param(EPOCH, EPOCH + (1 << 31), id="too far for ages"),
        pytest.param(EPOCH, 2 * EPOCH - 1, id="nearly a whole round"),
        pytest.param(7, 3 * EPOCH, id="more than a round"),
    ],
)
def test_no_transaction_from_the_horizon_on_is_left_out(horizon, next_transaction):
    last = next_transaction - 1
    samples = {horizon, horizon + 1, (horizon + last) // 2, last - 1, last}

    missed = [
        xmin
        for xmin in samples
        if not _is_read(xmin, horizon=horizon, next_transaction=next_transaction)
    ]

    assert missed == []


@pytest.mark.parametrize("horizon", [900, EPOCH - 50, 5 * EPOCH + 7])
def test_transactions_before_the_horizon_are_left_out(horizon):
    numbers = {"horizon": horizon, "next_transaction": horizon + 100}

    assert not _is_read(horizon - 1, **numbers)
    assert not _is_read(horizon - 800, **numbers)


def test_transactions_of_half_a_round_ago_are_left_out():
    numbers = {"horizon": 2 * EPOCH, "next_transaction": 2 * EPOCH + 100}

    assert not _is_read(2 * EPOCH - (1 << 31) - 10_000, **numbers)


def test_scan_finds_nothing_when_no_transaction_came():
    assert XminScan(horizon=900, next_transaction=900).finds_nothing
    assert not XminScan(horizon=900, next_transaction=901).finds_nothing


@pytest.mark.parametrize(
    "column, text",
    [
        pytest.param(
            make_column("at", "timestamp with time zone", is_not_null=True),
            "\"at\" >= (least('v'::timestamptz, '2026-03-01 12:00:00+00:00'"
            "::timestamptz - interval '10 seconds') - interval '60 seconds')"
            "::timestamp with time zone and {scan}",
            id="with a time zone",
        ),
        pytest.param(
            make_column("at", "date"),
            "(\"at\" >= (least('v'::timestamp, ('2026-03-01 12:00:00+00:00'"
            "::timestamptz at time zone 'UTC' - interval '12 hours') - interval "
            "'10 seconds') - interval '60 seconds')::date or \"at\" is null)"
            " and {scan}",
            id="without one, and perhaps null",
        ),
    ],
)
def test_cursor_is_read_from_the_lower_of_value_and_start(column, text):
    scan = XminScan(horizon=900, next_transaction=1000)
    read = CursorRange(
        scan=scan, column=column, value="v", oldest_start=NOON, lookback_seconds=60
    )

    assert sql_text(read.condition) == text.format(scan=sql_text(scan.condition))


@pytest.mark.parametrize(
    "pages, of_state, is_scanned",
    [
        pytest.param(14_000, {}, True, id="enough WAL"),
        pytest.param(15_000, {}, False, id="too little WAL for so large a table"),
        pytest.param(900, {}, False, id="a small table"),
        pytest.param(2000, {"lsn": None}, False, id="no position"),
        pytest.param(2000, {"snapshot_horizon": None}, False, id="no horizon"),
    ],
)
def test_much_wal_is_worth_a_sample(pages, of_state, is_scanned):
    """For 0.6 keys a page, of 14,000 pages, 840,000 bytes are enough."""
    facts = replace(FACTS, lsn="1/100000")
    before = known(films(), **{"lsn": "1/30000"} | of_state)

    scan = choose_early_scan(pages, before, facts)

    expected = XminScan(horizon=900, next_transaction=1000) if is_scanned else None
    assert scan == expected
