"""Which replicas streams have left, and where those that land there again stand."""

import pytest
from builders import make_stream, make_table

from elt.replication.plan.left_replicas import find_moved, name_left, place_known
from elt.replication.state.state import KnownStream

STREAM = make_stream(make_table("films"))


def make_known(schema="raw", name="films", state="ready"):
    """Make a stream that was published in a schema."""
    return KnownStream(
        stream=f"public.{name}",
        destination_schema=schema,
        destination_table=name,
        state=state,
        document={},
    )


@pytest.mark.parametrize(
    "known, is_moved",
    [(make_known(), False), (make_known("old"), True), (make_known("old", "x"), False)],
    ids=["where it was", "elsewhere", "not in this run"],
)
def test_a_stream_moves_when_it_lands_elsewhere(known, is_moved):
    assert find_moved([STREAM], [known]) == ([known] if is_moved else [])


def test_a_stream_that_is_back_is_known_as_it_was_there():
    now, before = make_known("other"), make_known("raw", state="gone")

    assert place_known([STREAM], [now], [before]) == [before]
    assert place_known([STREAM], [now], [make_known("old", state="gone")]) == [now]


def test_a_replica_that_was_left_is_named_unless_it_is_back():
    left = [make_known("raw"), make_known("old"), make_known("old", "x")]

    assert [(n.name, n.reason) for n in name_left([STREAM], left)] == [
        (
            "replica old.films of the destination",
            "public.films lands in raw now: it stays as it is until it is dropped",
        ),
        (
            "replica old.x of the destination",
            "its schema lands elsewhere now: it stays as it is until it is dropped",
        ),
    ]
