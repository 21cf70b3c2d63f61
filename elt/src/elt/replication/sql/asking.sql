-- name: take_place
-- Hold a lock that others may hold, too; the time of the server.
select clock_timestamp()
from pg_advisory_lock_shared(hashtextextended(%(lock)s, 0))

-- name: leave_place
-- Give that lock back.
select pg_advisory_unlock_shared(hashtextextended(%(lock)s, 0))

-- name: find_ended_run
-- The first run of a source that began after a time and ended by itself; no batches.
select
    r.run_id,
    r.stream_count,
    r.rows_read,
    r.rows_inserted + r.rows_updated + r.rows_deleted as rows_changed,
    extract(epoch from r.finished_at - r.started_at)::double precision as seconds,
    r.exit_code,
    coalesce(r.error, (
        select format('stream %%s: %%s', s.stream, s.error)
        from elt.stream_syncs as s
        where s.run_id = r.run_id and s.status = 'failed'
        order by s.stream
        limit 1
    )) as error,
    (
        select count(*)
        from elt.stream_syncs as s
        where s.run_id = r.run_id and s.status = 'failed'
    ) as failed
from elt.sync_runs as r
where r.source = %(source)s
    and r.batch_count is null
    and r.started_at >= %(since)s
    and r.status in ('published', 'failed')
order by r.run_id
limit 1
