-- name: check_condition
-- Nothing; whether a condition is understood, and is one expression that is true or not.
select array[(
{condition}
)]
from only {table} as {alias}
where (
{condition}
)
limit 0

-- name: check_value
-- A value that does not depend on a row.
select {value}

-- name: check_key
-- Whether the session knows the key of hashes.
select
    coalesce(current_setting({inner}, true), '') <> ''
    and coalesce(current_setting({outer}, true), '') <> ''
