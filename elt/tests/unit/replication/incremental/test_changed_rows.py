"""Whether the scan that counts a table also finds its changes is decided beforehand."""

from datetime import UTC, datetime

import pytest
from builders import make_column, make_replica, make_stream, make_table

from elt.config import DeletePolicy, Verification
from elt.replication.incremental.changed_rows import ChangedRows, tallied_first
from elt.replication.incremental.reads import CursorRange, XminScan
from elt.replication.incremental.survey import Estimate
from elt.replication.rows.receipts import Method

SCAN = XminScan(horizon=900, next_transaction=1000)
CURSOR = CursorRange(
    scan=SCAN,
    column=make_column("at", "date"),
    value=None,
    oldest_start=datetime(2026, 3, 1, tzinfo=UTC),
    lookback_seconds=0,
)
LARGE, SMALL = 1000, 999


@pytest.mark.parametrize(
    "pages, read, changed, facts, tallied",
    [
        pytest.param(LARGE, SCAN, 500_000, {}, None, id="few changes"),
        pytest.param(LARGE, SCAN, 500_001, {}, Method.COUNT, id="many changes"),
        pytest.param(LARGE, CURSOR, 0, {}, Method.COUNT, id="found by an index"),
        pytest.param(SMALL, CURSOR, 0, {}, None, id="small, with an index"),
        pytest.param(
            SMALL, SCAN, 0, {"verification": "checksum"}, Method.CHECKSUM, id="proved"
        ),
        pytest.param(
            LARGE, SCAN, 0, {"deletes": "ignore"}, Method.READ, id="uncounted"
        ),
        pytest.param(
            SMALL, SCAN, 0, {"deletes": "ignore"}, None, id="uncounted, small"
        ),
    ],
)
def test_source_is_tallied_first_where_changes_are_found_apart(
    pages, read, changed, facts, tallied
):
    table = make_table("films", make_column("id"), pages=pages)
    stream = make_stream(table, deletes=DeletePolicy(facts.get("deletes", "apply")))
    changes = ChangedRows(
        replica=make_replica(stream=stream),
        read=read,
        verification=Verification(facts.get("verification", "changes")),
        known_rows=7,
    )

    estimate = Estimate(changed=changed, rows=10 * changed)
    assert tallied_first(changes, estimate) is tallied
