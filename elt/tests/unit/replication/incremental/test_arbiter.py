"""Where one unique index decides about a row is said without a database."""

import pytest
from builders import (
    make_column,
    make_constraint,
    make_replica,
    make_stream,
    make_table,
)

from elt.config import DeletePolicy
from elt.replication.incremental.arbiter import Arbiter, can_merge


def arbiter(*columns, **facts):
    """Return an index that decides by columns."""
    ordinary = {"schema": "raw", "name": "films", "is_plain": True, "is_guarded": False}
    return Arbiter(columns=list(columns), **ordinary | facts)


def replica(key=("id",), *, deletes="apply", **facts):
    """Return a replica of two columns and a key."""
    columns = [make_column("id", number=1, **facts), make_column("b", number=2)]
    table = make_table(
        "films", *columns, constraints=[make_constraint("p", columns=list(key))]
    )
    return make_replica(
        stream=make_stream(table, deletes=DeletePolicy(deletes)),
        collations=frozenset({"C", "nocase"}),
    )


@pytest.mark.parametrize(
    "designed, arbiters, merged",
    [
        pytest.param(replica(), [arbiter("id")], True, id="a key"),
        pytest.param(
            replica(("b", "id")), [arbiter("id", "b")], True, id="a key of two columns"
        ),
        pytest.param(
            replica(collation="C"), [arbiter("id")], True, id="a key told by its bytes"
        ),
        pytest.param(replica(()), [], False, id="no key"),
        pytest.param(replica(), [], False, id="a key that the replica does not have"),
        pytest.param(replica(), [arbiter("b")], False, id="another index"),
        pytest.param(
            replica(), [arbiter("id", "b")], False, id="an index of more columns"
        ),
        pytest.param(replica(), [arbiter("id"), arbiter("b")], False, id="two of them"),
        pytest.param(
            replica(),
            [arbiter("id", is_plain=False)],
            False,
            id="an index that waits, or compares otherwise",
        ),
        pytest.param(
            replica(), [arbiter("id", is_guarded=True)], False, id="a trigger"
        ),
        pytest.param(
            replica(deletes="soft"), [arbiter("id")], False, id="rows that come back"
        ),
        pytest.param(
            replica(hash_form="numeric_send"),
            [arbiter("id")],
            False,
            id="equal values of other bytes",
        ),
        pytest.param(
            replica(collation="nocase"),
            [arbiter("id")],
            False,
            id="text that is equal in another case",
        ),
        pytest.param(
            replica(generated="s", expression="b + 1"),
            [arbiter("id")],
            False,
            id="a key that is made at the destination",
        ),
    ],
)
def test_rows_are_merged_where_one_index_decides(designed, arbiters, merged):
    assert can_merge(designed, arbiters) is merged
