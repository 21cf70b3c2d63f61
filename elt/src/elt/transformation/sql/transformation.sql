-- name: has_state
-- Whether there is a state, and whether it can hold what this version records.
select to_regclass('elt.streams') is not null, to_regclass('elt.dbt_docs') is not null

-- name: save_run
-- Record a run of dbt and return its id.
insert into elt.dbt_runs (started_at, finished_at, status, nodes, error, exit_code)
values (
    %(started_at)s, clock_timestamp(), %(status)s, %(nodes)s, %(error)s, %(exit_code)s
)
returning dbt_run_id

-- name: forget_docs
-- Remove the docs of earlier runs.
delete from elt.dbt_docs

-- name: save_docs
-- Keep the docs of a run.
insert into elt.dbt_docs (dbt_run_id, html) values (%(dbt_run_id)s, %(html)s)
