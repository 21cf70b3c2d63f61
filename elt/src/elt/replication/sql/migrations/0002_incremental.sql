alter table elt.streams add column timeline integer;
alter table elt.streams add column database_oid bigint;
alter table elt.streams add column snapshot_lsn pg_lsn;
alter table elt.streams add column cursor_horizon timestamptz;
comment on column elt.streams.timeline is 'Timeline of that cluster: another one after a failover or a restore.';
comment on column elt.streams.database_oid is 'Object id of the database there.';
comment on column elt.streams.snapshot_lsn is 'WAL position of the source in that snapshot.';
comment on column elt.streams.cursor_horizon is 'When the oldest transaction still open at the source in that snapshot began; null where that cannot be known.';
comment on column elt.streams.snapshot_horizon is 'Oldest transaction still open at the source in that snapshot; null when the replica is not to be trusted: the next run compares every row.';
comment on column elt.streams.row_count is 'Rows of the replica after its last publish, without those that are deleted softly.';

comment on column elt.sync_runs.snapshot_lsn is 'WAL position of the source when the snapshot was taken: written on a primary, replayed on a standby.';

alter table elt.receipts drop constraint receipts_method_check;
alter table elt.receipts add constraint receipts_method_check check (
    method in ('count', 'checksum', 'exact', 'changes', 'read', 'unchanged')
);
comment on column elt.receipts.method is 'count: rows only; checksum: rows and the sum of row hashes; exact: the same through the text of each row; changes: rows, and the sum of the hashes of those that the run read; read: count and hashes of just the rows that the run read, as rows deleted at the source stay; unchanged: nothing was written at the source since the receipt before, whose count is repeated.';
comment on column elt.receipts.source_row_count is 'Rows at the source, in the copied snapshot; for method read those that were read.';
comment on column elt.receipts.source_checksum is 'Sum of row hashes at the source, in the copied snapshot; for methods changes and read of the rows that were read, null for methods count and unchanged.';
comment on column elt.receipts.destination_row_count is 'Rows at the destination: of a new replica when it was loaded, of one that needed no change when it was compared, of others in the publishing transaction; for method changes those that it had when it was compared, and what the publish added and removed; for method read those that were read.';
comment on column elt.receipts.destination_checksum is 'Sum of row hashes at the destination, taken at the same moment, of the rows that source_checksum is about.';
