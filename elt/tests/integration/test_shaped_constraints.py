"""Keys, indexes and checks of shaped tables stay where they hold, or are named."""

import pytest
from integration.incremental import differing
from integration.replication import changes, query, run
from integration.shaped import HASH, knowing, shaped, tables_with, with_users

from elt.config import Shape, SyncMode

PEOPLE = """
create table people (ssn varchar(20) primary key, note text);
create table visits (id integer primary key, ssn varchar(20) references people);
insert into people values ('Xyzzy1', 'a'), ('Xyzzy2', 'b');
insert into visits values (1, 'Xyzzy1'), (2, 'Xyzzy2'), (3, null);
"""
BY_SSN = Shape(masks=(("ssn", HASH),))


@pytest.fixture
def users(databases):
    """Return databases whose source has users with secrets, and knows the key."""
    return with_users(databases)


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
