-- name: show_encoding
-- Encoding of the database.
select pg_encoding_to_char(encoding) from pg_database where datname = current_database()

-- name: show_wal
-- WAL level, and whether the server is a standby.
select current_setting('wal_level'), pg_is_in_recovery()

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

-- name: has_slots
-- Whether the state knows of slots yet.
select to_regclass('elt.slots') is not null
