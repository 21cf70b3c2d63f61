"""Rows are read as they are shaped, and tables have the columns of those."""

import pytest
from builders import make_column, make_table
from shaped_tables import (
    HASH,
    ID,
    KEEP,
    KEY,
    NULL,
    constant,
    masking,
    plan,
    shape,
    truncated,
    users,
)
from sqltext import sql_text

from elt.config import Shape
from elt.errors import ConfigError
from elt.replication.rows.from_item import source_rows


def test_what_is_not_shaped_is_read_as_it_is():
    [stream] = plan(users()).streams

    assert sql_text(source_rows(stream)) == 'only "public"."users" as published'


def test_what_is_shaped_is_read_from_a_query():
    stream = shape(
        users(make_column("iban", "text", number=3)),
        Shape(excluded=("iban",), masks=(("email", NULL),), where="id > 7 -- new"),
    )

    assert sql_text(source_rows(stream)) == (
        '(select "id" as "id", null::character varying(80) as "email", ctid, xmin '
        'from only "public"."users" as "users" where (\nid > 7 -- new\n)) as published'
    )


@pytest.mark.parametrize(
    "kind, mask, value",
    [
        ("text", constant("a'b"), "'a''b'::text"),
        ("text", truncated(2), "left(\"x\"::text, '2')::text"),
        ("integer", truncated(10), "(\"x\" / '10' * '10')::integer"),
        ("numeric(9,2)", truncated(10), "(div(\"x\", '10') * '10')::numeric(9,2)"),
        ("date", truncated("year"), "date_trunc('year', \"x\"::timestamp)::date"),
        (
            "timestamp(3) without time zone",
            truncated("hour"),
            "date_trunc('hour', \"x\")::timestamp(3) without time zone",
        ),
    ],
)
def test_values_are_masked_in_sql(kind, mask, value):
    table = make_table("films", ID, make_column("x", kind, number=2))

    stream = shape(table, masking(x=mask))

    assert sql_text(stream.shaping.expressions["x"]) == value
    assert stream.columns[1].type == kind


def test_a_hashed_column_is_a_plain_text():
    column = make_column(
        "x",
        "mood",
        number=2,
        is_binary_safe=False,
        hash_form="text",
        unknown_part="mood",
        extension="moods",
        sent_as="text",
        compared_as="mood",
        is_text_elsewhere=True,
        is_not_null=True,
        parts=[2205, 16385],
    )

    stream = shape(make_table("films", ID, column), masking(x=HASH))

    assert stream.columns[1] == make_column(
        "x", "text", number=2, is_not_null=True, parts=[2205]
    )


def test_a_column_that_is_null_may_be_null():
    assert not shape(users(), masking(email=NULL)).columns[1].is_not_null


def test_identity_ends_with_the_mask():
    number = make_column("number", number=3, is_identity=True)

    stream = shape(users(number), masking(number=constant("0")))

    assert not stream.columns[2].is_identity


# -------------------------------------------------------------------- generated columns


DOMAIN = make_column(
    "domain", "text", number=3, generated="s", expression="split_part(email, '@', 2)"
)


@pytest.mark.parametrize(
    "chosen",
    [
        pytest.param(masking(email=HASH), id="masked"),
        pytest.param(Shape(excluded=("email",)), id="left out"),
    ],
)
def test_what_is_generated_from_hidden_columns_is_not_given_away(chosen):
    with pytest.raises(ConfigError) as refusal:
        shape(users(DOMAIN), chosen)

    [mistake] = refusal.value.message.splitlines()[1:]
    assert mistake == (
        "  sources[0].streams.public.users.columns: domain is generated from email; "
        "exclude or mask it, too, or set mask: {domain: keep} if it gives nothing away"
    )


def test_what_is_kept_is_a_plain_column():
    stream = shape(users(DOMAIN), masking(email=HASH, domain=KEEP))

    assert stream.columns[2] == make_column("domain", "text", number=3)
    assert not stream.shaping.masks("domain")


def test_what_is_generated_from_others_is_generated_still():
    double = make_column("two", number=3, generated="s", expression="(id * 2)")

    assert shape(users(double), masking(email=HASH)).columns[2] == double


# ------------------------------------------------------------------------- fingerprints


def test_another_shape_has_another_fingerprint():
    shapes = [
        (masking(email=HASH), KEY),
        (masking(email=HASH), KEY[::-1]),
        (masking(email=NULL), KEY),
        (masking(email=truncated(1)), KEY),
        (masking(email=truncated(2)), KEY),
        (Shape(excluded=("email",)), KEY),
        (Shape(where="id > 7"), KEY),
        (Shape(where="id > 8"), KEY),
        (Shape(), KEY),
    ]

    found = [plan(users(), key=key, users=chosen) for chosen, key in shapes]

    fingerprints = [p.streams[0].shaping.fingerprint for p in found]
    assert len(set(fingerprints)) == len(shapes)
    assert [f for f in fingerprints if KEY in f] == []


def test_a_key_that_nobody_uses_does_not_matter():
    found = [plan(users(), key=key, users=Shape(where="id > 7")) for key in (KEY, None)]

    first, second = (p.streams[0].shaping.fingerprint for p in found)
    assert first == second
