-- name: list_known_types
-- The types that elt has made for a source, the last one first.
select
    t.type,
    t.source_oid,
    t.destination_schema,
    t.destination_type,
    coalesce(r.status in ('failed', 'interrupted'), false) as is_abandoned
from elt.types as t
left join elt.sync_runs as r using (run_id)
where t.source = %(source)s
order by t.made_at desc

-- name: save_type
-- Record a type that was made.
insert into elt.types (
    source, type, source_oid, destination_schema, destination_type, run_id
)
values (
    %(source)s, %(type)s, %(source_oid)s, %(schema)s, %(name)s, %(run_id)s
)
on conflict (destination_schema, destination_type) do update
set source = excluded.source,
    type = excluded.type,
    source_oid = excluded.source_oid,
    run_id = excluded.run_id,
    made_at = excluded.made_at

-- name: identify_type
-- Record which type of the source one is; a run takes over what one that failed left.
update elt.types as t
set type = %(type)s,
    source_oid = %(source_oid)s,
    run_id = case
        when exists (
            select from elt.sync_runs as r
            where r.run_id = t.run_id and r.status in ('failed', 'interrupted')
        ) then %(run_id)s
        else t.run_id
    end
where t.destination_schema = %(schema)s and t.destination_type = %(name)s

-- name: forget_type
-- Forget a type that is not there any more.
delete from elt.types
where destination_schema = %(schema)s and destination_type = %(name)s

-- name: move_type
-- Record that a type is called otherwise, in place of one that is there no more.
with stale as (
    delete from elt.types
    where destination_schema = %(schema)s and destination_type = %(name)s
)

update elt.types
set type = %(type)s,
    source_oid = %(source_oid)s,
    destination_schema = %(schema)s,
    destination_type = %(name)s
where destination_schema = %(old_schema)s and destination_type = %(old_name)s
