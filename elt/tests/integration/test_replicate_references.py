"""Rows of users that hang on replicas, by foreign keys that act, stay with them."""

import pytest
from integration.replication import changes, published, query, run, value

from elt.config import PublishPolicy, SyncMode
from elt.errors import ConfigError

#: The users of a table, and notes of somebody else on each of them.
USERS = """
create table users (id integer primary key, {column});
insert into users values (1, {one}), (2, {two}), (3, {three});
"""
NOTES = """
create table public.notes (
    id integer default 3 constraint of_user references raw.users (id) on delete {action}
);
insert into public.notes values (1), (2), (2);
"""
DEFERRED = "no action deferrable initially deferred"
WHOLE = [(1,), (2,), (2,)]
REFUSED = r"of raw\.users would .* public\.notes refers to them by of_user, ON DELETE"
#: Two rows that exchange values, by way of one that nobody has.
EXCHANGE = """
update users set v = {between} where id = 1;
update users set v = {one} where id = 2;
update users set v = {two} where id = 1;
"""
TEXTS = {"one": "'a'", "two": "'b'", "three": "'c'", "between": "'x'"}
NUMBERS = {"one": "1", "two": "2", "three": "3", "between": "9"}
UUIDS = {
    name: f"'00000000-0000-0000-0000-00000000000{digit}'"
    for name, digit in zip(NUMBERS, "1239", strict=True)
}
DATES = {
    name: f"'2026-01-0{digit}'" for name, digit in zip(NUMBERS, "1239", strict=True)
}


def replicate_users(databases, column, values, action="cascade", **options):
    """Replicate a table of users, and make notes on them."""
    query(databases.source, USERS.format(column=column, **values))
    run(databases, **options)
    query(databases.destination, NOTES.format(action=action))


def notes(databases):
    return query(databases.destination, "select id from public.notes order by 1")


def users(databases):
    found = "select id, v::text from {} order by 1"
    there = query(databases.source, found.format("users"))
    here = query(databases.destination, found.format("raw.users"))
    assert here == there
    return here


@pytest.mark.parametrize("action", ["cascade", "set null", "set default", "restrict"])
def test_rows_that_hang_on_others_stay_when_values_change_hands(databases, action):
    replicate_users(databases, "v text unique", TEXTS, action)
    query(databases.source, EXCHANGE.format(**TEXTS))

    found = changes(run(databases))

    assert found == {"public.users": (0, 2, 0)}
    assert users(databases) == [(1, "b"), (2, "a"), (3, "c")]
    assert notes(databases) == WHOLE


@pytest.mark.parametrize("mode", SyncMode)
def test_rows_that_hang_on_others_stay_in_every_mode(databases, mode):
    replicate_users(databases, "v text unique", TEXTS, source={"mode": mode})
    query(databases.source, EXCHANGE.format(**TEXTS))

    run(databases, source={"mode": mode})

    assert users(databases) == [(1, "b"), (2, "a"), (3, "c")]
    assert notes(databases) == WHOLE


@pytest.mark.parametrize(
    "column, values",
    [
        ("v integer not null unique", NUMBERS),
        ("v numeric not null unique", NUMBERS),
        ("v text not null unique", TEXTS),
        ("v uuid not null unique", UUIDS),
        ("v date, exclude (v with =)", DATES),
        ("v text not null, exclude (lower(v) with =)", TEXTS),
    ],
)
def test_values_change_hands_by_way_of_values_that_nobody_has(
    databases, column, values
):
    replicate_users(databases, column, values)
    query(databases.source, EXCHANGE.format(**values))

    run(databases)

    assert users(databases)
    assert notes(databases) == WHOLE


def test_row_that_hangs_on_a_value_goes_with_it(databases):
    replicate_users(databases, "v text unique", TEXTS)
    query(
        databases.destination,
        "create table public.mail (v text references raw.users (v) on update cascade);"
        "insert into public.mail values ('a'), ('c')",
    )
    query(databases.source, EXCHANGE.format(**TEXTS))

    run(databases)

    found = query(databases.destination, "select v from public.mail order by 1")
    assert found == [("b",), ("c",)]
    assert notes(databases) == WHOLE


@pytest.mark.parametrize("action", ["cascade", "restrict"])
def test_exchange_of_values_that_have_no_other_is_refused(databases, action):
    replicate_users(databases, "v date not null unique", DATES, action)
    query(databases.source, EXCHANGE.format(**DATES))
    before = published(databases.destination)

    with pytest.raises(ConfigError, match=REFUSED) as caught:
        run(databases)

    assert "exchange values" in caught.value.message
    assert "ALTER TABLE public.notes DROP CONSTRAINT of_user" in caught.value.hint
    assert published(databases.destination) == before
    assert notes(databases) == WHOLE


def test_stream_that_is_refused_holds_no_other_back_where_each_is_published(databases):
    query(databases.source, "create table films (id integer primary key)")
    replicate_users(databases, "v date not null unique", DATES)
    query(databases.source, EXCHANGE.format(**DATES) + "insert into films values (1)")

    report = run(databases, publish=PublishPolicy.EACH)

    assert changes(report) == {"public.films": (1, 0, 0)}
    assert list(report.failures) == ["public.users"]
    assert notes(databases) == WHOLE


def test_exchange_goes_on_as_ever_where_no_foreign_key_acts(databases):
    replicate_users(databases, "v date not null unique", DATES, "no action")
    query(databases.source, EXCHANGE.format(**DATES))

    run(databases)

    assert users(databases)
    assert notes(databases) == WHOLE


@pytest.mark.parametrize("null", ["", " not null"])
@pytest.mark.parametrize("action", ["cascade", "restrict", "no action", DEFERRED])
def test_rows_stay_when_a_column_gets_a_type_that_its_values_do_not_fit(
    databases, null, action
):
    replicate_users(databases, f"v text{null}", TEXTS, action)
    query(
        databases.source, "alter table users alter v type integer using ascii(v) + id"
    )

    run(databases)

    assert users(databases) == [(1, "98"), (2, "100"), (3, "102")]
    assert notes(databases) == WHOLE
    required = (
        "select attnotnull from pg_attribute "
        "where attrelid = 'raw.users'::regclass and attname = 'v'"
    )
    assert value(databases.destination, required) is bool(null)


def test_rows_of_partitions_stay_when_a_column_gets_another_type(databases):
    query(
        databases.source,
        "create table users (id integer primary key, v text not null)"
        " partition by list (id);"
        "create table users_1 partition of users for values in (1);"
        "create table users_2 partition of users default;"
        "insert into users values (1, 'a'), (2, 'b')",
    )
    run(databases)
    query(databases.destination, NOTES.format(action="cascade"))
    query(databases.source, "alter table users alter v type integer using ascii(v)")

    run(databases)

    assert users(databases) == [(1, "97"), (2, "98")]
    assert notes(databases) == WHOLE


@pytest.mark.parametrize("action", ["cascade", "restrict", "no action", DEFERRED])
def test_column_that_may_not_be_null_and_has_no_values_is_refused(databases, action):
    replicate_users(databases, "v text", TEXTS, action)
    before = published(databases.destination)
    query(
        databases.source,
        "create domain filled as integer check (value is not null);"
        "alter table users add w filled default 3",
    )

    with pytest.raises(ConfigError, match=REFUSED):
        run(databases)

    assert published(databases.destination) == before
    assert notes(databases) == WHOLE


def test_primary_key_that_gets_a_type_that_it_does_not_fit_is_refused(databases):
    query(
        databases.source,
        "create table users (id integer unique, v text primary key);"
        "insert into users values (1, 'a'), (2, 'b'), (3, 'c')",
    )
    run(databases)
    query(databases.destination, NOTES.format(action="cascade"))
    before = published(databases.destination)
    query(databases.source, "alter table users alter v type integer using ascii(v)")

    with pytest.raises(ConfigError, match=REFUSED):
        run(databases)

    assert published(databases.destination) == before
    assert notes(databases) == WHOLE


def test_row_that_the_source_deleted_takes_along_what_hangs_on_it(databases):
    replicate_users(databases, "v text unique", TEXTS)
    query(databases.source, "delete from users where id = 2")

    run(databases)

    assert notes(databases) == [(1,)]


WITHOUT_KEY = """
create table users (id integer, v text);
insert into users values (1, 'a'), (2, 'b'), (3, 'c');
"""


def test_row_without_a_key_that_is_updated_is_refused(databases):
    query(databases.source, WITHOUT_KEY)
    run(databases)
    query(databases.destination, "alter table raw.users add unique (id)")
    query(databases.destination, NOTES.format(action="cascade"))
    query(databases.source, "update users set v = 'x' where id = 1")

    with pytest.raises(ConfigError, match=REFUSED) as caught:
        run(databases)

    assert "all their values" in caught.value.message
    assert notes(databases) == WHOLE


def test_row_without_a_key_that_is_deleted_takes_along_what_hangs_on_it(databases):
    query(databases.source, WITHOUT_KEY)
    run(databases)
    query(databases.destination, "alter table raw.users add unique (id)")
    query(databases.destination, NOTES.format(action="cascade"))
    query(databases.source, "delete from users where id = 2")

    run(databases)

    assert notes(databases) == [(1,)]


def test_row_is_not_deleted_where_its_key_gets_another_type(databases):
    replicate_users(databases, "v text", TEXTS)
    query(
        databases.source,
        "alter table users alter id type bigint; update users set v = 'x' where id = 1",
    )

    with pytest.raises(ConfigError, match=REFUSED):
        run(databases)

    assert notes(databases) == WHOLE


PARTED = """
create table users (id integer primary key, v text) partition by range (id);
create table users_1 partition of users for values from (0) to (2);
create table others partition of users default;
insert into users values (1, 'a'), (2, 'b'), (3, 'c');
"""


def test_row_that_moves_into_a_new_partition_is_refused(databases):
    query(databases.source, PARTED)
    run(databases)
    query(databases.destination, NOTES.format(action="cascade"))
    query(
        databases.source,
        "create table users_2 (like users including all);"
        "alter table users detach partition others;"
        "with moved as (delete from others where id = 2 returning *)"
        " insert into users_2 select * from moved;"
        "alter table users attach partition users_2 for values from (2) to (3);"
        "alter table users attach partition others default",
    )

    with pytest.raises(ConfigError, match=REFUSED) as caught:
        run(databases)

    assert "another partition" in caught.value.message
    assert notes(databases) == WHOLE


def test_row_that_is_deleted_from_a_partition_takes_along_what_hangs_on_it(databases):
    query(databases.source, PARTED)
    run(databases)
    query(databases.destination, NOTES.format(action="cascade"))
    query(databases.source, "delete from users where id = 2")

    run(databases)

    assert notes(databases) == [(1,)]


@pytest.mark.parametrize(
    "make, change, leave",
    [
        (
            "create table public.mine partition of raw.w for values in (9)",
            "alter table w alter v type integer using 5",
            "alter table raw.w detach partition public.mine",
        ),
        (
            "create table public.mine () inherits (raw.films)",
            "alter table films alter v type integer using 5",
            "alter table public.mine no inherit raw.films",
        ),
        (
            "create table public.mine () inherits (raw.films)",
            "alter table films add n there default 1",
            "alter table public.mine no inherit raw.films",
        ),
    ],
)
def test_rows_of_others_below_a_replica_are_not_deleted(databases, make, change, leave):
    query(
        databases.source,
        """
        create domain there as integer check (value is not null);
        create table films (k integer, v text);
        create table w (k integer, v text) partition by list (k);
        create table w1 partition of w for values in (1);
        insert into films values (1, 'a'); insert into w values (1, 'a');
        """,
    )
    run(databases)
    query(databases.destination, f"{make}; insert into public.mine values (9, 'mine')")
    query(databases.source, change)

    with pytest.raises(ConfigError, match=r"public\.mine is below it") as raised:
        run(databases)

    assert leave in raised.value.hint.lower()
    query(databases.destination, leave)
    run(databases)
    assert query(databases.destination, "select k, v from public.mine") == [(9, "mine")]
