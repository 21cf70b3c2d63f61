"""Big tables are cut into ranges of pages that leave out none and share none."""

import pytest
from builders import make_replica, make_table
from sqltext import sql_text

from elt.replication.rows.parts import PART_BYTES, cut_table

#: Pages of 8 KiB that fill a part.
FULL = PART_BYTES // 8192


def cut(pages, workers, size=None):
    table = make_table(pages=pages, bytes=pages * 8192 if size is None else size)
    return cut_table(make_replica(table), workers)


@pytest.mark.parametrize(
    "pages, workers, count",
    [
        pytest.param(0, 4, 1, id="an empty table"),
        pytest.param(FULL, 4, 1, id="a table that is not large"),
        pytest.param(FULL + 1, 4, 4, id="a large table: one part for each worker"),
        pytest.param(FULL * 5, 4, 8, id="a larger one: as many for each"),
        pytest.param(FULL * 5, 1, 1, id="a large table for one worker"),
    ],
)
def test_number_of_parts_follows_size_and_workers(pages, workers, count):
    assert len(cut(pages, workers)) == count


@pytest.mark.parametrize("workers", [2, 3, 7])
@pytest.mark.parametrize("pages", [FULL + 1, FULL * 3 + 17, FULL * 50])
def test_each_page_lies_in_one_part(pages, workers):
    parts = cut(pages, workers)

    assert (parts[0].first_page, parts[-1].last_page) == (None, None)
    assert [part.last_page for part in parts[:-1]] == [
        part.first_page for part in parts[1:]
    ]
    edges = [0, *(part.first_page for part in parts[1:]), pages]
    assert edges == sorted(set(edges))


@pytest.mark.parametrize("pages, count", [(0, 1), (1, 1), (3, 3)])
def test_few_pages_with_large_values_make_few_parts(pages, count):
    assert len(cut(pages, workers=8, size=PART_BYTES * 10)) == count


def test_table_in_one_part_is_whole():
    [part] = cut(pages=1, workers=4)

    assert (part.is_whole, sql_text(part.condition)) == (True, "true")


def test_first_and_last_part_have_open_ends():
    first, middle, last = cut(pages=FULL * 3, workers=3)

    assert [sql_text(part.condition) for part in (first, middle, last)] == [
        f"true and ctid < '({FULL},0)'::tid",
        f"true and ctid >= '({FULL},0)'::tid and ctid < '({FULL * 2},0)'::tid",
        f"true and ctid >= '({FULL * 2},0)'::tid",
    ]
    assert [part.is_whole for part in (first, middle, last)] == [False] * 3
