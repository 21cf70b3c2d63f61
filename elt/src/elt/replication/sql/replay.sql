-- name: read_replay
-- Whether the replay of a standby waits for something that is no commit, and after that
-- up to where it is done.
with startup as materialized (
    select exists (
        select
        from pg_stat_activity
        where backend_type = 'startup'
            and (
                wait_event ~ '^Recovery'
                or wait_event = 'RestoreCommand'
                or wait_event_type in ('Lock', 'BufferPin')
            )
    ) as is_waiting
)

select
    is_waiting,
    pg_is_in_recovery() as is_standby,
    pg_last_wal_replay_lsn()::text as lsn
from startup
