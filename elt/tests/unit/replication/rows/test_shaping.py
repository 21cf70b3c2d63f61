"""Tables are shaped, and refused where they cannot be, without a database."""

import pytest
from builders import (
    make_column,
    make_constraint,
    make_index,
    make_plan,
    make_settings,
    make_source,
    make_table,
)
from sqltext import sql_text

from elt.config import Mask, MaskKind, Shape, StreamConfig, SyncMode
from elt.errors import ConfigError
from elt.replication.rows.from_item import source_rows

KEY = "0123456789abcdef0123456789abcdef"
HASH, NULL = Mask(kind=MaskKind.HASH), Mask(kind=MaskKind.NULL)
KEEP = Mask(kind=MaskKind.KEEP)
ID = make_column("id", is_not_null=True)
EMAIL = make_column("email", "character varying(80)", number=2, is_not_null=True)
PRIMARY = make_constraint("p", "PRIMARY KEY (id)", columns=["id"])


def truncated(value):
    return Mask(kind=MaskKind.TRUNCATE, value=value)


def constant(value):
    return Mask(kind=MaskKind.CONSTANT, value=value)


def masking(**masks):
    """Return the shape that masks columns."""
    return Shape(masks=tuple(masks.items()))


def plan(*tables, key=KEY, **shapes):
    """Plan tables of which those that are named have shapes."""
    streams = tuple(
        (f"public.{n}", s if isinstance(s, StreamConfig) else StreamConfig(shape=s))
        for n, s in shapes.items()
    )
    connection = make_settings(mask_key=key)
    return make_plan(
        *tables, source=make_source(connection=connection, streams=streams)
    )


def users(*columns, constraints=(PRIMARY,), **facts):
    """Make a table of users; they have an email."""
    return make_table("users", ID, EMAIL, *columns, constraints=constraints, **facts)


def shape(table, chosen):
    """Return the stream of a table that is shaped."""
    [stream] = plan(table, **{table.relation.name: chosen}).streams
    return stream


def lost(stream):
    return [(part.name, reason) for part, reason in stream.shaping.lost]


# --------------------------------------------------------------------- the rows


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


# ---------------------------------------------------------------- generated columns

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


# ------------------------------------------------------ keys, indexes, constraints


@pytest.mark.parametrize(
    "part, chosen, reason",
    [
        pytest.param(
            make_constraint("u", "UNIQUE (email)", columns=["email"]),
            masking(email=HASH),
            None,
            id="hashes are unique",
        ),
        pytest.param(
            make_constraint("u", "UNIQUE (email)", columns=["email"]),
            masking(email=truncated(2)),
            "needs column email, which is masked",
            id="beginnings are not",
        ),
        pytest.param(
            make_constraint("u", "UNIQUE (id) INCLUDE (email)", columns=["id"]),
            masking(email=NULL),
            None,
            id="what is included need not be unique",
        ),
        pytest.param(
            make_constraint("u", "UNIQUE (id) INCLUDE (email)", columns=["id"]),
            Shape(excluded=("email",)),
            "needs column email, which is left out",
            id="but it must be there",
        ),
        pytest.param(
            make_constraint("c", "CHECK ((email <> ''::text))", columns=["email"]),
            masking(email=HASH),
            "needs column email, which is masked",
            id="a check",
        ),
        pytest.param(
            make_constraint("c", "CHECK ((users.* IS NOT NULL))"),
            masking(email=HASH),
            "needs whole rows, of which something is left out or masked",
            id="a check of whole rows",
        ),
        pytest.param(
            make_constraint("c", "CHECK ((id > 0))", columns=["id"]),
            Shape(excluded=("email",), where="id > 7"),
            None,
            id="a check of others",
        ),
        pytest.param(
            make_constraint(
                "p",
                "PRIMARY KEY (id, email WITHOUT OVERLAPS)",
                columns=["id", "email"],
                has_period=True,
            ),
            masking(email=HASH),
            "needs column email, which is masked",
            id="a period",
        ),
        pytest.param(
            make_index(definition="USING btree (email, id)", columns=["email", "id"]),
            masking(email=truncated(2)),
            None,
            id="an index that is not unique",
        ),
        pytest.param(
            make_index(definition="USING btree (lower(email))", columns=[]),
            masking(email=HASH),
            "needs column email, which is masked",
            id="an index of an expression",
        ),
        pytest.param(
            make_index(
                definition="USING btree (id) WHERE (email <> ''::text)", columns=["id"]
            ),
            masking(email=HASH),
            "needs column email, which is masked",
            id="a partial index",
        ),
        pytest.param(
            make_index(definition="USING gin (email gin_trgm_ops)", columns=["email"]),
            masking(email=HASH),
            "needs column email, which is masked",
            id="an index of another kind",
        ),
        pytest.param(
            make_index(
                definition="USING btree (email)", columns=["email"], is_unique=True
            ),
            masking(email=HASH),
            None,
            id="a unique index of hashes",
        ),
        pytest.param(
            make_index(
                definition="USING btree (email)", columns=["email"], is_unique=True
            ),
            masking(email=constant("x")),
            "needs column email, which is masked",
            id="a unique index of constants",
        ),
    ],
)
def test_what_does_not_hold_is_left_out(part, chosen, reason):
    is_index = hasattr(part, "is_key")
    constraints = (PRIMARY,) if is_index else (PRIMARY, part)
    table = make_table(
        "users", ID, EMAIL, constraints=constraints, indexes=[part] if is_index else ()
    )

    stream = shape(table, chosen)

    kept = (*stream.table.constraints, *stream.table.indexes)
    assert lost(stream) == ([] if reason is None else [(part.name, reason)])
    assert (part in kept) is (reason is None)


def referring(column):
    """Plan a table whose key is a column and one that refers to it, both hashed."""
    users = make_table(
        "users",
        column,
        constraints=[make_constraint("p", "PRIMARY KEY (email)", columns=["email"])],
    )
    reference = make_constraint(
        "f",
        columns=["email"],
        referenced_oid=users.relation.oid,
        referenced_columns=["email"],
    )
    visits = make_table("visits", ID, column, constraints=[PRIMARY, reference])
    by_email = masking(email=HASH)
    return plan(users, visits, users=by_email, visits=by_email)


def test_a_reference_holds_where_both_sides_are_hashed_alike():
    found = referring(EMAIL)

    assert [lost(stream) for stream in found.streams] == [[], []]


def test_a_reference_by_values_of_several_texts_does_not_hold():
    found = referring(make_column("email", "numeric", hash_form="numeric_send"))

    assert [len(stream.shaping.lost) for stream in found.streams] == [0, 1]


# ------------------------------------------------------------------------- mistakes

PERIOD = make_column("period", "tsrange", number=3)
AT = make_column("at", "date", number=3)


@pytest.mark.parametrize(
    "chosen, mistake",
    [
        pytest.param(
            Shape(excluded=("emial",)),
            "columns.exclude: there is no column emial; did you mean email?",
            id="misspelt column that is left out",
        ),
        pytest.param(
            masking(EMAIL=HASH),
            "columns.mask: there is no column EMAIL; did you mean email?",
            id="another case",
        ),
        pytest.param(
            Shape(masks=(('"email"', HASH),)),
            'columns.mask: there is no column "email"; did you mean email?',
            id="in quotes",
        ),
        pytest.param(
            Shape(excluded=("id", "email", "period", "at")),
            "columns.exclude: leaves no column; exclude the table instead",
            id="nothing is left",
        ),
        pytest.param(
            masking(id=truncated(10)),
            "columns.mask.id: is part of the key: rows could not be told apart; "
            "hash it",
            id="a key that loses something",
        ),
        pytest.param(
            masking(period=truncated(2)),
            "columns.mask.period.truncate: is for texts and numbers, and the column is "
            "tsrange",
            id="truncated to characters",
        ),
        pytest.param(
            masking(at=truncated("hour")),
            "columns.mask.at.truncate: is for timestamps, and the longer ones for "
            "dates; the column is date",
            id="truncated to what is no less",
        ),
        pytest.param(
            masking(email=constant("x" * 81)),
            "columns.mask.email.constant: is longer than character varying(80)",
            id="too long",
        ),
        pytest.param(
            Shape(where="random() < 0.5"),
            "where: calls random, which never answers twice alike",
            id="a condition by chance",
        ),
        pytest.param(
            StreamConfig(
                mode=SyncMode.INCREMENTAL, cursor="at", shape=masking(at=NULL)
            ),
            "cursor: at is masked or left out",
            id="the cursor",
        ),
    ],
)
def test_what_a_table_does_not_allow_is_named_with_its_place(chosen, mistake):
    with pytest.raises(ConfigError) as refusal:
        shape(users(PERIOD, AT), chosen)

    assert refusal.value.message.splitlines()[1:] == [
        f"  sources[0].streams.public.users.{mistake}"
    ]


def test_all_mistakes_are_told_at_once():
    with pytest.raises(ConfigError, match="has 3 mistakes") as refusal:
        plan(users(), key=None, users=masking(email=HASH, emial=HASH, id=NULL))

    assert refusal.value.exit_code == 78
    assert "ELT_MASK_KEY: is not set" in refusal.value.message


EVENTS = {"kind": "p", "partition_key": "RANGE (at)"}


def events(**facts):
    """Make a partitioned table with one part."""
    whole = make_table("events", ID, EMAIL, AT, **EVENTS)
    bound = {"partition_bound": "DEFAULT", "parents": [whole.relation.oid]}
    return whole, make_table("events_1", ID, EMAIL, AT, **bound | facts)


def test_a_part_has_the_shape_of_its_whole():
    found = plan(*events(), events=masking(email=HASH))

    [part], [whole] = found.streams, found.partitioned
    assert part.columns == whole.columns
    assert part.shaping.fingerprint == whole.shaping.fingerprint != ""
    assert part.shaping.alias == "events"


def test_the_cursor_of_a_part_is_not_masked():
    part = StreamConfig(mode=SyncMode.INCREMENTAL, cursor="email")

    with pytest.raises(ConfigError, match=r"events_1\.cursor: email is masked or left"):
        plan(*events(), events=masking(email=NULL), events_1=part)


@pytest.mark.parametrize(
    "shapes, mistake",
    [
        pytest.param(
            {"events": masking(at=NULL)},
            "events.columns: at decides about partitions, and must stay as it is",
            id="the partition key",
        ),
        pytest.param(
            {"events_1": masking(email=NULL)},
            "events_1.columns: are those of public.events, of which it is a part",
            id="a part alone",
        ),
    ],
)
def test_a_whole_and_its_parts_are_one(shapes, mistake):
    with pytest.raises(ConfigError) as refusal:
        plan(*events(), **shapes)

    assert refusal.value.message.splitlines()[1:] == [
        f"  sources[0].streams.public.{mistake}"
    ]


# --------------------------------------------------------------------- fingerprints


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
