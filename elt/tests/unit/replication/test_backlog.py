"""Whole transactions wait in memory until a snapshot that sees them is published."""

import pytest
from messages import encode

from elt.replication.backlog import LARGEST_BACKLOG, Backlog, UnusualError
from elt.replication.pgoutput import (
    Begin,
    Commit,
    Insert,
    LogicalMessage,
    Relation,
    RelationColumn,
    Truncate,
    Type,
)
from elt.replication.wal_keys import Visibility

FILMS = 1
COLUMN = RelationColumn("id", 23, -1, is_identity=True)
RELATION = Relation(FILMS, "public", "films", "d", (COLUMN,))
ROW = Insert(FILMS, (b"1",))
TRUNCATE = Truncate((FILMS,), is_cascading=False, restarts_identities=False)


def begin(xid):
    return Begin(xid, 0, xid)


def commit(xid):
    return Commit(xid, xid, 0)


def mark(content, prefix="elt"):
    return LogicalMessage(
        7, is_transactional=True, prefix=prefix, content=content.encode()
    )


def take(*messages, backlog=None):
    backlog = backlog or Backlog()
    for message in messages:
        backlog.take(encode(message))
    return backlog


def snapshot(next_transaction):
    return Visibility.from_text(f"{next_transaction}:{next_transaction}:")


def sent(backlog):
    return list(backlog.messages())


def encoded(*messages):
    return [encode(message) for message in messages]


def test_messages_come_out_as_they_came_in():
    messages = (begin(1), ROW, commit(1), begin(2), ROW, commit(2))

    backlog = take(*messages)

    assert backlog.has_changes
    assert sent(backlog) == encoded(*messages)


def test_a_transaction_counts_when_it_is_whole():
    backlog = take(begin(1), ROW)
    assert not backlog.has_changes
    assert sent(backlog) == []

    take(commit(1), backlog=backlog)

    assert sent(backlog) == encoded(begin(1), ROW, commit(1))


def test_what_a_published_snapshot_sees_is_forgotten():
    backlog = take(begin(1), ROW, commit(1), begin(9), ROW, commit(9))

    backlog.forget(snapshot(5))

    assert sent(backlog) == encoded(begin(9), ROW, commit(9))


def test_tables_are_described_once_and_first():
    """The server describes a table once in a stream, whatever we forget."""
    backlog = take(begin(1), RELATION, ROW, commit(1))
    backlog.forget(snapshot(5))
    take(begin(6), ROW, commit(6), backlog=backlog)

    assert sent(backlog) == encoded(RELATION, begin(6), ROW, commit(6))


def test_the_same_description_again_is_no_change():
    backlog = take(begin(1), RELATION, RELATION, ROW, commit(1))

    assert sent(backlog) == encoded(RELATION, begin(1), ROW, commit(1))


def test_another_description_is_unusual():
    backlog = take(begin(1), RELATION, ROW)

    with pytest.raises(UnusualError, match="a table changed"):
        take(RELATION._replace(identity="f"), backlog=backlog)


def test_a_mark_is_known_when_it_is_here():
    backlog = take(begin(1), mark("a"), commit(1))
    assert backlog.mark == "a"

    take(begin(2), mark("of others", prefix="app"), commit(2), backlog=backlog)

    assert backlog.mark == "a"
    assert not backlog.has_changes


@pytest.mark.parametrize(
    "message, expected",
    [
        pytest.param(ROW, True, id="row"),
        pytest.param(TRUNCATE, True, id="truncate"),
        pytest.param(Type(8, "public", "mood"), False, id="type"),
    ],
)
def test_what_changes_rows_is_told(message, expected):
    assert take(begin(1), message, commit(1)).has_changes is expected


def test_memory_is_bounded_and_comes_back():
    half = Insert(FILMS, (b"x" * (LARGEST_BACKLOG // 2),))
    backlog = take(begin(1), half, commit(1))
    backlog.forget(snapshot(5))
    take(begin(6), half, commit(6), backlog=backlog)

    with pytest.raises(UnusualError, match="more was written"):
        take(begin(7), half, backlog=backlog)
