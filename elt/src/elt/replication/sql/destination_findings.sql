-- name: show_privileges
-- Database, role, and whether the role may create schemas.
select
    current_database(),
    current_user,
    has_database_privilege(current_database(), 'CREATE')

-- name: find_keeper
-- Role that made the state, where ours may not read it.
select pg_get_userbyid(nspowner)
from pg_namespace
where nspname = 'elt' and not has_schema_privilege(oid, 'USAGE')

-- name: measure_speed
-- Bytes per second and run of the last run that took measurable time.
select bytes_copied / extract(epoch from finished_at - started_at)
from elt.sync_runs
where source = %(source)s
    and status = 'published'
    and bytes_copied > 10000000
order by run_id desc
limit 1
