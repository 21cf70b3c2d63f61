-- name: take_lock
-- Whether the lock of a source is ours now. What is sent to a machine that is gone would
-- keep it for a quarter of an hour else.
select pg_try_advisory_lock(hashtextextended(%(lock)s, 0))
from set_config('tcp_user_timeout', '2min', false)

-- name: release_lock
-- Give the lock of a source back.
select pg_advisory_unlock(hashtextextended(%(lock)s, 0))

-- name: list_holders
-- Who holds a lock that is known by a text.
select a.application_name, a.pid, a.backend_start
from pg_locks as l
join pg_stat_activity as a on a.pid = l.pid
where l.locktype = 'advisory'
    and l.granted
    and l.database = (select oid from pg_database where datname = current_database())
    and (l.classid::bigint << 32) + l.objid::bigint = hashtextextended(%(lock)s, 0)

-- name: end_leftovers
-- One row per backend of a dead replicator: whether it was told to end.
select pg_terminate_backend(pid)
from pg_stat_activity
where datname = current_database()
    and usename = current_user
    and starts_with(application_name, %(name)s)

-- name: set_probe
-- Take a lock that nobody else has a use for.
select pg_advisory_lock(20250, %(probe)s)

-- name: see_probe
-- Whether that lock is held in this database.
select exists (
    select from pg_locks
    where locktype = 'advisory'
        and classid = 20250
        and objid = %(probe)s
        and database = (select oid from pg_database where datname = current_database())
)

-- name: remove_probe
-- Give that lock back.
select pg_advisory_unlock(20250, %(probe)s)
