"""The messages of pgoutput: what they hold, and that nothing else is taken for one."""

from contextlib import suppress
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st
from messages import encode

from elt.replication.logical.pgoutput import (
    ProtocolError,
    decode,
    first_value,
    first_values,
    prefixes_of,
    relation_of,
)
from elt.replication.logical.wal_messages import (
    UNCHANGED,
    Begin,
    Commit,
    Delete,
    Insert,
    LogicalMessage,
    Origin,
    Relation,
    RelationColumn,
    Truncate,
    Type,
    Update,
)

#: As PostgreSQL 18 sent them for a table of an integer, a text and an enum, for a new
#: key beside a large value, a deleted row, and TRUNCATE with RESTART IDENTITY.
RECORDED = {
    "420000000001af8e20000304231a0f7e23000002f4": Begin(
        0x1AF8E20, 848973737721379, 756
    ),
    "59000040037075626c6963006d6f6f6400": Type(16387, "public", "mood"),
    (
        "52000040057075626c69630066696c6d73006400030169640000000017ffffffff"
        "007469746c650000000019ffffffff006d6f6f640000004003ffffffff"
    ): Relation(
        16389,
        "public",
        "films",
        "d",
        (
            RelationColumn("id", 23, -1, is_identity=True),
            RelationColumn("title", 25, -1, is_identity=False),
            RelationColumn("mood", 16387, -1, is_identity=False),
        ),
    ),
    "55000040054b00037400000001316e6e4e0003740000000132756e": Update(
        16389, (b"1", None, None), (b"2", UNCHANGED, None)
    ),
    "43000000000001af8e200000000001af8e50000304231a0f7e23": Commit(
        0x1AF8E20, 0x1AF8E50, 848973737721379
    ),
    "44000040054b00037400000001326e6e": Delete(16389, (b"2", None, None)),
    "54000000010200004005": Truncate(
        (16389,), is_cascading=False, restarts_identities=True
    ),
}

int32 = st.integers(0, 2**32 - 1)
lsns = st.integers(0, 2**64 - 1)
times = st.integers(-(2**63), 2**63 - 1)
names = st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20
)
rows = st.lists(
    st.one_of(st.none(), st.just(UNCHANGED), st.binary(max_size=40)), max_size=8
).map(tuple)
columns = st.builds(
    RelationColumn,
    name=names,
    type_oid=int32,
    type_modifier=st.integers(-(2**31), 2**31 - 1),
    is_identity=st.booleans(),
)
messages = st.one_of(
    st.builds(Begin, lsns, times, int32),
    st.builds(Commit, lsns, lsns, times),
    st.builds(Origin, lsns, names),
    st.builds(
        Relation,
        int32,
        names,
        names,
        st.sampled_from("dnfi"),
        st.lists(columns, max_size=5).map(tuple),
    ),
    st.builds(Type, int32, names, names),
    st.builds(Insert, int32, rows),
    st.builds(Update, int32, st.one_of(st.none(), rows), rows),
    st.builds(Delete, int32, rows),
    st.builds(
        Truncate, st.lists(int32, max_size=4).map(tuple), st.booleans(), st.booleans()
    ),
    st.builds(LogicalMessage, lsns, st.booleans(), names, st.binary(max_size=30)),
)


@given(messages)
def test_every_message_is_what_it_was(message):
    assert decode(encode(message)) == message


@given(messages)
def test_rows_tell_their_table_without_being_read(message):
    expected = message.oid if isinstance(message, Insert | Update | Delete) else None

    assert relation_of(encode(message)) == expected


@given(messages, st.data())
def test_a_message_that_is_cut_is_refused(message, data):
    whole = encode(message)
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]

    with pytest.raises(ProtocolError):
        decode(cut)


@given(messages, st.binary(min_size=1, max_size=4))
def test_a_message_with_something_behind_it_is_refused(message, more):
    with pytest.raises(ProtocolError):
        decode(encode(message) + more)


@given(st.binary(max_size=60))
def test_other_bytes_are_a_message_or_refused(data):
    with suppress(ProtocolError):
        decode(data)


@pytest.mark.parametrize("data, message", RECORDED.items())
def test_recorded_messages_are_read(data, message):
    assert decode(bytes.fromhex(data)) == message


def test_an_unknown_kind_of_value_is_refused():
    with pytest.raises(ProtocolError, match="type b'I' that cannot be read"):
        decode(b"I" + pack(">I", 1) + b"N" + pack(">H", 1) + b"x")


def test_a_row_of_an_unknown_kind_is_refused():
    for start in (b"I", b"U", b"D"):
        with pytest.raises(ProtocolError):
            decode(start + pack(">I", 1) + b"X" + pack(">H", 0))


@pytest.mark.parametrize(
    "message, expected",
    [
        pytest.param(Insert(1, (b"7", b"", b"x")), [b"7", b""], id="insert"),
        pytest.param(Update(1, None, (b"7", b"a", None)), [b"7", b"a"], id="update"),
        pytest.param(Insert(1, (b"7", None)), None, id="null"),
        pytest.param(Update(1, None, (UNCHANGED, b"7")), None, id="left as it was"),
        pytest.param(Update(1, (b"6", b"a"), (b"7", b"a")), None, id="another key"),
        pytest.param(Delete(1, (b"7", b"a")), None, id="delete"),
        pytest.param(Insert(1, (b"7",)), None, id="fewer values"),
    ],
)
def test_first_values_are_those_of_a_new_row_alone(message, expected):
    assert first_values(encode(message), 2) == expected


@given(st.integers(min_value=0, max_value=14))
def test_first_values_that_are_cut_are_none(length):
    assert first_values(encode(Insert(1, (b"7", b"a")))[:length], 2) is None


@pytest.mark.parametrize(
    "message, expected",
    [
        pytest.param(Insert(1, (b"7", None)), b"7", id="insert"),
        pytest.param(Update(1, None, (b"", b"a")), b"", id="update"),
        pytest.param(Insert(1, (None, b"7")), None, id="null"),
        pytest.param(Update(1, None, (UNCHANGED, b"7")), None, id="left as it was"),
        pytest.param(Insert(1, ()), None, id="no value"),
    ],
)
def test_the_first_value_of_a_new_row_stands_behind_a_prefix(message, expected):
    data = encode(message)

    assert any(data.startswith(prefix) for prefix in prefixes_of(1))
    assert first_value(data) == expected


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(Insert(2, (b"7",)), id="another table"),
        pytest.param(Update(1, (b"6", b"a"), (b"7", b"a")), id="another key"),
        pytest.param(Delete(1, (b"7", b"a")), id="delete"),
    ],
)
def test_no_other_message_has_such_a_prefix(message):
    assert not encode(message).startswith(tuple(prefixes_of(1)))


@given(st.integers(min_value=0, max_value=13))
def test_a_first_value_that_is_cut_is_none(length):
    assert first_value(encode(Insert(1, (b"7",)))[:length]) is None
