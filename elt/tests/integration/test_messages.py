"""Blocks that begin with their first statement, and what goes along with it."""

from contextlib import closing, suppress
from io import BytesIO

import pytest
from integration.replication import query

from elt.errors import EltError
from elt.postgres import connect, execute, raw, savepoint, send_ahead, transaction
from elt.replication.rows.copy import copy_from


@pytest.fixture
def connection(destination_database):
    query(destination_database, "create table numbers (n integer primary key)")
    with closing(connect(destination_database, application_name="test")) as connection:
        yield connection


def numbers(database):
    return [n for (n,) in query(database, "select n from numbers order by n")]


def fail_in_savepoint(connection, statement):
    with suppress(EltError), savepoint(connection):
        execute(connection, statement)


def test_a_transaction_of_one_statement_is_two_messages(
    connection, destination_database
):
    before = connection.sent

    with transaction(connection):
        execute(connection, "insert into numbers values (1)")

    assert connection.sent - before == 2
    assert numbers(destination_database) == [1]


def test_a_block_without_a_statement_is_none(connection, destination_database):
    before = connection.sent

    with transaction(connection), savepoint(connection, goes_ahead=True):
        pass

    assert connection.sent == before
    execute(connection, "insert into numbers values (1)")
    assert numbers(destination_database) == [1]


def test_a_block_that_fails_before_its_first_statement_leaves_nothing(
    connection, destination_database
):
    with transaction(connection):
        with suppress(ValueError), savepoint(connection):
            raise ValueError
        execute(connection, "insert into numbers values (1)")
    with suppress(ValueError), transaction(connection):
        raise ValueError
    execute(connection, "insert into numbers values (2)")

    assert numbers(destination_database) == [1, 2]


@pytest.mark.parametrize("statement", ["select 1 / 0", "selec 1", "select missing"])
def test_a_first_statement_that_fails_is_undone(
    connection, destination_database, statement
):
    with transaction(connection):
        execute(connection, "insert into numbers values (1)")
        fail_in_savepoint(connection, statement)
        execute(connection, "insert into numbers values (2)")

    assert numbers(destination_database) == [1, 2]


@pytest.mark.parametrize("statement", ["select 1 / 0", "selec 1"])
def test_a_transaction_that_begins_with_a_failure_is_none(
    connection, destination_database, statement
):
    with suppress(EltError), transaction(connection):
        execute(connection, statement)
    execute(connection, "insert into numbers values (1)")

    assert numbers(destination_database) == [1]


def test_a_savepoint_may_go_with_its_first_statement(connection, destination_database):
    with transaction(connection):
        execute(connection, "insert into numbers values (1)")
        before = connection.sent
        for number in (2, 3):
            with savepoint(connection, goes_ahead=True):
                execute(connection, f"insert into numbers values ({number})")
        with suppress(EltError), savepoint(connection, goes_ahead=True):
            execute(connection, "insert into numbers values (3)")
        assert connection.sent - before == 3
        execute(connection, "insert into numbers values (4)")

    assert numbers(destination_database) == [1, 2, 3, 4]


def test_a_block_that_fails_undoes_those_within_it(connection, destination_database):
    """The end of the inner one still waits for a statement then."""
    with transaction(connection):
        execute(connection, "insert into numbers values (1)")
        with suppress(ValueError), savepoint(connection):
            execute(connection, "insert into numbers values (2)")
            with savepoint(connection):
                execute(connection, "insert into numbers values (3)")
            raise ValueError
        execute(connection, "insert into numbers values (4)")

    assert numbers(destination_database) == [1, 4]


@pytest.mark.parametrize("statement", ["select 1 / 0", "selec 1"])
def test_a_failure_behind_a_block_undoes_the_one_around_both(
    connection, destination_database, statement
):
    """The end of the inner one is lost with a statement that cannot be parsed."""
    with transaction(connection):
        execute(connection, "insert into numbers values (1)")
        with suppress(EltError), savepoint(connection):
            execute(connection, "insert into numbers values (2)")
            with savepoint(connection):
                execute(connection, "insert into numbers values (3)")
            execute(connection, statement)
        execute(connection, "insert into numbers values (4)")

    assert numbers(destination_database) == [1, 4]


def test_a_block_that_cannot_begin_does_not_undo_the_one_before(
    connection, destination_database
):
    """Nothing is lost in silence: the transaction fails."""
    with suppress(EltError), transaction(connection):
        with savepoint(connection, goes_ahead=True):
            execute(connection, "insert into numbers values (1)")
        with suppress(EltError), savepoint(connection, goes_ahead=True):
            execute(connection, "selec 1")
        execute(connection, "insert into numbers values (2)")

    assert numbers(destination_database) == []


def test_a_transaction_that_fails_behind_a_block_undoes_it(
    connection, destination_database
):
    with suppress(ValueError), transaction(connection):
        with savepoint(connection):
            execute(connection, "insert into numbers values (1)")
        raise ValueError
    execute(connection, "insert into numbers values (2)")

    assert numbers(destination_database) == [2]


def test_a_copy_is_part_of_a_block_that_has_nothing_else(
    connection, destination_database
):
    copy = raw("copy numbers from stdin")

    with suppress(ValueError), transaction(connection):
        copy_from(connection, copy, BytesIO(b"1\n"))
        raise ValueError
    with transaction(connection):
        with suppress(ValueError), savepoint(connection):
            copy_from(connection, copy, BytesIO(b"2\n"))
            raise ValueError
        copy_from(connection, copy, BytesIO(b"3\n"))

    assert numbers(destination_database) == [3]


def test_what_goes_ahead_is_sent_with_the_next_statement(connection):
    before = connection.sent

    send_ahead(connection, "set local work_mem to '1MB'")
    shown = execute(connection, "show work_mem")

    assert (shown, connection.sent - before) == ([("1MB",)], 1)
    assert execute(connection, "show work_mem") != [("1MB",)]


def test_a_failure_of_what_goes_ahead_is_one_of_the_next_statement(connection):
    send_ahead(connection, "set local work_mem to 'much'")

    with pytest.raises(EltError, match="invalid parameter"):
        execute(connection, "select 1")

    assert execute(connection, "select 1") == [(1,)]


def test_a_percent_sign_of_what_goes_ahead_is_no_parameter(connection):
    send_ahead(connection, "set application_name to '100%'")

    [(name,)] = execute(connection, "select %(name)s", {"name": "x"})

    assert name == "x"
    assert execute(connection, "show application_name") == [("100%",)]
