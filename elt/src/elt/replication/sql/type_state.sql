-- name: has_types
-- Whether the state knows of types: not before a run of this version.
select to_regclass('elt.types') is not null

-- name: list_known_types
-- The types that elt has made for a source.
select type, source_oid, destination_schema, destination_type
from elt.types
where source = %(source)s

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
-- Record which type of the source one is.
update elt.types
set type = %(type)s, source_oid = %(source_oid)s
where destination_schema = %(schema)s and destination_type = %(name)s
