"""What is left out, masked or filtered never leaves the source, in every mode."""

from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from integration.incremental import differing, sync
from integration.replication import changes, query, run, value
from integration.shaped import (
    HASH,
    KEY,
    MODES,
    USERS,
    emails,
    hashed,
    knowing,
    shaped,
    tables_with,
    with_users,
)
from psycopg2.sql import SQL, Identifier

from elt.config import DeletePolicy, Shape, SyncMode, Verification
from elt.errors import ConfigError
from elt.postgres import connect
from elt.postgres.mask_key import blocks


@pytest.fixture
def users(databases):
    """Return databases whose source has users with secrets, and knows the key."""
    return with_users(databases)


@pytest.fixture(params=MODES)
def mode(request):
    """Return the options of a stream in each mode."""
    return MODES[request.param]


def test_values_are_masked_before_they_leave_the_source(users, mode):
    source = shaped(**mode)

    run(users, source=source)

    found = query(users.destination, "select * from raw.users order by id limit 1")
    assert found == [
        (
            1,
            hashed("Xyzzy1@example.org"),
            None,
            "it's {} 100% \\ redacted",
            "1",
            date(1980, 1, 1),
            datetime(2026, 1, 1, 10, 11, 12, 500000, tzinfo=UTC),
            Decimal("1000.00"),
            "CH",
            "example.org",
        )
    ]
    assert value(users.destination, "select count(*) from raw.users") == 30
    assert tables_with(users.destination) == []
    assert differing(users, source=source) == []


def test_changes_arrive_masked(users, mode):
    source = shaped(**mode)
    run(users, source=source)
    query(
        users.source,
        """
        insert into users (id, email, iban, name, country, seen_at) values
            (101, 'Xyzzy101@example.org', 'Xyzzy', 'Xyzzy', 'CH', now()),
            (102, 'Xyzzy102@example.org', 'Xyzzy', 'Xyzzy', 'DE', now());
        update users set country = 'DE', seen_at = now() where id = 1;
        update users set country = 'CH', seen_at = now() where id = 4;
        update users set email = 'Xyzzy@example.com', seen_at = now() where id = 3;
        delete from users where id = 2;
        """,
    )

    [(read, *done)] = sync(users, source=source).values()

    assert done == [2, 1, 2]
    # The rows 101, 3 and 4; who reads all of them has as many as there are.
    assert read == (30 if mode == MODES["full"] else 3)
    assert emails(users)[3] == hashed("Xyzzy@example.com")
    assert {1, 2, 102}.isdisjoint(emails(users))
    assert {4, 101} <= emails(users).keys()
    assert tables_with(users.destination) == []
    assert differing(users, source=source) == []


def test_a_change_of_what_is_left_out_is_none(users, mode):
    source = shaped(**mode)
    run(users, source=source)
    query(users.source, "update users set iban = 'Xyzzy', phone = 'Xyzzy' where id < 9")

    [(_, *done)] = sync(users, source=source).values()

    assert done == [0, 0, 0]


def test_where_a_row_no_longer_belongs_it_is_deleted_softly(users):
    options = {"mode": SyncMode.INCREMENTAL, "deletes": DeletePolicy.SOFT}
    source = shaped(**options)
    run(users, source=source)
    query(users.source, "update users set country = 'DE' where id = 1")

    run(users, source=source)

    gone = "select id from raw.users where _elt_deleted_at is not null"
    assert query(users.destination, gone) == [(1,)]


def test_names_are_those_of_the_catalog(databases):
    query(
        databases.source,
        """
        create table "Odd ""Table" (
            id integer primary key, "E-Mail" text, "select" text
        );
        insert into "Odd ""Table" values (1, 'Xyzzy', 'Xyzzy'), (2, 'Xyzzy', null);
        """,
    )
    shape = Shape(
        excluded=("select",),
        masks=(("E-Mail", HASH),),
        where='"Odd ""Table"."select" is not null',
    )

    run(knowing(databases), source=shaped(shape, 'public.Odd "Table'))

    found = query(databases.destination, 'select * from raw."Odd ""Table"')
    assert found == [(1, hashed("Xyzzy"))]


@pytest.mark.parametrize("verification", list(Verification))
def test_receipts_are_about_what_arrives(users, mode, verification):
    source = shaped(**mode)
    run(users, source=source, verify=verification)
    query(
        users.source, "update users set email = id || 'Xyzzy!', phone = '' where id < 4"
    )
    query(users.source, "delete from users where id = 5")

    report = run(users, source=source, verify=verification)

    held = "select count(*), bool_and(is_equal) from elt.receipts"
    assert changes(report) == {"public.users": (0, 3, 1)}
    assert query(users.destination, held) == [(2, True)]


def test_what_changed_in_a_big_table_is_found(users, monkeypatch):
    monkeypatch.setattr("elt.replication.incremental.changed_rows._SMALL_PAGES", 0)
    monkeypatch.setattr("elt.replication.incremental.deleted_keys._FEWEST_ROWS", 10)
    source = shaped(mode=SyncMode.INCREMENTAL)
    run(users, source=source)
    query(
        users.source,
        "update users set country = 'DE' where id = 33;"
        "update users set email = 'Xyzzy!' where id = 34; analyze users",
    )

    assert sync(users, source=source) == {"public.users": (1, 0, 1, 1)}


def test_a_table_in_parts_is_masked_in_each(users, monkeypatch):
    monkeypatch.setattr("elt.replication.rows.parts.PART_BYTES", 8192)
    query(
        users.source,
        "insert into users (id, email, iban, name) select n, 'Xyzzy' || n, 'Xyzzy', "
        "repeat('Xyzzy', 20) from generate_series(101, 2000) as n; analyze users",
    )

    report = run(users, source=shaped(), workers=2)

    assert changes(report) == {"public.users": (1930, 0, 0)}
    assert tables_with(users.destination) == []


@pytest.mark.parametrize("mode", ["full", "incremental", "logical"])
def test_every_version_masks_alike(versioned_databases, mode):
    users = knowing(versioned_databases)
    query(users.source, USERS)
    source = shaped(**MODES[mode])
    is_14 = value(users.source, "show server_version").startswith("14.")
    if mode == "logical" and is_14:
        with pytest.raises(ConfigError, match="The WAL of PostgreSQL 14 sends whole"):
            run(users, source=source)
        return

    run(users, source=source)
    query(users.source, "update users set country = 'DE', name = '' || id where id = 1")
    query(users.source, "update users set phone = 'Xyzzy', salary = 9999 where id = 2")
    report = run(users, source=source)

    assert changes(report) == {"public.users": (0, 1, 1)}
    assert emails(users)[2] == hashed("Xyzzy2@example.org")
    assert tables_with(users.destination) == []
    assert differing(users, source=source) == []


# ------------------------------------------------------------------------------ the key


def test_nobody_but_the_session_sees_the_key(users, source_server, mode, caplog):
    statement = SQL("alter database {} set log_statement to 'all'")
    query(users.source, statement.format(Identifier(users.source.database)))
    caplog.set_level("DEBUG", logger="elt")
    with closing(connect(users.source, application_name="elt other")) as reader:
        run(users, source=shaped(**mode))
        differing(users, source=shaped(**mode))
        shown = f"{reader!r} {reader.settings!r}"

    log = source_server.log_file.read_text()
    secrets = [KEY, *(block.hex() for block in blocks(KEY))]
    assert "current_setting('elt.mask_inner')" in log
    for place in (log, caplog.text, shown):
        assert [secret for secret in secrets if secret in place] == []
    for secret in secrets:
        assert tables_with(users.destination, secret) == []


@pytest.mark.parametrize("length", [32, 64, 65])
def test_keys_of_any_length_hash_as_everywhere_else(users, length):
    key = KEY[:length]

    run(knowing(users, key), source=shaped())

    assert emails(users)[1] == hashed("Xyzzy1@example.org", key)


def test_a_session_that_did_not_get_the_key_is_noticed(users, monkeypatch):
    monkeypatch.setattr("elt.postgres.opening.startup_options", lambda _: "")

    with pytest.raises(ConfigError, match="did not get the key of hashes"):
        run(users, source=shaped())
