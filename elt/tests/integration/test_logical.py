"""A logical run reads the rows that the WAL names, as its snapshot has them."""

from contextlib import closing

import pytest
from integration.incremental import differing, methods
from integration.logical import LOGICAL, SPOIL, stream, sync
from integration.replication import query, run, session, value, wait_until
from servers import Databases

from elt.config import PublishPolicy, SchemaChangePolicy, SyncMode, Verification
from elt.errors import ConfigError, DataError
from elt.postgres import connect
from elt.replication import synchronization
from elt.replication.logical.slots import emit_mark, read_next_transaction

FILMS = """
create table films (id integer primary key, title text not null, rank integer unique);
insert into films select n, 'film ' || n, n from generate_series(1, 100) as n;
"""
EARLIER = "transactions that are older than its publication were open"
REFUSED = "its last run was refused for its data"
REWRITTEN = "its table was truncated or rewritten"


@pytest.fixture
def films(databases):
    """Return databases of which the destination has a hundred films."""
    query(databases.source, FILMS)
    sync(databases)
    return databases


def sync_after(databases, statements, **options):
    """Change the source and replicate; return what was done to the films."""
    query(databases.source, statements)
    return sync(databases, **options)["public.films"]


def is_equal(databases):
    """Tell whether both sides are equal now, by hashes of all rows."""
    return differing(databases, source=LOGICAL) == []


# ------------------------------------------------------------------ what is read


def test_only_rows_that_changed_are_read(films):
    found = sync_after(
        films,
        """
        insert into films select n, 'new', n from generate_series(101, 107) as n;
        update films set title = 'changed' where id <= 20;
        delete from films where id between 50 and 52;
        """,
    )

    assert found == (27, 7, 20, 3)
    assert is_equal(films)
    assert methods(films) == {"public.films": "keys"}


def test_nothing_is_read_where_nothing_was_written(films):
    query(films.source, "create table other (id integer primary key)")

    found = sync_after(films, "insert into other values (1)")

    assert found == (0, 0, 0, 0)
    assert methods(films)["public.films"] == "unchanged"


def test_a_row_that_came_and_went_leaves_nothing(films):
    found = sync_after(
        films, "insert into films values (200, ''); delete from films where id = 200"
    )

    assert found == (0, 0, 0, 0)
    assert is_equal(films)


def test_a_row_that_changed_a_thousand_times_is_read_once(films):
    query(
        films.source,
        "do $$ begin for n in 1..1000 loop "
        "update films set rank = 1000 + n where id = 1; end loop; end $$",
    )

    assert sync(films)["public.films"] == (1, 0, 1, 0)
    assert is_equal(films)


def test_a_key_that_changed_takes_its_row_along(films):
    found = sync_after(films, "update films set id = 1000 where id = 1")

    assert found == (1, 1, 0, 1)
    assert is_equal(films)


def test_a_key_may_have_names_that_our_own_queries_use(databases):
    query(
        databases.source,
        """
        create table films (
            number integer, chunk integer, keys integer, touched integer,
            primary key (number, chunk, keys, touched)
        );
        insert into films select n, n, n, n from generate_series(1, 100) as n;
        """,
    )
    sync(databases)

    found = sync_after(databases, "update films set chunk = 0 where number < 3")

    assert found == (2, 2, 0, 2)
    assert is_equal(databases)


def test_a_schema_may_have_a_percent_sign_in_its_name(databases):
    query(
        databases.source,
        'create schema "%s"; create table "%s".films (id integer primary key, n text);'
        'insert into "%s".films select i from generate_series(1, 1000) as i',
    )
    sync(databases)
    query(databases.source, "update \"%s\".films set n = 'new' where id = 7")

    sync(databases)

    assert differing(databases, source=LOGICAL) == []


def test_keys_and_values_may_swap_rows(films):
    found = sync_after(
        films,
        """
        update films set id = -1, rank = null where id = 1;
        update films set id = 1, rank = 1 where id = 2;
        update films set id = 2, rank = 2 where id = -1;
        """,
    )

    assert found == (2, 0, 2, 0)
    assert is_equal(films)


def test_keys_come_in_chunks(films, monkeypatch):
    monkeypatch.setattr("elt.replication.logical.touched_rows._CHUNK_KEYS", 7)
    monkeypatch.setattr("elt.replication.logical.staged_keys._BUFFER_BYTES", 20)
    monkeypatch.setattr("elt.replication.logical.key_reader._RECENT_KEYS", 3)

    found = sync_after(films, "update films set title = '' where id <= 40")

    assert found == (40, 0, 40, 0)
    assert is_equal(films)


def test_most_rows_are_compared_all_at_once(films):
    added = "insert into films select n, '' from generate_series(101, 2000) as n"

    found = sync_after(films, added)

    assert found[0] == "most of its rows changed"
    assert is_equal(films)


@pytest.mark.parametrize(
    "key, values",
    [
        pytest.param("text", r"'a\b', E'a\tb\n', '{\"}', '', 'é', 'null'", id="text"),
        pytest.param("uuid", "gen_random_uuid(), gen_random_uuid()", id="uuid"),
        pytest.param("numeric", "1.0, 2.50, 'NaN'", id="numeric"),
        pytest.param("timestamptz", "now(), 'infinity', '0044-03-15 BC'", id="time"),
        pytest.param("float8", "0.1, 'Infinity', 1e-300", id="float"),
        pytest.param("bytea", r"'\x005c0a', ''", id="bytes"),
        pytest.param("mood", "'good', 'so, so'", id="enum"),
        pytest.param("positive", "1, 2", id="domain"),
        pytest.param("temper", "'good', 'so, so'", id="domain over an enum"),
        pytest.param("char(5)", "'a', 'b b'", id="blanks"),
        pytest.param("daterange", "'[2024-01-01,2024-02-01)', 'empty'", id="range"),
        pytest.param("integer[]", "'{1,2}', '{}'", id="array"),
    ],
)
def test_keys_of_any_type_find_their_rows(databases, key, values):
    query(
        databases.source,
        f"""
        create type mood as enum ('good', 'so, so');
        create domain positive as integer check (value > 0);
        create domain temper as mood;
        create table kinds (id {key}, part integer, note text, primary key (id, part));
        create table singles (id {key} primary key, note text);
        """,
    )
    sync(databases)
    for statement in (
        f"insert into kinds select id::{key}, n from unnest(array[{values}]::{key}[]) "
        "as id, generate_series(1, 2) as n"
        if key != "integer[]"
        else "insert into kinds values ('{1,2}', 1), ('{}', 2)",
        "insert into singles select distinct id from kinds",
        "update kinds set note = 'changed'; update singles set note = 'changed'",
        "delete from kinds where part = 1; delete from singles",
    ):
        query(databases.source, statement)

        found = sync(databases, allow_shrink=True)

        assert is_equal(databases)
        if key != "integer[]":
            assert all(isinstance(read, int) for read, *_ in found.values()), found


def test_composite_keys_find_their_rows_or_are_compared(databases):
    query(
        databases.source,
        """
        create type place as (street text, number numeric);
        create table kinds (id place, part integer, note text, primary key (id, part));
        create table singles (id place primary key, note text);
        insert into kinds values ('(a,1)', 1), ('("b, c",)', 2);
        insert into singles select id from kinds;
        """,
    )
    sync(databases)
    query(databases.source, "update kinds set note = ''; update singles set note = ''")

    found = sync(databases)

    assert is_equal(databases)
    assert found["public.kinds"][0] == "its rows changed, and have no key in the WAL"
    assert found["public.singles"] == (2, 0, 2, 0)


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("int2vector", id="vector"),
        pytest.param("oidvector", id="vector of object ids"),
        pytest.param("pair", id="domain over an array"),
    ],
)
def test_arrays_by_another_name_are_compared(databases, key):
    old, other, new = ("{1,2}", "{3}", "{}") if key == "pair" else ("1 2", "3", "")
    query(
        databases.source,
        f"""
        create domain pair as integer[];
        create table kinds (id {key} primary key, note text);
        insert into kinds values ('{old}', 'a'), ('{other}', 'b');
        """,
    )
    sync(databases)
    query(
        databases.source,
        f"insert into kinds values ('{new}', 'c'); delete from kinds where note = 'b';"
        f"update kinds set note = 'changed' where note = 'a'",
    )

    sync(databases, allow_shrink=True)

    assert is_equal(databases)


def test_large_values_that_an_update_left_alone_stay(databases):
    query(
        databases.source,
        """
        create table texts (id integer primary key, n integer, long text);
        alter table texts alter long set storage external;
        insert into texts select n, 0, repeat('x', 5000) from generate_series(1, 9) n;
        create table full_texts (like texts including all);
        alter table full_texts replica identity full;
        insert into full_texts select * from texts;
        """,
    )
    sync(databases)

    query(databases.source, "update texts set n = 1; update full_texts set n = 1")
    query(databases.source, "update texts set id = 10 where id = 1")
    found = sync(databases)

    assert found["public.texts"] == (9, 1, 8, 1)
    assert found["public.full_texts"] == (9, 0, 9, 0)
    assert is_equal(databases)


def test_a_long_key_is_found_by_what_it_was(databases):
    long = "(select string_agg(md5(n::text), '') from generate_series(1, 60) as n)"
    query(
        databases.source,
        "create table texts (id text primary key, n integer, more text);"
        "alter table texts alter id set storage external;"
        f"insert into texts values ({long}, 1, repeat('x', 1500))",
    )
    sync(databases)

    query(databases.source, "update texts set n = 2")
    found = sync(databases)["public.texts"]

    assert found == (1, 0, 1, 0)
    assert is_equal(databases)


def test_generated_columns_follow(databases):
    query(
        databases.source,
        """
        create function twice(integer) returns integer immutable language sql
            as 'select $1 * 2';
        create table sums (
            id integer primary key,
            a integer,
            b integer generated always as (a + 1) stored,
            c integer generated always as (twice(a)) stored
        );
        insert into sums (id, a) select n, n from generate_series(1, 9) as n;
        """,
    )
    sync(databases)

    query(databases.source, "update sums set a = 100 where id = 1")
    found = sync(databases)["public.sums"]

    assert found == (1, 0, 1, 0)
    assert query(databases.destination, "select b, c from raw.sums where id = 1") == [
        (101, 200)
    ]


@pytest.mark.parametrize("mode", [SyncMode.INCREMENTAL, SyncMode.LOGICAL], ids=str)
def test_virtual_columns_follow(postgres_server, make_database, mode):
    server = postgres_server(18)
    databases = Databases(*(make_database(server, p) for p in ("SOURCE", "TARGET")))
    query(
        databases.source,
        "create table sums (id integer primary key, a integer, "
        "b integer generated always as (a + 1));"
        "insert into sums (id, a) select n, n from generate_series(1, 9) as n",
    )
    sync(databases, source={"mode": mode})

    query(databases.source, "update sums set a = 100 where id = 1")
    found = sync(databases, source={"mode": mode})["public.sums"]

    assert found == (1, 0, 1, 0)
    assert value(databases.destination, "select b from raw.sums where id = 1") == 101
    assert is_equal(databases)


def test_columns_that_are_computed_otherwise_are_read_again(
    postgres_server, make_database
):
    """A destination that cannot compute them has their values, which no row holds."""
    databases = Databases(
        make_database(postgres_server(18), "SOURCE"),
        make_database(postgres_server(17), "TARGET"),
    )
    query(
        databases.source,
        "create table sums (id integer primary key, "
        "b integer generated always as (id + 1)); insert into sums values (1), (2)",
    )
    incremental = {"mode": SyncMode.INCREMENTAL}
    sync(databases, source=incremental)

    query(databases.source, "alter table sums alter b set expression as (id + 2)")
    found = sync(databases, source=incremental)["public.sums"]

    assert found[1:] == (0, 2, 0)
    assert is_equal(databases)
    assert sync(databases, source=incremental)["public.sums"][0] == 0


def test_rows_that_move_between_partitions_move(databases):
    query(
        databases.source,
        """
        create table events (id integer, at date, primary key (id, at))
            partition by range (at);
        create table events_old partition of events
            for values from (minvalue) to ('2024-01-01');
        create table events_new partition of events
            for values from ('2024-01-01') to (maxvalue);
        insert into events select n, '2023-05-05' from generate_series(1, 9) as n;
        """,
    )
    sync(databases)

    query(databases.source, "update events set at = '2024-05-05' where id < 4")
    found = sync(databases)

    assert found["public.events_old"] == (0, 0, 0, 3)
    assert found["public.events_new"] == (3, 3, 0, 0)
    assert is_equal(databases)


# ------------------------------------------------------------------ who wrote it, when


def test_rows_of_transactions_that_commit_late_are_not_lost(films):
    with session(films.source) as late:
        late.execute("begin; update films set title = 'late' where id = 1")
        late.execute("savepoint one; update films set title = 'sub' where id = 2")
        first = sync_after(films, "update films set title = 'early' where id = 3")
        second = sync_after(films, "update films set title = 'later' where id = 4")
        late.execute("release one; commit")

        third = sync(films)["public.films"]

    # A transaction that was read before may be read again, and changes nothing.
    assert (first[2], second[2], third[2]) == (1, 1, 2)
    assert is_equal(films)


@pytest.mark.parametrize(
    "dies_at, expected",
    [
        pytest.param(None, (1, 0, 1, 1), id="that publishes"),
        pytest.param("publish", (2, 0, 2, 1), id="that dies before its publish"),
        pytest.param("release_wal", (2, 0, 1, 1), id="that dies after its publish"),
    ],
)
def test_rows_that_commit_behind_the_snapshot_of_a_run_come_with_the_next_one(
    films, monkeypatch, dies_at, expected
):
    """They are in the WAL that the run reads, but not in the rows: their keys wait."""

    def commit_first(*arguments):
        query(films.source, "update films set title = 'behind' where id = 1")
        query(films.source, "delete from films where id = 2")
        return emit_mark(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr("elt.replication.logical.wal_reader.emit_mark", commit_first)
        change = "update films set title = 'before' where id = 3"
        if dies_at is None:
            assert sync_after(films, change) == (1, 0, 1, 0)
        else:
            patch.setattr(f"elt.replication.synchronization.{dies_at}", die)
            with pytest.raises(RuntimeError):
                sync_after(films, change)

    assert sync(films)["public.films"] == expected
    assert sync(films)["public.films"] == (0, 0, 0, 0)
    assert is_equal(films)


def die(*_):
    raise RuntimeError


def test_rows_of_prepared_transactions_are_not_lost(films):
    query(
        films.source, "begin; delete from films where id = 1; prepare transaction 'p'"
    )
    assert sync(films)["public.films"][1:] == (0, 0, 0)
    query(films.source, "commit prepared 'p'")

    assert sync(films)["public.films"] == (0, 0, 0, 1)


def test_what_was_rolled_back_is_not_read(films):
    query(films.source, "begin; update films set title = ''; rollback")

    assert sync(films)["public.films"] == (0, 0, 0, 0)


def test_a_transaction_larger_than_the_memory_of_decoding_arrives(films, monkeypatch):
    monkeypatch.setattr("elt.replication.logical.wal_reader.DECODING", "select")
    database = films.source.database
    query(
        films.source,
        f"alter database {database} set logical_decoding_work_mem to '64kB'",
    )
    with session(films.source) as large:
        large.execute("begin; update films set rank = null where id = 1")
        for number in range(20):
            large.execute(
                f"savepoint s; update films set title = repeat('{number}', 200);"
                + ("release s" if number % 3 else "rollback to s")
            )
        large.execute("delete from films where id = 2; commit")

    found = sync(films)["public.films"]

    spilled = (
        "select coalesce(sum(spill_txns), 0)::integer from pg_stat_replication_slots "
        f"join pg_replication_slots using (slot_name) where database = '{database}'"
    )
    assert found == (99, 0, 99, 1)
    assert is_equal(films)
    wait_until(lambda: value(films.source, spilled), "a spilled transaction")


def test_numbers_of_transactions_in_progress_are_below_the_next(films):
    with (
        session(films.source) as other,
        closing(connect(films.source, application_name="test")) as connection,
    ):
        other.execute("begin; select pg_current_xact_id()::text::bigint")
        [open_transaction] = other.fetchone()

        assert read_next_transaction(connection) > open_transaction


def test_a_table_that_joins_misses_no_older_transaction(films):
    with session(films.source) as old:
        old.execute("begin; create table older (id integer)")
        query(films.source, "create table new (id integer primary key)")
        old.execute("insert into new values (1)")
        first = sync(films)["public.new"]
        second = sync(films)["public.new"]
        old.execute("drop table older; commit")
    third = sync(films)["public.new"]
    query(films.source, "insert into new values (2)")
    fourth = sync(films)["public.new"]

    # Its first row was written before the table was published: the WAL has not told.
    assert first == (0, 0, 0, 0)
    assert second[0] == third[0] == EARLIER
    assert third[1] == 1
    assert fourth == (1, 1, 0, 0)
    assert is_equal(films)


# ------------------------------------------------------------------ tables that change


@pytest.mark.parametrize(
    "statement, reason",
    [
        pytest.param(
            "alter table films add price numeric default 9.99",
            "its table changed: column price added",
            id="a column with a value for old rows",
        ),
        pytest.param("truncate films", REWRITTEN, id="truncate"),
        pytest.param(
            "alter table films alter title type text using title || '!'",
            REWRITTEN,
            id="new values of the same type",
        ),
        pytest.param("vacuum full films", REWRITTEN, id="rewritten as it is"),
        pytest.param(
            "drop table films; create table films (id integer primary key, "
            "title text not null, rank integer unique); insert into films values (7)",
            None,
            id="another table of the same name",
        ),
        pytest.param(
            "alter table films rename title to name",
            "its table changed: column title renamed to name",
            id="a renamed column",
        ),
        pytest.param(
            "alter table films drop rank",
            None,
            id="a dropped column",
        ),
        pytest.param(
            "begin; truncate films; insert into films values (1, 'one'); commit",
            REWRITTEN,
            id="truncate and insert",
        ),
    ],
)
def test_tables_that_change_are_compared_once(films, statement, reason):
    if "(7)" in statement:
        statement = statement.replace("(7)", "(7, 'seven')")

    found = sync_after(films, statement, allow_shrink=True)

    assert found[0] == (reason or found[0])
    assert isinstance(found[0], str)
    assert is_equal(films)
    query(films.source, "delete from films where id in (1, 7)")
    again = sync(films, allow_shrink=True)["public.films"]
    assert again[0] == 0
    assert again[3] >= 1 or "truncate films" in statement
    assert is_equal(films)


def test_an_index_does_not_have_all_rows_compared(films):
    added = "create index by_title on films (title); delete from films where id = 1"

    assert sync_after(films, added) == (0, 0, 0, 1)
    assert value(films.destination, "select to_regclass('raw.by_title') is not null")
    assert is_equal(films)


def test_a_rewrite_right_before_the_snapshot_is_noticed(films, monkeypatch):
    def prepare_source(session):
        found = prepare(session)
        rewrite = "alter table films alter title type text using title || '!'"
        query(films.source, rewrite)
        return found

    prepare = synchronization.prepare_source
    monkeypatch.setattr(synchronization, "prepare_source", prepare_source)

    assert sync(films)["public.films"][0] == REWRITTEN
    assert is_equal(films)


def test_truncate_reaches_the_tables_that_refer_to_it(databases):
    query(
        databases.source,
        """
        create table films (id integer generated always as identity primary key);
        create table ratings (
            id integer generated by default as identity primary key,
            film integer references films
        );
        insert into films select from generate_series(1, 9);
        insert into ratings (film) select id from films;
        """,
    )
    sync(databases)
    query(
        databases.source,
        "begin; delete from ratings where id = 1;"
        "truncate films restart identity cascade; insert into films default values;"
        "insert into ratings (film) values (1); commit",
    )

    found = sync(databases, allow_shrink=True)
    query(databases.source, "insert into ratings (film) values (1)")
    again = sync(databases)

    assert found["public.films"] == (REWRITTEN, 0, 0, 8)
    assert found["public.ratings"][0] == REWRITTEN
    assert again["public.ratings"] == (1, 1, 0, 0)
    assert is_equal(databases)
    for side, schema in ((databases.source, "public"), (databases.destination, "raw")):
        added = f"insert into {schema}.films default values returning id"
        assert value(side, added) == 2


def test_changed_columns_are_kept_away_where_that_is_wanted(films):
    options = {"on_schema_change": SchemaChangePolicy.KEEP}

    found = sync_after(films, "alter table films add x integer default 1", **options)
    query(films.source, "update films set x = 2, title = 'new' where id = 1")
    again = sync(films, **options)["public.films"]

    assert found[1:] == (0, 0, 0)
    assert again[2] == 1
    assert "x" not in str(
        query(films.destination, "select to_jsonb(f) from raw.films f")
    )


def test_new_and_dropped_tables_join_and_leave(films):
    query(films.source, "create table actors (id integer primary key)")
    first = sync(films)
    query(films.source, "insert into actors values (1)")
    second = sync(films)
    query(films.source, "drop table films")
    third = sync(films)

    assert first["public.actors"] == (0, 0, 0, 0)
    assert first["public.films"] == (0, 0, 0, 0)
    assert second["public.actors"] == (1, 1, 0, 0)
    assert third["public.actors"] == (0, 0, 0, 0)
    assert "public.films" not in third


# ------------------------------------------------------------------ identities


def test_rows_without_a_key_are_compared_when_they_changed(databases):
    query(
        databases.source,
        "create table lines (n integer); alter table lines replica identity full;"
        "insert into lines values (1), (1), (2)",
    )
    sync(databases)

    idle = sync(databases)["public.lines"]
    query(databases.source, "delete from lines where n = 2")
    changed = sync(databases)["public.lines"]

    assert idle == (0, 0, 0, 0)
    assert changed == ("its rows changed, and have no key in the WAL", 0, 0, 1)
    assert is_equal(databases)


def test_a_key_that_is_not_the_identity_is_not_relied_upon(databases):
    query(
        databases.source,
        """
        create table films (id integer primary key, code text not null unique);
        alter table films replica identity using index films_code_key;
        insert into films select n, n from generate_series(1, 9) as n;
        """,
    )
    sync(databases)

    found = sync_after(databases, "delete from films where id = 1")

    assert found == ("its rows changed, and have no key in the WAL", 0, 0, 1)
    assert is_equal(databases)


def test_a_key_that_was_not_the_identity_for_a_while_is_not_relied_upon(films):
    found = sync_after(
        films,
        "create unique index films_title on films (title);"
        "alter table films replica identity using index films_title;"
        "update films set id = 1000 where id = 1;"
        "alter table films replica identity default; drop index films_title",
    )

    assert found == ("the WAL does not have all columns of its key", 1, 0, 1)
    assert is_equal(films)


def test_a_column_that_an_identity_only_includes_is_not_relied_upon(databases):
    query(
        databases.source,
        """
        create table films (id integer, part integer, primary key (id, part));
        create unique index films_id on films (id) include (part);
        alter table films replica identity using index films_id;
        insert into films select n, n from generate_series(1, 9) as n;
        """,
    )
    sync(databases)

    found = sync_after(databases, "update films set part = 10 where id = 1")

    assert found == ("its rows changed, and have no key in the WAL", 1, 0, 1)
    assert is_equal(databases)


# ------------------------------------------------------------------ modes and options


@pytest.mark.parametrize("verification", list(Verification), ids=str)
def test_receipts_prove_what_was_asked_for(films, verification):
    query(films.source, "update films set title = '' where id = 1")
    query(films.source, "delete from films where id = 2")

    found = sync(films, verify=verification)["public.films"]
    idle = sync(films, verify=verification)["public.films"]

    assert found == (1, 0, 1, 1)
    assert idle == (0, 0, 0, 0)
    expected = "unchanged" if verification is Verification.CHANGES else verification
    assert methods(films) == {"public.films": expected}


def test_a_receipt_that_does_not_hold_publishes_nothing(films):
    """Somebody has written to the replica; the run after compares every row."""
    query(
        films.destination,
        SPOIL.format(operation="update"),
    )
    query(films.source, "update films set title = 'right' where id = 1")

    with pytest.raises(DataError, match="checksums of their rows differ"):
        sync(films)

    query(films.destination, "drop trigger spoil on raw.films")
    assert sync(films)["public.films"] == (
        "its last run was refused for its data",
        0,
        1,
        0,
    )
    assert is_equal(films)


def test_a_row_of_others_that_is_in_the_way_is_found_by_the_next_run(films):
    query(films.destination, "insert into raw.films values (1000, 'mine', 1000)")

    with pytest.raises(ConfigError, match="duplicate key"):
        sync_after(films, "update films set rank = 1000 where id = 1")

    assert sync(films)["public.films"] == (REFUSED, 0, 1, 1)
    assert is_equal(films)


def test_verify_notices_what_others_wrote_into_a_replica(films):
    query(films.destination, "update raw.films set title = 'spoilt' where id = 1")

    assert not is_equal(films)
    assert sync(films, full=True)["public.films"] == (100, 0, 1, 0)
    assert is_equal(films)


def test_streams_that_a_run_leaves_out_go_on_later(films):
    query(films.source, "create table actors (id integer primary key)")
    sync(films)
    query(films.source, "insert into actors values (1); delete from films where id = 1")

    for _ in range(3):
        sync(films, only=["public.actors"])

    assert sync(films)["public.films"] == (0, 0, 0, 1)
    assert is_equal(films)


def test_a_stream_that_fails_does_not_hold_the_wal_back(films):
    query(films.source, "create table actors (id integer primary key)")
    sync(films)
    query(films.source, "delete from films; insert into actors values (1)")

    found = sync(films, publish=PublishPolicy.EACH)
    again = sync(films, publish=PublishPolicy.EACH, allow_shrink=True)

    assert "public.films" not in found
    assert found["public.actors"] == (1, 1, 0, 0)
    assert again["public.films"][3] == 100
    assert is_equal(films)


def test_modes_of_streams_may_differ_and_change(films):
    query(films.source, "create table actors (id integer primary key)")
    mixed = LOGICAL | stream("public.films", mode=SyncMode.INCREMENTAL)
    sync(films, source=mixed)

    query(films.source, "insert into actors values (1); delete from films where id = 1")
    found = sync(films, source=mixed)
    back = sync(films)["public.films"]

    assert found == {"public.films": (0, 0, 0, 1), "public.actors": (1, 1, 0, 0)}
    assert back[0] == "its last run did not read the WAL"
    assert sync_after(films, "delete from films where id = 2") == (0, 0, 0, 1)


def test_logical_follows_a_full_refresh(databases):
    query(databases.source, FILMS)
    run(databases)

    first = sync(databases)["public.films"]
    second = sync_after(databases, "delete from films where id = 1")

    assert first == ("its last run did not read the WAL", 0, 0, 0)
    assert second == (0, 0, 0, 1)


def test_every_version_is_followed(versioned_databases):
    databases = versioned_databases
    query(databases.source, FILMS)
    sync(databases)

    found = sync_after(
        databases,
        "update films set title = 'x' where id < 3; delete from films where id = 9;"
        "insert into films values (101, 'new'); truncate films; "
        "insert into films values (1, 'one'), (2, 'two')",
        allow_shrink=True,
    )
    again = sync_after(databases, "update films set id = 3 where id = 2")

    assert found[0] == REWRITTEN
    assert again == (1, 1, 0, 1)
    assert is_equal(databases)
    assert value(databases.destination, "select count(*) from raw.films") == 2
