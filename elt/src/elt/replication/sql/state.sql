-- name: list_migrations
-- The migrations that were applied; two programs migrate one after the other. In one
-- message, as every run waits for it.
select pg_advisory_xact_lock(hashtextextended('elt migrations', 0));
create schema if not exists elt;
comment on schema elt is 'State of elt: runs, streams and receipts. Read it freely.';
create table if not exists elt.migrations (
    version text primary key,
    applied_at timestamptz not null default now()
);
comment on table elt.migrations is 'Which versions of the state tables were made when.';
comment on column elt.migrations.version is 'Name of the migration.';
comment on column elt.migrations.applied_at is 'When it was applied.';
select version from elt.migrations

-- name: save_migrations
-- Record migrations.
insert into elt.migrations (version) select unnest(%(versions)s)

-- name: has_state
-- Whether a table of the state exists.
select to_regclass(%(table)s) is not null

-- name: list_known
-- The streams of a source that have a replica.
select
    s.stream,
    s.destination_schema,
    s.destination_table,
    s.state,
    s.definition as document,
    s.row_count,
    s.snapshot_at,
    s.system_identifier,
    -- Columns that a state has only after the next run has migrated it.
    (to_jsonb(s) ->> 'timeline')::integer as timeline,
    (to_jsonb(s) ->> 'database_oid')::bigint as database_oid,
    ((to_jsonb(s) ->> 'snapshot_lsn')::pg_lsn - '0/0')::bigint as snapshot_lsn,
    s.snapshot_horizon::text::bigint as snapshot_horizon,
    s.cursor_column,
    s.cursor_value,
    (to_jsonb(s) ->> 'cursor_horizon')::timestamptz as cursor_horizon,
    s.lsn::text as lsn,
    to_jsonb(s) ->> 'wal_mark' as wal_mark,
    (to_jsonb(s) ->> 'published_from')::bigint as published_from,
    (to_jsonb(s) ->> 'membership')::bigint as membership,
    (to_jsonb(s) ->> 'file_node')::bigint as file_node,
    to_jsonb(s) ->> 'shape' as shape,
    (to_jsonb(s) ->> 'source_deletes')::bigint as source_deletes
from elt.streams as s
where s.source = %(source)s

-- name: list_partitioned
-- Where the partitioned tables of a source are that a run has made, with the names of
-- their foreign keys, null where these were not recorded yet.
select destination_schema, destination_table, to_jsonb(w) -> 'foreign_keys'
from elt.partitioned_tables as w
where source = %(source)s

-- name: save_partitioned
-- Record those that there are from now on; one that is gone at the source stays.
insert into elt.partitioned_tables (
    source, destination_schema, destination_table, foreign_keys
)
select %(source)s, w.schema, w.name, w.foreign_keys
from jsonb_to_recordset(%(wholes)s::jsonb) as w (
    schema text, name text, foreign_keys text[]
)
on conflict (source, destination_schema, destination_table) do update
set foreign_keys = excluded.foreign_keys

-- name: forget_partitioned
-- Forget those that are ordinary tables from now on, or that somebody has dropped:
-- another table may have the name.
delete from elt.partitioned_tables as p
where p.source = %(source)s
    and (
        to_regclass(format('%%I.%%I', p.destination_schema, p.destination_table)) is null
        or exists (
            select from unnest(%(schemas)s::text[], %(names)s::text[]) as w (schema, name)
            where (w.schema, w.name) = (p.destination_schema, p.destination_table)
        )
    )

-- name: list_foreign_landings
-- Schemas in which other sources land, and their names.
select distinct destination_schema, source
from elt.streams
where source <> %(source)s

-- name: mark_gone
-- Record that tables no longer exist at the source.
with gone as (
    update elt.streams
    set state = 'gone'
    where source = %(source)s and stream = any(%(streams)s) and state <> 'gone'
    returning source, stream
)

insert into elt.schema_changes (run_id, source, stream, change, action)
select %(run_id)s, source, stream, 'table dropped', 'kept' from gone

-- name: save_added
-- Record tables that are new; not those of the first run, to which all are.
insert into elt.schema_changes (run_id, source, stream, change, action)
select %(run_id)s, %(source)s, stream, 'table added', 'propagated'
from unnest(%(streams)s::text[]) as added (stream)
where exists (
    select from elt.sync_runs
    where source = %(source)s and run_id < %(run_id)s and status = 'published'
)

-- name: save_schema_change
-- Record a change of a table, unless the last one recorded says the same.
insert into elt.schema_changes (run_id, source, stream, change, action)
select %(run_id)s, %(source)s, %(stream)s, %(change)s, %(action)s
where not exists (
    select
    from elt.schema_changes
    where source = %(source)s
        and stream = %(stream)s
        and change = %(change)s
        and action = %(action)s
        and action = 'kept'
)

-- name: forget_not_copied
-- Forget what of a source was not copied.
delete from elt.not_copied where source = %(source)s

-- name: save_not_copied
-- Record what of a source is not copied.
insert into elt.not_copied (source, object, reason)
select %(source)s, object, reason
from jsonb_to_recordset(%(objects)s::jsonb) as o (object text, reason text)
