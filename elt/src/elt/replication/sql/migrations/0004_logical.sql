-- Logical replication: what a run leaves for the next one to go on from.
create table elt.slots (
    source text primary key,
    slot text not null,
    publication text not null,
    complete_from xid8,
    created_at timestamptz,
    retained_bytes bigint,
    measured_at timestamptz
);
comment on table elt.slots is 'One row per source with logical streams: its replication slot.';
comment on column elt.slots.source is 'Name of the source in the configuration.';
comment on column elt.slots.slot is 'Name of the replication slot at the source.';
comment on column elt.slots.publication is 'Name of the publication at the source.';
comment on column elt.slots.complete_from is 'First transaction all of whose changes are in the slot; null when the slot must be made anew.';
comment on column elt.slots.created_at is 'When the slot was made.';
comment on column elt.slots.retained_bytes is 'WAL that the slot made the source keep, when it was last measured.';
comment on column elt.slots.measured_at is 'When that was.';

alter table elt.streams add column wal_mark text;
alter table elt.streams add column published_from xid8;
alter table elt.streams add column membership bigint;
alter table elt.streams add column file_node bigint;
alter table elt.streams add column lag_bytes bigint;
alter table elt.streams add column lag_seconds double precision;
comment on column elt.streams.lsn is 'WAL position from which the next run reads, for logical streams: all that committed before is in the replica.';
comment on column elt.streams.wal_mark is 'The message that the last run left in the WAL, for logical streams: where the next run does not find it, it compares every row.';
comment on column elt.streams.published_from is 'First transaction all of whose changes of the table are published at the source, for logical streams.';
comment on column elt.streams.membership is 'Object id of the table''s entry in the publication at the source.';
comment on column elt.streams.file_node is 'File of the table at the source: another one after TRUNCATE or a rewrite.';
comment on column elt.streams.lag_bytes is 'WAL that the source has written beyond lsn, for logical streams; measured by each run at its start and after its publish.';
comment on column elt.streams.lag_seconds is 'Age of what the replica showed at that moment, in seconds.';

alter table elt.receipts drop constraint receipts_method_check;
alter table elt.receipts add constraint receipts_method_check check (
    method in ('count', 'checksum', 'exact', 'changes', 'read', 'keys', 'unchanged')
);
comment on column elt.receipts.method is 'count: rows only; checksum: rows and the sum of row hashes; exact: the same through the text of each row; changes: rows, and the sum of the hashes of those that the run read; read: count and hashes of just the rows that the run read, as rows deleted at the source stay; keys: count and hashes of just the rows whose keys the WAL names, those that are gone at the source counted too; unchanged: nothing was written to the table, or to the whole source, since the receipt before, whose count is repeated.';
comment on column elt.receipts.source_row_count is 'Rows at the source, in the copied snapshot; for methods read and keys those that were read.';
comment on column elt.receipts.source_checksum is 'Sum of row hashes at the source, in the copied snapshot; for methods changes, read and keys of the rows that were read, null for methods count and unchanged.';
comment on column elt.receipts.destination_row_count is 'Rows at the destination: of a new replica when it was loaded, of one that needed no change when it was compared, of others in the publishing transaction; for method changes those that it had when it was compared, and what the publish added and removed; for method read those that were read; for method keys those that have one of the keys.';
