-- Replicas that a stream has left, as its schema lands elsewhere by now.
create table elt.left_replicas (
    source text not null,
    stream text not null,
    destination_schema text not null,
    destination_table text not null,
    definition jsonb not null,
    run_id bigint not null references elt.sync_runs,
    left_at timestamptz not null default clock_timestamp(),
    primary key (destination_schema, destination_table)
);
comment on table elt.left_replicas is 'Replicas of streams that land elsewhere by now: one row each, until somebody drops it or the stream lands there again.';
comment on column elt.left_replicas.source is 'Name of the source in the configuration.';
comment on column elt.left_replicas.stream is 'Schema and table at the source, as schema.table.';
comment on column elt.left_replicas.destination_schema is 'Schema of the replica that was left.';
comment on column elt.left_replicas.destination_table is 'Its table.';
comment on column elt.left_replicas.definition is 'Columns, constraints and indexes as they were last published there.';
comment on column elt.left_replicas.run_id is 'The run that published the stream elsewhere.';
comment on column elt.left_replicas.left_at is 'When that run published.';
