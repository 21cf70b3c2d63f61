"""What is hashed of a row; that no two values hash alike, integration tests say."""

import pytest
from builders import make_column, make_replica, make_table
from sqltext import sql_text

from elt.replication.rows.row_hash import hash_of_row


def hash_of(*columns, **facts):
    """Return the hash of a row of some columns."""
    return sql_text(
        hash_of_row(make_replica(make_table("t", *columns), **facts).columns)
    )


@pytest.mark.parametrize(
    "type_name, form, hashed",
    [
        pytest.param(
            "integer",
            "value",
            'hashint4extended("a"::integer, 1)',
            id="by its function",
        ),
        pytest.param(
            "character varying(9)",
            "value",
            'hashtextextended("a"::text collate "C", 1)',
            id="of a limited width",
        ),
        pytest.param(
            "character(9)",
            "bpcharsend",
            'hashbpcharextended("a"::bpchar collate "C", 1)',
            id="filled with blanks",
        ),
        pytest.param(
            "numeric(9,2)",
            "numeric_send",
            'hashtextextended("a"::text collate "C", 1)',
            id="as text, where = means less",
        ),
        pytest.param(
            "mood", "text", 'hashtextextended("a"::text collate "C", 1)', id="as text"
        ),
    ],
)
def test_a_value_is_hashed(type_name, form, hashed):
    column = make_column("a", type_name, hash_form=form)

    assert hash_of(column) == f"hashint4extended(0, coalesce({hashed}, 1))"


@pytest.mark.parametrize(
    "type_name, form, hashed",
    [
        pytest.param("timetz", "value", '"a"', id="that no function may be called for"),
        pytest.param(
            "bpchar", "bpcharsend", 'pg_catalog.bpcharsend("a")', id="as bytes"
        ),
    ],
)
def test_other_values_are_hashed_as_a_row(type_name, form, hashed):
    column = make_column("a", type_name, hash_form=form)

    assert hash_of(column) == (
        f"hashint4extended(0, hash_record_extended(row({hashed}), 0))"
    )


def test_text_of_another_encoding_is_hashed_as_its_bytes_in_utf8():
    column = make_column("a", "character(9)", hash_form="bpcharsend")

    assert "row(convert_to(\"a\"::text, 'UTF8'))" in hash_of(column, is_recoded=True)


def test_functions_of_values_are_seeded_by_place():
    columns = [make_column("b"), make_column("c", "timetz"), make_column("a")]

    assert hash_of(*columns) == (
        'hashint4extended(0, coalesce(hashint4extended("a"::integer, 1), 1) '
        '# coalesce(hashint4extended("b"::integer, 2), 2) '
        '# hash_record_extended(row("c"), 0))'
    )
