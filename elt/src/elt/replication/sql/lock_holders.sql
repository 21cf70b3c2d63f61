-- name: find_holder
-- Who has a lock on one of some relations, on the table of an index among them or on
-- a table that is referenced; who has had it longest. A prepared transaction has no
-- backend, which is 0.
with named as (
    select to_regclass(name)::oid as relation from unnest(%(names)s::text []) as name
),

locked as (
    select relation from named
    union
    select i.indrelid from pg_index as i join named as n on n.relation = i.indexrelid
    union
    select c.confrelid
    from pg_constraint as c join named as n on n.relation = c.conrelid
)

select
    c.relnamespace::regnamespace || '.' || quote_ident(c.relname) as locked,
    coalesce(l.pid, 0) as pid,
    nullif(a.application_name, '') as name,
    a.usename::text as role
from pg_locks as l
join locked as t on t.relation = l.relation
join pg_class as c on c.oid = l.relation
left join pg_stat_activity as a on a.pid = l.pid
where l.granted
    and l.database = (select oid from pg_database where datname = current_database())
    and l.pid is distinct from pg_backend_pid()
order by a.xact_start nulls first
limit 1
