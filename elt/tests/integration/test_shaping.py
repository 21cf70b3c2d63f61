"""What is left out, masked or filtered never leaves the source, in every mode."""

import time
from contextlib import closing
from datetime import UTC, date, datetime
from decimal import Decimal
from threading import Lock

import pytest
from integration.incremental import comparisons, differing, sync
from integration.logical import NAME
from integration.replication import changes, query, run, value, version_of
from integration.shaped import (
    KEY,
    MODES,
    SECRET,
    SHAPE,
    USERS,
    columns_of,
    hashed,
    knowing,
    shaped,
    tables_with,
)
from psycopg2.sql import SQL, Identifier

from elt.config import (
    DeletePolicy,
    Mask,
    MaskKind,
    SchemaChangePolicy,
    Shape,
    SyncMode,
    Verification,
)
from elt.errors import ConfigError
from elt.postgres import connect
from elt.postgres.mask_key import blocks
from elt.replication.rows.shadow import tally_source
from elt.replication.sessions.snapshot import import_snapshot

HASH = Mask(kind=MaskKind.HASH)
KEEP = Mask(kind=MaskKind.KEEP)
CHANGED = "its columns or its condition changed in elt.yaml, or the key of hashes"


@pytest.fixture
def users(databases):
    """Return databases whose source has users with secrets, and knows the key."""
    query(databases.source, USERS)
    return knowing(databases)


@pytest.fixture(params=MODES)
def mode(request):
    """Return the options of a stream in each mode."""
    return MODES[request.param]


def emails(databases):
    """Return the emails that arrived, by the number of the user."""
    return dict(query(databases.destination, "select id, email from raw.users"))


# ------------------------------------------------------------------- what arrives


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


# -------------------------------------------------------------- keys, indexes, checks


def test_what_does_not_hold_is_left_out_and_named(users):
    report = run(users, source=shaped(), to={"all_constraints": True})

    assert {(n.name, n.reason) for n in report.not_copied} == {
        (
            "public.users: constraint users_name_check",
            "needs column name, which is masked there",
        ),
        (
            "public.users: index users_lower_idx",
            "needs column email, which is masked there",
        ),
    }
    indexes = query(
        users.destination,
        "select indexrelid::regclass::text from pg_index "
        "where indrelid = 'raw.users'::regclass order by 1",
    )
    assert [name for (name,) in indexes] == [
        "raw.users_born_on_idx",
        "raw.users_email_key",
        "raw.users_pkey",
        "raw.users_seen_at_idx",
    ]


PEOPLE = """
create table people (ssn varchar(20) primary key, note text);
create table visits (id integer primary key, ssn varchar(20) references people);
insert into people values ('Xyzzy1', 'a'), ('Xyzzy2', 'b');
insert into visits values (1, 'Xyzzy1'), (2, 'Xyzzy2'), (3, null);
"""
BY_SSN = Shape(masks=(("ssn", HASH),))


@pytest.mark.parametrize("mode", [SyncMode.FULL_REFRESH, SyncMode.INCREMENTAL])
def test_a_hashed_key_joins_and_is_referred_to(databases, mode):
    query(databases.source, PEOPLE)
    people, visits = (shaped(BY_SSN, f"public.{n}") for n in ("people", "visits"))
    source = {"mode": mode, "streams": people["streams"] + visits["streams"]}

    report = run(knowing(databases), source=source, to={"all_constraints": True})
    query(
        databases.source,
        "update people set note = 'c'; insert into people values ('Xyzzy3', 'd');"
        "insert into visits values (4, 'Xyzzy3'); delete from visits where id = 2;"
        "delete from people where ssn = 'Xyzzy2'",
    )
    again = run(knowing(databases), source=source, to={"all_constraints": True})

    joined = "select v.id, p.note from raw.visits v join raw.people p using (ssn)"
    keys = (
        "select conrelid::regclass::text from pg_constraint "
        "where contype = 'f' and connamespace = 'raw'::regnamespace"
    )
    assert report.not_copied == []
    assert changes(again) == {"public.people": (1, 1, 1), "public.visits": (1, 0, 1)}
    assert sorted(query(databases.destination, joined)) == [(1, "c"), (4, "d")]
    assert query(databases.destination, keys) == [("raw.visits",)]
    assert tables_with(databases.destination) == []
    assert differing(knowing(databases), source=source) == []


@pytest.mark.parametrize(
    "table, shape, reason",
    [
        pytest.param(
            "visits",
            BY_SSN,
            "needs column ssn of public.people, which differs from ssn there",
            id="one side is hashed",
        ),
        pytest.param(
            "people",
            BY_SSN,
            "needs column ssn, which differs from ssn of public.people there",
            id="the other side is hashed",
        ),
        pytest.param(
            "people",
            Shape(where="note <> 'b'"),
            "refers to public.people, of which rows are left out there",
            id="rows are left out",
        ),
        pytest.param(
            "visits",
            Shape(excluded=("ssn",)),
            "needs column ssn, which is left out there",
            id="a column is left out",
        ),
    ],
)
def test_a_reference_that_would_not_hold_is_left_out(databases, table, shape, reason):
    query(databases.source, PEOPLE)
    source = shaped(shape, f"public.{table}")

    report = run(knowing(databases), source=source, to={"all_constraints": True})

    assert [(n.name, n.reason) for n in report.not_copied] == [
        ("public.visits: constraint visits_ssn_fkey", reason)
    ]


def test_without_its_key_a_table_is_compared_by_its_rows(databases):
    query(databases.source, PEOPLE)
    source = shaped(Shape(excluded=("ssn",)), "public.people")
    run(databases, source=source)
    query(databases.source, "update people set note = 'b'")

    report = run(databases, source=source)

    assert changes(report) == {"public.people": (1, 0, 1)}
    assert query(databases.destination, "select * from raw.people") == [("b",), ("b",)]


# --------------------------------------------------------------- when it changes


@pytest.mark.parametrize("policy", list(SchemaChangePolicy))
def test_a_column_that_is_masked_by_now_is_read_in_full(users, mode, policy):
    options = mode | {"on_schema_change": policy}
    run(users, source=shaped(Shape(), **options))
    assert tables_with(users.destination)

    [(why, *done)] = sync(users, source=shaped(**options), allow_shrink=True).values()

    assert why == (30 if mode == MODES["full"] else CHANGED)
    assert done == [0, 30, 10]
    query(users.destination, "vacuum full raw.users")
    # What a change took away is still in statistics until they are made again.
    query(users.destination, "analyze raw.users")
    assert tables_with(users.destination) == []
    assert differing(users, source=shaped(**options)) == []


def test_another_key_is_another_shape(users, mode):
    source = shaped(**mode)
    run(users, source=source)
    other = knowing(users, "another key of more than thirty-two characters")

    [(why, *done)] = sync(other, source=source).values()

    assert why == (30 if mode == MODES["full"] else CHANGED)
    assert done == [0, 30, 0]
    assert emails(users)[1] == hashed("Xyzzy1@example.org", other.source.mask_key)


def test_a_shape_that_is_gone_brings_everything(users, mode):
    run(users, source=shaped(**mode))

    run(users, source=shaped(Shape(), **mode))

    found = "select count(iban), count(distinct email) from raw.users"
    assert query(users.destination, found) == [(40, 40)]
    assert differing(users, source=shaped(Shape(), **mode)) == []


def test_a_new_column_comes_through(users, mode):
    run(users, source=shaped(**mode))
    query(users.source, "alter table users add column plan text not null default 'a'")

    run(users, source=shaped(**mode))

    assert "plan" in columns_of(users.destination)
    assert differing(users, source=shaped(**mode)) == []


def test_a_masked_column_with_another_name_is_not_given_away(users, mode):
    run(users, source=shaped(**mode))
    query(users.source, "alter table users rename column phone to mobile")

    with pytest.raises(ConfigError, match=r"mask: there is no column phone"):
        run(users, source=shaped(**mode))

    assert "mobile" not in columns_of(users.destination)


@pytest.mark.parametrize(
    "shape",
    [
        pytest.param(Shape(excluded=("price",), masks=(("is_free", KEEP),)), id="gone"),
        pytest.param(Shape(masks=(("price", HASH), ("is_free", KEEP))), id="retyped"),
    ],
)
def test_what_is_generated_stays_without_what_it_is_made_from(
    versioned_databases, shape
):
    databases = knowing(versioned_databases)
    kind = "virtual" if version_of(databases.source) >= 18 else "stored"
    query(
        databases.source,
        "create table films (id integer primary key, price integer, is_free boolean "
        f"generated always as (price is null) {kind}); insert into films values (1)",
    )
    run(databases)

    run(databases, source=shaped(shape, "public.films"))

    assert value(databases.destination, "select is_free from raw.films") is True


def test_a_generation_that_changes_lets_its_columns_go(versioned_databases):
    databases = versioned_databases
    if version_of(databases.source) < 17:
        pytest.skip("this version cannot set an expression")
    query(
        databases.source,
        "create table films (id integer primary key, price integer, year integer "
        "generated always as (price) stored); insert into films values (1, 2)",
    )
    run(databases)
    query(
        databases.source,
        "alter table films alter column year set expression as (id);"
        "alter table films drop column price",
    )

    run(databases)

    assert value(databases.destination, "select year from raw.films") == 1


@pytest.mark.parametrize("policy", list(SchemaChangePolicy))
def test_partitions_that_are_masked_by_now_are_altered_as_one(databases, policy):
    query(databases.source, EVENTS)
    users, options = knowing(databases), {"on_schema_change": policy}
    run(users, source=shaped(Shape(), "public.events", **options))
    source = shaped(EVENTS_SHAPE, "public.events", **options)

    run(users, source=source)

    kept = "select count(*), count(distinct email) from raw.events"
    assert query(databases.destination, kept) == [(30, 30)]
    for table in ("events", "events_25", "events_26", "events_26_rest"):
        columns = columns_of(databases.destination, table)
        assert columns == {"id": "integer", "at": "date", "email": "text"}
    assert differing(users, source=source) == []


def test_verify_tells_that_elt_yaml_changed(users):
    run(users, source=shaped(Shape(where="id < 9")))

    [found] = comparisons(users, source=shaped(Shape(where="id < 8")))

    assert (found.is_equal, found.reason) == (False, CHANGED)


# ----------------------------------------------------------------------- conditions


@pytest.mark.parametrize(
    "where, statement, reason",
    [
        pytest.param(
            "id in (select user_id from consents)",
            "delete from consents where user_id = 1",
            "its condition reads other rows",
            id="other rows",
        ),
        pytest.param(
            "agrees(id)",
            "delete from consents where user_id = 1",
            "its condition calls agrees",
            id="a function",
        ),
    ],
)
@pytest.mark.parametrize("mode", [SyncMode.INCREMENTAL, SyncMode.LOGICAL])
def test_rows_that_leave_without_being_written_are_noticed(
    users, mode, where, statement, reason
):
    query(
        users.source,
        """
        create table consents (user_id integer primary key);
        insert into consents select id from users where id <= 9;
        create function agrees(integer) returns boolean language sql stable
        as 'select exists (select from public.consents where user_id = $1)';
        """,
    )
    source = shaped(Shape(where=where), mode=mode)
    source |= {"include": ("public.users",)}
    run(users, source=source)
    query(users.source, statement)

    found = sync(users, source=source)

    assert found == {"public.users": (reason, 0, 0, 1)}


def test_a_condition_on_the_time_is_asked_once_for_each_part(users, monkeypatch):
    monkeypatch.setattr("elt.replication.rows.parts.PART_BYTES", 8192)
    turn = Lock()

    def begin_one_after_the_other(*arguments):
        with turn:
            time.sleep(0.1)
            import_snapshot(*arguments)

    def tally_when_all_have_begun(reader, part, *arguments):
        time.sleep(0.3 if part.is_whole else 0)
        return tally_source(reader, part, *arguments)

    query(
        users.source,
        "create table others (id integer primary key);"
        "insert into users (id, email, iban, name, seen_at) select n, 'e' || n, '', "
        "repeat('n', 100), now() + n * 7919 % 9000 * interval '1 millisecond' "
        "from generate_series(101, 9000) as n; analyze users",
    )
    source = shaped(Shape(where="seen_at <= now()"), mode=SyncMode.INCREMENTAL)
    run(users, source=source)
    monkeypatch.setattr(
        "elt.replication.sessions.worker_connections.import_snapshot",
        begin_one_after_the_other,
    )
    monkeypatch.setattr(
        "elt.replication.load.stream_load.tally_source", tally_when_all_have_begun
    )

    report = run(users, source=source, workers=2)

    assert changes(report)["public.users"][0] > 0


def test_a_part_is_tallied_at_the_time_it_was_copied_at(users, monkeypatch):
    monkeypatch.setattr("elt.replication.rows.parts.PART_BYTES", 4096)
    # What is handed to whoever is free would be tallied in another session.
    handed_on = []
    monkeypatch.setattr("elt.replication.load.part_load.Task", handed_on.append)
    query(
        users.source,
        "insert into users (id, email, iban, name) select n, 'e' || n, "
        "'', repeat('n', 200) from generate_series(101, 500) as n; analyze users",
    )

    report = run(users, source=shaped(Shape(where="seen_at <= now()")), workers=2)

    assert changes(report) == {"public.users": (440, 0, 0)}
    assert handed_on == []


# ------------------------------------------------------------------------- the key


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
    monkeypatch.setattr("elt.postgres.connections.startup_options", lambda _: "")

    with pytest.raises(ConfigError, match="did not get the key of hashes"):
        run(users, source=shaped())


# ------------------------------------------------------------------------- the WAL


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


# ---------------------------------------------------------- partitions and children

EVENTS = """
create table events (
    id integer, at date not null, email text, phone text, primary key (id, at)
) partition by range (at);
create table events_25 partition of events
    for values from ('2025-01-01') to ('2026-01-01');
create table events_26 partition of events
    for values from ('2026-01-01') to ('2027-01-01') partition by list (id);
create table events_26_rest partition of events_26 default;
insert into events
select n, date '2025-12-01' + n, 'Xyzzy' || n, 'Xyzzy' from generate_series(1, 60) as n;
"""
EVENTS_SHAPE = Shape(
    excluded=("phone",), masks=(("email", HASH),), where="events.id % 2 = 0"
)


def test_partitions_have_the_shape_of_their_whole(databases, mode):
    query(databases.source, EVENTS)
    users = knowing(databases)
    source = {"mode": mode["mode"]} | shaped(EVENTS_SHAPE, "public.events")
    run(users, source=source)
    query(
        databases.source,
        "update events set email = 'Xyzzy!' where id in (1, 2, 60); "
        "update events set id = id + 101 where id in (4, 42)",
    )

    run(users, source=source)

    kept = "select count(*), count(distinct email) from raw.events"
    assert query(databases.destination, kept) == [(28, 27)]
    assert "phone" not in columns_of(databases.destination, "events_26_rest")
    assert tables_with(databases.destination) == []
    assert differing(users, source=source) == []


CHILDREN = """
create table people (id integer primary key, email text);
create table staff (primary key (id), desk text) inherits (people);
insert into people values (1, 'Xyzzy'); insert into staff values (2, 'Xyzzy', 'a');
"""


@pytest.mark.parametrize(
    "shape",
    [
        pytest.param(Shape(masks=(("email", HASH),)), id="masked"),
        pytest.param(Shape(excluded=("email",)), id="left out"),
    ],
)
def test_children_that_are_shaped_by_now_stay_children(databases, shape):
    query(databases.source, CHILDREN)
    source = {
        "streams": sum(
            (shaped(shape, f"public.{n}")["streams"] for n in ("people", "staff")), ()
        )
    }
    run(knowing(databases))

    run(knowing(databases), source=source)

    query(databases.destination, "analyze")
    assert value(databases.destination, "select count(*) from raw.people") == 2
    assert tables_with(databases.destination) == []
    assert differing(knowing(databases), source=source) == []


def test_children_are_shaped_like_their_parents(databases):
    query(databases.source, CHILDREN)
    shape = Shape(masks=(("email", HASH),))
    both = [shaped(shape, f"public.{name}")["streams"] for name in ("people", "staff")]

    run(knowing(databases), source={"streams": sum(both, ())})

    found = query(databases.destination, "select distinct email from raw.people")
    assert found == [(hashed("Xyzzy"),)]
    with pytest.raises(
        ConfigError, match=r"email is one of public\.people, and must be"
    ):
        run(knowing(databases), source={"streams": both[0]})


# ------------------------------------------------------------------------- versions


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


def test_what_is_generated_stays_where_partitions_have_partitions(versioned_databases):
    databases = knowing(versioned_databases)
    query(
        databases.source,
        "create table films (id integer, price integer, is_free boolean "
        "generated always as (price is null) stored) partition by range (id);"
        "create table few partition of films for values from (0) to (9) "
        "partition by range (id);"
        "create table one partition of few for values from (1) to (2);"
        "insert into films values (1)",
    )
    run(databases)
    shape = Shape(masks=(("price", HASH), ("is_free", KEEP)))

    run(databases, source=shaped(shape, "public.films"))

    assert query(databases.destination, "select * from raw.films") == [(1, None, True)]


def test_a_column_that_is_made_anew_stays_not_null(versioned_databases):
    databases = knowing(versioned_databases)
    query(
        databases.source,
        "create table films (id integer, price integer, is_free boolean "
        "generated always as (price is null) stored not null);"
        "insert into films values (1)",
    )
    masked = shaped(Shape(masks=(("is_free", HASH),)), "public.films")
    run(databases, source=masked)

    run(databases)

    not_null = (
        "select attnotnull from pg_attribute "
        "where attrelid = 'raw.films'::regclass and attname = 'is_free'"
    )
    assert value(databases.destination, not_null)
