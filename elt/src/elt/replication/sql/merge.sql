-- name: list_arbiters
-- The unique and the exclusion indexes of replicas: their columns, whether each of them
-- compares these at once and as = does, and whether something else has a say in what is
-- written. The triggers of constraints are PostgreSQL's own, and have none.
select
    n.nspname::text as schema,
    c.relname::text as name,
    array(
        select a.attname::text
        from unnest((i.indkey::smallint[])[0:i.indnkeyatts - 1]) as k (number)
        join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = k.number
    ) as columns,
    i.indisunique
    and i.indimmediate
    and i.indisvalid
    and i.indpred is null
    and i.indexprs is null
    and not exists (
        select
        from unnest(
            (i.indkey::smallint[])[0:i.indnkeyatts - 1],
            (i.indcollation::oid[])[0:i.indnkeyatts - 1],
            (i.indclass::oid[])[0:i.indnkeyatts - 1]
        ) as k (number, collation_oid, class_oid)
        join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = k.number
        join pg_opclass as o on o.oid = k.class_oid
        where a.attcollation <> k.collation_oid or not o.opcdefault
    ) as is_plain,
    c.relhasrules
    or c.relrowsecurity
    or exists (
        select from pg_trigger as t
        where t.tgrelid = c.oid and (t.tgconstraint = 0 or not t.tgisinternal)
    ) as is_guarded
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
join pg_index as i on i.indrelid = c.oid
where c.oid = any(%(tables)s::regclass[]) and (i.indisunique or i.indisexclusion)

-- name: count_new
-- How many loaded rows of one of several streams have a key that no published row has.
select count(*) as rows
from only {loaded} as loaded
where not exists (select from only {published} as published where {same_key})

-- name: merge_rows
-- Write the loaded rows that differ from the published ones. Return how many these are,
-- how many of them are new, the sum of the hashes of what was written, and by which
-- transaction. In the order of their keys they take a third of the time that they take
-- in no order. What is updated was locked by the same transaction, and says so.
with merged as (
    insert into {published} as published {column_list}
    select {loaded_columns}
    from only {loaded} as loaded
    order by {loaded_key}
    on conflict ({key_names}) {action}
    returning published.xmax = 0 as is_new, published.xmin as writer, {hash} as hash
)

select
    count(*),
    count(*) filter (where is_new),
    coalesce(sum(hash), 0)::numeric,
    max(writer::text)
from merged
