-- name: list_shadows
-- The private schemas of a source.
select nspname
from pg_namespace
where starts_with(nspname, 'elt_shadow_')
    and obj_description(oid, 'pg_namespace') = %(comment)s
order by 1

-- name: list_missing_types
-- Those of the given types that do not exist here.
select name from unnest(%(types)s::text[]) as name where to_regtype(name) is null

-- name: set_identity
-- Let an identity column go on after the last value of the source.
select setval(
    pg_get_serial_sequence({table_name}, {column_name})::regclass,
    coalesce({value}, (select max({column}) from only {table}), 1),
    {value} is not null or exists (select from only {table})
)
