"""The query behind a receipt; that it proves something, integration tests say."""

import pytest
from builders import make_column, make_replica, make_stream, make_table
from sqltext import sql_text

from elt.errors import DataError
from elt.postgres import raw
from elt.replication.rows.from_item import table_rows
from elt.replication.rows.receipts import (
    Method,
    Tally,
    checksum_expression,
    tally_query,
)
from elt.replication.rows.shadow import check_equal

COLUMNS = make_replica(
    make_table(
        "films",
        make_column("title", "text"),
        make_column("id"),
        make_column("mood", "mood", hash_form="text"),
    )
).columns


@pytest.mark.parametrize(
    "method, expression",
    [
        pytest.param(
            Method.CHECKSUM,
            "coalesce(sum(hashint4extended(0, "
            'coalesce(hashint4extended("id"::integer, 1), 1) '
            '# coalesce(hashtextextended("mood"::text collate "C", 2), 2) '
            '# coalesce(hashtextextended("title"::text collate "C", 3), 3))), 0)'
            "::numeric",
            id="checksum hashes values, and as text those whose hash is no good",
        ),
        pytest.param(
            Method.EXACT,
            'coalesce(sum(hashtextextended(row("id", "mood", "title")::text, 0)), 0)'
            "::numeric",
            id="exact hashes the text of the row",
        ),
        pytest.param(Method.COUNT, "null::numeric", id="count hashes nothing"),
    ],
)
def test_method_decides_what_is_summed(method, expression):
    assert sql_text(checksum_expression(COLUMNS, method)) == expression


@pytest.mark.parametrize("method", [Method.CHECKSUM, Method.EXACT])
def test_databases_of_different_encodings_hash_the_same_bytes(method):
    columns = make_replica(make_table(), is_recoded=True).columns

    assert "'UTF8'" in sql_text(checksum_expression(columns, method))


@pytest.mark.parametrize("method", list(Method))
def test_order_of_columns_does_not_matter(method):
    turned = reversed(COLUMNS)

    assert checksum_expression(turned, method) == checksum_expression(COLUMNS, method)


@pytest.mark.parametrize("method", [Method.CHECKSUM, Method.EXACT])
def test_table_without_columns_has_a_checksum(method):
    expression = sql_text(checksum_expression([], method))

    assert expression == "coalesce(sum(0::bigint), 0)::numeric"


@pytest.mark.parametrize(
    "condition, text",
    [
        pytest.param(None, "true", id="all rows"),
        pytest.param(raw("id < 7"), "id < 7", id="some rows"),
    ],
)
def test_rows_of_children_are_counted_with_the_children(condition, text):
    query = tally_query(COLUMNS, table_rows(("raw", "Films")), Method.COUNT, condition)

    assert sql_text(query) == (
        f'select count(*), null::numeric from only "raw"."Films" as published '
        f"where {text}"
    )


@pytest.mark.parametrize(
    "tallies, total",
    [
        pytest.param(
            [Tally(rows=1, checksum=-9), Tally(rows=2, checksum=5)],
            Tally(rows=3, checksum=-4),
            id="with checksums",
        ),
        pytest.param([Tally(rows=1), Tally(rows=2)], Tally(rows=3), id="counts alone"),
    ],
)
def test_tallies_of_parts_are_the_tally_of_the_whole(tallies, total):
    first, second = tallies

    assert first + second == total


@pytest.mark.parametrize("tally", [Tally(rows=3, checksum=7), Tally(rows=3)])
def test_equal_tallies_pass(tally):
    check_equal(make_stream(), tally, tally)


@pytest.mark.parametrize(
    "source, destination, what",
    [
        pytest.param(
            Tally(rows=3, checksum=7),
            Tally(rows=2, checksum=5),
            "the source has 3 rows, the copy 2",
            id="rows are missing",
        ),
        pytest.param(
            Tally(rows=3, checksum=7),
            Tally(rows=3, checksum=8),
            "checksums of their rows differ",
            id="a value differs",
        ),
    ],
)
def test_different_tallies_are_refused(source, destination, what):
    with pytest.raises(DataError) as refusal:
        check_equal(make_stream(), source, destination)

    assert refusal.value.message == (
        f"The copy of public.films is not equal to the source: {what}"
    )


@pytest.mark.parametrize("checksum", [None, -7])
def test_what_is_left_of_a_table_without_a_part(checksum):
    part, rest = Tally(rows=2, checksum=checksum), Tally(rows=3, checksum=checksum)

    assert (part + rest) - part == rest
