-- `elt replicate --follow`: many batches in one row.
alter table elt.sync_runs drop constraint sync_runs_status_check;
alter table elt.sync_runs add constraint sync_runs_status_check check (
    status in ('running', 'following', 'published', 'failed', 'interrupted')
);
comment on table elt.sync_runs is 'One row per sync run: one pass over all streams of a source; or the batches that elt replicate --follow published between two of them.';
comment on column elt.sync_runs.status is 'running, published, failed or interrupted; published means that all its rows are visible. following: batches are being published, and each is visible at once; published when they are over.';
comment on column elt.sync_runs.snapshot_at is 'The instant of the source that the run copied; of batches, the last one.';
comment on column elt.sync_runs.error is 'Why the run published nothing; of batches, what ended them.';
comment on column elt.sync_runs.finished_at is 'When the run published or gave up, or the last batch was over; null while it runs.';
comment on column elt.sync_runs.stream_count is 'How many streams the run covered; of batches, how many changed in the last one.';
comment on table elt.stream_syncs is 'One row per stream and run; of batches, the sums.';
comment on table elt.receipts is 'The proof of a publish: counts and checksums of both sides, one row per stream and published run; of batches, the proof of the last one that changed the stream.';
comment on column elt.stream_syncs.finished_at is 'When the stream was published or given up; of batches, when the last one was that changed it, or looked after it in quiet times.';
comment on column elt.streams.lag_bytes is 'WAL that the source has written beyond lsn, for logical streams; measured by each run at its start and after its publish, and after each batch.';
