"""Whole transactions wait in memory until a snapshot that sees them is published."""

import pytest
from messages import encode

from elt.replication.follow.backlog import LARGEST_BACKLOG, Backlog, UnusualError
from elt.replication.logical.wal_keys import Replayed, Visibility, WalKeys
from elt.replication.logical.wal_messages import (
    Begin,
    Commit,
    Insert,
    LogicalMessage,
    Relation,
    RelationColumn,
    Truncate,
    Type,
)

FILMS = 1
KEYS = {FILMS: ("id",)}
COLUMN = RelationColumn("id", 23, -1, is_identity=True)
RELATION = Relation(FILMS, "public", "films", "d", (COLUMN,))
TRUNCATE = Truncate((FILMS,), is_cascading=False, restarts_identities=False)


def row(key):
    return Insert(FILMS, (str(key).encode(),))


def begin(xid):
    return Begin(10 * xid, 0, xid)


def commit(xid):
    return Commit(xid, xid, 0)


def mark(content, prefix="elt"):
    return LogicalMessage(
        7, is_transactional=True, prefix=prefix, content=content.encode()
    )


def take(*messages, backlog=None, keys=KEYS):
    if backlog is None:
        backlog = Backlog(keys=keys)
        backlog.take(encode(RELATION))
    for message in messages:
        backlog.take(encode(message))
    return backlog


def snapshot(next_transaction):
    return Visibility.from_text(f"{next_transaction}:{next_transaction}:")


def told(backlog, sees=100):
    """Return what a batch hears, and the keys that it writes."""
    lines = []
    wal = WalKeys(
        keys=backlog.keys,
        snapshot=snapshot(sees),
        write=lambda oid, some: lines.append((oid, bytes(some))),
    )
    backlog.tell(wal)
    return wal, lines


def sent(backlog):
    return b"".join(lines for _, lines in told(backlog)[1]).split()


def test_keys_come_out_transaction_by_transaction():
    backlog = take(begin(1), row(1), row(2), commit(1), begin(2), row(3), commit(2))

    wal, lines = told(backlog)

    assert backlog.has_changes
    assert lines == [(FILMS, b"1\n2\n"), (FILMS, b"3\n")]
    assert wal.touched == {FILMS: 3}


def test_a_transaction_counts_when_it_is_whole():
    backlog = take(begin(1), row(1))
    assert not backlog.has_changes
    assert sent(backlog) == []

    take(commit(1), backlog=backlog)

    assert sent(backlog) == [b"1"]


def test_what_a_standby_had_replayed_before_the_snapshot_is_forgotten():
    messages = [(begin(xid), row(xid), commit(xid)) for xid in (3, 2, 1)]
    backlog = take(*(message for each in messages for message in each))

    backlog.forget(Replayed(lsn=20))

    assert sent(backlog) == [b"3", b"2"]


def test_what_a_published_snapshot_sees_is_forgotten():
    backlog = take(begin(1), row(1), commit(1), begin(9), row(9), commit(9))

    backlog.forget(snapshot(5))

    assert sent(backlog) == [b"9"]


def test_each_transaction_has_all_of_its_keys():
    """One that is forgotten takes none of the others along."""
    backlog = take(begin(1), row(1), row(1), commit(1), begin(9), row(1), commit(9))
    assert sent(backlog) == [b"1", b"1"]

    backlog.forget(snapshot(5))

    assert sent(backlog) == [b"1"]


def test_the_first_transaction_that_is_not_seen_is_told():
    backlog = take(begin(1), row(1), commit(1))
    for xid in (6, 7, 9):
        change = () if xid == 6 else (row(xid),)
        take(begin(xid), *change, commit(xid), backlog=backlog)

    wal, _ = told(backlog, sees=5)

    assert wal.first_unseen == 70


def test_tables_are_described_once():
    """The server describes a table once in a stream, whatever we forget."""
    backlog = take(begin(1), row(1), commit(1))
    backlog.forget(snapshot(5))
    take(begin(6), row(6), commit(6), backlog=backlog)

    assert sent(backlog) == [b"6"]


def test_the_same_description_again_is_no_change():
    backlog = take(begin(1), RELATION, RELATION, row(1), commit(1))

    assert sent(backlog) == [b"1"]


def test_another_description_is_unusual():
    backlog = take(begin(1), RELATION, row(1))

    with pytest.raises(UnusualError, match="a table changed"):
        take(RELATION._replace(identity="f"), backlog=backlog)


@pytest.mark.parametrize(
    "message, keys, reason",
    [
        pytest.param(TRUNCATE, ("id",), "it was truncated", id="truncate"),
        pytest.param(
            row(1), (), "its rows changed, and have no key in the WAL", id="no key"
        ),
        pytest.param(
            row(1), ("other",), "the WAL does not have all columns of its key", id="key"
        ),
    ],
)
def test_what_is_read_in_full_is_told(message, keys, reason):
    backlog = take(begin(1), message, commit(1), keys={FILMS: keys})

    wal, lines = told(backlog)

    assert wal.in_full == {FILMS: reason}
    assert lines == []


def test_a_mark_is_known_when_it_is_here():
    backlog = take(begin(1), mark("a"), commit(1))
    assert backlog.mark == "a"

    take(begin(2), mark("of others", prefix="app"), commit(2), backlog=backlog)

    assert backlog.mark == "a"
    assert told(backlog)[0].marks == {"a"}
    assert not backlog.has_changes


@pytest.mark.parametrize(
    "message, expected",
    [
        pytest.param(row(1), True, id="row"),
        pytest.param(TRUNCATE, True, id="truncate"),
        pytest.param(Type(8, "public", "mood"), False, id="type"),
    ],
)
def test_what_changes_rows_is_told(message, expected):
    assert take(begin(1), message, commit(1)).has_changes is expected


def test_transactions_that_say_nothing_take_no_memory():
    """Servers before version 15 send those of tables that nobody asked for."""
    backlog = take(begin(1), row(1), commit(1))

    for xid in range(LARGEST_BACKLOG // 600 + 1):
        take(begin(xid), commit(xid), backlog=backlog)

    assert sent(backlog) == [b"1"]
    assert len(backlog.transactions) == 1


def test_memory_is_bounded_and_comes_back():
    half = row("x" * (LARGEST_BACKLOG // 2))
    backlog = take(begin(1), half, commit(1))
    backlog.forget(snapshot(5))
    take(begin(6), half, commit(6), backlog=backlog)

    with pytest.raises(UnusualError, match="more was written"):
        take(begin(7), half, backlog=backlog)


def test_values_besides_the_key_take_no_memory():
    columns = (COLUMN, COLUMN._replace(name="title", is_identity=False))
    wide = Insert(FILMS, (b"1", b"x" * LARGEST_BACKLOG))
    backlog = Backlog(keys=KEYS)

    take(RELATION._replace(columns=columns), begin(1), wide, commit(1), backlog=backlog)

    assert sent(backlog) == [b"1"]


def test_transactions_without_keys_take_memory_too(monkeypatch):
    monkeypatch.setattr("elt.replication.follow.backlog.LARGEST_BACKLOG", 10_000)
    messages = [m for xid in range(100) for m in (begin(xid), TRUNCATE, commit(xid))]

    with pytest.raises(UnusualError, match="more was written"):
        take(*messages)
