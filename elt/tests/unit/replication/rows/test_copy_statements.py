"""The two halves of a copy speak of the same columns in the same order."""

import pytest
from builders import make_column, make_replica, make_table
from sqltext import sql_text

from elt.replication.rows.parts import Part
from elt.replication.rows.shadow import copy_in
from elt.replication.sessions.snapshot import copy_out

PLAIN = make_column("id"), make_column('Odd"name', "text")
WITH_GENERATED = (*PLAIN, make_column("twice", generated="s", expression="(id * 2)"))
WITH_OBJECT_ID = (*PLAIN, make_column("class", "regclass", is_binary_safe=False))


@pytest.mark.parametrize(
    "columns, out, into",
    [
        pytest.param(
            PLAIN,
            'copy (select "id", "Odd""name" from only "public"."films" as published '
            "where true) to stdout (format 'binary')",
            'copy "elt_shadow_raw"."films" ("id", "Odd""name") '
            "from stdin (format 'binary', freeze)",
            id="plain columns in binary",
        ),
        pytest.param(
            WITH_GENERATED,
            'copy (select "id", "Odd""name" from only "public"."films" as published '
            "where true) to stdout (format 'binary')",
            'copy "elt_shadow_raw"."films" ("id", "Odd""name") '
            "from stdin (format 'binary', freeze)",
            id="generated columns not at all",
        ),
        pytest.param(
            WITH_OBJECT_ID,
            'copy (select "id", "Odd""name", "class" from only "public"."films" '
            "as published where true) to stdout (format 'text')",
            'copy "elt_shadow_raw"."films" ("id", "Odd""name", "class") '
            "from stdin (format 'text', freeze)",
            id="as text where binary is wrong",
        ),
    ],
)
def test_rows_are_copied(columns, out, into):
    whole = Part(replica=make_replica(make_table("films", *columns)))

    assert (sql_text(copy_out(whole)), sql_text(copy_in(whole))) == (out, into)


def test_part_of_a_table_is_copied_into_a_shadow_that_is_there_already():
    part = Part(replica=make_replica(make_table("films")), first_page=8, last_page=16)

    assert sql_text(copy_out(part)) == (
        'copy (select "id" from only "public"."films" as published '
        "where true and ctid >= '(8,0)'::tid and ctid < '(16,0)'::tid) "
        "to stdout (format 'binary')"
    )
    assert sql_text(copy_in(part)) == (
        """copy "elt_shadow_raw"."films" ("id") from stdin (format 'binary')"""
    )


def test_table_without_columns_is_copied_row_by_row_all_the_same():
    generated = make_column(generated="s", expression="1")

    whole = Part(replica=make_replica(make_table("films", generated)))

    assert sql_text(copy_out(whole)) == (
        'copy (select  from only "public"."films" as published where true) '
        "to stdout (format 'binary')"
    )
    assert sql_text(copy_in(whole)) == (
        """copy "elt_shadow_raw"."films"  from stdin (format 'binary', freeze)"""
    )
