"""Defaults of roles, encodings and locales do not change what is copied."""

from contextlib import contextmanager

import pytest
from integration.gates import gate
from integration.incremental import comparisons
from integration.replication import (
    changes,
    configure,
    leftovers,
    query,
    run,
    value,
    version_of,
    with_role,
)
from psycopg2.sql import SQL, Identifier, Literal
from servers import Databases, administer, new_database

from elt.config import DeletePolicy, PublishPolicy, SyncMode, Verification
from elt.errors import ConfigError
from elt.replication.check import check
from elt.replication.findings.finding import Level

#: Each of them changes the text of values, hides rows or ends what takes long.
HOSTILE = {
    "datestyle": "German, DMY",
    "intervalstyle": "sql_standard",
    "timezone": "America/St_Johns",
    "extra_float_digits": "-15",
    "bytea_output": "escape",
    "xmloption": "document",
    "xmlbinary": "hex",
    "array_nulls": "off",
    "backslash_quote": "on",
    "quote_all_identifiers": "on",
    "search_path": "pg_catalog",
    "default_transaction_isolation": "serializable",
    "default_transaction_read_only": "on",
    "transform_null_equals": "on",
    "escape_string_warning": "off",
    "client_encoding": "LATIN1",
    "client_min_messages": "error",
    "check_function_bodies": "off",
    "row_security": "off",
    "statement_timeout": "{milliseconds}",
    "lock_timeout": "{milliseconds}",
    "idle_in_transaction_session_timeout": "{milliseconds}",
    "idle_session_timeout": "{milliseconds}",
    "transaction_timeout": "{milliseconds}",
}
VALUES = r"""
create type mood as enum ('it''s', 'back\slash');
create table moments (
    id integer primary key,
    at timestamptz,
    day date,
    lasted interval,
    number float8,
    bytes bytea,
    words text[],
    price money,
    mood mood,
    owner regrole,
    check (mood <> 'back\slash')
);
insert into moments values
(1, '2024-02-03 04:05:06.789+00', '2024-02-03', '1 year -2 days 03:04:05.678', 0.1,
    '\x00ff', '{NULL,a\\b,"NULL"}', 1234.56, 'it''s', 'postgres'),
(2, 'infinity', '0001-02-03 BC', '-1 mons', 1e-300, '', '{}', -0.01, null, null);
create index on moments (words) where mood = 'back\slash';
create table lines (moment timestamptz, number float8, words text[]);
insert into lines select at, number, words from moments;
"""


def harden(database, role, milliseconds):
    """Give a role defaults that it would not survive by itself."""
    version = version_of(database)
    with administer(database) as cursor:
        for name, setting in HOSTILE.items():
            if name == "transaction_timeout" and version < 17:
                continue
            cursor.execute(
                SQL("alter role {} in database {} set {} to {}").format(
                    Identifier(role.user),
                    Identifier(database.database),
                    Identifier(name),
                    SQL(setting)
                    if name == "datestyle"
                    else Literal(setting.format(milliseconds=milliseconds)),
                )
            )


def test_defaults_of_roles_change_nothing(databases, make_role):
    query(databases.source, VALUES)
    hostile = Databases(*(make_role(database) for database in databases))
    for database, role in zip(databases, hostile, strict=True):
        query(database, f"alter role {role.user} superuser")
        harden(database, role, milliseconds=0)

    first = changes(run(hostile, verify=Verification.EXACT))
    second = changes(run(databases, verify=Verification.EXACT))

    assert first == {"public.moments": (2, 0, 0), "public.lines": (2, 0, 0)}
    assert second == {}
    statement = "select moments::text from {}.moments order by id"
    assert query(databases.source, statement.format("public")) == query(
        databases.destination, statement.format("raw")
    )


def test_time_limits_of_roles_end_no_run(databases, make_role):
    """The copy waits for several times what the roles' defaults allow."""
    query(databases.source, VALUES)
    reader, writer = (make_role(database) for database in databases)
    query(
        databases.source,
        f"grant select on all tables in schema public to {reader.user}",
    )
    query(databases.destination, f"alter role {writer.user} superuser")
    with gate(databases.source) as closed:
        query(
            databases.source,
            "create policy slow on moments using (pass_gate() or id = 1);"
            "alter table moments enable row level security;"
            "create function public.slow() returns boolean language sql "
            "as 'select pg_sleep(0.3) is not null'",
        )
        closed.open()
    query(
        databases.source,
        "create policy slower on lines using (slow());"
        "alter table lines enable row level security",
    )
    harden(databases.source, reader, milliseconds=100)
    harden(databases.destination, writer, milliseconds=100)

    report = run(Databases(reader, writer), source={"allow_row_security": True})

    assert changes(report) == {"public.moments": (2, 0, 0), "public.lines": (2, 0, 0)}


def test_role_whose_backslashes_mean_something_is_refused(databases, make_role):
    query(databases.source, VALUES)
    role = make_role(databases.source)
    query(
        databases.source,
        f"alter role {role.user} set standard_conforming_strings to off",
    )

    with pytest.raises(ConfigError, match="Backslashes") as caught:
        run(with_role(databases, role))

    query(databases.source, caught.value.hint.partition(": ")[2])
    query(
        databases.source, f"grant select on all tables in schema public to {role.user}"
    )
    assert len(changes(run(with_role(databases, role)))) == 2


@contextmanager
def other_database(server, prefix, options):
    """Create a database with another encoding or locale."""
    with new_database(server, prefix) as database:
        with administer(server) as cursor:
            name = Identifier(database.database)
            cursor.execute(SQL("drop database {}").format(name))
            cursor.execute(
                SQL("create database {} template template0 " + options).format(name)
            )
        yield database


WORDS = """
create table words (
    id integer primary key, word text, tags text[], more jsonb, odd json
);
insert into words values
(1, 'déjà vu', '{ä,ö}', '{"ü": "ß"}', '{"é":  1}'), (2, 'plain', '{}', '{}', '{}');
create table lines (word text);
insert into lines select word from words;
"""
#: The KOI8-R of ю is before that of д, and all of its bytes hash differently.
PARTS = """
create table hashed (word text) partition by hash (word);
create table hashed_0 partition of hashed for values with (modulus 2, remainder 0);
create table hashed_1 partition of hashed for values with (modulus 2, remainder 1);
create table ranged (word text) partition by range (word);
create table ranged_low partition of ranged for values from (minvalue) to ('д');
create table ranged_high partition of ranged for values from ('д') to (maxvalue);
create table listed (word text) partition by list (word);
create table listed_0 partition of listed for values in ('ю');
create table listed_1 partition of listed default;
insert into hashed select substr('юабцдефгхийклмнопярс', n, 1)
from generate_series(1, 20) as n;
insert into ranged select word from hashed;
insert into listed select word from hashed;
"""
LOCALE = "select datcollate from pg_database where datname = current_database()"


@pytest.mark.parametrize("method", [Verification.CHECKSUM, Verification.EXACT])
def test_source_in_another_encoding_is_copied_and_proved(
    databases, source_server, method
):
    options = "encoding 'LATIN1' locale 'C'"
    with other_database(source_server, "SOURCE", options) as latin:
        query(latin, WORDS)

        run(databases._replace(source=latin), verify=method)
        report = run(databases._replace(source=latin), verify=method)

    assert changes(report) == {}
    assert query(databases.destination, "select word from raw.words order by id") == [
        ("déjà vu",),
        ("plain",),
    ]


def test_keys_that_an_encoding_orders_differently_are_found(databases, source_server):
    options = "encoding 'KOI8R' locale 'C'"
    with other_database(source_server, "SOURCE", options) as russian:
        query(
            russian,
            "create table words (word text primary key, number integer);"
            "insert into words select substr('юабцдефгхийклмнопярс', n / 10, 1) || n, n"
            " from generate_series(10, 209) as n",
        )
        found = databases._replace(source=russian)
        run(found)
        query(found.destination, "update raw.words set number = 0 where number = 55")

        [comparison] = comparisons(found, source={"mode": SyncMode.FULL_REFRESH})

    [span] = comparison.ranges
    assert span.low <= ("д55",) < span.high


def test_partitions_that_an_encoding_fills_differently_become_children(
    databases, source_server
):
    options = "encoding 'KOI8R' locale 'C'"
    with other_database(source_server, "SOURCE", options) as russian:
        query(russian, PARTS)
        found = databases._replace(source=russian)

        report = run(found)

        assert {missing.name for missing in report.not_copied} == {
            "public.hashed: partitioning hashed",
            "public.ranged: partitioning ranged",
        }
        for table in ("hashed", "ranged", "listed"):
            rows = f'select word from {{}}.{table} order by word collate "C"'
            assert query(found.destination, rows.format("raw")) == sorted(
                query(russian, rows.format("public"))
            )
        assert all(c.is_equal for c in comparisons(found))
        assert changes(run(found)) == {}


def test_partitions_that_a_locale_orders_become_children(databases, source_server):
    options = "encoding 'UTF8' locale 'C'"
    with other_database(source_server, "SOURCE", options) as plain:
        query(plain, PARTS)

        report = run(databases._replace(source=plain))

    has_same = value(databases.destination, LOCALE) == "C"
    assert [missing.name for missing in report.not_copied] == (
        [] if has_same else ["public.ranged: partitioning ranged"]
    )


def test_destination_in_another_encoding_is_a_destination(
    databases, destination_server
):
    """What elt says of its own tables can be written in every encoding."""
    options = "encoding 'LATIN1' locale 'C'"
    with other_database(destination_server, "DESTINATION", options) as latin:
        query(databases.source, WORDS)

        run(databases._replace(destination=latin))
        report = run(databases._replace(destination=latin))

        assert changes(report) == {}
        assert value(latin, "select word from raw.words where id = 1") == "déjà vu"


def test_source_without_an_encoding_is_refused(databases, source_server):
    """Bytes of an unknown encoding cannot be stored as text of a known one."""
    options = "encoding 'SQL_ASCII' locale 'C'"
    with other_database(source_server, "SOURCE", options) as nameless:
        query(
            nameless,
            r"create table words as select convert_from('\xe9', 'SQL_ASCII') as word",
        )

        with pytest.raises(
            ConfigError, match=r"public\.words.*character not in repertoire"
        ):
            run(databases._replace(source=nameless))


def test_generated_values_are_those_of_the_source(databases, source_server):
    """The same expression gives something else under another locale."""
    with other_database(source_server, "SOURCE", "locale 'C'") as plain:
        query(
            plain,
            "create table words (id integer primary key, word text, "
            "upper text generated always as (upper(word)) stored);"
            "insert into words values (1, 'déjà')",
        )

        run(databases._replace(source=plain))

    assert value(databases.destination, "select upper from raw.words") == "DéJà"


def test_ranges_of_text_are_those_of_the_source(databases, source_server):
    with other_database(source_server, "SOURCE", "locale 'C'") as plain:
        query(
            plain,
            """create type words as range (subtype = text, collation = "C");
            create table dictionary (id integer primary key, w words);
            insert into dictionary values (1, '[B,a]');
            create table by_word (word text) partition by range (word);
            create table by_word_1 partition of by_word for values from ('B') to ('a');
            insert into by_word values ('C')""",
        )

        run(databases._replace(source=plain))

    assert value(databases.destination, "select w::text from raw.dictionary") == "[B,a]"


def test_rows_are_read_as_the_role_may(databases, make_role):
    """A default of row_security = on does not hide rows without a word."""
    query(databases.source, VALUES)
    role = make_role(databases.source)
    query(
        databases.source,
        "alter table lines enable row level security;"
        "create policy none on lines using (false);"
        f"grant select on all tables in schema public to {role.user};"
        f"alter role {role.user} set row_security to on",
    )

    with pytest.raises(ConfigError, match="hide rows"):
        run(with_role(databases, role))


def test_run_that_fails_at_a_foreign_character_is_recorded(
    databases, destination_server
):
    options = "encoding 'LATIN1' locale 'C'"
    with other_database(destination_server, "DESTINATION", options) as latin:
        query(databases.source, 'create table "影" (id integer)')

        with pytest.raises(ConfigError) as refused:
            run(databases._replace(destination=latin))

        assert "ENCODING 'UTF8'" in refused.value.hint
        assert leftovers(latin) == []
        runs = "select status, position('u5f71' in error) > 0 from elt.sync_runs"
        assert query(latin, runs) == [("failed", True)]


def test_table_that_fails_at_a_foreign_character_is_altered_later(
    databases, destination_server
):
    """What was altered before is undone, though such a statement is not even parsed."""
    options = {
        "source": {"mode": SyncMode.INCREMENTAL, "deletes": DeletePolicy.SOFT},
        "publish": PublishPolicy.EACH,
    }
    encoding = "encoding 'LATIN1' locale 'C'"
    with other_database(destination_server, "DESTINATION", encoding) as latin:
        found = databases._replace(destination=latin)
        query(
            databases.source,
            "create table prices (id integer primary key, unit text);"
            "insert into prices values (1, 'EUR');"
            "create table others (id integer primary key)",
        )
        run(found, **options)
        query(
            databases.source,
            "alter table prices add vat integer not null default 19;"
            "create index in_euros on prices (id) where unit = '€'",
        )

        failed = run(found, **options)
        columns = query(latin, "select * from raw.prices")
        query(databases.source, "drop index in_euros")
        report = run(found, **options)

        assert list(failed.failures) == ["public.prices"]
        assert columns == [(1, "EUR", None)]
        assert not report.failures
        assert query(latin, "select vat from raw.prices") == [(19,)]


@pytest.mark.parametrize(
    "script",
    [
        'create table "{}" (id integer primary key)',
        'create table t ("{}" integer)',
        'create table t (id integer constraint "{}" primary key)',
        'create table t (id integer); create index "{}" on t (id)',
    ],
)
def test_name_that_the_destination_would_cut_is_refused(
    databases, source_server, script
):
    options = "encoding 'LATIN1' locale 'C'"
    name = "é" * 40
    with other_database(source_server, "SOURCE", options) as latin:
        found = databases._replace(source=latin)
        query(latin, script.format(name))
        config = configure(found)

        findings = check(config, config.sources[0]).findings
        with pytest.raises(ConfigError, match=f"longer than 63 bytes .*: .*{name}"):
            run(found)

    assert name in "\n".join(f.text for f in findings if f.level is Level.ERROR)
