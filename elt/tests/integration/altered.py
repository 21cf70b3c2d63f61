"""Tables that change at the source for tests, and looks at what was done about it."""

from integration.replication import query, run

FILMS = """
create type mood as enum ('glad', 'sad');
create domain stars as smallint check (value between 1 and 5);
create table films (
    id integer primary key,
    title text not null,
    price numeric(5, 2),
    feeling mood,
    rating stars
);
insert into films values (1, 'one', 1.50, 'glad', 5), (2, 'two', null, 'sad', 1);
"""
TWO = """
create table a (id integer constraint a_key primary key, n integer);
create table b (id integer constraint b_key primary key, n integer);
create index a_n on a (n);
insert into a values (1, 2); insert into b values (1, 2), (2, 3)
"""
WHOLE = """
create table w (id integer, k integer not null, t text) partition by range (k);
create table w_1 partition of w for values from (0) to (10);
create table w_2 partition of w for values from (10) to (20) partition by list (k);
create table w_2a partition of w_2 for values in (10, 11);
alter table w add constraint w_key unique (id, k);
create index w_t on w (t);
insert into w values (1, 1, 'x'), (2, 11, 'y')
"""


def with_films(databases):
    """Fill the source with two films and replicate; return the databases."""
    query(databases.source, FILMS)
    run(databases)
    return databases


def columns(settings, table):
    """Return names and types of a table's columns, in the order of their names."""
    return query(
        settings,
        "select attname, replace(format_type(atttypid, atttypmod), 'raw.', ''),"
        " attnotnull from pg_attribute"
        " where attrelid = %(table)s::regclass and attnum > 0 and not attisdropped"
        " order by 1",
        {"table": table},
    )


def recorded(databases):
    """Return the changes that were recorded, with what was done about them."""
    return query(
        databases.destination,
        "select change, action from elt.schema_changes order by schema_change_id",
    )


def same_rows(databases, names="*", table="films"):
    """Tell whether table and replica have the same rows."""
    statement = f"select {names} from {{}} order by 1"
    return query(databases.source, statement.format(table)) == query(
        databases.destination, statement.format(f"raw.{table}")
    )
