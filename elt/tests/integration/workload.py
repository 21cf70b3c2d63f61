"""Writers that do at random what applications do: all from one seed.

Each writer has rows of its own, so that none waits for another; what would have to wait
for a lock is given up, as its application would.
"""

import time
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from random import Random

import psycopg2
from integration.background import beside
from integration.replication import DEADLINE_SECONDS

from elt.errors import EltError
from elt.postgres import connect

#: Why a stream is read in full where a run before has lost a row.
LOST = "its replica does not have the rows that were published"
#: How many write side by side.
WRITERS = 4
#: Keys of all writers: few, so that rows come, change and go again and again.
KEYS = 40
SCHEMA = """
create table films (
    id integer primary key,
    title text,
    note text default repeat('x', 3000),
    rank integer unique
);
create table ratings (
    id integer primary key,
    stars integer,
    updated_at timestamptz not null default now()
);
create index on ratings (updated_at);
create table users (id bigint primary key, email text unique, extra jsonb);
create table events (id integer, at date, what text, primary key (id, at))
    partition by range (at);
create table events_old partition of events
    for values from (minvalue) to ('2024-01-01');
create table events_new partition of events
    for values from ('2024-01-01') to (maxvalue);
create table lines (id integer, line text);
insert into films (id, title) select n, 'film' from generate_series(0, 39) as n;
insert into ratings select n, 0 from generate_series(0, 39, 2) as n;
insert into users select n, n || '@example.org' from generate_series(0, 39, 3) as n;
insert into events select n, '2023-05-05' from generate_series(0, 39, 2) as n;
insert into lines select n, 'a' from generate_series(0, 39) as n;
"""
#: What a writer does to a row of its own; the first is the commonest.
STATEMENTS = (
    """
    insert into films (id, title) values (%(id)s, %(text)s)
    on conflict (id) do update set title = excluded.title
    """,
    "update films set title = %(text)s where id = %(id)s",
    "update films set id = id + 1000 where id = %(id)s",
    "delete from films where id in (%(id)s, %(id)s + 1000)",
    """
    insert into ratings (id, stars) values (%(id)s, %(number)s)
    on conflict (id) do update set stars = excluded.stars, updated_at = now()
    """,
    """
    update ratings set stars = %(number)s, updated_at = clock_timestamp()
    where id = %(id)s
    """,
    "delete from ratings where id = %(id)s",
    "insert into users values (%(id)s, %(text)s, null) on conflict (id) do nothing",
    "update users set email = %(text)s where id = %(id)s",
    "delete from users where id = %(id)s",
    "insert into events values (%(id)s, '2023-05-05', %(text)s) on conflict do nothing",
    "update events set at = '2024-05-05' where id = %(id)s",
    "delete from events where id = %(id)s",
    "insert into lines values (%(id)s, 'a')",
    "delete from lines where id = %(id)s",
)
#: What an administrator does, now and then.
CHANGES = (
    "vacuum films",
    "vacuum (freeze) ratings",
    "vacuum full users",
    "cluster films using films_pkey",
    "alter table users alter column email type text using email || ''",
    "alter table films add column if not exists price numeric default 9.99",
    "alter table films drop column if exists price",
    "truncate lines",
    "truncate events_old",
    "analyze",
)


class Writer:
    """One session, in some transaction or none."""

    def __init__(self, settings, number, count, seed):
        self._settings = settings
        self._random = Random(f"{seed} {number}")  # noqa: S311
        self._keys = range(number, KEYS, count)
        self._name = f"{settings.database} {number}"
        self._begin_session()

    def _begin_session(self):
        """Connect, as soon as the server answers; find what a crash has left."""
        self._connection = reach(self._settings, "writer")
        self._cursor = self._connection.cursor()
        self._cursor.execute("set lock_timeout to '50ms'")
        self._is_open, self._savepoints = False, 0
        prepared = "select from pg_prepared_xacts where gid = %(name)s"
        self._cursor.execute(prepared, {"name": self._name})
        self._is_prepared = self._cursor.rowcount > 0

    def step(self):
        """Do one thing; a statement that fails takes its transaction along."""
        try:
            self._act()
        except psycopg2.Error:
            self._give_up()

    def _give_up(self):
        """Roll back; where the session has ended, begin another one."""
        try:
            self._end("rollback")
        except psycopg2.Error:
            self._connection.close()
            self._begin_session()

    def _act(self):
        chance = self._random.random()
        if self._is_prepared:
            if chance < 0.3:
                self._finish_prepared()
        elif self._is_open:
            self._go_on(chance)
        elif chance < 0.6:
            self._execute("begin")
            self._is_open = True
        else:
            self._write()

    def _go_on(self, chance):
        """Do something within a transaction, or nothing."""
        if chance < 0.65:
            self._write()
        elif chance < 0.75:
            self._execute(f"savepoint s{self._savepoints}")
            self._savepoints += 1
        elif chance < 0.8 and self._savepoints:
            self._savepoints -= 1
            words = self._random.choice(["rollback to savepoint", "release savepoint"])
            self._execute(f"{words} s{self._savepoints}")
        elif chance < 0.83:
            self._execute(f"prepare transaction '{self._name}'")
            self._is_open, self._savepoints, self._is_prepared = False, 0, True
        elif chance < 0.86:
            self._end("rollback")
        elif chance < 0.98:
            self._end("commit")

    def close(self):
        """End whatever is open, so that the database can be dropped."""
        self._give_up()
        with closing(self._connection):
            if self._is_prepared:
                self._finish_prepared()

    def _write(self):
        parameters = {
            "id": self._random.choice(self._keys),
            "number": self._random.randrange(10),
            "text": f"{self._name} {self._random.randrange(1000)}",
        }
        self._cursor.execute(self._random.choice(STATEMENTS), parameters)

    def _finish_prepared(self):
        words = self._random.choice(["commit prepared", "rollback prepared"])
        self._execute(f"{words} '{self._name}'")
        self._is_prepared = False

    def _end(self, word):
        self._execute(word)
        self._is_open, self._savepoints = False, 0

    def _execute(self, statement):
        self._cursor.execute(statement)


class Administrator:
    """Changes tables now and then, unless somebody holds them."""

    def __init__(self, settings, seed):
        self._settings = settings
        self._random = Random(f"{seed} administrator")  # noqa: S311

    def step(self):
        """Try one thing."""
        with closing(reach(self._settings, "administrator")) as connection:
            cursor = connection.cursor()
            cursor.execute("set lock_timeout to '10ms'")
            with suppress(psycopg2.Error):
                cursor.execute(self._random.choice(CHANGES))


def reach(settings, name):
    """Connect to a server that may be on its way back."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while True:
        try:
            return connect(settings, application_name=name)
        except EltError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


@contextmanager
def working(settings, seed):
    """Give the writers of a source, and its administrator."""
    with ExitStack() as stack:
        writers = [
            stack.enter_context(closing(Writer(settings, number, WRITERS, seed)))
            for number in range(WRITERS)
        ]
        yield writers, Administrator(settings, seed)


def writing(writers):
    """Let all writers write beside a block."""
    return beside(*(partial(_write, writer) for writer in writers))


def _write(writer, is_over):
    while not is_over.is_set():
        writer.step()
