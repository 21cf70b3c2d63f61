"""The WAL of shaped tables sends nothing but keys, or their replication is refused."""

import pytest
from integration.incremental import sync
from integration.logical import NAME
from integration.replication import query, run
from integration.shaped import HASH, SECRET, SHAPE, shaped, tables_with, with_users

from elt.config import Shape, SyncMode
from elt.errors import ConfigError


@pytest.fixture
def users(databases):
    """Return databases whose source has users with secrets, and knows the key."""
    return with_users(databases)


def test_the_wal_sends_nothing_but_keys(users):
    source = shaped(mode=SyncMode.LOGICAL)
    run(users, source=source)
    query(
        users.source,
        "set synchronous_commit to local;"
        "update users set name = 'Xyzzy of the WAL' where id = 1",
    )

    sent = query(
        users.source,
        "select data from pg_logical_slot_peek_binary_changes(%(slot)s, null, null, "
        "'proto_version', '1', 'publication_names', %(slot)s)",
        {"slot": NAME},
    )
    assert any(bytes(data).startswith(b"U") for (data,) in sent)
    assert [data for (data,) in sent if SECRET.encode() in bytes(data)] == []


def test_the_publication_follows_shape_and_key(users):
    published = "select prattrs::text from pg_publication_rel"
    found = []
    for shape in (Shape(), SHAPE, Shape(), SHAPE):
        run(users, source=shaped(shape, mode=SyncMode.LOGICAL), allow_shrink=True)
        found += query(users.source, published)
    query(
        users.source,
        "alter table users drop constraint users_pkey, "
        "add column number integer generated always as identity primary key",
    )
    run(users, source=shaped(mode=SyncMode.LOGICAL))
    found += query(users.source, published)
    query(users.source, "update users set country = 'DE' where number = 1")

    [done] = sync(users, source=shaped(mode=SyncMode.LOGICAL)).values()

    assert [columns for (columns,) in found] == [None, "1", None, "1", "13"]
    assert done == (0, 0, 0, 1)


def test_a_publication_of_others_must_send_nothing_else(users):
    query(users.source, "create publication theirs for table users")
    source = shaped(mode=SyncMode.LOGICAL) | {"publication": "theirs"}

    with pytest.raises(
        ConfigError, match=r"sends other columns of public\.users"
    ) as no:
        run(users, source=source)
    for statement in no.value.hint.splitlines()[1:]:
        query(users.source, statement)
    run(users, source=source)

    assert tables_with(users.destination) == []


@pytest.mark.parametrize(
    "statement, shape",
    [
        pytest.param(
            "alter table users replica identity full", SHAPE, id="identity full"
        ),
        pytest.param("select", Shape(masks=(("id", HASH),)), id="a hashed key"),
        pytest.param("select", Shape(excluded=("id",)), id="a key that is left out"),
    ],
)
def test_what_identifies_rows_in_the_wal_cannot_be_hidden(users, statement, shape):
    query(users.source, statement)

    with pytest.raises(ConfigError, match=r"identifies rows of public\.users by"):
        run(users, source=shaped(shape, mode=SyncMode.LOGICAL))
