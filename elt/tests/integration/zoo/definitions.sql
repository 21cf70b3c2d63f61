-- What the tables of some schemas are made of, as text, a row per part; read under a
-- search path of these schemas. Not by the queries of elt, which it is to judge.
with tables as (
    select c.oid, n.nspname, c.relname, c.relkind, c.relpartbound
    from pg_class as c
    join pg_namespace as n on n.oid = c.relnamespace
    where c.relkind::text = any(%(kinds)s) and n.nspname = any(%(schemas)s)
)

select
    nspname,
    relname,
    'column',
    attname::text,
    concat_ws(
        ' ',
        format_type(atttypid, atttypmod),
        case when attcollation <> typcollation then 'collate ' || collname end,
        case when attnotnull then 'not null' end,
        case when attidentity <> '' then 'identity' end,
        case when attgenerated <> '' then 'generated ' || attgenerated::text end,
        case when attgenerated <> '' then pg_get_expr(adbin, oid) end
    )
from (
    select tables.*, a.*, t.typcollation, co.collname, d.adbin
    from tables
    join pg_attribute as a on a.attrelid = tables.oid and a.attnum > 0
    join pg_type as t on t.oid = a.atttypid
    left join pg_collation as co on co.oid = a.attcollation
    left join pg_attrdef as d on d.adrelid = tables.oid and d.adnum = a.attnum
    where not attisdropped
) as columns
union all
select
    nspname,
    relname,
    'order of columns',
    '',
    string_agg(attname, ' | ' order by attnum)
from tables
join pg_attribute as a on a.attrelid = tables.oid and attnum > 0 and not attisdropped
group by 1, 2
union all
select
    nspname,
    relname,
    case contype
        when 'f' then 'foreign key'
        when 'c' then 'check'
        else 'key'
    end,
    conname,
    pg_get_constraintdef(con.oid)
from tables
join pg_constraint as con on con.conrelid = tables.oid
where contype in ('p', 'u', 'x', 'c', 'f') and (contype <> 'f' or conparentid = 0)
union all
select
    nspname,
    tables.relname,
    'index',
    c.relname,
    regexp_replace(pg_get_indexdef(i.indexrelid), ' INDEX .*? USING ', ' INDEX ')
from tables
join pg_index as i on i.indrelid = tables.oid and i.indisvalid
join pg_class as c on c.oid = i.indexrelid
where not exists (
    select from pg_constraint as k
    where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x')
)
union all
select nspname, relname, 'comment', '', obj_description(oid, 'pg_class')
from tables
where obj_description(oid, 'pg_class') is not null
union all
select nspname, relname, 'comment', attname, col_description(tables.oid, attnum)
from tables
join pg_attribute as a on a.attrelid = tables.oid
where col_description(tables.oid, attnum) is not null
union all
select
    nspname,
    tables.relname,
    'parent',
    p.relname,
    concat_ws(
        ' ',
        i.inhparent::regclass::text,
        coalesce(pg_get_expr(tables.relpartbound, tables.oid), 'inherits')
    )
from tables
join pg_inherits as i on i.inhrelid = tables.oid
join pg_class as p on p.oid = i.inhparent
union all
select nspname, relname, 'partitioned', '', pg_get_partkeydef(oid)
from tables
where relkind = 'p'
