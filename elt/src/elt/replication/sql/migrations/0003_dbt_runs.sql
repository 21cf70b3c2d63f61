-- What `elt dbt` records besides its nodes: why a run failed, and the newest docs.
alter table elt.dbt_runs add column error text;
alter table elt.dbt_runs add column exit_code integer;
comment on table elt.dbt_runs is 'One row per run of dbt, written by elt dbt.';
comment on column elt.dbt_runs.status is 'success, warn (tests warned, or a source is stale) or error.';
comment on column elt.dbt_runs.nodes is 'A list with an object per node: name, kind (model, test, seed, snapshot and others; source for its freshness), status in the words of dbt, message, seconds, failures (rows for which a test did not hold).';
comment on column elt.dbt_runs.error is 'What failed, or what ended the run; null when all nodes were built.';
comment on column elt.dbt_runs.exit_code is 'Exit code of elt dbt.';

create table elt.dbt_docs (
    dbt_run_id bigint primary key references elt.dbt_runs on delete cascade,
    html text not null
);
comment on table elt.dbt_docs is 'The docs that dbt wrote: one row, of the newest run that wrote some.';
comment on column elt.dbt_docs.dbt_run_id is 'The run of dbt.';
comment on column elt.dbt_docs.html is 'One page that needs nothing else.';
