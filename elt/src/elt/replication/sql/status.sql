-- name: list_streams
-- Every stream with its age and its last receipt.
select
    s.source,
    s.stream,
    s.destination_schema || '.' || s.destination_table as destination,
    s.mode,
    s.state,
    s.row_count as rows,
    s.published_at,
    extract(epoch from now() - s.snapshot_at)::double precision as age_seconds,
    (to_jsonb(s) ->> 'lag_bytes')::bigint as lag_bytes,
    (to_jsonb(s) ->> 'lag_seconds')::double precision as lag_seconds,
    r.method as receipt,
    r.is_equal,
    to_jsonb(s) ->> 'shape' as shape,
    s.last_error
from elt.streams as s
left join elt.receipts as r
    on r.run_id = s.published_run_id and r.stream = s.stream
order by s.source, s.stream

-- name: list_last_runs
-- The last run of every source.
select distinct on (source)
    source,
    run_id,
    status,
    started_at,
    extract(epoch from finished_at - started_at)::double precision as seconds,
    rows_inserted + rows_updated + rows_deleted as changed,
    error,
    exit_code
from elt.sync_runs
order by source, run_id desc

-- name: list_not_copied
-- What of all sources is not copied.
select source, object, reason from elt.not_copied order by source, object, reason
