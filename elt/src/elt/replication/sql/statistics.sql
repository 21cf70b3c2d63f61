-- name: send_statistics
-- What the planner of the source knows of some columns of a table, unless it is out of date.
copy (
    select
        s.attname,
        s.null_frac,
        s.avg_width,
        s.n_distinct,
        s.most_common_vals::text,
        s.most_common_freqs,
        s.histogram_bounds::text,
        s.correlation,
        s.most_common_elems::text,
        s.most_common_elem_freqs,
        s.elem_count_histogram,
        {range_statistics}
    from pg_class as c
    join pg_namespace as n on n.oid = c.relnamespace
    join pg_stat_all_tables as activity on activity.relid = c.oid
    join pg_attribute as a on a.attrelid = c.oid
    join pg_type as t on t.oid = a.atttypid
    join pg_stats as s
        on s.schemaname = n.nspname
        and s.tablename = c.relname
        and s.attname = a.attname
        and not s.inherited
    where c.oid = {oid}
        and s.attname = any({columns})
        and abs(c.reltuples - {rows}) <= {share} * {rows}
        and activity.n_mod_since_analyze <= {share} * {rows}
        -- Whoever was never told of an analysis, a standby or after a crash, does not
        -- know of changes, either.
        and coalesce(activity.last_analyze, activity.last_autoanalyze) is not null
        -- What other collations sort by is another version in another place.
        and a.attcollation in (
            0,
            'pg_catalog."default"'::regcollation,
            'pg_catalog."C"'::regcollation,
            'pg_catalog."POSIX"'::regcollation
        )
        and (
            {has_range_statistics}
            or not exists (
                select from pg_range as r
                where coalesce(nullif(t.typbasetype, 0), t.oid) in (
                    r.rngtypid, r.rngmultitypid
                )
            )
        )
) to stdout

-- name: make_statistics
-- A private table for what the planner of the source knows of a table.
create table {table} (
    attname text,
    null_frac real,
    avg_width integer,
    n_distinct real,
    most_common_vals text,
    most_common_freqs real[],
    histogram_bounds text,
    correlation real,
    most_common_elems text,
    most_common_elem_freqs real[],
    elem_count_histogram real[],
    range_length_histogram text,
    range_empty_frac real,
    range_bounds_histogram text
)

-- name: restore_statistics
-- How many columns of a shadow got statistics.
select count(*)
from {table} as s
where pg_restore_attribute_stats(
    'schemaname', %(schema)s::text,
    'relname', %(name)s::text,
    'attname', s.attname,
    'inherited', false,
    'version', %(version)s::integer,
    'null_frac', s.null_frac,
    'avg_width', s.avg_width,
    'n_distinct', s.n_distinct,
    'most_common_vals', s.most_common_vals,
    'most_common_freqs', s.most_common_freqs,
    'histogram_bounds', s.histogram_bounds,
    'correlation', s.correlation,
    'most_common_elems', s.most_common_elems,
    'most_common_elem_freqs', s.most_common_elem_freqs,
    'elem_count_histogram', s.elem_count_histogram,
    'range_length_histogram', s.range_length_histogram,
    'range_empty_frac', s.range_empty_frac,
    'range_bounds_histogram', s.range_bounds_histogram
)

-- name: restore_size
-- Whether the planner was told how large a shadow is.
select pg_restore_relation_stats(
    'schemaname', %(schema)s::text,
    'relname', %(name)s::text,
    'version', %(version)s::integer,
    'relpages', (
        pg_relation_size(%(shadow)s::regclass)
        / current_setting('block_size')::bigint
    )::integer,
    'reltuples', %(rows)s::real
)
