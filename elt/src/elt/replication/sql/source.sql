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

-- name: read_identity
-- The last value of an identity column's sequence; null where the role may not read it.
select case
    when has_sequence_privilege(sequence, 'SELECT, USAGE')
        then pg_sequence_last_value(sequence::regclass)
end
from pg_get_serial_sequence(%(table)s, %(column)s) as sequence
