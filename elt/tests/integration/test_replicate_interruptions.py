"""However a run is ended, readers keep what they had, and the next run is clean."""

import random
import signal

import pytest
from integration.gates import gate
from integration.program import command, program
from integration.replication import (
    last_run,
    leftovers,
    published,
    query,
    run,
    wait_until,
    with_role,
)

from elt.errors import TemporaryError

TABLES = ("films", "actors", "ratings")
#: A source whose reader stands before a gate in the middle of a table.
SOURCE = """
create table films (id integer primary key, version integer, title text);
create table actors (id integer primary key, version integer);
create table ratings (film integer, version integer);
insert into films select n, 1, repeat('x', 200) from generate_series(1, 2000) as n;
insert into actors select n, 1 from generate_series(1, 50) as n;
insert into ratings select n % 7, 1 from generate_series(1, 50) as n;
grant select on all tables in schema public to {role};
"""
HELD_AT_THE_SOURCE = """
create policy held on films using (id < 1000 or public.pass_gate());
alter table films enable row level security;
"""
#: What a run left that was killed, and a count of what is dropped at once.
MANY_LEFT = r"""
create schema elt_shadow_raw;
comment on schema elt_shadow_raw is
    'Rows of source raw on their way; elt makes and drops this schema.';
do $$ begin
    for number in 1..50 loop
        execute format('create table elt_shadow_raw.films_%s ()', number);
    end loop;
end $$;
create table drops (tables bigint);
create function count_drops() returns event_trigger language plpgsql as $$ begin
    insert into drops
    select count(*) from pg_event_trigger_dropped_objects()
    where object_type = 'table' and object_name like 'films\_%';
end $$;
create event trigger count_drops on sql_drop execute function count_drops();
"""
#: Where else a run can be held: in the statement that ...
HOLD = """
create function public.hold() returns {kind} language plpgsql as $$
begin
    {hold};
    {end}
end $$;
"""
PASS_GATE = "perform public.pass_gate()"
#: The state makes a table, too, before anything is to be held.
PASS_GATE_WITH_A_SHADOW = (
    "perform public.pass_gate() from pg_event_trigger_ddl_commands() "
    "where schema_name ~ '^elt_shadow'"
)
HOLDS = {
    "makes a shadow": (
        "create event trigger hold on ddl_command_end "
        "when tag in ('CREATE TABLE') execute function public.hold()"
    ),
    "compares": (
        "create event trigger hold on ddl_command_end "
        "when tag in ('CREATE TABLE AS') execute function public.hold()"
    ),
    "publishes": (
        "create trigger hold before insert on elt.receipts "
        "execute function public.hold()"
    ),
    "cleans up": (
        "create event trigger hold on ddl_command_start "
        "when tag in ('DROP SCHEMA') execute function public.hold()"
    ),
}
CONFIG = "sources: [{allow_row_security: true}]"


@pytest.fixture
def films(databases, make_role):
    """Return databases of which the destination has the first version."""
    role = make_role(databases.source)
    query(databases.source, SOURCE.format(role=role.user))
    ours = with_role(databases, role)
    run(ours, source={"allow_row_security": True})
    write_version(databases.source, 2)
    return ours


def write_version(source, version):
    """Change every row of the source."""
    query(
        source,
        "".join(f"update {table} set version = {version};" for table in TABLES),
    )


def versions(databases):
    """Return the versions that readers of all tables see together."""
    union = " union ".join(f"select version from raw.{table}" for table in TABLES)
    return [version for (version,) in query(databases.destination, union)]


def hold(databases, where):
    """Let a run wait before the gate of the destination."""
    kind = "trigger" if where == "publishes" else "event_trigger"
    end = "return new;" if where == "publishes" else ""
    held = PASS_GATE_WITH_A_SHADOW if where == "makes a shadow" else PASS_GATE
    query(databases.destination, HOLD.format(kind=kind, hold=held, end=end))
    query(databases.destination, HOLDS[where])


def release(databases):
    """Let later runs pass; who stands before the gate is not let through."""
    query(
        databases.destination,
        "drop event trigger if exists hold;drop trigger if exists hold on elt.receipts",
    )


def wait_for_lock_to_be_free(databases):
    """Wait until the server has noticed that the coordinator is gone."""
    sessions = (
        "select count(*) from pg_stat_activity where datname = current_database() "
        "and application_name ~ '^elt replicate'"
    )
    wait_until(
        lambda: query(databases.destination, sessions) == [(0,)],
        "the coordinator's end",
    )


@pytest.mark.parametrize(
    "number, code", [(signal.SIGTERM, 143), (signal.SIGINT, 130)], ids=["TERM", "INT"]
)
def test_signal_ends_a_copy_at_once(films, source_database, tmp_path, number, code):
    before = published(films.destination)
    with gate(source_database) as closed:
        query(source_database, HELD_AT_THE_SOURCE)
        with program(films, tmp_path, config=CONFIG) as replicator:
            closed.wait()
            replicator.send(number)
            outcome = replicator.wait()

    assert outcome.code == code
    assert published(films.destination) == before
    assert leftovers(films.destination) == []
    status, recorded, error = last_run(films.destination)
    assert (status, recorded) == ("interrupted", code)
    assert number.name in error


@pytest.mark.parametrize("where", list(HOLDS))
def test_signal_ends_what_the_destination_does(films, tmp_path, where):
    with gate(films.destination) as closed:
        hold(films, where)
        with program(films, tmp_path, config=CONFIG) as replicator:
            closed.wait()
            replicator.send(signal.SIGTERM)
            outcome = replicator.wait()

    # What is published is published: only the clean-up is left to the next run.
    is_published = where == "cleans up"
    assert outcome.code == (0 if is_published else 143)
    assert versions(films) == [2 if is_published else 1]


@pytest.mark.parametrize("publish", ["together", "each"])
def test_signal_is_no_failure_of_the_stream_it_meets(films, tmp_path, publish):
    with gate(films.destination) as closed:
        query(
            films.destination,
            HOLD.format(kind="trigger", hold=PASS_GATE, end="return new;")
            + "create trigger hold before update on raw.actors "
            "for each row execute function public.hold()",
        )
        config = f"{CONFIG}\npublish: {publish}"
        with program(films, tmp_path, config=config) as replicator:
            closed.wait()
            replicator.send(signal.SIGTERM)
            outcome = replicator.wait()

    assert outcome.code == 143
    assert outcome.error["message"].startswith("Interrupted by SIGTERM")
    assert last_run(films.destination)[:2] == ("interrupted", 143)
    assert versions(films) == [1]
    states = query(films.destination, "select distinct state from elt.streams")
    assert states == [("ready",)]


def test_run_that_fails_at_its_first_step_is_recorded(databases, monkeypatch):
    def fail(*_):
        raise TemporaryError("No")

    monkeypatch.setattr("elt.replication.replicator.drop_abandoned_types", fail)

    with pytest.raises(TemporaryError):
        run(databases)

    assert last_run(databases.destination) == ("failed", 75, "No")


@pytest.mark.parametrize("where", [*HOLDS, "copies"])
def test_killed_run_leaves_what_was_published(films, source_database, tmp_path, where):
    at_source = where == "copies"
    with gate(source_database if at_source else films.destination) as closed:
        if at_source:
            query(source_database, HELD_AT_THE_SOURCE)
        else:
            hold(films, where)
        with program(films, tmp_path, config=CONFIG) as replicator:
            closed.wait()
            replicator.kill()
        release(films)
        if where in {"publishes", "cleans up", "copies"}:
            closed.open()
    wait_for_lock_to_be_free(films)
    assert versions(films) == [2 if where == "cleans up" else 1]

    outcome = command(films, tmp_path, config=CONFIG)

    assert outcome.code == 0
    assert versions(films) == [2]
    assert leftovers(films.destination) == []
    runs = query(films.destination, "select status from elt.sync_runs order by run_id")
    died = "published" if where == "cleans up" else "failed"
    assert runs == [("published",), (died,), ("published",)]


def test_run_killed_at_any_moment_is_whole_or_nothing(films, source_database, tmp_path):
    chance = random.Random(20)  # noqa: S311  moments, not secrets
    seen = [1]
    for version in range(3, 13):
        write_version(source_database, version)
        with program(films, tmp_path, config=CONFIG) as replicator:
            replicator.work_for(chance.uniform(0.15, 0.8))
            replicator.kill()
        wait_for_lock_to_be_free(films)
        found = versions(films)
        assert len(found) == 1
        assert found[0] in {seen[-1], version}
        seen += found

    outcome = command(films, tmp_path, config=CONFIG)

    assert outcome.code == 0
    assert versions(films) == [12]
    assert leftovers(films.destination) == []


def test_second_replicator_names_the_first(films, source_database, tmp_path):
    second = tmp_path / "second"
    second.mkdir()
    with gate(source_database) as closed:
        query(source_database, HELD_AT_THE_SOURCE)
        with program(films, tmp_path, config=CONFIG) as replicator:
            closed.wait()

            refused = command(films, second, config=CONFIG, ELT_MAX_RETRIES="5")

            closed.open()
            outcome = replicator.wait()

    assert refused.code == 75
    assert f":{replicator.process.pid}" in refused.error["message"]
    assert "is being replicated by elt replicate raw" in refused.error["message"]
    assert outcome.code == 0
    assert versions(films) == [2]


def test_signal_ends_the_wait_for_a_database(films, tmp_path):
    unreachable = {"SOURCE_PORT": "1", "ELT_MAX_RETRIES": "5"}
    with program(
        films, tmp_path, config=CONFIG, **unreachable, ELT_RETRY_DELAY_SECONDS="600"
    ) as replicator:
        wait_until(lambda: "waited for database" in replicator.output)
        replicator.send(signal.SIGTERM)
        outcome = replicator.wait()

    assert outcome.code == 143


def test_many_tables_that_a_dead_run_left_are_dropped_bit_by_bit(databases):
    """All at once would take more locks than a server has."""
    query(databases.source, "create table films (id integer)")
    query(databases.destination, MANY_LEFT)

    run(databases)

    assert leftovers(databases.destination) == []
    [(most, everything)] = query(
        databases.destination, "select max(tables), sum(tables) from drops"
    )
    assert everything == 50
    assert most <= 20
