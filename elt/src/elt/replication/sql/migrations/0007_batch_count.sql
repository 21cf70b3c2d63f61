-- What is a run, and what are the batches between two.
alter table elt.sync_runs add column batch_count bigint;
comment on column elt.sync_runs.batch_count is 'How many batches elt replicate --follow published here; null for a run.';
update elt.sync_runs set batch_count = 0 where status = 'following';
