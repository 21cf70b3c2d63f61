"""A table with secrets for tests, how it is shaped, and where secrets may turn up."""

import hashlib
import hmac
from dataclasses import replace

from integration.replication import query, session
from psycopg2.sql import SQL, Identifier
from servers import Databases

from elt.config import Mask, MaskKind, Shape, StreamConfig, SyncMode

KEY = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef-and-more"
HASH = Mask(kind=MaskKind.HASH)
KEEP = Mask(kind=MaskKind.KEEP)
#: Stands in every value that must not arrive.
SECRET = "Xyzzy"
USERS = """
create table users (
    id integer primary key,
    email varchar(80) not null unique,
    phone text,
    iban text not null,
    name text not null check (name <> ''),
    postcode text,
    born_on date,
    seen_at timestamptz not null default now(),
    salary numeric(10, 2),
    country text not null default 'CH',
    domain text generated always as (split_part(email, '@', 2)) stored,
    notes text
);
create index on users (born_on);
create index on users (lower(email));
create index on users (seen_at);
insert into users (
    id, email, phone, iban, name, postcode, born_on, seen_at, salary, country, notes
)
select
    n, 'Xyzzy' || n || '@example.org', 'Xyzzy' || n, 'Xyzzy' || n, 'Xyzzy' || n,
    n || 'Xyzzy', date '1980-05-17' + n, '2026-01-01 10:11:12.5+00', 1234.56 + n,
    case when n % 4 = 0 then 'DE' else 'CH' end, 'Xyzzy' || n
from generate_series(1, 40) as n;
"""
SHAPE = Shape(
    excluded=("iban", "notes"),
    masks=(
        ("email", HASH),
        ("phone", Mask(kind=MaskKind.NULL)),
        ("name", Mask(kind=MaskKind.CONSTANT, value="it's {} 100% \\ redacted")),
        ("postcode", Mask(kind=MaskKind.TRUNCATE, value=1)),
        ("born_on", Mask(kind=MaskKind.TRUNCATE, value="year")),
        ("salary", Mask(kind=MaskKind.TRUNCATE, value=1000)),
        ("domain", KEEP),
    ),
    where="country = 'CH' -- {not} 100%",
)


def shaped(shape=SHAPE, name="public.users", **options):
    """Return a source of which one stream is shaped."""
    return {"streams": ((name, StreamConfig(shape=shape, **options)),)}


def knowing(databases, key=KEY):
    """Return databases whose source is told the key of hashes."""
    return Databases(replace(databases.source, mask_key=key), databases.destination)


def with_users(databases):
    """Give the source users with secrets, and the key; return the databases."""
    query(databases.source, USERS)
    return knowing(databases)


def hashed(text, key=KEY):
    """Return what a hash of a value must be."""
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def tables_with(settings, text=SECRET):
    """Return the tables of a database in which a text stands, state and all."""
    found = []
    with session(settings) as cursor:
        cursor.execute(
            """
            select n.nspname, c.relname
            from pg_class as c
            join pg_namespace as n on n.oid = c.relnamespace
            where c.relkind in ('r', 'm')
                and n.nspname not in ('pg_catalog', 'information_schema')
            union all
            select 'pg_catalog', 'pg_statistic_ext_data'
            union all
            select 'pg_catalog', 'pg_statistic'
            """
        )
        for place in cursor.fetchall():
            statement = SQL("select exists (select from {} as t where t::text ~ %s)")
            cursor.execute(statement.format(Identifier(*place)), (text,))
            [[is_there]] = cursor.fetchall()
            found += [place] if is_there else []
    return found


MODES = {
    "full": {"mode": SyncMode.FULL_REFRESH},
    "incremental": {"mode": SyncMode.INCREMENTAL},
    "cursor": {"mode": SyncMode.INCREMENTAL, "cursor": "seen_at"},
    "logical": {"mode": SyncMode.LOGICAL},
}


def columns_of(settings, table="users", schema="raw"):
    """Return the columns of a replica with their types."""
    return dict(
        query(
            settings,
            "select column_name, data_type from information_schema.columns "
            "where table_schema = %(schema)s and table_name = %(table)s "
            "order by ordinal_position",
            {"schema": schema, "table": table},
        )
    )


def emails(databases):
    """Return the emails that arrived, by the number of the user."""
    return dict(query(databases.destination, "select id, email from raw.users"))
