-- name: export_snapshot
-- The id under which other sessions can read from this snapshot.
select pg_export_snapshot()

-- name: describe_snapshot
-- When and where in its history the source is read.
select
    now() as taken_at,
    case
        when pg_is_in_recovery() then pg_last_wal_replay_lsn()
        else pg_current_wal_insert_lsn()
    end::text as lsn,
    pg_snapshot_xmin(pg_current_snapshot())::text::bigint as horizon,
    pg_snapshot_xmax(pg_current_snapshot())::text::bigint as next_transaction,
    (select system_identifier::text from pg_control_system()) as system_identifier,
    -- The control file of a primary names its timeline only after a checkpoint.
    case
        when pg_is_in_recovery() then greatest(
            (select timeline_id from pg_control_checkpoint()),
            (select min_recovery_end_timeline from pg_control_recovery())
        )
        else ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer
    end as timeline,
    (
        select oid::bigint
        from pg_database
        where datname = current_database()
    ) as database_oid,
    -- Statistics begin anew when a crash loses them, though the server may stay.
    greatest(
        pg_postmaster_start_time(), (select stats_reset from pg_stat_bgwriter)
    ) as running_since

-- name: find_oldest_start
-- When the oldest transaction in progress began or was asked for, and whether some
-- session keeps that to itself.
select
    least(
        clock_timestamp(),
        min(xact_start),
        -- The time of a transaction is that of the message which began it.
        min(query_start) filter (where state = 'active')
    ) as oldest_start,
    coalesce(bool_or(
        xact_start is null and (backend_xid is not null or backend_xmin is not null)
    ), false) as has_hidden
from pg_stat_activity
where datname = current_database()
    and pid <> pg_backend_pid()
    -- These write no rows, and go on for days.
    and backend_type not in ('walsender', 'autovacuum worker')

-- name: describe_visibility
-- Whether the role may see when transactions of others began, and on this server; and
-- up to where a standby has replayed.
select
    case
        when pg_is_in_recovery() then pg_last_wal_replay_lsn()
    end::text as replayed_lsn,
    pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') as may_see,
    exists (
        select from pg_prepared_xacts where database = current_database()
    ) as has_prepared

-- name: list_rewritten
-- Tables with other files than they had in the snapshot, in which this is read: what
-- TRUNCATE and ALTER TABLE leave looks empty to older snapshots.
select c.oid::bigint as oid
from pg_class as c
where
    c.oid = any(%(oids)s::oid[])
    and pg_relation_filenode(c.oid) is distinct from c.relfilenode

-- name: has_rewritten
-- The same about the tables that a view reads, through other views as well.
with recursive below (oid) as (
    select %(oid)s::oid
    union
    select next.oid
    from below
    join pg_class as c on c.oid = below.oid
    cross join lateral (
        select d.refobjid as oid
        from pg_rewrite as w
        join pg_depend as d
            on d.classid = 'pg_rewrite'::regclass
            and d.objid = w.oid
            and d.refclassid = 'pg_class'::regclass
        where c.relkind = 'v' and w.ev_class = c.oid
        union all
        select i.inhrelid from pg_inherits as i where i.inhparent = c.oid
    ) as next
)

-- Catalogs that are mapped have a file, but no number of it here.
select bool_or(
    c.relfilenode <> 0
    and pg_relation_filenode(c.oid) is distinct from c.relfilenode
)
from pg_class as c
join below on below.oid = c.oid

-- name: find_identities
-- The sequences of identity columns, in their order, whether the role may read each, and
-- the last value if the role may know that. A column may own another one, as serial
-- columns do, which pg_get_serial_sequence takes for it.
select
    sequence::text,
    has_sequence_privilege(sequence, 'SELECT') as can_select,
    case
        when has_sequence_privilege(sequence, 'SELECT, USAGE')
            then pg_sequence_last_value(sequence)
    end as last_value
from (
    select
        wanted.number,
        (
            select d.objid::regclass
            from pg_depend as d
            join pg_attribute as a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
            where d.classid = 'pg_class'::regclass
                and d.refclassid = 'pg_class'::regclass
                and d.refobjid = wanted.table_name::regclass
                and d.deptype = 'i'
                and a.attname = wanted.column_name
        ) as sequence
    from
        unnest(%(tables)s::text[], %(columns)s::text[])
        with ordinality as wanted (table_name, column_name, number)
) as identities
order by number

-- name: read_highest
-- The highest value of a column, as text.
select max({column})::text from {rows}

-- name: count_deletes
-- How many rows of a table were deleted since its statistics began, as far as is told.
select pg_stat_get_tuples_deleted(%(oid)s::oid)