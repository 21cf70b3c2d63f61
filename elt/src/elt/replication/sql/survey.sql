-- name: count_changed
-- The rows of a sample of a table, and how many of them a condition picks.
select count(*), count(*) filter (where {condition}) from {rows}

-- name: look_at_changes
-- The rows of one of several tables, how many of them a condition picks, and how many
-- its statistics count as deleted.
select
    count(*) as rows,
    count(*) filter (where {condition}) as changed,
    pg_stat_get_tuples_deleted({oid}) as deletes
from {rows}

-- name: count_alive
-- The rows that one of several replicas shows.
select count(*) as rows from {rows} where {is_alive}

-- name: find_changed
-- The rows of a table, how many of them a condition picks, and where these are.
select rows, coalesce(cardinality(places), 0) as changed, places::text as places
from (
    select count(*) as rows, array_agg(ctid) filter (where {condition}) as places
    from {rows}
) as found

-- name: find_changed_ranges
-- The rows of each range of keys, how many rows a condition picks, and where these are.
-- Each of them is a group of its own: half as long as with lists in each range.
with grouped as materialized (
    select
        case when {condition} then ctid end as place,
        {key}::bigint >> {bits} as key_range,
        count(*) as rows
    from {rows}
    group by 1, 2
),

ranges as materialized (
    select key_range, sum(rows)::bigint as rows from grouped group by key_range
)

select
    array(select key_range from ranges order by key_range) as ranges,
    array(select rows from ranges order by key_range) as counts,
    (select count(place) from grouped) as changed,
    (select array_agg(place) filter (where place is not null) from grouped)::text
