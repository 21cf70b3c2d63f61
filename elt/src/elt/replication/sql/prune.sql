-- name: list_sources
-- The sources of which streams are known.
select distinct source from elt.streams

-- name: forget_stream
-- Forget a stream, unless it was published since its state was read.
delete from elt.streams
where source = %(source)s
    and stream = %(stream)s
    and state = %(state)s
    and snapshot_at is not distinct from %(snapshot_at)s
returning stream

-- name: forget_left_replica
-- Forget a replica that its stream has left, unless it has come back.
delete from elt.left_replicas
where source = %(source)s
    and destination_schema = %(schema)s
    and destination_table = %(table)s
returning stream
