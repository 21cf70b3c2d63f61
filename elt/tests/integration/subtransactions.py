"""Applications whose transactions begin to write in a subtransaction, as ORMs do.

A standby that must know of such a one while it is open keeps other snapshots than a
standby that need not: decision 21.
"""

from contextlib import closing
from functools import partial
from random import Random

import psycopg2
from integration.background import beside
from integration.workload import reach

#: Rows come, change and go among many that stay.
SCHEMA = """
create table films (id integer primary key, title text not null);
create table ratings (id integer primary key, stars integer not null);
create table logs (id bigint generated always as identity primary key, film integer);
insert into films select n, 'film' from generate_series(0, 399) as n;
insert into ratings select n, 0 from generate_series(0, 399, 2) as n;
"""
WRITERS = 4
#: Few, so that a row that a run reads is often one that somebody is about to change.
_KEYS = 5
#: Before a transaction ends, in seconds; the longest outlasts a run.
_PAUSES = (0, 0, 0, 0.02, 0.6)
#: Each in a transaction of its own, whose first row is written behind a savepoint.
TRANSACTIONS = (
    """
    savepoint a;
    insert into films values ({id}, 'film {number}')
    on conflict (id) do update set title = excluded.title;
    release a;
    insert into logs (film) values ({id});
    """,
    """
    savepoint a;
    delete from films where id = {id};
    rollback to a;
    savepoint b;
    update ratings set stars = {number} where id = {id};
    """,
    """
    do $$ begin
        begin
            insert into ratings values ({id}, {number});
            insert into logs (film) values ({id});
        exception when unique_violation then
            delete from ratings where id = {id};
        end;
        update films set title = 'film {number}' where id = {id};
    end $$;
    """,
    """
    savepoint a;
    savepoint b;
    delete from films where id = {id};
    release b;
    """,
)


def _write(settings, number, seed, is_over):
    """Write until it is over; some transactions stay open for a while."""
    random = Random(f"{seed} {number}")  # noqa: S311
    with closing(reach(settings, "writer")) as connection:
        cursor = connection.cursor()
        while not is_over.is_set():
            statements = random.choice(TRANSACTIONS).format(
                id=number * _KEYS + random.randrange(_KEYS),
                number=random.randrange(1000),
            )
            try:
                cursor.execute(f"begin; {statements}")
                is_over.wait(random.choice(_PAUSES))
                cursor.execute(random.choice(("commit", "commit", "rollback")))
            except psycopg2.Error:
                cursor.execute("rollback")


def writing_in_subtransactions(settings, seed):
    """Let applications write beside a block."""
    return beside(*(partial(_write, settings, n, seed) for n in range(WRITERS)))
