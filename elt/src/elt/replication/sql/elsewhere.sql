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
