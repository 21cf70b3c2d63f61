-- name: list_left_replicas
-- The replicas that streams of a source have left, and that are still there.
select
    r.stream,
    r.destination_schema,
    r.destination_table,
    'gone' as state,
    r.definition as document
from elt.left_replicas as r
where r.source = %(source)s
    and exists (
        select
        from pg_class as c
        join pg_namespace as n on n.oid = c.relnamespace
        where n.nspname = r.destination_schema and c.relname = r.destination_table
    )
order by r.destination_schema, r.destination_table

-- name: forget_dropped_replicas
-- Forget replicas that were left and that somebody has dropped.
delete from elt.left_replicas as r
where r.source = %(source)s
    and not exists (
        select
        from pg_class as c
        join pg_namespace as n on n.oid = c.relnamespace
        where n.nspname = r.destination_schema and c.relname = r.destination_table
    )

-- name: save_left_replica
-- Record a replica that its stream has left.
insert into elt.left_replicas (
    source, stream, destination_schema, destination_table, definition, run_id
)
values (
    %(source)s, %(stream)s, %(schema)s, %(table)s, %(definition)s::jsonb, %(run_id)s
)
on conflict (destination_schema, destination_table) do update
set source = excluded.source,
    stream = excluded.stream,
    definition = excluded.definition,
    run_id = excluded.run_id,
    left_at = excluded.left_at

-- name: forget_left_replicas
-- Forget those where streams of a source land again.
delete from elt.left_replicas as r
using elt.streams as s
where s.source = %(source)s
    and s.destination_schema = r.destination_schema
    and s.destination_table = r.destination_table
