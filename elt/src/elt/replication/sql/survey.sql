-- name: count_changed
-- The rows of a sample of a table, and how many of them a condition picks.
select count(*), count(*) filter (where {condition}) from {rows}

-- name: find_changed
-- The rows of a table, how many of them a condition picks, and where these are.
select rows, coalesce(cardinality(places), 0) as changed, places::text as places
from (
    select count(*) as rows, array_agg(ctid) filter (where {condition}) as places
    from {rows}
) as found
