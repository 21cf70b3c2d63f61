-- name: list_functions
-- What expressions can be made of besides what users make: functions, each with the
-- types that it takes, and syntax.
select p.proname || ' ' || p.proargtypes::text as name
from pg_proc as p
where p.pronamespace = 'pg_catalog'::regnamespace and p.oid < 16384
union all
select 'JSON syntax of PostgreSQL ' || version
from generate_series(
    16, current_setting('server_version_num')::integer / 10000
) as version

-- name: read_locale
-- What decides about order and case of text; written alike by every version.
select concat_ws(
    ' ',
    lower(replace(d.datcollate, '-', '')),
    lower(replace(d.datctype, '-', '')),
    coalesce(to_jsonb(d) ->> 'datlocprovider', 'c'),
    coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale')
) as locale
from pg_database as d
where d.datname = current_database()
