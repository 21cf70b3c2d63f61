"""A source with a table and two views, and looks at what became of them."""

from integration.replication import query, run

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
