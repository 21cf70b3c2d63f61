-- name: list_references
-- The foreign keys of others that do some things when a row of a table is deleted;
-- of a whole also those of the tables below it. One to a partitioned table has one below
-- it for each partition: the uppermost is named.
with recursive emptied as (
    select %(table)s::regclass::oid as oid
    union
    select i.inhrelid
    from pg_inherits as i
    join emptied as e on e.oid = i.inhparent
    where %(is_whole)s
),

found as (
    select c.oid, c.conparentid
    from pg_constraint as c
    where c.contype = 'f'
        and c.confdeltype::text = any(%(actions)s)
        and c.confrelid in (select oid from emptied)
    union
    select c.oid, c.conparentid
    from found as f
    join pg_constraint as c on c.oid = f.conparentid
)

select
    format('%%I.%%I', n.nspname, r.relname) as table_name,
    format('%%I.%%I', o.nspname, u.relname) as referenced_name,
    quote_ident(c.conname) as name,
    array(
        select a.attname::text
        from unnest(c.confkey) as k (number)
        join pg_attribute as a on a.attrelid = c.confrelid and a.attnum = k.number
    ) as columns,
    case c.confdeltype
        when 'c' then 'CASCADE'
        when 'n' then 'SET NULL'
        when 'd' then 'SET DEFAULT'
        when 'r' then 'RESTRICT'
        else 'NO ACTION'
    end as action,
    c.confrelid <> %(table)s::regclass as is_of_another
from found as f
join pg_constraint as c on c.oid = f.oid
join pg_class as r on r.oid = c.conrelid
join pg_namespace as n on n.oid = r.relnamespace
join pg_class as u on u.oid = c.confrelid
join pg_namespace as o on o.oid = u.relnamespace
where f.conparentid = 0
order by 1, 2

-- name: lock_referenced
-- Let nobody add a foreign key to a table until the end of the transaction.
lock table {table} in row exclusive mode

-- name: has_moved_rows
-- Whether rows that are listed as gone are to be found elsewhere.
select exists (
    select
    from {difference} as difference
    join only {published} as published on {is_listed}
    where difference.operation = 'deleted' and ({is_elsewhere})
)

-- name: find_loaded
-- The table that loaded rows are in: a shadow, or what became of it.
select
    case
        when to_regclass(%(shadow)s) is not null then %(shadow)s
        when to_regclass(%(place)s) is not null then %(place)s
    end

-- name: list_others_below
-- Tables below one that the state does not know, each behind the one right above it.
with recursive below as (
    select i.inhrelid as oid, i.inhparent as parent
    from pg_inherits as i
    where i.inhparent = %(table)s::regclass
    union
    select i.inhrelid, i.inhparent
    from below as b
    join pg_inherits as i on i.inhparent = b.oid
)

select
    format('%%I.%%I', a.nspname, p.relname) as parent,
    format('%%I.%%I', n.nspname, c.relname) as name,
    c.relispartition as is_partition
from below as b
join pg_class as c on c.oid = b.oid
join pg_namespace as n on n.oid = c.relnamespace
join pg_class as p on p.oid = b.parent
join pg_namespace as a on a.oid = p.relnamespace
where not exists (
    select
    from (
        select s.destination_schema, s.destination_table from elt.streams as s
        union all
        select w.destination_schema, w.destination_table
        from elt.partitioned_tables as w
        union all
        select l.destination_schema, l.destination_table from elt.left_replicas as l
    ) as ours (schema, name)
    where (ours.schema, ours.name) = (n.nspname, c.relname)
)
order by 1, 2
