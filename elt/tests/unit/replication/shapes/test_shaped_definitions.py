"""Keys, indexes and constraints of shaped tables are kept where they hold."""

import pytest
from builders import make_column, make_constraint, make_index, make_table
from shaped_tables import (
    EMAIL,
    HASH,
    ID,
    NULL,
    PRIMARY,
    constant,
    masking,
    plan,
    shape,
    truncated,
)

from elt.config import Shape


def lost(stream):
    return [(part.name, reason) for part, reason in stream.shaping.lost]


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
