"""Views and materialized views, replicated as tables where that is asked for."""

from threading import Event, Thread, get_ident

import pytest
from integration import zoo
from integration.gates import gate
from integration.incremental import lines
from integration.program import command
from integration.replication import (
    DEADLINE_SECONDS,
    changes,
    published,
    query,
    run,
    session,
    value,
    with_role,
)
from integration.zoo import portrait

from elt.config import PublishPolicy, SchemaChangePolicy, SyncMode, Verification
from elt.errors import ConfigError, DataError, TemporaryError
from elt.replication import loading, source
from elt.replication.work_queue import WorkQueue

VIEWS = {"include_views": True}
FILMS = """
create type mood as enum ('glad', 'sad');
create table films (
    id integer primary key,
    title text not null,
    price numeric(5, 2),
    feeling mood
);
insert into films values (1, 'one', 1.50, 'glad'), (2, 'two', null, 'sad');
create view prices as
select id, price as "The Price", feeling, now()::date > '2000-01-01' as is_new
from films;
comment on view prices is 'What films cost.';
comment on column prices."The Price" is 'In euros.';
create materialized view moods as
select feeling, count(*) as films, row_number() over () as position
from films group by feeling;
create unique index moods_feeling on moods (feeling);
"""


@pytest.fixture
def films(databases):
    """Return databases of which the source has a table and two views."""
    query(databases.source, FILMS)
    return databases


def replicate(databases, **options):
    source = VIEWS | options.pop("source", {})
    return run(databases, source=source, **options)


def same(databases, table, name="*"):
    """Tell whether view and replica have the same rows, as text."""
    statement = f"select {name} from (select {name} from {{}}) as r order by r::text"
    source, copy = (
        query(settings, f"select r::text from ({statement.format(place)}) as r")
        for settings, place in (
            (databases.source, table),
            (databases.destination, f"raw.{table}"),
        )
    )
    return source == copy


def columns_of(settings, table):
    return query(
        settings,
        "select attname, format_type(atttypid, atttypmod),"
        " col_description(attrelid, attnum) from pg_attribute"
        f" where attrelid = '{table}'::regclass and attnum > 0 and not attisdropped"
        " order by attnum",
    )


def test_views_become_tables(versioned_databases):
    databases = versioned_databases
    query(databases.source, FILMS)

    report = replicate(databases)

    assert same(databases, "prices")
    assert same(databases, "moods")
    kinds = "select relkind::text from pg_class where oid = 'raw.{}'::regclass"
    assert value(databases.destination, kinds.format("prices")) == "r"
    assert value(databases.destination, kinds.format("moods")) == "r"
    assert columns_of(databases.destination, "raw.prices") == [
        ("id", "integer", None),
        ("The Price", "numeric(5,2)", "In euros."),
        ("feeling", "raw.mood", None),
        ("is_new", "boolean", None),
    ]
    comment = "select obj_description('raw.prices'::regclass, 'pg_class')"
    assert value(databases.destination, comment) == "What films cost."
    assert report.not_copied == []


def test_views_are_left_out_by_default_with_the_option_as_the_reason(films):
    report = run(films)

    assert published(films.destination).keys() == {("raw", "films")}
    reasons = {missing.name: missing.reason for missing in report.not_copied}
    assert reasons.keys() == {"public.prices", "public.moods"}
    assert all("include_views: true" in reason for reason in reasons.values())


def test_only_the_rows_of_a_view_that_differ_are_written(films):
    replicate(films)
    query(films.source, "insert into films values (3, 'three', 1.50, 'sad')")
    query(films.source, "update films set price = 2 where id = 1")

    report = replicate(films)

    # A row without a key is never updated.
    assert changes(report)["public.prices"] == (2, 0, 1)
    assert "public.moods" not in changes(report)
    assert same(films, "prices")


def test_a_materialized_view_is_followed_when_it_is_refreshed(films):
    replicate(films)
    query(films.source, "insert into films values (3, 'three', 1.50, 'sad')")
    before = changes(replicate(films))
    query(films.source, "refresh materialized view concurrently moods")

    after = changes(replicate(films))

    assert "public.moods" not in before
    assert after["public.moods"][1:] == (0, 1)
    assert same(films, "moods")


def test_a_replica_of_a_materialized_view_has_its_indexes(films):
    replicate(films)

    index = "select indexdef from pg_indexes where indexname = 'moods_feeling'"
    assert "UNIQUE INDEX moods_feeling ON raw.moods" in value(films.destination, index)


def test_a_big_materialized_view_is_copied_in_parts(films, monkeypatch):
    monkeypatch.setattr("elt.replication.parts.PART_BYTES", 1 << 16)
    parts = []
    copy_out = source.copy_out
    monkeypatch.setattr(
        source, "copy_out", lambda part: parts.append(part) or copy_out(part)
    )
    query(
        films.source,
        "create materialized view big as"
        " select n, repeat('x', 200) as filler from generate_series(1, 5000) as n",
    )

    replicate(films, workers=2)

    assert sum(part.replica.stream.name == "public.big" for part in parts) > 2
    assert same(films, "big")


def test_views_are_chosen_by_patterns_as_tables_are(films):
    chosen = {"include": ("public.films", "public.p*"), "exclude": ()}
    replicate(films, source=chosen)
    assert published(films.destination).keys() == {("raw", "films"), ("raw", "prices")}

    replicate(films, only=["public.moods"])

    assert ("raw", "moods") in published(films.destination)


def test_views_of_others_are_no_streams(films):
    query(
        films.source,
        "create extension pg_stat_statements; create temp view seen as select 1 as id",
    )

    report = replicate(films)

    names = {stream.replica.stream.name for stream in report.streams}
    assert names == {"public.films", "public.prices", "public.moods"}


def test_a_view_of_a_row_type_is_left_out_with_the_reason(films):
    query(films.source, "create view whole as select films from films")

    report = replicate(films)

    [missing] = report.not_copied
    assert missing.name == "public.whole"
    assert "needs the type films" in missing.reason


def test_views_without_columns_or_rows_are_copied(films):
    query(
        films.source,
        "create view nothing as select from films;"
        "create view nobody as select id from films where false",
    )

    replicate(films)

    assert value(films.destination, "select count(*) from raw.nothing") == 2
    assert value(films.destination, "select count(*) from raw.nobody") == 0


def test_a_materialized_view_without_data_is_left_out_until_it_has_some(films):
    query(films.source, "refresh materialized view moods with no data")
    first = replicate(films)
    query(films.source, "refresh materialized view moods")
    replicate(films)
    was_copied = same(films, "moods")
    query(films.source, "refresh materialized view moods with no data")

    again = replicate(films)

    for report in (first, again):
        [missing] = report.not_copied
        assert missing.name == "public.moods"
        assert "REFRESH MATERIALIZED VIEW" in missing.reason
    assert was_copied
    assert value(films.destination, "select count(*) from raw.moods") == 2
    state = "select state from elt.streams where stream = 'public.moods'"
    assert value(films.destination, state) == "ready"


#: A view of every table, and every second one of them materialized.
VIEW_EVERYTHING = """
create schema seen;
do $$
declare
    place record;
begin
    for place in
        select c.oid, c.oid::regclass as name, row_number() over (order by c.oid) as n
        from pg_class as c
        join pg_namespace as s on s.oid = c.relnamespace
        where c.relkind in ('r', 'p') and s.nspname !~ '^(pg_|information_schema)'
            and c.relpersistence <> 't'
    loop
        execute format(
            'create %s view seen.%I as table %s',
            case when place.n % 2 = 0 then 'materialized' end,
            'view_' || place.n,
            place.name
        );
    end loop;
end $$
"""


def test_views_of_every_type_are_copied_exactly(databases):
    with session(databases.source) as cursor:
        zoo.build(cursor, without=[] if zoo.knows_xml(cursor) else ["xml"])
    query(databases.source, VIEW_EVERYTHING)
    seen = {"include": ("seen.*",)}

    report = replicate(databases, source=seen)
    again = replicate(databases, source=seen, verify=Verification.EXACT)

    assert len(report.streams) > 120
    assert changes(again) == {}
    with session(databases.source) as left, session(databases.destination) as right:
        schemas = portrait.user_schemas(left)
        expected = portrait.texts(left, schemas, kinds=("v", "m"))
        replicas = portrait.texts(right, schemas, landed=True)
    left_out = {("seen", m.name.split(".")[1]) for m in report.not_copied}
    seen = {k: v for k, v in expected.items() if k[0] == "seen" and k not in left_out}
    assert seen == replicas


# ------------------------------------------------------------------------ what changes


@pytest.mark.parametrize(
    "statement",
    [
        "create view prices as select id, title from films",
        "create view prices as select id::bigint, price::text as feeling from films",
        "create materialized view prices as select feeling, id from films",
        (
            "create table prices (id integer primary key, is_new boolean not null);"
            "insert into prices values (1, true), (2, false)"
        ),
    ],
)
def test_a_view_made_anew_is_followed_by_the_names_of_its_columns(films, statement):
    replicate(films)
    query(films.source, f"drop view prices; {statement}")

    replicate(films)

    names = [name for name, _, _ in columns_of(films.source, "prices")]
    assert {name for name, _, _ in columns_of(films.destination, "raw.prices")} == {
        *names
    }
    assert same(films, "prices", ", ".join(names))


def test_a_view_that_gets_a_column_has_it_at_the_destination(films):
    query(films.source, "create view titles as select id from films")
    replicate(films)
    query(films.source, "create or replace view titles as select id, title from films")

    replicate(films)

    assert same(films, "titles")
    change = "select change from elt.schema_changes"
    assert query(films.destination, change) == [("column title added",)]


def test_a_table_that_becomes_a_view_loses_its_keys(films):
    replicate(films)
    query(
        films.source,
        "alter table films rename to movies;"
        "create view films as select * from movies union all select * from movies",
    )

    replicate(films)

    assert value(films.destination, "select count(*) from raw.films") == 4
    keys = "select count(*) from pg_constraint where conrelid = 'raw.films'::regclass"
    assert value(films.destination, f"{keys} and contype = 'p'") == 0


def test_a_view_that_becomes_a_table_gets_its_keys(films):
    query(films.source, "create view titles as select id, title from films")
    replicate(films)
    query(
        films.source,
        "drop view titles;"
        "create table titles (id integer primary key, title text not null);"
        "insert into titles select id, title from films where id > 1",
    )

    replicate(films)
    query(films.source, "update titles set title = 'new'")
    report = replicate(films)

    assert changes(report)["public.titles"] == (0, 1, 0)
    assert same(films, "titles")


def test_a_change_of_a_view_can_be_refused(films):
    replicate(films)
    query(films.source, "drop view prices; create view prices as select id from films")

    with pytest.raises(ConfigError, match=r"public\.prices changed"):
        replicate(films, on_schema_change=SchemaChangePolicy.FAIL)


def test_a_view_that_is_dropped_is_gone(films):
    replicate(films)
    query(films.source, "drop view prices")

    replicate(films)

    state = "select state from elt.streams where stream = 'public.prices'"
    assert value(films.destination, state) == "gone"


# --------------------------------------------------------------------- what goes wrong


BROKEN = "create view broken as select 1 / (id - 1) as quotient from films"


def test_a_view_that_cannot_be_evaluated_keeps_all_from_being_published(
    films, tmp_path
):
    query(films.source, BROKEN)

    outcome = command(
        films, tmp_path, "replicate", config="sources: [{include_views: true}]"
    )

    assert outcome.code == 78
    assert "Stream public.broken" in outcome.error["message"]
    assert "division by zero" in outcome.error["message"]
    assert "exclude the view" in outcome.error["hint"]
    assert published(films.destination) == {}


def test_a_view_that_cannot_be_evaluated_fails_alone_where_each_is_published(films):
    query(films.source, BROKEN)

    report = replicate(films, publish=PublishPolicy.EACH)

    assert report.failures.keys() == {"public.broken"}
    assert same(films, "prices")


@pytest.fixture
def reader(films, make_role):
    """Return databases whose source is read by a role with rights on views only."""
    role = make_role(films.source)
    query(
        films.source,
        f"grant select on all tables in schema public to {role.user};"
        f"grant usage on schema public to {role.user}",
    )
    return with_role(films, role)


def test_a_view_whose_owner_may_not_read_is_named_with_the_remedy(
    reader, films, make_role, tmp_path
):
    owner = make_role(films.source)
    query(
        films.source,
        "create table secrets (id integer primary key);"
        "create view leaked as select id from secrets;"
        f"alter view leaked owner to {owner.user};"
        f"grant select on leaked, secrets to {reader.source.user}",
    )
    config = "sources: [{include_views: true}]"

    checked = command(reader, tmp_path, "check", config=config)
    outcome = command(reader, tmp_path, "replicate", config=config)

    assert (checked.code, outcome.code) == (78, 78)
    assert "public.leaked" in outcome.error["message"]
    assert "permission denied for table secrets" in outcome.error["message"]
    assert "rights of its owner" in outcome.error["hint"]
    assert "✗ streams: public.leaked: " in checked.output
    assert "rights of its owner" in checked.output


def test_a_view_that_the_role_may_not_read_is_named_with_the_grant(reader, films):
    query(films.source, f"revoke select on prices from {reader.source.user}")

    with pytest.raises(ConfigError, match="may not read") as refusal:
        replicate(reader)

    assert "GRANT SELECT ON TABLE public.prices" in refusal.value.hint


def test_a_view_may_show_what_the_role_could_not_read_itself(reader, films):
    query(
        films.source,
        "create table secrets (id integer primary key, open boolean);"
        "alter table secrets enable row level security;"
        "insert into secrets values (1, true), (2, false);"
        "create view opened with (security_barrier) as"
        " select id from secrets where open;"
        f"grant select on opened to {reader.source.user}",
    )
    exclude = {"exclude": ("public.secrets",)}

    replicate(reader, source=exclude)

    assert query(films.destination, "select * from raw.opened") == [(1,)]


def test_row_security_below_an_invoker_is_told(reader, films):
    query(
        films.source,
        "create table secrets (id integer primary key);"
        "alter table secrets enable row level security;"
        "create view seen with (security_invoker) as select id from secrets;"
        f"grant select on seen, secrets to {reader.source.user}",
    )

    with pytest.raises(ConfigError, match=r"public\.seen.*row-level security"):
        replicate(reader, source={"exclude": ("public.secrets",)})


def test_a_view_that_differs_each_time_is_not_published(films):
    query(films.source, "create view dice as select id, random() as eyes from films")

    with pytest.raises(DataError, match=r"public\.dice") as refusal:
        replicate(films)

    assert "verify: count" in refusal.value.hint
    assert "exclude" in refusal.value.hint
    assert published(films.destination) == {}
    replicate(films, verify=Verification.COUNT)
    assert value(films.destination, "select count(*) from raw.dice") == 2


@pytest.mark.parametrize("verify", [Verification.CHANGES, Verification.EXACT])
def test_a_view_of_the_time_is_tallied_by_the_worker_who_copies_it(
    films, verify, monkeypatch
):
    """Another one than has looked first whether it changed."""
    query(films.source, "create view moments as select id, now() as at from films")
    replicate(films, verify=verify)
    hand_over(monkeypatch, "public.moments")

    report = replicate(films, verify=verify, workers=2)

    assert changes(report)["public.moments"] == (2, 0, 2)


def hand_over(monkeypatch, stream):
    """Let the worker who looks at a stream leave the copy to another one."""
    look_first, take = loading.look_first, WorkQueue.take
    lookers, is_taken = set(), Event()

    def note_looker(shared, copying, connections):
        if copying.replica.stream.name == stream:
            lookers.add(get_ident())
        return look_first(shared, copying, connections)

    def take_what_others_left(queue):
        if get_ident() in lookers:
            assert is_taken.wait(DEADLINE_SECONDS)
        task = take(queue)
        if task is not None and getattr(task.run, "func", None) is load_part:
            is_taken.set()
        return task

    monkeypatch.setattr(loading, "look_first", note_looker)
    monkeypatch.setattr(WorkQueue, "take", take_what_others_left)


@pytest.mark.parametrize(
    "statement",
    ["truncate below.parts", "truncate below.child", "vacuum full below.parts_1"],
)
def test_a_table_below_a_view_that_is_rewritten_behind_the_snapshot_is_told(
    films, statement
):
    """Without a look at it, the view would lose rows that the snapshot has."""
    query(
        films.source,
        "create schema below;"
        "create table below.parts (id integer) partition by range (id);"
        "create table below.parts_1 partition of below.parts default;"
        "insert into below.parts values (1);"
        "create table below.parent (note text);"
        "create table below.child () inherits (below.parent);"
        "create view below.middle as select id::text from below.parts"
        " union all select note from below.parent",
    )
    exclude = {"exclude": ("below.*", "public.moods")}
    with gate(films.source) as closed:
        query(
            films.source,
            "create table slow (id integer); insert into slow values (1);"
            "create view first as select pass_gate() as passed from slow;"
            "create view last as"
            " select * from below.middle union all select relname from pg_class"
            " where relname = 'films'",
        )
        failures = []

        def work():
            try:
                replicate(films, workers=1, source=exclude)
            except TemporaryError as error:
                failures.append(error)

        thread = Thread(target=work)
        thread.start()
        closed.wait()
        query(films.source, statement)
        closed.open()
        thread.join()

    assert [failure.exit_code for failure in failures] == [75]
    assert "A table of public.last" in failures[0].message
    assert published(films.destination) == {}
    replicate(films, source=exclude)
    assert same(films, "last")


# --------------------------------------------------------- modes, reports and the rest


def test_a_view_of_an_incremental_source_is_read_in_full(films):
    incremental = {"mode": SyncMode.INCREMENTAL}
    replicate(films, source=incremental)
    query(films.source, "update films set price = 2 where id = 1")

    report = replicate(films, source=incremental)

    modes = {s.replica.stream.name: s.replica.stream.mode for s in report.streams}
    assert modes == {
        "public.films": "incremental",
        "public.prices": "full_refresh",
        "public.moods": "full_refresh",
    }
    assert same(films, "prices")
    assert value(
        films.destination,
        "select mode from elt.streams where stream = 'public.prices'",
    ) == ("full_refresh")


def test_a_view_of_a_logical_source_is_read_in_full(films):
    logical = {"mode": SyncMode.LOGICAL}
    replicate(films, source=logical)
    query(films.source, "update films set price = 2 where id = 1")

    with lines() as logged:
        replicate(films, source=logical)

    assert same(films, "prices")
    assert logged["read in full"] == []
    members = "select tablename from pg_publication_tables"
    assert query(films.source, members) == [("films",)]
    query(
        films.source,
        "select pg_drop_replication_slot(slot_name) "
        "from pg_replication_slots where database = current_database()",
    )


@pytest.mark.parametrize(
    "option", ["mode: incremental", "mode: logical", "{mode: full_refresh}"]
)
def test_a_mode_of_tables_is_refused_for_a_view(films, tmp_path, option):
    streams = option if option.startswith("{") else f"{{{option}}}"
    source = f"{{include_views: true, streams: {{public.prices: {streams}}}}}"

    outcome = command(films, tmp_path, "replicate", config=f"sources: [{source}]")

    if "full" in option:
        assert outcome.code == 0
        return
    assert outcome.code == 78
    assert "public.prices is a view" in outcome.error["message"]
    assert "Leave out mode" in outcome.error["hint"]


def test_an_override_for_a_view_asks_for_the_option(films, tmp_path):
    config = "sources: [{streams: {public.prices: {on_schema_change: keep}}}]"

    outcome = command(films, tmp_path, "replicate", config=config)

    assert outcome.code == 78
    assert "include_views: true" in outcome.error["hint"]


def test_a_check_tells_how_views_are_read(films, tmp_path):
    config = "sources: [{include_views: true}]"

    outcome = command(films, tmp_path, "check", config=config)

    assert outcome.code == 0
    assert "1 tables and 2 views" in outcome.output
    assert "public.prices: read in full by every run" in outcome.output
    assert "Add a primary key" not in outcome.output


def test_verify_compares_views(films, tmp_path):
    config = "sources: [{include_views: true}]"
    replicate(films)
    query(films.source, "update films set price = 7")

    outcome = command(
        films, tmp_path, "verify", "--stream", "public.[pm]*", config=config
    )

    lines_of = [line.split() for line in outcome.output.splitlines()]
    assert outcome.code == 65
    assert ["public.moods", "2", "2", "equal"] in lines_of
    assert ["public.prices", "2", "2", "DIFFERS"] in lines_of
    assert "each time it is read" in outcome.output


def test_views_are_sources_of_dbt(films, tmp_path):
    config = "sources: [{include_views: true}]"
    replicate(films)

    outcome = command(films, tmp_path, "dbt-sources", config=config)

    assert "- name: prices\n" in outcome.output
    assert "What films cost." in outcome.output
    assert "- name: moods\n" in outcome.output
