-- name: read_bounds
-- The lowest and the highest key of a replica.
select min({key})::bigint, max({key})::bigint from only {table}

-- name: count_ranges
-- The rows of each range of keys.
select published.{key}::bigint >> {bits}, count(*)
from {rows}
where {is_alive}
group by 1

-- name: count_coming_ranges
-- The same for the rows that are about to become visible.
select loaded.{key}::bigint >> {bits}, count(*)
from {difference} as difference
join only {loaded} as loaded on loaded.ctid = difference.loaded_row
where difference.operation in ('inserted', 'revived')
group by 1

-- name: count_new_ranges
-- The same where nothing is listed.
select loaded.{key}::bigint >> {bits}, count(*)
from only {loaded} as loaded
where not exists (
    select from only {published} as published where published.{key} = loaded.{key}
)
group by 1
