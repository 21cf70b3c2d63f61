"""An incremental run reads what changed, whoever wrote it and whenever it committed."""

import pytest
from integration.gates import gate
from integration.incremental import (
    INCREMENTAL,
    differing,
    lines,
    methods,
    stream,
    sync,
)
from integration.program import program
from integration.replication import query, run, session, value, wait_until

from elt.config import PublishPolicy, SchemaChangePolicy, Verification
from elt.errors import DataError
from elt.replication.incremental import changed_rows
from elt.replication.incremental.range_survey import survey_ranges

FILMS = """
create table films (id integer primary key, title text not null, rank integer unique);
insert into films select n, 'film ' || n, n from generate_series(1, 100) as n;
"""
CONFIG = "sources: [{mode: incremental}]"
WAIT_FOR_GATE = """
create function wait() returns trigger language plpgsql as $$
begin
    perform public.pass_gate();
    return new;
end $$;
create trigger wait before update on raw.films for each row execute function wait();
"""


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


# ------------------------------------------------------------------ what is read


def test_only_rows_that_changed_are_read(films):
    found = sync_after(
        films,
        """
        insert into films select n, 'new', n from generate_series(101, 107) as n;
        update films set title = 'changed' where id <= 20;
        """,
    )

    assert found == (27, 7, 20, 0)
    assert differing(films) == []


@pytest.mark.parametrize(
    "small_pages", [pytest.param(0, id="large"), pytest.param(1000, id="small")]
)
def test_tables_of_any_size_are_followed(films, monkeypatch, small_pages):
    monkeypatch.setattr(
        "elt.replication.incremental.changed_rows._SMALL_PAGES", small_pages
    )
    query(films.source, "create table actors (id integer primary key)")

    unchanged = sync(films)["public.films"]
    deleted = sync_after(films, "delete from films where id = 1")
    changed = sync_after(films, "update films set title = '' where id = 2")

    assert unchanged == (0, 0, 0, 0)
    assert deleted == (0, 0, 0, 1)
    assert changed == (1, 0, 1, 0)
    assert differing(films) == []


@pytest.mark.parametrize(
    "small_pages, most_places",
    [
        pytest.param(1000, 0, id="small"),
        pytest.param(0, 500_000, id="large, few changes"),
        pytest.param(0, -1, id="large, many changes"),
    ],
)
def test_deletes_show_behind_as_many_inserts(
    films, monkeypatch, small_pages, most_places
):
    monkeypatch.setattr(
        "elt.replication.incremental.changed_rows._SMALL_PAGES", small_pages
    )
    monkeypatch.setattr(
        "elt.replication.incremental.changed_rows._MOST_PLACES", most_places
    )

    found = sync_after(
        films,
        """
        delete from films where id in (3, 30, 99);
        insert into films select n, 'new', n from generate_series(101, 103) as n;
        """,
    )

    assert found == (3, 3, 0, 3)
    assert differing(films) == []


def test_full_refresh_goes_on_as_incremental(databases):
    query(databases.source, FILMS)
    run(databases)

    found = sync_after(databases, "update films set title = '' where id = 1")

    assert found == (1, 0, 1, 0)


def test_rows_written_by_nobody_are_not_looked_for(films):
    found = sync(films)

    assert found == {"public.films": (0, 0, 0, 0)}
    assert methods(films) == {"public.films": "unchanged"}


def test_stream_is_unchanged_while_others_change(films):
    query(films.source, "create table actors (id integer primary key)")

    found = sync(films)

    assert found["public.films"] == (0, 0, 0, 0)
    assert methods(films)["public.films"] == "changes"


def test_late_commit_is_not_lost(databases):
    """The five lines of the gap that cursors have elsewhere."""
    query(databases.source, "create table films (id integer primary key)")
    query(databases.source, "insert into films values (1)")
    with session(databases.source) as late:
        late.execute("begin; insert into films values (2)")
        query(databases.source, "insert into films values (3)")
        sync(databases)
        late.execute("commit")
    query(databases.source, "insert into films values (4)")

    found = sync(databases)

    assert found["public.films"] == (3, 2, 0, 0)
    assert differing(databases) == []


def test_row_of_a_subtransaction_that_was_open_is_not_lost(films):
    with session(films.source) as late:
        late.execute(
            "begin; insert into films values (101, '', 101); savepoint a;"
            "insert into films values (102, '', 102); release savepoint a"
        )
        query(films.source, "insert into films values (103, '', 103)")
        sync(films)
        late.execute(
            "savepoint b; insert into films values (104, '', 104);"
            "rollback to savepoint b; insert into films values (105, '', 105); commit"
        )

    found = sync(films)

    assert found["public.films"][1:] == (3, 0, 0)
    assert differing(films) == []


def test_long_transaction_is_waited_for_over_many_runs(films):
    with session(films.source) as late:
        late.execute("begin; update films set title = 'late' where id = 1")
        for number in range(2, 5):
            query(films.source, f"update films set title = 'x' where id = {number}")
            assert sync(films)["public.films"][2] == 1
        late.execute("commit")

    found = sync(films)

    assert found["public.films"][1:] == (0, 1, 0)
    assert differing(films) == []


def test_prepared_transaction_is_waited_for(films):
    query(
        films.source,
        "begin; update films set title = 'prepared' where id = 1;"
        "prepare transaction 'late'",
    )
    query(films.source, "update films set title = 'x' where id = 2")
    sync(films)
    query(films.source, "commit prepared 'late'")

    found = sync(films)

    assert found["public.films"][1:] == (0, 1, 0)
    assert differing(films) == []


def test_work_that_was_rolled_back_is_not_seen(films):
    query(films.source, "begin; update films set title = 'never'; rollback")
    query(films.source, "begin; delete from films; rollback")

    found = sync(films)

    assert found == {"public.films": (0, 0, 0, 0)}
    assert differing(films) == []


@pytest.mark.parametrize(
    "statement",
    [
        "vacuum (freeze) films",
        "vacuum full films",
        "cluster films using films_pkey",
    ],
)
def test_maintenance_hides_no_change(films, statement):
    query(films.source, "update films set title = 'new' where id <= 3")
    query(films.source, statement)

    found = sync(films)

    assert found["public.films"] == (3, 0, 3, 0)
    assert differing(films) == []


def test_rewritten_table_is_read_again(films):
    query(
        films.source,
        "alter table films alter column title type text using upper(title)",
    )

    found = sync(films)

    assert found["public.films"] == (100, 0, 100, 0)
    assert differing(films) == []


def test_unlogged_table_that_became_logged_is_read_again(films):
    query(films.source, "alter table films set unlogged")
    query(films.source, "update films set title = '' where id = 5")
    query(films.source, "alter table films set logged")

    assert sync(films)["public.films"][1:] == (0, 1, 0)
    assert differing(films) == []


def test_large_values_that_changed_arrive(databases):
    query(
        databases.source,
        "create table films (id integer primary key, body text);"
        "alter table films alter column body set storage external;"
        "insert into films select n, repeat('x', 100000) || n "
        "from generate_series(1, 3) as n;",
    )
    sync(databases)

    found = sync_after(databases, "update films set body = body || ' ' where id = 2")

    assert found == (1, 0, 1, 0)
    assert differing(databases) == []


def test_unique_values_that_change_hands_are_published(films):
    found = sync_after(
        films,
        """
        update films set rank = -id where id <= 3;
        update films set rank = case id when 1 then 2 when 2 then 3 else 1 end
        where id <= 3
        """,
    )

    assert found == (3, 0, 3, 0)
    assert differing(films) == []


def test_unique_value_of_a_deleted_row_is_free(films):
    found = sync_after(
        films,
        """
        delete from films where id = 7;
        update films set rank = 7 where id = 8;
        insert into films values (200, 'new', 8);
        """,
    )

    assert found == (2, 1, 1, 1)
    assert differing(films) == []


def test_row_that_moves_to_another_partition_is_there_once(databases):
    query(
        databases.source,
        """
        create table events (id integer, at date, primary key (id, at))
            partition by range (at);
        create table events_old partition of events
            for values from (minvalue) to ('2024-01-01');
        create table events_new partition of events
            for values from ('2024-01-01') to (maxvalue);
        insert into events values (1, '2023-01-01'), (2, '2023-01-02'),
            (3, '2024-01-01');
        """,
    )
    sync(databases)

    query(databases.source, "update events set at = '2024-06-01' where id = 1")
    found = sync(databases)

    assert found == {
        "public.events_old": (0, 0, 0, 1),
        "public.events_new": (1, 1, 0, 0),
    }
    assert differing(databases) == []


def test_attached_partition_arrives_with_its_old_rows(databases):
    query(
        databases.source,
        """
        create table events (id integer, at date, primary key (id, at))
            partition by range (at);
        create table events_old partition of events
            for values from (minvalue) to ('2024-01-01');
        create table events_new (id integer not null, at date not null,
            primary key (id, at));
        insert into events_new values (3, '2024-01-01');
        """,
    )
    sync(databases)

    query(
        databases.source,
        "insert into events_new values (4, '2024-02-02');"
        "alter table events attach partition events_new "
        "for values from ('2024-01-01') to (maxvalue)",
    )
    sync(databases)

    assert value(databases.destination, "select count(*) from raw.events") == 2
    assert differing(databases) == []


def test_children_of_a_table_are_streams_of_their_own(databases):
    query(
        databases.source,
        "create table films (id integer primary key);"
        "create table shorts (primary key (id)) inherits (films);"
        "insert into films values (1); insert into shorts values (2);",
    )
    sync(databases)

    query(databases.source, "insert into shorts values (3)")
    found = sync(databases)

    assert found == {"public.films": (0, 0, 0, 0), "public.shorts": (1, 1, 0, 0)}
    assert differing(databases) == []


def test_standing_still_the_replica_is_not_written(films):
    before = value(films.destination, "select sum(xmin::text::bigint) from raw.films")
    query(films.source, "update films set title = title")

    found = sync(films)

    assert found == {"public.films": (100, 0, 0, 0)}
    after = value(films.destination, "select sum(xmin::text::bigint) from raw.films")
    assert after == before


# ------------------------------------------------------------ when all rows are read


def test_table_without_a_key_is_read_in_full(databases):
    query(databases.source, "create table films (title text)")
    query(databases.source, "insert into films values ('a'), ('a')")
    sync(databases)

    found = sync_after(databases, "insert into films values ('a'), ('b')")

    assert found == ("it has no key to find its rows by", 2, 0, 0)
    assert differing(databases) == []


def test_unique_index_is_a_key(databases):
    query(
        databases.source,
        "create table films (title text not null);"
        "create unique index on films (title); insert into films values ('a')",
    )
    sync(databases)

    found = sync_after(databases, "insert into films values ('b')")

    assert found == (1, 1, 0, 0)


def test_column_added_with_a_default_arrives(films):
    query(films.source, "alter table films add column price numeric default 9.99")

    found = sync(films)

    assert found["public.films"] == ("its table changed: column price added", 0, 100, 0)
    assert differing(films) == []
    assert sync(films)["public.films"] == (0, 0, 0, 0)


@pytest.mark.parametrize(
    "policy", [SchemaChangePolicy.PROPAGATE, SchemaChangePolicy.KEEP]
)
def test_an_index_or_a_check_does_not_have_all_rows_read(films, policy):
    options = {"on_schema_change": policy, "to": {"all_constraints": True}}
    # With one unique index rows are merged, with two they are compared.
    query(films.source, "create table words as select id, title as word from films")
    query(films.source, "alter table words add primary key (id)")
    sync(films, **options)
    query(
        films.source,
        "create index by_title on films (title); create index by_word on words (word);"
        "alter table films add constraint short check (length(title) < 99);"
        "update films set title = 'new' where id = 1;"
        "update words set word = 'new' where id = 9; delete from words where id < 3",
    )

    found = sync(films, **options)

    assert found == {"public.films": (1, 0, 1, 0), "public.words": (1, 0, 1, 2)}
    assert differing(films, **options) == []
    indexes = "select indexname from pg_indexes where indexname like 'by%' order by 1"
    is_followed = policy is SchemaChangePolicy.PROPAGATE
    expected = [("by_title",), ("by_word",)] if is_followed else []
    assert query(films.destination, indexes) == expected

    query(films.source, "drop index by_title, by_word")
    found = sync_after(films, "update films set title = '2' where id = 1", **options)

    assert found == (1, 0, 1, 0)
    assert query(films.destination, indexes) == []


def test_columns_that_are_kept_away_have_all_rows_read(films):
    query(films.source, "alter table films add column price numeric default 9.99")
    options = {"on_schema_change": SchemaChangePolicy.KEEP}

    for title in ("once", "twice"):
        query(films.source, f"update films set title = '{title}' where id = 1")
        found = sync(films, **options)["public.films"]

        assert found == ("its table changed: column price added", 0, 1, 0)
    assert differing(films, **options) == []


def test_table_made_anew_is_read_in_full(films):
    query(films.source, f"drop table films; {FILMS} delete from films where id = 1")

    found = sync(films)

    reason = "its table is another one of the same name"
    assert found["public.films"] == (reason, 0, 0, 1)
    assert differing(films) == []


def test_table_that_took_its_name_is_read_in_full(films):
    query(
        films.source,
        "create table new_films (like films including all);"
        "insert into new_films select id, 'new', rank from films",
    )
    sync(films, only=["public.films"])
    query(
        films.source,
        "drop table films; alter table new_films rename to films;"
        "alter index new_films_pkey rename to films_pkey;"
        "alter index new_films_rank_key rename to films_rank_key",
    )

    found = sync(films)

    reason = "its table is another one of the same name"
    assert found == {"public.films": (reason, 0, 100, 0)}
    assert differing(films) == []


def test_names_of_objects_are_read_in_full(databases):
    query(
        databases.source,
        "create table films ();"
        "create table notes (id integer primary key, about regclass);"
        "insert into notes values (1, 'films')",
    )
    sync(databases)
    query(databases.source, "alter table films rename to movies")

    found = sync(databases)

    reason = "its column about names objects that may be renamed"
    assert found["public.notes"] == (reason, 0, 1, 0)


def test_rows_hidden_by_row_security_are_read_in_full(films, make_role):
    role = make_role(films.source)
    films_of_role = films._replace(source=role)
    options = {"source": INCREMENTAL | {"allow_row_security": True}}
    query(
        films.source,
        "alter table films enable row level security;"
        "create policy half on films using (id <= 50);"
        f"grant select on films to {role.user}",
    )
    sync(films_of_role, **options)
    query(films.source, "alter policy half on films using (id > 50)")

    found = sync(films_of_role, allow_shrink=True, **options)["public.films"]

    assert found == ("row security decides which rows it has", 50, 0, 50)


def test_much_that_changed_is_read_in_full(databases):
    query(
        databases.source,
        "create table films (id integer primary key, body char(500));"
        "insert into films select n, '' from generate_series(1, 20000) as n",
    )
    sync(databases)
    query(databases.source, "update films set body = 'x'")

    reason, *changes = sync(databases)["public.films"]

    assert reason.endswith("of its rows changed")
    assert changes == [0, 20000, 0]


def test_full_run_reads_all(films):
    query(films.destination, "update raw.films set title = 'wrong' where id = 1")

    assert sync(films)["public.films"] == (0, 0, 0, 0)
    assert sync(films, full=True)["public.films"] == (100, 0, 1, 0)
    assert differing(films) == []


def test_rows_missing_in_the_replica_are_brought_back(films):
    query(films.destination, "delete from raw.films where id = 1")
    query(films.source, "update films set title = 'new' where id = 2")

    found = sync(films)

    reason = "its replica does not have the rows that were published"
    assert found["public.films"] == (reason, 1, 1, 0)
    assert differing(films) == []


# ------------------------------------------------------------------------ deletes


def test_deleted_rows_go(films):
    found = sync_after(films, "delete from films where id between 10 and 14")

    assert found == (0, 0, 0, 5)
    assert differing(films) == []


def test_as_many_rows_inserted_as_deleted_are_noticed(films):
    found = sync_after(
        films,
        "delete from films where id <= 5;"
        "insert into films select n, '', n from generate_series(201, 205) as n",
    )

    assert found == (5, 5, 0, 5)
    assert differing(films) == []


def test_key_that_changed_leaves_no_old_row(films):
    found = sync_after(films, "update films set id = 1000 where id = 50")

    assert found == (1, 1, 0, 1)
    assert differing(films) == []


def test_truncated_table_is_emptied(films):
    found = sync_after(films, "truncate films", allow_shrink=True)

    assert found == (0, 0, 0, 100)
    assert differing(films) == []


def test_truncated_and_refilled_table_is_followed(films):
    found = sync_after(
        films,
        "truncate films;"
        "insert into films select n, 'again', n from generate_series(51, 150) as n",
    )

    assert found == (100, 50, 50, 50)
    assert differing(films) == []


def test_keys_are_not_compared_where_counts_agree(films):
    query(films.source, "update films set title = 'new' where id = 1")

    report = run(films, source=INCREMENTAL)

    [films_report] = report.streams
    assert films_report.copied.bytes < 100


def test_keys_of_any_type_are_compared(databases):
    query(
        databases.source,
        """
        create type mood as enum ('sad', 'glad');
        create table films (word text, feeling mood, price numeric, note text,
            primary key (word, feeling, price));
        insert into films select 'w' || n, 'glad', n / 10.0, ''
        from generate_series(1, 50) as n;
        """,
    )
    sync(databases)

    found = sync_after(databases, "delete from films where word in ('w3', 'w33')")

    assert found == (0, 0, 0, 2)
    assert differing(databases) == []


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(("smallint", None), id="unexpected"),
        pytest.param(("bigint", -1), id="expected"),
    ],
)
@pytest.mark.parametrize(
    "statement, counts",
    [
        pytest.param("delete from films where id = 77", (0, 0, 0, 1), id="one"),
        pytest.param(
            "delete from films where id % 500 = 7", (0, 0, 0, 20), id="here and there"
        ),
        pytest.param(
            "delete from films where id < 0", (0, 0, 0, 10000), id="half of them"
        ),
        pytest.param(
            "delete from films where id between 1 and 5;"
            "insert into films values (20001), (20002), (-20001)",
            (3, 3, 0, 5),
            id="while others come",
        ),
        pytest.param(
            "update films set title = 'new' where id > 9990;"
            "insert into films values (20001)",
            (10, 1, 9, 0),
            id="though there are none",
        ),
    ],
)
def test_deleted_rows_are_looked_for_where_counts_differ(
    databases, monkeypatch, key, statement, counts
):
    kind, hint = key
    monkeypatch.setattr("elt.replication.incremental.deleted_keys._FEWEST_ROWS", 10)
    query(
        databases.source,
        f"create table films (id {kind} primary key, title text);"
        "insert into films select n from generate_series(-10000, 9999) as n",
    )
    sync(databases)
    expect = "update elt.streams set source_deletes = %(hint)s"
    query(databases.destination, expect, {"hint": hint})

    found = sync_after(databases, statement)

    assert found == counts
    assert differing(databases) == []


def test_deleted_rows_are_expected_as_the_source_counts_them(films, monkeypatch):
    monkeypatch.setattr("elt.replication.incremental.deleted_keys._FEWEST_ROWS", 10)
    surveys = []

    def note_and_survey(*arguments, **options):
        surveys.append(arguments)
        return survey_ranges(*arguments, **options)

    monkeypatch.setattr(changed_rows, "survey_ranges", note_and_survey)
    sync_after(films, "update films set title = '' where id = 6")
    sync_after(films, "update films set title = '' where id = 7")
    assert surveys == []

    query(films.source, "delete from films where id = 8")
    told = "select pg_stat_get_tuples_deleted('films'::regclass)"
    wait_until(lambda: value(films.source, told) == 1, "the count of deleted rows")
    found = sync(films)

    assert found == {"public.films": (0, 0, 0, 1)}
    assert len(surveys) == 1
    assert value(films.destination, "select source_deletes from elt.streams") == 1


def test_deletes_may_be_ignored(films):
    options = {"source": stream(deletes="ignore")}
    found = sync_after(
        films,
        "delete from films where id <= 5; update films set title = '' where id = 6",
        **options,
    )

    assert found == (1, 0, 1, 0)
    assert methods(films) == {"public.films": "read"}
    rows = "select row_count from elt.streams"
    assert value(films.destination, rows) == 100
    assert differing(films, **options) == ["public.films"]


@pytest.mark.parametrize("verification", list(Verification))
def test_ignored_deletes_stay_through_a_full_run(films, verification):
    options = {"source": stream(deletes="ignore"), "verify": verification}
    query(
        films.source,
        "delete from films where id <= 5; update films set title = '' where id = 6",
    )

    # As after a change of the table: rows are compared before they are copied.
    query(films.destination, "update elt.streams set snapshot_horizon = null")
    found = sync(films, **options)
    again = sync(films, full=True, **options)

    assert found["public.films"][1:] == (0, 1, 0)
    assert again == {"public.films": (95, 0, 0, 0)}
    assert value(films.destination, "select count(*) from raw.films") == 100


def test_deletes_that_were_ignored_are_applied_later(films):
    query(films.source, "delete from films where id <= 5")
    sync(films, source=stream(deletes="ignore"))
    query(films.source, "update films set title = '' where id = 6")

    found = sync(films)

    assert found == {"public.films": (1, 0, 1, 5)}
    assert differing(films) == []


# ----------------------------------------------------------------------- receipts


@pytest.mark.parametrize(
    "verification, method",
    [
        ("changes", "changes"),
        ("count", "count"),
        ("checksum", "checksum"),
        ("exact", "exact"),
    ],
)
def test_receipt_says_what_was_compared(films, verification, method):
    query(films.source, "update films set title = 'new' where id = 1")

    found = sync(films, verify=Verification(verification))

    assert found == {"public.films": (1, 0, 1, 0)}
    assert methods(films) == {"public.films": method}


def test_checksums_find_what_somebody_wrote_into_the_replica(films):
    query(films.destination, "update raw.films set title = 'wrong' where id = 1")
    query(films.source, "update films set title = 'new' where id = 2")

    with pytest.raises(DataError, match="checksums"):
        sync(films, verify=Verification.CHECKSUM)

    reason = "its last run was refused for its data"
    assert sync(films)["public.films"] == (reason, 0, 2, 0)
    assert differing(films) == []


def test_state_says_where_the_next_run_begins(films):
    before = value(films.source, "select pg_snapshot_xmin(pg_current_snapshot())")
    query(films.source, "update films set title = 'new' where id = 2")
    sync(films)

    [row] = query(
        films.destination,
        "select mode, state, row_count, snapshot_horizon::text::bigint > %s::bigint, "
        "system_identifier is not null, timeline, database_oid is not null, "
        "snapshot_lsn is not null, cursor_column, cursor_value from elt.streams",
        [before],
    )

    assert row == ("incremental", "ready", 100, True, True, 1, True, True, None, None)


def test_failed_run_leaves_data_and_horizon(films):
    query(films.source, "update films set title = 'new'")
    horizon = "select snapshot_horizon::text from elt.streams"
    before = value(films.destination, horizon)
    query(films.destination, "alter table raw.films add check (title <> 'new')")

    with pytest.raises(Exception, match="check"):
        sync(films)

    assert value(films.destination, horizon) == before
    query(films.destination, "alter table raw.films drop constraint films_title_check")
    assert sync(films)["public.films"] == (100, 0, 100, 0)
    assert differing(films) == []


def test_shrinking_is_refused(films):
    query(films.source, "delete from films where id > 20")

    with pytest.raises(DataError, match="100 to 20 rows"):
        sync(films)

    assert value(films.destination, "select count(*) from raw.films") == 100


def test_one_stream_may_run_alone(films):
    query(films.source, "create table actors (id integer primary key)")
    sync(films)
    query(films.source, "insert into actors values (1)")
    query(films.source, "update films set title = 'new' where id = 1")

    sync(films, only=["public.actors"])
    found = sync(films)

    assert found["public.films"] == (1, 0, 1, 0)
    assert differing(films) == []


def test_stream_that_fails_keeps_its_horizon_while_others_go_on(films):
    query(films.source, "create table actors (id integer primary key)")
    sync(films)
    query(films.source, "insert into actors values (1)")
    query(films.source, "update films set title = 'new' where id = 1")
    query(films.destination, "alter table raw.films add check (title <> 'new')")

    found = sync(films, publish=PublishPolicy.EACH)

    assert found == {"public.actors": (1, 1, 0, 0)}
    query(films.destination, "alter table raw.films drop constraint films_title_check")
    assert sync(films)["public.films"] == (1, 0, 1, 0)
    assert differing(films) == []


def test_run_that_is_killed_while_it_publishes_leaves_data_and_horizon(films, tmp_path):
    query(films.source, "update films set title = 'new' where id = 1")
    horizon = "select snapshot_horizon::text, snapshot_at from elt.streams"
    before = query(films.destination, horizon)
    with gate(films.destination) as closed:
        query(films.destination, WAIT_FOR_GATE)
        with program(films, tmp_path, config=CONFIG) as replicator:
            closed.wait()
            replicator.kill()
    query(films.destination, "drop function wait() cascade")

    assert query(films.destination, horizon) == before
    assert differing(films) == ["public.films"]
    assert sync(films)["public.films"] == (1, 0, 1, 0)
    assert differing(films) == []


def test_every_version_tells_what_changed(versioned_databases):
    databases = versioned_databases
    query(databases.source, FILMS)
    query(
        databases.source,
        "create table ratings (id integer primary key, at timestamptz default now());"
        "create index on ratings (at); insert into ratings values (1)",
    )
    options = {"source": stream("public.ratings", cursor="at")}
    sync(databases, **options)
    with session(databases.source) as late:
        late.execute("begin; update films set title = 'late' where id = 1")
        late.execute("savepoint s; insert into ratings values (2); release savepoint s")
        query(databases.source, "insert into ratings values (3)")
        sync(databases, **options)
        late.execute("commit")
    query(databases.source, "delete from films where id = 2")

    with lines() as logged:
        found = sync(databases, **options)

    assert logged["read without cursor"] == []
    assert found["public.films"][1:] == (0, 1, 1)
    assert found["public.ratings"][1:] == (1, 0, 0)
    assert differing(databases, **options) == []
