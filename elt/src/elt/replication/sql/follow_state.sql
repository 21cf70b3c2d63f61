-- name: start_following
-- Record that batches begin and return their id.
insert into elt.sync_runs (source, status, host, elt_version, batch_count)
values (%(source)s, 'following', %(host)s, %(version)s, 0)
returning run_id

-- name: end_following
-- Record that there are no more batches: all that they wrote is visible.
update elt.sync_runs
set status = 'published', finished_at = now(), error = %(error)s
where run_id = %(run_id)s and status = 'following'

-- name: advance_streams
-- Record that nothing changed in some streams up to another snapshot.
update elt.streams as s
set wal_mark = %(wal_mark)s,
    lsn = %(lsn)s,
    snapshot_at = %(snapshot_at)s,
    snapshot_lsn = %(snapshot_lsn)s,
    snapshot_horizon = %(snapshot_horizon)s::text::xid8
where s.source = %(source)s and s.stream = any(%(streams)s)

-- name: note_streams
-- Record that some streams are looked after, though nothing changed in them.
insert into elt.stream_syncs (
    run_id, source, stream, status, mode, rows_read, rows_inserted, rows_updated,
    rows_deleted, bytes_copied, seconds
)
select
    %(run_id)s, %(source)s, stream, 'published', 'logical', 0, 0, 0, 0, 0, 0
from unnest(%(streams)s::text[]) as stream
on conflict (run_id, stream) do update set finished_at = clock_timestamp()
