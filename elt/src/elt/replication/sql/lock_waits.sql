-- name: find_wait
-- The longest wait of some programs for a lock, and the first of those who hold it. A
-- prepared transaction has no backend, which is 0.
select
    coalesce(
        l.relation::regclass::text,
        -- Who waits for a row that somebody changed waits for the end of a transaction.
        case l.locktype when 'transactionid' then 'a row' else l.locktype end
    ) as locked,
    extract(
        epoch from clock_timestamp() - coalesce(l.waitstart, a.query_start)
    )::float8 as seconds,
    held.pid as holder_pid,
    nullif(h.application_name, '') as holder_name,
    h.usename::text as holder_role
from pg_stat_activity as a
join pg_locks as l on l.pid = a.pid and not l.granted
cross join lateral (
    select pid from unnest(pg_blocking_pids(a.pid)) as pid order by pid limit 1
) as held
left join pg_stat_activity as h on h.pid = held.pid
where a.wait_event_type = 'Lock'
    and a.datname = current_database()
    and (l.relation is not null or not %(only_tables)s)
    and a.application_name in (
        select left(name, 63) from unnest(%(programs)s::text []) as name
    )
order by 2 desc
limit 1
