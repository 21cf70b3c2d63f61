"""Rows go from COPY to COPY: from socket to socket, or through a pipe."""

import threading
from contextlib import closing

import pytest
from integration.gates import gate
from integration.replication import query, value

from elt.errors import ConfigError, DataError, LostConnectionError, TemporaryError
from elt.postgres import connect, execute, raw, transaction
from elt.replication.rows import copy
from elt.replication.rows.copy import Copied, Statements, copy_rows, copy_together

LINES = "create table lines (n integer, filler text)"
#: More than what sockets and pipes hold.
MANY = (
    "insert into lines select n, repeat('x', 300) from generate_series(1, 20000) as n"
)
SUM = "select count(*), sum(n), sum(length(filler)), md5(max(filler)) from lines"
BACKEND = "select pg_backend_pid()"
END = "select pg_terminate_backend({})"
#: What the servers send after the last row; here it is a value.
FAKES = [
    b"c\0\0\0\4C\0\0\0\x0bCOPY 1\0Z\0\0\0\5T",
    b"E\0\0\0\x1dSERROR\0C22012\0Mbroken\0\0Z\0\0\0\5E",
    b"c\0\0\0\4",
    b"X\0\0\0\4",
]


@pytest.fixture(params=["relay", "pipe"])
def way(request, monkeypatch):
    """Let rows go one way or the other."""
    if request.param == "pipe":
        monkeypatch.setattr(copy, "can_relay", lambda *_: False)
    return request.param


@pytest.fixture
def pair(databases, way):
    """Return a connection to either side, in a transaction, with a table for each."""
    with (
        closing(connect(databases.source, application_name="test")) as reader,
        closing(connect(databases.destination, application_name="test")) as writer,
    ):
        for connection in (reader, writer):
            execute(connection, LINES)
        yield reader, writer


def send(pair, select="select * from lines", *, form="binary", into="lines", **options):
    """Copy what a query of the source returns into a table, in transactions."""
    reader, writer = pair
    with transaction(reader), transaction(writer):
        out = raw(f"copy ({select}) to stdout (format {form})")
        taken = raw(f"copy {into} from stdin (format {form})")
        return copy_rows(reader, out, writer, taken, **options)


class Copying:
    """A copy in a thread of its own, and how it ended."""

    def __init__(self, pair, select):
        self.error = None
        self._thread = threading.Thread(target=self._run, args=(pair, select))
        self._thread.start()

    def _run(self, pair, select):
        try:
            send(pair, select)
        except Exception as error:  # noqa: BLE001  the test says which it should be
            self.error = error

    def join(self):
        self._thread.join()
        return self.error


def is_idle(connection):
    """Tell whether libpq and its server agree on where they are."""
    return execute(connection, "select 7") == [(7,)]


@pytest.mark.parametrize("form", ["binary", "text"])
@pytest.mark.parametrize("rows", [0, 1, 20000])
def test_rows_arrive_and_are_counted(databases, pair, form, rows):
    query(databases.source, f"{MANY} limit {rows}")
    lengths = []

    copied = send(pair, form=form, on_bytes=lengths.append)

    assert query(databases.destination, SUM) == query(databases.source, SUM)
    assert copied.rows == rows
    assert sum(lengths) >= copied.bytes
    assert all(is_idle(connection) for connection in pair)


def test_both_ways_count_the_same_bytes(databases, pair, monkeypatch):
    query(databases.source, MANY)
    for form in ("binary", "text"):
        first = send(pair, form=form)
        with monkeypatch.context() as patched:
            patched.setattr(copy, "can_relay", lambda *_: False)
            assert send(pair, form=form) == first
    lengths = value(
        databases.source,
        "select sum(length(n::text) + 1 + length(filler) + 1) from lines",
    )
    assert first == Copied(rows=20000, bytes=lengths)


def test_one_session_copies_again_and_again(databases, pair):
    query(databases.source, f"{MANY} limit 10")

    for _ in range(20):
        send(pair)

    assert value(databases.destination, "select count(*) from lines") == 200


def test_value_larger_than_any_buffer_arrives(databases, pair):
    query(databases.source, "insert into lines values (1, repeat('xyz', 5000000))")

    send(pair)

    assert query(databases.destination, SUM) == query(databases.source, SUM)


@pytest.mark.parametrize("fake", FAKES, ids=range(len(FAKES)))
@pytest.mark.parametrize("padding", [0, 1, 4000, 16384])
def test_values_that_look_like_messages_are_values(databases, pair, fake, padding):
    """The last row ends in them, too, where they would be looked for."""
    for side in databases:
        query(side, "create table secrets (n integer, bytes bytea)")
    query(
        databases.source,
        "insert into secrets select n, %s || decode(repeat('00', %s), 'hex') || %s"
        " from generate_series(1, 100) as n",
        (fake, padding, fake),
    )

    send(pair, "select * from secrets", into="secrets")

    rows = "select count(*), md5(string_agg(bytes, '' order by n)) from secrets"
    assert query(databases.destination, rows) == query(databases.source, rows)


def test_pause_in_the_middle_is_no_failure(databases, pair):
    """However the bytes before it look."""
    query(databases.source, "create table secrets (n integer, bytes bytea)")
    query(databases.destination, "create table secrets (n integer, bytes bytea)")
    query(
        databases.source,
        "insert into secrets select n, %s from generate_series(1, 100) as n",
        (FAKES[1],),
    )

    send(
        pair,
        "select n + case when n % 50 = 0 then length(pg_sleep(0.5)::text) else 0 end,"
        " bytes from secrets",
        into="secrets",
    )

    assert value(databases.destination, "select count(*) from secrets") == 100


def test_warnings_of_the_source_are_not_among_the_rows(databases, pair):
    query(
        databases.source,
        "create function warn(n integer) returns integer language plpgsql as $$"
        " begin raise warning 'line %', n; return n; end $$",
    )

    send(pair, "select warn(n), '' from generate_series(1, 100) as n")

    assert value(databases.destination, "select sum(n) from lines") == 5050


@pytest.mark.parametrize("last", [1, 15000])
def test_source_that_fails_is_named(databases, pair, last):
    query(databases.source, MANY)

    with pytest.raises(ConfigError) as caught:
        send(pair, f"select n / (n - {last}), filler from lines")

    assert caught.value.message == "The source database says: division by zero"
    assert value(databases.destination, "select count(*) from lines") == 0


def test_statement_that_the_source_refuses_is_named(pair):
    with pytest.raises(TemporaryError, match=r'The source .*"nothing" does not exist'):
        send(pair, "select * from nothing")


@pytest.mark.parametrize("last", [1, 15000])
def test_destination_that_fails_is_named(databases, pair, last):
    query(databases.source, MANY)
    query(databases.destination, f"alter table lines add check (n <> {last})")

    with pytest.raises(
        ConfigError, match=r"The destination .* violates check"
    ) as caught:
        send(pair)

    assert "xxx" not in caught.value.message
    assert value(databases.destination, "select count(*) from lines") == 0


def test_statement_that_the_destination_refuses_is_named(databases, pair):
    query(databases.source, MANY)

    with pytest.raises(TemporaryError, match=r'destination .*"nothing" does not exist'):
        send(pair, into="nothing")


@pytest.mark.parametrize("side", ["source", "destination"])
def test_session_that_ends_is_named(databases, pair, side):
    query(databases.source, MANY)
    ended = pair[0 if side == "source" else 1]
    [(backend,)] = execute(ended, BACKEND)
    with gate(databases.source) as closed:
        copying = Copying(
            pair, "select n, filler from lines where n < 15000 or pass_gate()"
        )
        closed.wait()
        query(getattr(databases, side), END.format(backend))
        closed.open()
        error = copying.join()

    assert isinstance(error, LostConnectionError)
    assert side in error.message
    assert value(databases.destination, "select count(*) from lines") == 0


def test_copy_that_lost_a_row_on_its_way_is_refused(databases, pair):
    """A rule of PostgreSQL, but not one to rely on: both count."""
    query(databases.source, f"{MANY} limit 10")
    query(
        databases.destination,
        "create function skip() returns trigger language plpgsql as $$ begin"
        " if new.n = 5 then return null; end if; return new; end $$;"
        "create trigger skip before insert on lines"
        " for each row execute function skip()",
    )

    with pytest.raises(DataError, match="sent 10 rows, the destination took 9"):
        send(pair)


def send_together(pair, selects, *, form="binary"):
    """Copy what some queries return into one table, one after the other."""
    reader, writer = pair
    statements = [
        Statements(
            raw(f"copy ({select}) to stdout (format {form})"),
            raw(f"copy lines from stdin (format {form})"),
        )
        for select in selects
    ]
    with transaction(reader), transaction(writer):
        return copy_together(reader, writer, statements)


PARTS = [f"select * from lines where n {part}" for part in ("< 0", "< 9", ">= 9")]


@pytest.mark.parametrize("form", ["binary", "text"])
def test_several_copies_go_together(databases, pair, form):
    query(databases.source, MANY)

    copied = send_together(pair, PARTS, form=form)

    assert query(databases.destination, SUM) == query(databases.source, SUM)
    assert [one.rows for one in copied] == [0, 8, 19992]
    assert all(is_idle(connection) for connection in pair)
    query(databases.destination, "truncate lines")
    assert copied == [send(pair, part, form=form) for part in PARTS]


def test_values_of_several_copies_may_look_like_messages(databases, pair):
    for side in databases:
        query(side, "alter table lines alter filler type bytea using null")
    for number, fake in enumerate(FAKES):
        query(databases.source, "insert into lines values (%s, %s)", (number, fake))

    send_together(pair, [f"select * from lines where n = {n}" for n in range(4)])

    rows = "select * from lines order by n"
    assert query(databases.destination, rows) == query(databases.source, rows)


@pytest.mark.parametrize("failing", range(3))
def test_source_that_fails_at_one_of_several_copies_is_named(databases, pair, failing):
    query(databases.source, f"{MANY} limit 100")
    selects = ["select * from lines"] * 3
    selects[failing] = "select n / (n - 50), filler from lines"

    with pytest.raises(ConfigError, match=r"The source .* division by zero"):
        send_together(pair, selects)

    assert value(databases.destination, "select count(*) from lines") == 0


@pytest.mark.parametrize("failing", range(3))
def test_destination_that_fails_at_one_of_several_is_named(databases, pair, failing):
    query(databases.source, f"{MANY} limit 100")
    query(databases.destination, "alter table lines add check (n <> 500)")
    selects = ["select * from lines"] * 3
    selects[failing] = "select n * 10, filler from lines"

    with pytest.raises(ConfigError, match=r"The destination .* violates check"):
        send_together(pair, selects)

    assert value(databases.destination, "select count(*) from lines") == 0
