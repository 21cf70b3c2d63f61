-- What lets an incremental run expect deleted rows, and count ranges of keys at once.
alter table elt.streams add column source_deletes bigint;
comment on column elt.streams.source_deletes is 'Rows of the table that the statistics of the source counted as deleted, when the last incremental run looked: another number makes the next one look for deleted rows at once. Only time is lost where it misleads.';
