-- name: give_up_runs
-- Close the runs of a source that ended without a word.
-- What batches have published is visible, whatever became of their program.
update elt.sync_runs
set status = case status when 'running' then 'failed' else 'published' end,
    finished_at = now(),
    error = 'The replicator died'
where source = %(source)s and status in ('running', 'following')

-- name: start_run
-- Record a run and return its id.
insert into elt.sync_runs (source, status, host, elt_version)
values (%(source)s, 'running', %(host)s, %(version)s)
returning run_id

-- name: fail_run
-- Record that a run published nothing.
update elt.sync_runs
set status = %(status)s,
    finished_at = now(),
    error = %(error)s,
    exit_code = %(exit_code)s
where run_id = %(run_id)s and status = 'running'

-- name: fail_stream
-- Record that a stream failed, at the run and at the stream.
with synced as (
    insert into elt.stream_syncs (run_id, source, stream, status, mode, error)
    values (
        %(run_id)s, %(source)s, %(stream)s, 'failed', %(mode)s, %(error)s
    )
    on conflict do nothing
)

update elt.streams
set state = 'failed',
    last_error = %(error)s,
    snapshot_horizon = case when not %(is_distrusted)s then snapshot_horizon end
where source = %(source)s and stream = %(stream)s

-- name: publish_run
-- Record that a run is published, or a batch of one, with the sums over its streams.
update elt.sync_runs as r
set status = case when %(is_following)s then 'following' else 'published' end,
    finished_at = case when not %(is_following)s then clock_timestamp() end,
    batch_count = r.batch_count + 1,
    snapshot_at = %(snapshot_at)s,
    snapshot_lsn = %(snapshot_lsn)s,
    stream_count = %(stream_count)s,
    rows_read = s.rows_read,
    rows_inserted = s.rows_inserted,
    rows_updated = s.rows_updated,
    rows_deleted = s.rows_deleted,
    bytes_copied = s.bytes_copied,
    exit_code = %(exit_code)s
from (
    select
        coalesce(sum(rows_read), 0) as rows_read,
        coalesce(sum(rows_inserted), 0) as rows_inserted,
        coalesce(sum(rows_updated), 0) as rows_updated,
        coalesce(sum(rows_deleted), 0) as rows_deleted,
        coalesce(sum(bytes_copied), 0) as bytes_copied
    from elt.stream_syncs
    where run_id = %(run_id)s
) as s
where r.run_id = %(run_id)s

-- name: forget_dropped
-- Forget the streams whose replicas were where those of others are from now on: somebody
-- has dropped or moved them.
delete from elt.streams as s
using
    unnest(%(streams)s::text[], %(schemas)s::text[], %(names)s::text[])
    as n (stream, schema, name)
where (s.destination_schema, s.destination_table) = (n.schema, n.name)
    and s.source = %(source)s
    and s.stream <> n.stream

-- name: save_reports
-- Record streams that are published: their state, what the run did, and the proof.
with reports as (
    select *
    from jsonb_to_recordset(%(reports)s::jsonb) as r (
        stream text,
        mode text,
        destination_schema text,
        destination_table text,
        key_columns text[],
        foreign_keys jsonb,
        definition jsonb,
        shape text,
        rows_read bigint,
        rows_inserted bigint,
        rows_updated bigint,
        rows_deleted bigint,
        bytes_copied bigint,
        seconds double precision,
        row_count bigint,
        cursor_column text,
        cursor_value text,
        method text,
        source_row_count bigint,
        source_checksum numeric,
        destination_row_count bigint,
        destination_checksum numeric,
        lsn pg_lsn,
        wal_mark text,
        published_from text,
        membership bigint,
        file_node bigint,
        source_deletes bigint
    )
),

saved_streams as (
    insert into elt.streams (
        source, stream, mode, state, destination_schema, destination_table,
        key_columns, foreign_keys, definition, shape, row_count, published_run_id,
        published_at, snapshot_at, snapshot_horizon, system_identifier, timeline,
        database_oid, snapshot_lsn, cursor_column, cursor_value, cursor_horizon,
        lsn, wal_mark, published_from, membership, file_node, source_deletes
    )
    select
        %(source)s,
        stream,
        mode,
        'ready',
        destination_schema,
        destination_table,
        key_columns,
        foreign_keys,
        definition,
        shape,
        row_count,
        %(run_id)s,
        clock_timestamp(),
        %(snapshot_at)s,
        %(snapshot_horizon)s::xid8,
        %(system_identifier)s,
        %(timeline)s,
        %(database_oid)s,
        %(snapshot_lsn)s,
        cursor_column,
        cursor_value,
        %(oldest_start)s,
        lsn,
        wal_mark,
        published_from::xid8,
        membership,
        file_node,
        source_deletes
    from reports
    on conflict (source, stream) do update
    set mode = excluded.mode,
        state = 'ready',
        destination_schema = excluded.destination_schema,
        destination_table = excluded.destination_table,
        key_columns = excluded.key_columns,
        foreign_keys = excluded.foreign_keys,
        definition = excluded.definition,
        shape = excluded.shape,
        row_count = excluded.row_count,
        published_run_id = excluded.published_run_id,
        published_at = excluded.published_at,
        snapshot_at = excluded.snapshot_at,
        snapshot_horizon = excluded.snapshot_horizon,
        system_identifier = excluded.system_identifier,
        timeline = excluded.timeline,
        database_oid = excluded.database_oid,
        snapshot_lsn = excluded.snapshot_lsn,
        cursor_column = excluded.cursor_column,
        cursor_value = excluded.cursor_value,
        cursor_horizon = excluded.cursor_horizon,
        lsn = excluded.lsn,
        wal_mark = excluded.wal_mark,
        published_from = excluded.published_from,
        membership = excluded.membership,
        file_node = excluded.file_node,
        -- Not every run looks.
        source_deletes = coalesce(excluded.source_deletes, streams.source_deletes),
        lag_bytes = null,
        lag_seconds = null,
        last_error = null
),

saved_syncs as (
    insert into elt.stream_syncs (
        run_id, source, stream, status, mode, rows_read, rows_inserted, rows_updated,
        rows_deleted, bytes_copied, seconds
    )
    select
        %(run_id)s,
        %(source)s,
        stream,
        'published',
        mode,
        rows_read,
        rows_inserted,
        rows_updated,
        rows_deleted,
        bytes_copied,
        seconds
    from reports
    -- Batches add up.
    on conflict (run_id, stream) do update
    set rows_read = stream_syncs.rows_read + excluded.rows_read,
        rows_inserted = stream_syncs.rows_inserted + excluded.rows_inserted,
        rows_updated = stream_syncs.rows_updated + excluded.rows_updated,
        rows_deleted = stream_syncs.rows_deleted + excluded.rows_deleted,
        bytes_copied = stream_syncs.bytes_copied + excluded.bytes_copied,
        seconds = stream_syncs.seconds + excluded.seconds,
        finished_at = excluded.finished_at
)

insert into elt.receipts (
    run_id, source, stream, method, source_row_count, source_checksum,
    destination_row_count, destination_checksum
)
select
    %(run_id)s,
    %(source)s,
    stream,
    method,
    source_row_count,
    source_checksum,
    destination_row_count,
    destination_checksum
from reports
on conflict (run_id, stream) do update
set method = excluded.method,
    source_row_count = excluded.source_row_count,
    source_checksum = excluded.source_checksum,
    destination_row_count = excluded.destination_row_count,
    destination_checksum = excluded.destination_checksum,
    taken_at = excluded.taken_at
