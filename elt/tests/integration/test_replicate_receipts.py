"""Receipts prove each publish; what does not prove equal is not published."""

import re

import pytest
from integration.replication import changes, last_run, leftovers, published, query, run

from elt.config import SyncMode, Verification
from elt.errors import DataError

FILMS = """
create table films (id integer primary key, price numeric, title text);
insert into films select n, n + 0.50, 'film ' || n from generate_series(1, 20) as n;
create table actors (id integer primary key, name text);
insert into actors values (1, 'Ada');
"""
#: A trigger of the user that writes something else than the source has.
MEDDLE = """
create function meddle() returns trigger language plpgsql as $$
begin
    new.{column} := {value};
    return new;
end $$;
create trigger meddle before insert or update on raw.films
for each row execute function meddle();
"""
RECEIPTS = """
select stream, method, source_row_count, source_checksum,
    destination_row_count, destination_checksum, is_equal
from elt.receipts
where run_id = (select max(run_id) from elt.receipts)
order by stream
"""
#: Changes a row in the moment in which a loaded table of the given schema is altered.
TAMPER = """
create function tamper() returns event_trigger language plpgsql as $$
begin
    if to_regclass('{schema}.films') is not null then
        update {schema}.films set title = 'tampered' where id = {id};
    end if;
end $$;
create event trigger tamper on ddl_command_end when tag in ('ALTER TABLE')
execute function tamper();
"""


@pytest.fixture
def films(databases):
    query(databases.source, FILMS)
    return databases


@pytest.mark.parametrize("method", list(Verification))
def test_both_sides_of_a_receipt_are_kept(films, method):
    run(films, verify=method)
    query(films.source, "update films set title = 'changed' where id < 5")

    run(films, verify=method)

    receipts = query(films.destination, RECEIPTS)
    # Of a full refresh everything is read.
    recorded = "checksum" if method is Verification.CHANGES else str(method)
    assert [receipt[:3] for receipt in receipts] == [
        ("public.actors", recorded, 1),
        ("public.films", recorded, 20),
    ]
    for _, _, source_rows, source_sum, rows, checksum, is_equal in receipts:
        assert (source_rows, source_sum, True) == (rows, checksum, is_equal)
        assert (checksum is None) == (method is Verification.COUNT)


def test_checksum_is_that_of_the_rows(films):
    run(films, verify=Verification.CHECKSUM)

    [actors, _] = query(films.destination, RECEIPTS)
    expected = query(
        films.source,
        "select sum(hashint4extended(0, coalesce(hashint4extended(id, 1), 1) "
        "# coalesce(hashtextextended(name, 2), 2))) from actors",
    )

    assert [(actors[3],)] == expected


@pytest.mark.parametrize("method", [Verification.CHECKSUM, Verification.EXACT])
def test_rows_that_a_trigger_changed_are_not_published(films, method):
    run(films)
    before = published(films.destination)
    query(films.destination, MEDDLE.format(column="title", value="'meddled'"))
    query(
        films.source, "update films set title = 'new' where id = 3; delete from actors"
    )

    with pytest.raises(DataError, match=r"public\.films is not equal to the source"):
        run(films, verify=method, allow_shrink=True)

    assert published(films.destination) == before
    assert leftovers(films.destination) == []
    status, code, error = last_run(films.destination)
    assert (status, code) == ("failed", 65)
    assert "public.films" in error


@pytest.mark.parametrize("method", [Verification.CHECKSUM, Verification.EXACT])
def test_receipt_tells_what_an_equals_sign_does_not(films, method):
    run(films)
    query(films.destination, MEDDLE.format(column="price", value="new.price + 0.000"))
    query(films.source, "update films set title = 'new' where id = 3")

    with pytest.raises(DataError, match=r"public\.films is not equal to the source"):
        run(films, verify=method)


def test_receipt_that_only_counts_does_not_look_at_values(films):
    run(films)
    query(films.destination, MEDDLE.format(column="title", value="'meddled'"))
    query(films.source, "update films set title = 'new' where id = 3")

    run(films, verify=Verification.COUNT)

    assert query(films.destination, "select title from raw.films where id = 3") == [
        ("meddled",)
    ]


@pytest.mark.parametrize("method", [Verification.CHECKSUM, Verification.EXACT])
def test_values_that_change_rows_are_noticed(films, method):
    """Sums of what is linear in the values would stay as they were."""
    run(films, verify=method)

    for one in range(1, 7):
        query(
            films.source,
            "update films set title = 'film ' || (case id when %(one)s then %(other)s "
            "else %(one)s end) where id in (%(one)s, %(other)s)",
            {"one": one, "other": one + 10},
        )
        assert changes(run(films, verify=method)) == {"public.films": (0, 2, 0)}


def test_new_table_that_was_changed_before_its_receipt_is_not_published(films):
    query(films.destination, TAMPER.format(schema="elt_shadow_raw", id=7))

    with pytest.raises(DataError, match=r"public\.films"):
        run(films)

    assert published(films.destination) == {}


def test_error_of_a_receipt_quotes_no_row(films):
    run(films)
    query(films.destination, MEDDLE.format(column="title", value="'meddled'"))
    query(films.source, "update films set title = 'secret' where id = 3")

    with pytest.raises(DataError) as caught:
        run(films)

    assert "secret" not in str(caught.value)
    assert "meddled" not in str(caught.value)


MEDDLE_PEOPLE = MEDDLE.format(column="title", value="'meddled'").replace(
    "raw.films", "raw.people"
)
#: Enough rows that the search has to halve them.
MORE = """
insert into films select n, n + 0.50, 'film ' || n from generate_series(21, 1000) as n;
"""


def test_new_table_that_differs_is_refused_with_the_keys(films):
    query(films.source, MORE)
    query(films.destination, TAMPER.format(schema="elt_shadow_raw", id=777))

    with pytest.raises(DataError) as caught:
        run(films)

    assert is_named(777, caught.value)
    assert published(films.destination) == {}
    assert leftovers(films.destination) == []


@pytest.mark.parametrize("mode", list(SyncMode))
@pytest.mark.parametrize("changed", ["id = 777", "id > 300"], ids=["one row", "many"])
def test_replica_that_differs_is_refused_with_the_keys(films, mode, changed):
    query(films.source, MORE)
    run(films, source={"mode": mode})
    meddled = "case when new.id = 777 then 'meddled' else new.title end"
    query(films.destination, MEDDLE.format(column="title", value=meddled))
    query(films.source, f"update films set title = 'secret' where {changed}")

    with pytest.raises(DataError) as caught:
        run(films, source={"mode": mode})

    assert is_named(777, caught.value)


def test_keys_of_text_are_not_quoted(databases):
    query(
        databases.source,
        "create table people (email text primary key, title text);"
        "insert into people select n || '@a.b', 'x' from generate_series(1, 9) as n",
    )
    run(databases)
    query(databases.destination, MEDDLE_PEOPLE)
    query(databases.source, "update people set title = 'y'")

    with pytest.raises(DataError, match="keys of text in 1 range of email") as caught:
        run(databases)

    assert "@" not in str(caught.value)


def is_named(key, error):
    """Tell whether an error names a few keys, one among them, and nothing else."""
    pattern = r"with id from \((\d+)\) to (?:before )?\((\d+)\)$"
    low, high = map(int, re.search(pattern, error.message).groups())
    return low <= key <= high <= low + 11
