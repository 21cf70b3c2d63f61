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

-- name: list_foreign_shadows
-- Which of the schemas where a source is to be loaded are not private ones of it.
select n.nspname
from pg_namespace as n
where n.nspname = any(%(schemas)s)
    and obj_description(n.oid, 'pg_namespace') is distinct from %(comment)s
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

-- name: list_array_names
-- Types of a landing schema that are called as the server could call the array type of
-- a table: it adds to the name before and behind, and cuts it where it gets too long.
select typname
from pg_type
where
    typnamespace = quote_ident(%(landing)s)::regnamespace
    and starts_with(typname, '_')
    and starts_with(ltrim(typname, '_'), left(ltrim(%(name)s, '_'), 40))
except
-- In the shadow they are there already, as tables or other types.
select typname
from pg_type
where typnamespace = quote_ident(%(shadow)s)::regnamespace and typelem = 0
order by typname

-- name: list_missing_types
-- Those of the given types that do not exist here.
select name from unnest(%(types)s::text[]) as name where to_regtype(name) is null

-- name: are_other_types
-- Whether two names, both known here, are not of one type, whatever its modifiers.
select coalesce(to_regtype(%(first)s) <> to_regtype(%(second)s), false)

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

-- name: list_other_parts
-- Partitions of the given tables that are not among them, each behind its table.
with given as (
    select c.oid, n.nspname, c.relname
    from unnest(%(schemas)s::text[], %(names)s::text[]) as w (schema, name)
    join pg_namespace as n on n.nspname = w.schema
    join pg_class as c on c.relnamespace = n.oid and c.relname = w.name
)

select given.nspname, given.relname, n.nspname, c.relname
from given
join pg_inherits as i on i.inhparent = given.oid
join pg_class as c on c.oid = i.inhrelid
join pg_namespace as n on n.oid = c.relnamespace
where c.relispartition and c.oid not in (select oid from given)
order by 1, 2, 3, 4

-- name: list_grants
-- What others are granted on a table; PUBLIC has no name.
select
    n.nspname as schema,
    r.rolname as grantee,
    a.privilege_type as privilege,
    a.is_grantable
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
cross join lateral aclexplode(c.relacl) as a
left join pg_roles as r on r.oid = a.grantee
where n.nspname = %(schema)s
    and c.relname = %(name)s
    and a.grantee <> c.relowner
order by 2, 3

-- name: list_deferred
-- The constraints that are checked for the rows of a table only at a commit.
select distinct n.nspname, c.conname
from pg_trigger as t
join pg_constraint as c on c.oid = t.tgconstraint
join pg_namespace as n on n.oid = c.connamespace
where t.tgrelid = %(table)s::regclass and t.tginitdeferred
order by 1, 2
