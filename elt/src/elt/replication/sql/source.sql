-- name: export_snapshot
-- The id under which other sessions can read from this snapshot.
select pg_export_snapshot()

-- name: describe_snapshot
-- When and where in its history the source is read.
select
    now() as taken_at,
    case when not pg_is_in_recovery() then pg_current_wal_lsn()::text end as lsn,
    pg_snapshot_xmin(pg_current_snapshot())::text::bigint as horizon,
    (select system_identifier::text from pg_control_system()) as system_identifier

-- name: is_rewritten
-- Whether a table has other files than it had in the snapshot, in which this is read:
-- what TRUNCATE and ALTER TABLE leave looks empty to older snapshots.
select pg_relation_filenode(c.oid) is distinct from c.relfilenode
from pg_class as c
where c.oid = %(oid)s

-- name: read_identity
-- The last value of an identity column's sequence; null where the role may not read it.
select case
    when has_sequence_privilege(sequence, 'SELECT, USAGE')
        then pg_sequence_last_value(sequence::regclass)
end
from pg_get_serial_sequence(%(table)s, %(column)s) as sequence
