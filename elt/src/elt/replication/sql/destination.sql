-- name: list_shadows
-- The private schemas of a source, each with its tables.
select
    n.nspname,
    array(
        select c.relname::text
        from pg_class as c
        where c.relnamespace = n.oid and c.relkind = 'r'
    )
from pg_namespace as n
where starts_with(n.nspname, 'elt_shadow_')
    and obj_description(n.oid, 'pg_namespace') = %(comment)s
order by 1

-- name: list_schemas
-- Those of the given schemas that exist.
select nspname from pg_namespace where nspname = any(%(schemas)s)

-- name: list_held
-- What the given schemas hold besides indexes, sequences of columns, and large values.
select n.nspname, c.relname
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
where n.nspname = any(%(schemas)s) and c.relkind not in ('i', 'I', 'S', 't')

-- name: list_missing_types
-- Those of the given types that do not exist here.
select name from unnest(%(types)s::text[]) as name where to_regtype(name) is null

-- name: list_hidden_extensions
-- Extensions in schemas that the role may not use, each with the GRANT that it needs.
select
    e.extname,
    format('GRANT USAGE ON SCHEMA %I TO %I;', n.nspname, current_user)
from pg_extension as e
join pg_namespace as n on n.oid = e.extnamespace
where not has_schema_privilege(n.oid, 'USAGE')

-- name: list_constraint_names
-- Every table in the given schemas, with the names of its constraints.
select
    n.nspname,
    t.relname,
    array(select c.conname::text from pg_constraint as c where c.conrelid = t.oid)
from pg_class as t
join pg_namespace as n on n.oid = t.relnamespace
where t.relkind in ('r', 'p') and n.nspname = any(%(schemas)s)

-- name: set_identity
-- Let an identity column go on after the last value of the source.
select setval(
    s.seqrelid::regclass,
    coalesce(
        {value},
        case
            when s.seqincrement > 0 then (select max({column}) from {only}{table})
            else (select min({column}) from {only}{table})
        end,
        s.seqstart
    ),
    coalesce({is_called}, exists (select from {only}{table}))
)
from pg_sequence as s
join pg_depend as d on d.objid = s.seqrelid
join pg_attribute as a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
where d.classid = 'pg_class'::regclass
    and d.refclassid = 'pg_class'::regclass
    and d.refobjid = {table_name}::regclass
    and d.deptype = 'i'
    and a.attname = {column_name}
