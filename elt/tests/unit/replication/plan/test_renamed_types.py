"""Which type of ours is one that has another name at the source by now."""

import pytest
from builders import make_type

from elt.replication.plan.renamed_types import find_former
from elt.replication.state.type_state import KnownType

LANDINGS = {"public": "raw", "x": "raw_x"}


def make_known(name="public.mood", oid=1, schema="raw"):
    """Make a type that elt has made."""
    return KnownType(
        type=name,
        source_oid=oid,
        destination_schema=schema,
        destination_type="mood",
    )


@pytest.mark.parametrize(
    "types, known, is_former",
    [
        ([make_type("e", "feeling", oid=1)], make_known(), True),
        ([make_type("e", "mood", oid=1, schema="x")], make_known(), True),
        ([make_type("e", "mood", oid=1)], make_known(), False),
        ([make_type("e", "feeling", oid=2)], make_known(), False),
        ([make_type("e", "feeling", oid=1)], make_known(None, None), False),
        (
            [make_type("e", "feeling", oid=1), make_type("e", "mood", oid=2)],
            make_known(),
            False,
        ),
        ([make_type("e", "feeling", oid=1)], make_known(schema="other"), False),
        ([make_type("e", "feeling", oid=1)], make_known("old.mood"), False),
    ],
    ids=[
        "renamed",
        "moved",
        "as it was",
        "another one",
        "of an older version",
        "beside another one of the old name",
        "of a schema that lands elsewhere now",
        "of a schema that is gone",
    ],
)
def test_the_object_id_tells_what_a_type_was(types, known, is_former):
    former = find_former(types, [known], LANDINGS)

    assert former == ({1: known} if is_former else {})
