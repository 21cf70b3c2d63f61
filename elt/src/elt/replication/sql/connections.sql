-- name: find_limit
-- The fewest connections that the role, or all who use the database, may have at a time;
-- no row where nobody has set a limit, or the role is not held to it.
select least(
    nullif(r.rolconnlimit, -1),
    nullif(d.datconnlimit, -1)
) as connections
from pg_roles as r
cross join pg_database as d
where r.rolname = session_user
    and d.datname = current_database()
    and not r.rolsuper
    and greatest(r.rolconnlimit, d.datconnlimit) >= 0
