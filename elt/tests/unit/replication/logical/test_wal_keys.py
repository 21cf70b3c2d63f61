"""Which keys the messages name, and what else they tell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from messages import encode

from elt.replication.logical.key_reader import escape
from elt.replication.logical.wal_keys import Replayed, Visibility, WalKeys
from elt.replication.logical.wal_messages import (
    UNCHANGED,
    Begin,
    Delete,
    Insert,
    LogicalMessage,
    Relation,
    RelationColumn,
    Truncate,
    Update,
)

FILMS, LINES, OTHERS = 1, 2, 3
SNAPSHOT = Visibility.from_text("100:110:100,105")
COLUMNS = tuple(
    RelationColumn(name, 23, -1, is_identity=True) for name in ("title", "id", "part")
)


def follow(*messages, keys=("id", "part"), snapshot=SNAPSHOT):
    """Return what a collector says after some messages, and the lines it wrote."""
    lines = []
    wal = WalKeys(
        keys={FILMS: keys, LINES: ()},
        snapshot=snapshot,
        write=lambda oid, line: lines.append((oid, line)),
    )
    relations = [
        Relation(oid, "public", "films", "d", COLUMNS) for oid in (FILMS, LINES, OTHERS)
    ]
    for message in (*relations, *messages):
        wal.take(encode(message))
    return wal, lines


@pytest.mark.parametrize(
    "message, expected",
    [
        pytest.param(Insert(FILMS, (b"a", b"1", b"2")), [b"1\t2\n"], id="insert"),
        pytest.param(
            Update(FILMS, None, (UNCHANGED, b"1", b"2")), [b"1\t2\n"], id="update"
        ),
        pytest.param(
            Update(FILMS, (None, b"1", b"2"), (b"a", b"3", b"2")),
            [b"1\t2\n", b"3\t2\n"],
            id="another key",
        ),
        pytest.param(
            Update(FILMS, (None, b"1", b"2"), (b"a", UNCHANGED, b"3")),
            [b"1\t2\n", b"1\t3\n"],
            id="another key with a large value",
        ),
        pytest.param(Delete(FILMS, (None, b"1", b"2")), [b"1\t2\n"], id="delete"),
        pytest.param(Insert(OTHERS, (b"a", b"1", b"2")), [], id="another table"),
    ],
)
def test_keys_before_and_after_are_named(message, expected):
    wal, lines = follow(message)

    assert lines == [(FILMS, line) for line in expected]
    assert wal.in_full == {}


@pytest.mark.parametrize(
    "message, expected",
    [
        pytest.param(Insert(FILMS, (b"a\tb", b"1", b"2")), [rb"a\tb"], id="insert"),
        pytest.param(Update(FILMS, None, (b"a", UNCHANGED, b"2")), [b"a"], id="update"),
        pytest.param(
            Update(FILMS, (b"a", None, None), (b"b", b"1", b"2")),
            [b"a", b"b"],
            id="another key",
        ),
        pytest.param(Delete(FILMS, (b"a", None, None)), [b"a"], id="delete"),
    ],
)
def test_a_key_that_stands_first_is_named(message, expected):
    wal, lines = follow(message, keys=("title",))

    assert lines == [(FILMS, line + b"\n") for line in expected]
    assert wal.in_full == {}


def test_a_key_that_stands_first_no_longer_is_found_where_it_is():
    moved = Relation(FILMS, "public", "films", "d", COLUMNS[::-1])
    before, after = (
        Insert(FILMS, (t, b"1", p)) for t, p in ((b"a", b"2"), (b"2", b"b"))
    )

    _, lines = follow(before, moved, after, keys=("title",))

    assert [line for _, line in lines] == [b"a\n", b"b\n"]


def test_a_table_that_is_read_in_full_names_no_key():
    truncated = Truncate((FILMS,), is_cascading=False, restarts_identities=False)

    _, lines = follow(truncated, Insert(FILMS, (b"a", b"1", b"2")), keys=("title",))

    assert lines == []


def test_a_key_is_named_once():
    wal, lines = follow(*[Insert(FILMS, (b"a", b"1", b"2"))] * 3)

    assert len(lines) == 1
    assert wal.touched == {FILMS: 1}


@pytest.mark.parametrize(
    "message, reason",
    [
        pytest.param(
            Truncate((FILMS, OTHERS), is_cascading=False, restarts_identities=False),
            "it was truncated",
            id="truncate",
        ),
        pytest.param(
            Delete(FILMS, (b"a", None, b"2")),
            "its key was not in the WAL for a while",
            id="no value",
        ),
        pytest.param(
            Update(FILMS, None, (b"a", UNCHANGED, b"2")),
            "its key was not in the WAL for a while",
            id="a large value",
        ),
        pytest.param(
            Relation(FILMS, "public", "films", "d", COLUMNS[:1]),
            "the WAL does not have all columns of its key",
            id="other columns",
        ),
        pytest.param(
            Relation(
                FILMS,
                "public",
                "films",
                "i",
                tuple(c._replace(is_identity=c.name != "id") for c in COLUMNS),
            ),
            "the WAL does not have all columns of its key",
            id="another identity",
        ),
    ],
)
def test_what_cannot_be_told_leads_to_all_rows(message, reason):
    wal, lines = follow(message, Insert(FILMS, (b"a", b"1", b"2")))

    assert wal.in_full[FILMS] == reason
    assert lines == []


def test_a_table_without_a_key_only_tells_that_it_changed():
    idle, _ = follow()
    changed, lines = follow(Insert(LINES, (b"a", b"1", b"2")))

    assert idle.in_full == {}
    assert changed.in_full == {LINES: "its rows changed, and have no key in the WAL"}
    assert lines == []


def test_the_first_transaction_that_is_not_seen_is_where_the_next_run_begins():
    wal, _ = follow(
        Begin(1000, 0, 104),
        Begin(2000, 0, 105),
        Begin(3000, 0, 106),
        Begin(4000, 0, 110),
    )

    assert wal.first_unseen == 2000


ROW = Insert(FILMS, (b"a", b"1", b"2"))


def test_keys_wait_for_a_snapshot_that_sees_their_transaction():
    wal, lines = follow(
        Begin(1000, 0, 105),
        ROW,
        Insert(LINES, (b"a", b"1", b"2")),
        Begin(2000, 0, 106),
        Insert(FILMS, (b"a", b"3", b"2")),
    )

    assert lines == [(FILMS, b"3\t2\n")]
    assert (wal.first_unseen, wal.in_full) == (1000, {})


def test_a_key_that_waits_does_not_hide_the_same_key_of_another_transaction():
    _, lines = follow(Begin(1000, 0, 105), ROW, Begin(2000, 0, 106), ROW)

    assert lines == [(FILMS, b"1\t2\n")]


def test_no_key_waits_where_the_snapshot_may_see_more_than_is_known():
    wal, lines = follow(Begin(1000, 0, 105), ROW, snapshot=Replayed(lsn=900))

    assert lines == [(FILMS, b"1\t2\n")]
    assert wal.first_unseen == 1000


def test_marks_of_runs_are_found_among_other_messages():
    wal, _ = follow(
        LogicalMessage(1, is_transactional=True, prefix="elt", content=b"one"),
        LogicalMessage(2, is_transactional=True, prefix="app", content=b"two"),
    )

    assert wal.marks == {"one"}


@pytest.mark.parametrize(
    "xid, is_seen",
    [(99, True), (100, False), (101, True), (105, False), (109, True), (110, False)],
)
def test_a_snapshot_sees_what_had_ended(xid, is_seen):
    assert SNAPSHOT.sees(Begin(7, 0, xid)) is is_seen


@pytest.mark.parametrize("lsn, is_seen", [(99, True), (100, False), (101, False)])
def test_a_snapshot_of_a_standby_sees_what_was_replayed_before(lsn, is_seen):
    assert Replayed(lsn=100).sees(Begin(lsn, 0, 7)) is is_seen


@given(st.integers(1 << 31, 1 << 40), st.integers(-(1 << 31) + 1, (1 << 31) - 1))
def test_half_a_number_is_understood_near_the_snapshot(next_transaction, distance):
    snapshot = Visibility(
        horizon=next_transaction,
        next_transaction=next_transaction,
        in_progress=frozenset(),
    )

    xid = (next_transaction + distance) % 2**32

    assert snapshot.sees(Begin(7, 0, xid)) is (distance < 0)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_values_survive_the_text_form_of_copy(value):
    line = escape(value.encode())

    assert not {b"\t", b"\n", b"\r"} & {line[i : i + 1] for i in range(len(line))}
    replaced = line.replace(b"\\\\", b"\0").replace(b"\\t", b"\t")
    replaced = replaced.replace(b"\\n", b"\n").replace(b"\\r", b"\r")
    assert replaced.replace(b"\0", b"\\").decode() == value
