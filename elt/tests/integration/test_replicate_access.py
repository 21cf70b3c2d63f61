"""What keeps a run from its databases is said at once, with what to do about it."""

import re
from dataclasses import replace

import pytest
from integration.program import command
from integration.replication import (
    changes,
    configure,
    query,
    run,
    value,
    with_role,
)
from psycopg2.sql import SQL, Identifier
from servers import Databases

from elt.config import PublishPolicy
from elt.embedded import free_port
from elt.errors import ConfigError
from elt.replication.check import check

FILMS = """
create table films (id integer generated always as identity primary key, title text);
insert into films (title) select 'film ' || n from generate_series(1, 10) as n;
create schema "Odd % {} Shop";
create table "Odd % {} Shop"."Orders 100%" as select 1 as id;
"""
#: Five attempts with these pauses would take longer than any test waits.
RETRIES = {"ELT_MAX_RETRIES": "5", "ELT_RETRY_DELAY_SECONDS": "60"}
PASSWORD = "correct horse battery staple"


@pytest.fixture
def films(databases):
    query(databases.source, FILMS)
    return databases


def grant_all(source, role):
    """Let a role read everything."""
    query(
        source,
        f'grant usage on schema public, "Odd % {{}} Shop" to {role.user};'
        "grant select on all tables in schema public, "
        f'"Odd % {{}} Shop" to {role.user}',
    )


@pytest.mark.parametrize("side", ["source", "destination"])
def test_wrong_password_is_refused_at_once(films, make_role, tmp_path, side):
    role = make_role(getattr(films, side), "right")
    wrong = replace(role, password="wrong")

    outcome = command(films._replace(**{side: wrong}), tmp_path, **RETRIES)

    assert outcome.code == 78
    assert "password authentication failed" in outcome.error["message"]
    assert wrong.user in outcome.error["message"]
    assert [r["message"] for r in outcome.records if r["level"] == "warning"] == []


@pytest.mark.parametrize("side", ["source", "destination"])
def test_missing_database_is_refused_at_once(films, tmp_path, side):
    elsewhere = replace(getattr(films, side), database="nowhere")

    outcome = command(films._replace(**{side: elsewhere}), tmp_path, **RETRIES)

    assert outcome.code == 78
    assert 'database "nowhere" does not exist' in outcome.error["message"]


@pytest.mark.parametrize("side", ["source", "destination"])
def test_unreachable_database_is_waited_for(films, tmp_path, side):
    port = free_port()
    unreachable = films._replace(**{side: replace(getattr(films, side), port=port)})

    outcome = command(
        unreachable, tmp_path, ELT_MAX_RETRIES="3", ELT_RETRY_DELAY_SECONDS="0"
    )

    assert outcome.code == 75
    assert f"127.0.0.1:{port}" in outcome.error["message"]
    waits = [r for r in outcome.records if r["message"] == "waited for database"]
    assert [wait["attempt"] for wait in waits] == [1, 2, 3]


def test_host_that_does_not_exist_is_waited_for(films, tmp_path):
    nowhere = films._replace(source=replace(films.source, host="nowhere.invalid"))

    outcome = command(
        nowhere, tmp_path, ELT_MAX_RETRIES="1", ELT_RETRY_DELAY_SECONDS="0"
    )

    assert outcome.code == 75
    assert "nowhere.invalid" in outcome.error["message"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_source_cannot_be_its_own_destination(films, make_role, host):
    role = make_role(films.source)
    same = replace(films.source, prefix="DESTINATION", host=host)

    for source in (films.source, role):
        with pytest.raises(ConfigError, match="are one database"):
            run(Databases(source, same))

    schemas = "select count(*) from pg_namespace where nspname ~ '^(raw|elt)'"
    assert value(films.source, schemas) == 0


def test_database_of_the_same_server_is_no_mistake(films, source_server, make_database):
    neighbour = make_database(source_server, "DESTINATION")

    report = run(films._replace(destination=neighbour))

    assert len(changes(report)) == 2


def test_missing_grants_are_named_and_are_enough(films, make_role):
    role = make_role(films.source)
    query(films.source, "revoke usage on schema public from public")

    with pytest.raises(ConfigError, match=f"Role {role.user} may not read") as caught:
        run(with_role(films, role))
    statements = re.findall(r"GRANT .*;", caught.value.hint)
    for statement in statements:
        query(films.source, statement)
    report = run(with_role(films, role))

    assert len(statements) == 4
    assert len(changes(report)) == 2


def test_a_table_that_may_not_be_read_does_not_hold_back_others(films, make_role):
    role = make_role(films.source)
    grant_all(films.source, role)
    run(with_role(films, role))
    query(
        films.source,
        "create table secret as select 1; create table hidden as select 1;"
        "insert into films values (default, 'new')",
    )

    report = run(with_role(films, role), publish=PublishPolicy.EACH)

    assert changes(report)["public.films"] == (1, 0, 0)
    grant = "GRANT SELECT ON TABLE public.{} TO " + role.user + ";"
    assert {
        name: (error.exit_code, error.message, grant.format(name[7:]) in error.hint)
        for name, error in report.failures.items()
    } == {
        f"public.{name}": (78, f"Role {role.user} may not read public.{name}", True)
        for name in ("hidden", "secret")
    }
    config = configure(with_role(films, role), publish=PublishPolicy.EACH)
    findings = check(config, config.sources[0]).findings
    hints = {error.hint for error in report.failures.values()}
    assert {found.fix for found in findings if found.exit_code} == hints
    query(films.source, grant.format("secret") + grant.format("hidden"))
    assert changes(run(with_role(films, role)))["public.secret"] == (1, 0, 0)


def test_grants_to_a_role_with_an_odd_name_are_enough(films, make_role):
    plain = make_role(films.source)
    odd = plain.user + ' "Röle" % {}'
    query(
        films.source,
        SQL("alter role {} rename to {}").format(
            Identifier(plain.user), Identifier(odd)
        ),
    )
    role = replace(plain, user=odd)

    with pytest.raises(ConfigError) as caught:
        run(with_role(films, role))
    for statement in re.findall(r"GRANT .*;", caught.value.hint):
        query(films.source, statement)

    assert len(changes(run(with_role(films, role)))) == 2


def test_tables_that_may_not_be_read_can_be_excluded(films, make_role):
    role = make_role(films.source)
    query(films.source, f"grant select on films to {role.user}")

    report = run(with_role(films, role), source={"exclude": ("Odd*",)})

    assert changes(report) == {"public.films": (10, 0, 0)}


def test_hidden_rows_are_refused(films, make_role):
    role = make_role(films.source)
    grant_all(films.source, role)
    query(
        films.source,
        "alter table films enable row level security;"
        "create policy low on films using (id < 4)",
    )

    with pytest.raises(ConfigError, match=r"hide rows of public\.films") as caught:
        run(with_role(films, role))

    assert f"ALTER ROLE {role.user} BYPASSRLS" in caught.value.hint
    assert "allow_row_security" in caught.value.hint


def test_hidden_rows_stay_away_where_that_is_wanted(films, make_role, tmp_path):
    role = make_role(films.source)
    grant_all(films.source, role)
    query(
        films.source,
        "alter table films enable row level security;"
        "create policy low on films using (id < 4)",
    )

    own = with_role(films, role)
    config = "sources: [{allow_row_security: true}]"
    checked = command(own, tmp_path, "check", config=config)
    report = run(own, source={"allow_row_security": True})

    told = "row security decides which rows are copied of public.films\n"
    assert told in checked.output
    assert changes(report)["public.films"] == (3, 0, 0)


def test_role_that_bypasses_row_security_sees_every_row(films, make_role):
    role = make_role(films.source)
    grant_all(films.source, role)
    query(
        films.source,
        f"alter table films enable row level security;alter role {role.user} bypassrls",
    )

    assert changes(run(with_role(films, role)))["public.films"] == (10, 0, 0)


def test_role_that_may_create_schemas_is_enough_at_the_destination(films, make_role):
    role = make_role(films.destination)
    query(
        films.destination,
        f"grant create on database {films.destination.database} to {role.user}",
    )
    ours = films._replace(destination=role)
    run(ours)
    query(films.source, "insert into films (title) values ('new')")

    report = run(ours)

    assert changes(report) == {"public.films": (1, 0, 0)}


def test_role_that_may_not_create_schemas_is_refused(films, make_role):
    role = make_role(films.destination)

    with pytest.raises(ConfigError, match="permission denied for database"):
        run(films._replace(destination=role))


def test_lost_privilege_keeps_what_is_published(films, make_role):
    role = make_role(films.source)
    grant_all(films.source, role)
    run(with_role(films, role))
    query(films.source, f"revoke select on films from {role.user}")

    with pytest.raises(ConfigError, match="may not read"):
        run(with_role(films, role))

    assert value(films.destination, "select count(*) from raw.films") == 10


def test_mistakes_of_the_configuration_are_told_together(films, tmp_path):
    config = """
sources:
  - {name: raw, modus: full_refresh, include: [films]}
destination: {indices: true}
verify: maybe
workers: 0
"""

    outcome = command(films, tmp_path, config=config, SOURCE_PORT="many")

    assert outcome.code == 78
    told = f"{outcome.error['message']} {outcome.error.get('hint')}"
    for path in (
        "sources[0].modus",
        "sources[0].include",
        "destination.indices",
        "verify",
        "workers",
        "SOURCE_PORT",
    ):
        assert path in told


def test_stream_that_does_not_exist_is_wrong_usage(films, tmp_path):
    outcome = command(films, tmp_path, "replicate", "--stream", "public.flims")

    assert outcome.code == 64
    assert "public.flims" in outcome.error["message"]


def test_source_without_tables_is_refused(databases):
    with pytest.raises(ConfigError, match="No table"):
        run(databases)


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_password_is_never_said(films, make_role, tmp_path, log_format):
    ours = Databases(
        *(
            make_role(database, PASSWORD)
            for database in (films.source, films.destination)
        )
    )
    grant_all(films.source, ours.source)
    arguments = ("replicate", "--verbose", "--log-format", log_format)
    refused = command(ours, tmp_path, *arguments)
    query(
        films.destination,
        f"grant create on database {films.destination.database} to "
        f"{ours.destination.user}",
    )
    done = command(ours, tmp_path, *arguments)
    wrong = ours._replace(source=replace(ours.source, password=PASSWORD + "!"))
    failed = command(wrong, tmp_path, *arguments)
    url = {
        f"SOURCE_{name}": ""
        for name in ("HOST", "PORT", "DATABASE", "USER", "PASSWORD")
    } | {
        "SOURCE_URL": f"postgresql://{ours.source.user}:{PASSWORD.replace(' ', '%20')}"
        f"@127.0.0.1:{ours.source.port}/nowhere"
    }
    misled = command(ours, tmp_path, *arguments, **url)

    assert [o.code for o in (refused, done, failed, misled)] == [78, 0, 78, 78]
    for outcome in (refused, done, failed, misled):
        assert PASSWORD not in outcome.output
        assert PASSWORD.replace(" ", "%20") not in outcome.output
    state = query(films.destination, "select row_to_json(r)::text from elt.sync_runs r")
    assert PASSWORD not in str(state)
