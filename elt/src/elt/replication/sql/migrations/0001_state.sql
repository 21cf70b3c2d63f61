create table elt.sync_runs (
    run_id bigint generated always as identity primary key,
    source text not null,
    status text not null
        check (status in ('running', 'published', 'failed', 'interrupted')),
    started_at timestamptz not null default now(),
    finished_at timestamptz,
    snapshot_at timestamptz,
    snapshot_lsn pg_lsn,
    stream_count integer,
    rows_read bigint,
    rows_inserted bigint,
    rows_updated bigint,
    rows_deleted bigint,
    bytes_copied bigint,
    error text,
    exit_code smallint,
    host text not null,
    elt_version text not null
);
comment on table elt.sync_runs is 'One row per sync run: one pass over all streams of a source.';
comment on column elt.sync_runs.run_id is 'Identifies a run.';
comment on column elt.sync_runs.source is 'Name of the source in the configuration.';
comment on column elt.sync_runs.status is 'running, published, failed or interrupted; published means that all its rows are visible.';
comment on column elt.sync_runs.started_at is 'When the run took the lock.';
comment on column elt.sync_runs.finished_at is 'When the run published or gave up; null while it runs.';
comment on column elt.sync_runs.snapshot_at is 'The instant of the source that the run copied.';
comment on column elt.sync_runs.snapshot_lsn is 'WAL position of the source when the snapshot was taken; null on a standby.';
comment on column elt.sync_runs.stream_count is 'How many streams the run covered.';
comment on column elt.sync_runs.rows_read is 'Rows read from the source.';
comment on column elt.sync_runs.rows_inserted is 'Rows that became visible.';
comment on column elt.sync_runs.rows_updated is 'Rows whose values changed.';
comment on column elt.sync_runs.rows_deleted is 'Rows that are no longer visible.';
comment on column elt.sync_runs.bytes_copied is 'Bytes that went through the pipe.';
comment on column elt.sync_runs.error is 'Why the run published nothing.';
comment on column elt.sync_runs.exit_code is 'Exit code of the replicator.';
comment on column elt.sync_runs.host is 'Host name of the replicator.';
comment on column elt.sync_runs.elt_version is 'Version of elt.';
create index sync_runs_source_idx on elt.sync_runs (source, run_id desc);

create table elt.streams (
    source text not null,
    stream text not null,
    mode text not null check (mode in ('full_refresh', 'incremental', 'logical')),
    state text not null check (state in ('ready', 'failed', 'gone')),
    destination_schema text not null,
    destination_table text not null,
    key_columns text[] not null,
    foreign_keys jsonb not null default '[]',
    definition jsonb not null,
    row_count bigint,
    published_run_id bigint references elt.sync_runs,
    published_at timestamptz,
    snapshot_at timestamptz,
    snapshot_horizon xid8,
    system_identifier text,
    cursor_column text,
    cursor_value text,
    lsn pg_lsn,
    last_error text,
    primary key (source, stream),
    unique (destination_schema, destination_table)
);
comment on table elt.streams is 'One row per stream: a table of the source, and what is known of its replica.';
comment on column elt.streams.source is 'Name of the source in the configuration.';
comment on column elt.streams.stream is 'Schema and table at the source, as schema.table.';
comment on column elt.streams.mode is 'full_refresh, incremental or logical.';
comment on column elt.streams.state is 'ready: published and equal at its last run; failed: the last run could not publish it; gone: its table no longer exists at the source.';
comment on column elt.streams.destination_schema is 'Schema of the replica.';
comment on column elt.streams.destination_table is 'Table of the replica.';
comment on column elt.streams.key_columns is 'Columns that identify a row; empty for a table without a key.';
comment on column elt.streams.foreign_keys is 'Foreign keys of the table at the source: a list of {"columns": [...], "references": "schema.table", "referenced_columns": [...]}, ordered by the name of the constraint.';
comment on column elt.streams.definition is 'Columns, constraints and indexes as they were last published: with it the next run notices what changed.';
comment on column elt.streams.row_count is 'Rows of the replica after its last publish.';
comment on column elt.streams.published_run_id is 'The last run that published the stream.';
comment on column elt.streams.published_at is 'When that run published.';
comment on column elt.streams.snapshot_at is 'The instant of the source that the replica shows.';
comment on column elt.streams.snapshot_horizon is 'Oldest transaction still open at the source in that snapshot.';
comment on column elt.streams.system_identifier is 'Which PostgreSQL cluster the source was.';
comment on column elt.streams.cursor_column is 'Column that orders changes, for incremental streams.';
comment on column elt.streams.cursor_value is 'Highest value of that column loaded.';
comment on column elt.streams.lsn is 'WAL position up to which changes are applied, for logical streams.';
comment on column elt.streams.last_error is 'Why the last run did not publish the stream; null when it did.';

create table elt.stream_syncs (
    run_id bigint not null references elt.sync_runs,
    source text not null,
    stream text not null,
    status text not null check (status in ('published', 'failed', 'skipped')),
    mode text not null check (mode in ('full_refresh', 'incremental', 'logical')),
    rows_read bigint,
    rows_inserted bigint,
    rows_updated bigint,
    rows_deleted bigint,
    bytes_copied bigint,
    seconds double precision,
    finished_at timestamptz not null default clock_timestamp(),
    error text,
    primary key (run_id, stream)
);
comment on table elt.stream_syncs is 'One row per stream and run.';
comment on column elt.stream_syncs.run_id is 'The run.';
comment on column elt.stream_syncs.source is 'Name of the source in the configuration.';
comment on column elt.stream_syncs.stream is 'Schema and table at the source, as schema.table.';
comment on column elt.stream_syncs.status is 'published; failed: see error; skipped: held back because another stream failed.';
comment on column elt.stream_syncs.mode is 'full_refresh, incremental or logical.';
comment on column elt.stream_syncs.rows_read is 'Rows read from the source.';
comment on column elt.stream_syncs.rows_inserted is 'Rows that became visible.';
comment on column elt.stream_syncs.rows_updated is 'Rows whose values changed.';
comment on column elt.stream_syncs.rows_deleted is 'Rows that are no longer visible.';
comment on column elt.stream_syncs.bytes_copied is 'Bytes that went through the pipe.';
comment on column elt.stream_syncs.seconds is 'Time spent on the stream: copy, comparison and publish.';
comment on column elt.stream_syncs.finished_at is 'When the stream was published or given up.';
comment on column elt.stream_syncs.error is 'Why the stream was not published.';
create index stream_syncs_stream_idx on elt.stream_syncs (source, stream, run_id desc);

create table elt.receipts (
    run_id bigint not null references elt.sync_runs,
    source text not null,
    stream text not null,
    method text not null check (method in ('count', 'checksum', 'exact')),
    source_row_count bigint not null,
    source_checksum numeric,
    destination_row_count bigint not null,
    destination_checksum numeric,
    is_equal boolean not null generated always as (
        source_row_count = destination_row_count
        and source_checksum is not distinct from destination_checksum
    ) stored,
    taken_at timestamptz not null default clock_timestamp(),
    primary key (run_id, stream)
);
comment on table elt.receipts is 'The proof of a publish: counts and checksums of both sides, one row per stream and published run.';
comment on column elt.receipts.run_id is 'The run.';
comment on column elt.receipts.source is 'Name of the source in the configuration.';
comment on column elt.receipts.stream is 'Schema and table at the source, as schema.table.';
comment on column elt.receipts.method is 'count: rows only; checksum: rows and the sum of row hashes; exact: the same through the text of each row.';
comment on column elt.receipts.source_row_count is 'Rows at the source, in the copied snapshot.';
comment on column elt.receipts.source_checksum is 'Sum of row hashes at the source, in the copied snapshot; null for method count.';
comment on column elt.receipts.destination_row_count is 'Rows at the destination: of a new replica when it was loaded, of others in the publishing transaction.';
comment on column elt.receipts.destination_checksum is 'Sum of row hashes at the destination, taken at the same moment; null for method count.';
comment on column elt.receipts.is_equal is 'Whether both sides agree; only equal ones are published.';
comment on column elt.receipts.taken_at is 'When the destination was read.';

create table elt.schema_changes (
    schema_change_id bigint generated always as identity primary key,
    run_id bigint references elt.sync_runs,
    source text not null,
    stream text not null,
    change text not null,
    action text not null check (action in ('propagated', 'kept', 'refused')),
    detected_at timestamptz not null default clock_timestamp()
);
comment on table elt.schema_changes is 'What changed in the tables of the source, and what was done about it.';
comment on column elt.schema_changes.schema_change_id is 'Identifies a change.';
comment on column elt.schema_changes.run_id is 'The run that noticed it.';
comment on column elt.schema_changes.source is 'Name of the source in the configuration.';
comment on column elt.schema_changes.stream is 'Schema and table at the source, as schema.table.';
comment on column elt.schema_changes.change is 'The change in words.';
comment on column elt.schema_changes.action is 'propagated to the replica, kept away from it, or refused: the stream was not published.';
comment on column elt.schema_changes.detected_at is 'When it was noticed.';

create table elt.dbt_runs (
    dbt_run_id bigint generated always as identity primary key,
    started_at timestamptz not null,
    finished_at timestamptz not null,
    status text not null check (status in ('success', 'warn', 'error')),
    nodes jsonb not null
);
comment on table elt.dbt_runs is 'One row per run of dbt, written by what runs dbt.';
comment on column elt.dbt_runs.dbt_run_id is 'Identifies a run of dbt.';
comment on column elt.dbt_runs.started_at is 'When dbt started.';
comment on column elt.dbt_runs.finished_at is 'When dbt ended.';
comment on column elt.dbt_runs.status is 'success, warn (tests warned) or error.';
comment on column elt.dbt_runs.nodes is 'Per node: name, status, message, seconds.';
