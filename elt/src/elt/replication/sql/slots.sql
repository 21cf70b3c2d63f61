-- name: find_slot
-- A slot by its name, with the WAL that it makes the source keep.
select
    s.slot_name::text as name,
    s.plugin::text as plugin,
    s.database = current_database() as is_of_database,
    s.active as is_active,
    coalesce((to_jsonb(s) ->> 'synced')::boolean, false) as is_synced,
    s.wal_status = 'lost' or s.restart_lsn is null as is_lost,
    -- Before version 17 nothing says more than that it was in the way.
    coalesce(
        nullif(to_jsonb(s) ->> 'invalidation_reason', 'wal_removed'),
        case
            when (to_jsonb(s) ->> 'conflicting')::boolean then 'conflict with replay'
        end
    ) as invalidation,
    coalesce(
        pg_wal_lsn_diff(
            case
                when pg_is_in_recovery()
                    then greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
                else pg_current_wal_insert_lsn()
            end,
            s.restart_lsn
        ),
        0
    )::bigint as retained_bytes,
    s.confirmed_flush_lsn::text as confirmed_lsn
from pg_replication_slots as s
where s.slot_name = %(slot)s

-- name: create_slot
-- Make the slot; return where its changes begin.
select lsn::text
from pg_create_logical_replication_slot(%(slot)s, 'pgoutput', false, false)

-- name: create_failover_slot
-- Make it so that standbys may take it over: from PostgreSQL 17 on.
select lsn::text
from pg_create_logical_replication_slot(%(slot)s, 'pgoutput', false, false, true)

-- name: list_open
-- Whose transactions have written and are open, in whatever database.
select coalesce(
    'backend ' || l.pid || coalesce(' in database ' || a.datname, ''),
    'a prepared transaction'
) as holder
from pg_locks as l
left join pg_stat_activity as a on a.pid = l.pid
where l.locktype = 'transactionid'
    and l.granted
    and l.mode = 'ExclusiveLock'
    and l.pid is distinct from pg_backend_pid()
order by 1

-- name: free_slot
-- End the session of ours that reads a slot, if one does; a row for each that is read.
select case
    when a.application_name like any(array['elt stream %%', 'elt wal %%'])
        then pg_terminate_backend(a.pid)
end
from pg_replication_slots as s
left join pg_stat_activity as a on a.pid = s.active_pid
where s.slot_name = %(slot)s and s.active

-- name: end_reading
-- End the session that reads a slot, if it is one of a program that may wait for ever:
-- its stream, or another that waits for a standby which the slot must not overtake.
select pg_terminate_backend(a.pid)
from pg_replication_slots as s
join pg_stat_activity as a on a.pid = s.active_pid
where s.slot_name = %(slot)s
    and (
        a.application_name = left(%(stream)s, 63)
        or (
            a.wait_event = 'WaitForStandbyConfirmation'
            and a.application_name in (left(%(wal)s, 63), left(%(run)s, 63))
        )
    )

-- name: drop_slot
-- Drop the slot, if it is there and may be ours.
select pg_drop_replication_slot(slot_name)
from pg_replication_slots
where slot_name = %(slot)s and database = current_database() and plugin = 'pgoutput'

-- name: next_transaction
-- A number above those of all transactions that have one: those in progress are not in
-- the snapshot when nothing newer has ended yet.
select pg_current_xact_id()::text::bigint

-- name: next_at_standby
-- The number above those of all transactions of which the WAL has said anything: those
-- from there on have written nothing yet. age() counts from it, in 32 bits; it is not
-- below the end of the snapshot.
select xmax + ((age('3'::xid)::bigint + 3 - xmax) & 4294967295)
from (
    select pg_snapshot_xmax(pg_current_snapshot())::text::bigint as xmax
) as snapshot

-- name: describe_visibility
-- Which transactions the current snapshot sees.
select pg_current_snapshot()::text

-- name: emit_mark
-- Leave a message in the WAL; return where it ends. All that has committed so far is
-- on disk when this is.
select pg_logical_emit_message(true, %(prefix)s, %(content)s)::text

-- name: peek
-- Everything that committed up to a position, without taking it from the slot.
copy (
    select data
    from pg_logical_slot_peek_binary_changes(
        {slot}, {upto}, null,
        'proto_version', '1', 'publication_names', {publications}, 'messages', 'true'
    )
) to stdout (format binary)

-- name: advance_slot
-- Let the source forget what was published; no row where the slot is gone.
select case
    when confirmed_flush_lsn < %(lsn)s
        then pg_replication_slot_advance(slot_name, %(lsn)s)
end
from pg_replication_slots
where slot_name = %(slot)s

-- name: find_publication
-- A publication by its name, and what of it we cannot work with.
select
    p.puballtables as is_for_all_tables,
    p.pubviaroot as is_via_root,
    p.pubinsert and p.pubupdate and p.pubdelete and p.pubtruncate as is_complete,
    -- A column that versions before 18 do not have.
    coalesce(to_jsonb(p) ->> 'pubgencols' = 'n', false) as hides_generated
from pg_publication as p
where p.pubname = %(publication)s

-- name: list_members
-- The tables of a publication, each with a number: another one if it was added anew.
select
    t.oid::bigint as oid,
    n.nspname::text as schema,
    t.relname::text as name,
    case
        -- By itself. If the publication was altered later, it may have published less.
        when own.oid is not null
            then own.oid::bigint + case
                when age(p.xmin) < age(own.xmin) then p.xmin::text::bigint
                else 0
            end
        -- By a table above it or by a schema.
        when links.total is not null then p.xmin::text::bigint + links.total
        -- As one of all tables.
        else p.oid::bigint
    end as membership,
    own.oid is not null as is_listed,
    to_jsonb(own) ->> 'prqual' is not null as has_filter,
    array(
        select a.attname::text
        from pg_attribute as a
        where a.attrelid = t.oid
            -- Versions before 15 have no such column.
            and a.attnum in (
                select listed.number::smallint
                from jsonb_array_elements_text(
                    coalesce(nullif(to_jsonb(own) -> 'prattrs', 'null'), '[]')
                ) as listed (number)
            )
        order by a.attname
    ) as columns
from pg_publication as p
cross join lateral pg_get_publication_tables(p.pubname) as g
join pg_class as t on t.oid = g.relid
join pg_namespace as n on n.oid = t.relnamespace
left join pg_publication_rel as own on own.prpubid = p.oid and own.prrelid = t.oid
-- The table and those above it.
cross join lateral (
    select array(
        select t.oid
        union
        select a.relid::oid from pg_partition_ancestors(t.oid) as a (relid)
    ) as oids
) as line
-- What makes it a member is rows of catalogs, each with a number. Where one has ended and
-- begun anew it is another row, with another number.
cross join lateral (
    select sum(link.number)::bigint as total
    from (
        -- Tables of the line that are published.
        select r.oid::bigint
        from pg_publication_rel as r
        where r.prpubid = p.oid and r.prrelid = any(line.oids)
        union all
        -- How they are attached to each other.
        select i.xmin::text::bigint
        from pg_inherits as i
        where i.inhrelid = any(line.oids) and i.inhparent = any(line.oids)
        union all
        -- How each of them is in its schema: another row after SET SCHEMA.
        select d.xmin::text::bigint
        from pg_depend as d
        where d.classid = 'pg_class'::regclass
            and d.objid = any(line.oids)
            and d.objsubid = 0
            and d.refclassid = 'pg_namespace'::regclass
        union all
        -- Their schemas that are published, in a catalog that only versions from 15 on
        -- have: its rows depend on a schema and on a publication.
        select of_schema.objid::bigint
        from pg_depend as of_schema
        join pg_depend as of_publication
            on of_publication.classid = of_schema.classid
            and of_publication.objid = of_schema.objid
        where of_schema.classid = to_regclass('pg_catalog.pg_publication_namespace')
            and of_schema.refclassid = 'pg_namespace'::regclass
            and of_schema.refobjid in (
                select c.relnamespace from pg_class as c where c.oid = any(line.oids)
            )
            and of_publication.refclassid = 'pg_publication'::regclass
            and of_publication.refobjid = p.oid
    ) as link (number)
    where own.oid is null
) as links
where p.pubname = %(publication)s

-- name: list_identities
-- By table, the columns by which the WAL identifies a row that was updated or deleted;
-- null where an UPDATE of a published table would fail. And the file of its rows.
select
    c.oid::bigint as oid,
    c.relpersistence::text as persistence,
    c.relfilenode::bigint as file_node,
    case
        -- Virtual columns are never sent, so that no row with one can be told by all.
        when c.relreplident = 'f' and exists (
            select from pg_attribute as a
            where a.attrelid = c.oid and a.attgenerated = 'v' and not a.attisdropped
        ) then null
        when c.relreplident = 'f' then array(
            select a.attname::text
            from pg_attribute as a
            where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        )
        else (
            select array(
                select a.attname::text
                from pg_attribute as a
                where a.attrelid = c.oid
                    and a.attnum = any(
                        (i.indkey::smallint[])[0:i.indnkeyatts - 1]
                    )
            )
            from pg_index as i
            where i.indrelid = c.oid
                and i.indisvalid
                and i.indimmediate
                and case c.relreplident
                    when 'd' then i.indisprimary
                    when 'i' then i.indisreplident
                end
        )
    end as columns
from pg_class as c
where c.oid = any(%(oids)s)

-- name: read_position
-- Where the source writes its WAL now, or a standby replays it.
select
    case
        when pg_is_in_recovery() then pg_last_wal_replay_lsn()
        else pg_current_wal_insert_lsn()
    end::text as lsn,
    clock_timestamp() as at

-- name: list_foreign_tables
-- Which of some tables the role does not own, and so may not publish.
select n.nspname::text as schema, c.relname::text as name
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
where c.oid = any(%(oids)s) and not pg_has_role(c.relowner, 'USAGE')
order by 1, 2
