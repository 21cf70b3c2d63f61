-- name: compare_by_key
-- Make the list of what differs between loaded and published rows of one key.
create unlogged table {difference} as
select
    case
        when published.ctid is null then 'inserted'
        when loaded.ctid is null then 'deleted'
        when not ({is_alive}) then 'revived'
        else 'updated'
    end as operation,
    loaded.ctid as loaded_row,
    {key_columns}
from only {loaded} as loaded
full join only {published} as published on {same_key}
where published.ctid is null
    or (loaded.ctid is null and {notices_deletes} and {is_alive})
    or (
        loaded.ctid is not null
        and (not ({is_alive}) or {loaded_row} *<> {published_row})
    )

-- name: create_list
-- Make the empty list of what differs between loaded and published rows of one key.
create unlogged table if not exists {difference} as
select null::text as operation, null::tid as loaded_row, {key_columns}
from only {published} as published
with no data

-- name: list_changes
-- Add what differs where only the rows that changed are loaded.
insert into {difference}
select
    case
        when published.ctid is null then 'inserted'
        when not ({is_alive}) then 'revived'
        else 'updated'
    end as operation,
    loaded.ctid as loaded_row,
    {key_columns}
from only {loaded} as loaded
left join only {published} as published on {same_key}
where published.ctid is null or not ({is_alive}) or {loaded_row} *<> {published_row}

-- name: create_keys
-- Make the empty table for all keys that the source has.
create unlogged table {keys} as
select {key_names} from only {published} with no data

-- name: list_deleted
-- Add the rows whose keys the source no longer has to the list; return their number.
with listed as (
    insert into {difference}
    select 'deleted', null::tid, {key_columns}
    from {rows}
    where {is_alive} and not exists (select from {keys} as loaded where {same_key})
    returning 1
)

select count(*) from listed

-- name: make_gone_keys
-- Make the table of the keys from the WAL that no loaded row has, each once, in an order
-- in which they are looked up quickly.
create unlogged table {gone} as
select distinct {key_names}
from {keys} as published
where not exists (select from only {loaded} as loaded where {same_key})
order by {key_names}

-- name: list_touched_deleted
-- Add the rows that have one of these keys; return their number.
with listed as (
    insert into {difference}
    select 'deleted', null::tid, {key_columns}
    from {gone} as loaded
    join only {published} as published on {same_key}
    where {is_alive}
    returning 1
)

select count(*) from listed

-- name: chunk_keys
-- Make the table of keys, each once, as arrays that fit into a statement.
create unlogged table {chunks} as
select (_elt_number - 1) / {size} as chunk, count(*) as keys, {arrays}
from (
    select *, row_number() over (order by {key_names}) as _elt_number
    from (
        select distinct {key_names} from {keys} as published where {is_wanted}
    ) as touched
) as numbered
group by 1

-- name: count_keys
-- How many chunks there are, and how many keys.
select count(*), coalesce(sum(keys), 0)::bigint from {chunks}

-- name: read_chunk
-- The arrays of one chunk, as text.
select {names} from {chunks} where chunk = {chunk}

-- name: read_chunk_of
-- The keys of one of several streams: their number, and their arrays.
select keys, array[{names}] as arrays from {chunks} where chunk = 0

-- name: compare_by_row
-- Make the list of rows that one side has more often than the other.
create unlogged table {difference} as
with loaded_rows as (
    select
        ctid as loaded_row,
        row_hash,
        row_number() over (partition by row_hash) as occurrence
    from (
        select loaded.ctid, sha256(convert_to({loaded_row}::text, 'UTF8')) as row_hash
        from only {loaded} as loaded
    ) as hashed
),

published_rows as (
    select
        ctid as published_row,
        row_hash,
        row_number() over (partition by row_hash) as occurrence
    from (
        select
            published.ctid,
            sha256(convert_to({published_row}::text, 'UTF8')) as row_hash
        from only {published} as published
        where {is_alive}
    ) as hashed
)

select
    case when published_row is null then 'inserted' else 'deleted' end as operation,
    loaded_row,
    published_row,
    row_hash
from loaded_rows
full join published_rows using (row_hash, occurrence)
where published_row is null or (loaded_row is null and {notices_deletes})

-- name: count_rows
-- How many rows differ, by operation.
select operation, count(*) from {difference} group by operation

-- name: delete_rows
-- Delete the rows that the source no longer has; return their number.
with deleted as (
    delete from only {published} as published
    using {difference} as difference
    where difference.operation = 'deleted' and {is_listed}
    returning 1
)

select count(*) from deleted

-- name: bury_rows
-- Say of the rows that the source no longer has since when; return their number.
with deleted as (
    update only {published} as published
    set {deleted_at} = now()
    from {difference} as difference
    where difference.operation = 'deleted' and {is_listed}
    returning 1
)

select count(*) from deleted

-- name: update_rows
-- Update the rows whose values changed; return their number, and the sum of the hashes
-- of what was written.
with updated as (
    update only {published} as published
    set {assignments}
    from {difference} as difference
    join only {loaded} as loaded on loaded.ctid = difference.loaded_row
    where difference.operation in ('updated', 'revived') and {is_listed}
    returning {hash} as hash
)

select count(*), coalesce(sum(hash), 0)::numeric from updated

-- name: list_unique_columns
-- The columns that unique and exclusion indexes of a table are made of, and whether each
-- may be null without that somebody notices: no foreign key refers to it.
select
    a.attname::text as name,
    coalesce(b.typname, t.typname)::text as type,
    not a.attnotnull
    and not t.typnotnull
    and not exists (
        select
        from pg_constraint as c
        where c.contype = 'f' and c.confrelid = a.attrelid and a.attnum = any(c.confkey)
    ) as may_be_null
from pg_attribute as a
join pg_type as t on t.oid = a.atttypid
left join pg_type as b on b.oid = t.typbasetype
where a.attrelid = %(table)s::regclass
    and a.attnum > 0
    and exists (
        select
        from pg_index as i
        where i.indrelid = a.attrelid
            and (i.indisunique or i.indisexclusion)
            and (
                a.attnum = any(i.indkey)
                -- Expressions and conditions.
                or exists (
                    select
                    from pg_depend as d
                    where d.classid = 'pg_class'::regclass
                        and d.objid = i.indexrelid
                        and d.refclassid = 'pg_class'::regclass
                        and d.refobjid = i.indrelid
                        and d.refobjsubid = a.attnum
                )
            )
    )

-- name: move_aside
-- Give values that nobody has to the columns of which others are to have the values.
update only {published} as published
set {asides}
from (select *, row_number() over () as _elt_number from {difference}) as difference
join only {loaded} as loaded on loaded.ctid = difference.loaded_row
where difference.operation in ('updated', 'revived') and {is_listed}

-- name: remake_rows
-- Delete and insert anew the rows whose values changed; return the same. In one
-- statement, at whose end the row that a foreign key refers to is there.
with deleted as (
    delete from only {published} as published
    using {difference} as difference
    where difference.operation in ('updated', 'revived') and {is_listed}
    returning 1
),

inserted as (
    insert into {published} as published {column_list}
    select {loaded_columns}
    from {difference} as difference
    join only {loaded} as loaded on loaded.ctid = difference.loaded_row
    where difference.operation in ('updated', 'revived')
        -- No row is inserted before all are deleted.
        and (select count(*) from deleted) >= 0
    returning {hash} as hash
)

select (select count(*) from deleted), coalesce(sum(hash), 0)::numeric from inserted

-- name: insert_rows
-- Insert the rows that are new at the source; return the same.
with inserted as (
    insert into {published} as published {column_list}
    select {loaded_columns}
    from {difference} as difference
    join only {loaded} as loaded on loaded.ctid = difference.loaded_row
    where difference.operation = 'inserted'
    returning {hash} as hash
)

select count(*), coalesce(sum(hash), 0)::numeric from inserted

-- name: mask_kept
-- Mask the rows that the source no longer has.
update only {published} as published
set {assignments}
where {is_kept} and row({names})::record *<> row({values})::record

-- name: count_clear
-- How many of these have a value.
select count(*)
from only {published} as published
where {is_kept} and published.{name} is not null

-- name: tally_loaded
-- Count, and sum of hashes, of the published rows that were loaded, or of some of them.
select count(*), {checksum}
from only {published} as published
join only {loaded} as loaded on {same_key}
where {is_alive} and {is_wanted}

-- name: tally_gone
-- The same of those that have a key from the WAL of which the source has no row.
select count(*), {checksum}
from {gone} as loaded
join only {published} as published on {same_key}
where {is_wanted}

-- name: is_there
-- Whether there is a table.
select to_regclass(%(table)s) is not null

-- name: has_rows
-- Whether a table has any rows.
select exists (select from only {table})

-- name: list_triggers
-- The triggers that somebody gave replicas, which may change rows once more. Those of
-- constraints call functions of PostgreSQL's own, and change none.
select n.nspname, c.relname, array_agg(t.tgname::text order by t.tgname)
from pg_trigger as t
join pg_proc as f on f.oid = t.tgfoid
join pg_class as c on c.oid = t.tgrelid
join pg_namespace as n on n.oid = c.relnamespace
where t.tgrelid = any(%(tables)s::regclass[])
    and f.pronamespace <> 'pg_catalog'::regnamespace
group by 1, 2
