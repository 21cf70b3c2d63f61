-- Which foreign keys of partitioned tables elt has made: others are somebody else's.
alter table elt.partitioned_tables add column foreign_keys text[];
comment on column elt.partitioned_tables.foreign_keys is 'Names of the foreign keys of the replica that the source has, too; null until a run has published it since this is recorded.';
