-- name: list_dependents
-- Views that use some columns of tables, or views that do: in an order to drop them.
-- Without columns, all that use the tables.
with recursive tables (oid) as (
    select unnest(%(tables)s::oid[])
    union
    -- A column of a partition goes with that of the tables above.
    select i.inhparent
    from tables as t
    join pg_inherits as i on i.inhrelid = t.oid
    where %(is_part)s
),

-- Only what a view selects: other rules may name one another in a circle.
uses (used_oid, number, view_oid) as (
    select d.refobjid, d.refobjsubid, r.ev_class
    from pg_depend as d
    join pg_rewrite as r on r.oid = d.objid and r.ev_type = '1'
    where d.classid = 'pg_rewrite'::regclass
        and d.refclassid = 'pg_class'::regclass
        and d.refobjid <> r.ev_class
),

views (oid, used, depth) as (
    select u.view_oid, a.attname::text, 1
    from tables as t
    join uses as u on u.used_oid = t.oid
    left join pg_attribute as a on a.attrelid = t.oid and a.attnum = u.number
    where %(columns)s::text[] is null or a.attname = any(%(columns)s)
    union
    select u.view_oid, format('%%I.%%I', n.nspname, c.relname), v.depth + 1
    from views as v
    join uses as u on u.used_oid = v.oid
    join pg_class as c on c.oid = v.oid
    join pg_namespace as n on n.oid = c.relnamespace
)

select
    n.nspname::text as schema,
    c.relname::text as name,
    c.relkind = 'm' as is_materialized,
    array_remove(array_agg(distinct v.used order by v.used), null) as uses
from views as v
join pg_class as c on c.oid = v.oid
join pg_namespace as n on n.oid = c.relnamespace
group by n.nspname, c.relname, c.relkind
order by max(v.depth) desc, n.nspname desc, c.relname desc
