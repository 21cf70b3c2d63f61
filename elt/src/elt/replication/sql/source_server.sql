-- name: describe_server
-- Whether the server and the role allow logical replication.
select
    current_setting('server_version_num')::integer / 10000 as version,
    current_setting('wal_level') as wal_level,
    -- Null before the versions that have it, and for roles that may not see it.
    (select setting from pg_settings where name = 'output_plugin_libraries')
        as output_plugins,
    pg_is_in_recovery() as is_standby,
    current_user::text as role,
    (select rolsuper or rolreplication from pg_roles where rolname = current_user)
        as may_replicate,
    pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') as may_see_activity,
    current_setting('max_replication_slots')::integer as most_slots,
    (select count(*) from pg_replication_slots)::integer as slots,
    has_database_privilege(current_database(), 'CREATE') as may_create

-- name: is_standby
-- Whether the server replays the WAL of another.
select pg_is_in_recovery()

-- name: describe_feedback
-- What a standby tells its primary of the rows that it still needs.
select
    current_setting('hot_standby_feedback')::boolean as is_given,
    current_setting('primary_slot_name') <> '' as is_lasting

-- name: try_decoding
-- Fails for want of a name at last, and before that for want of anything else.
select from pg_logical_slot_peek_binary_changes(null, null, null)
