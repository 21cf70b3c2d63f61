"""Small tables of all sorts that change a little, for runs that are harmed."""

from integration.replication import query

#: Plain ones, one without a key, one with a second unique index, and partitions.
TABLES = ("t0", "t1", "t2", "unique", "keyless", "p_1", "p_2")
#: The last of them is nothing for a batch: the WAL does not tell its rows.
CHANGED = ("t0", "t1", "t2", "unique", "p", "keyless")
_TABLE = """
create table {table} (
    id bigint generated always as identity primary key, code text
);
insert into {table} (code) select 'c' || i from generate_series(1, 40) as i;
"""
_SPECIAL = """
alter table keyless drop constraint keyless_pkey, replica identity full;
alter table "unique" add unique (code);
create table p (id integer primary key, code text) partition by range (id);
create table p_1 partition of p for values from (1) to (21);
create table p_2 partition of p for values from (21) to (1000);
insert into p select i, 'c' || i from generate_series(1, 40) as i;
"""
_CHANGES = """
update {table} set code = '{number} ' || id where id % 7 = 3;
delete from {table} where id = {number} % 40 + 1;
insert into {table} (id, code) overriding system value
values (({number} + 20) % 40 + 1, 'new {number}') on conflict do nothing;
"""


def with_tables(databases):
    """Fill the source with the tables; return the databases."""
    for table in TABLES[:5]:
        query(databases.source, _TABLE.format(table=f'"{table}"'))
    query(databases.source, _SPECIAL)
    return databases


def change(databases, number, tables=CHANGED):
    """Change some tables, and leave others as they are."""
    for table in tables[number % 2 :]:
        statement = _CHANGES.format(table=f'"{table}"', number=number)
        query(databases.source, statement)


def numbers_to_harm(request, step, has_harmed):
    """Yield numbers, every so many, up to one at which nothing was harmed any more.

    With `--seeds` the steps are so many times smaller.
    """
    step = max(step // request.config.getoption("seeds"), 1)
    number = step
    yield number
    while has_harmed():
        number += step
        yield number


def rows_of(settings, schema):
    """Return the rows of each table."""
    select = 'select id, code from only {}."{}" order by 1, 2'
    return {t: query(settings, select.format(schema, t)) for t in TABLES}
