{%- set modelled_tables = [
    'actors',
    'categories',
    'film_actors',
    'film_categories',
    'films',
    'ratings',
    'reviews',
    'users',
] -%}

with

streams as (

    select * from {{ ref('stg_elt__streams') }}

),

stream_syncs as (

    select * from {{ ref('stg_elt__stream_syncs') }}

),

sync_runs as (

    select * from {{ ref('stg_elt__sync_runs') }}

),

receipts as (

    select * from {{ ref('stg_elt__receipts') }}

),

raw_row_counts as (

    {% for table in modelled_tables %}

        select
            'raw' as destination_schema,
            '{{ table }}' as destination_table,
            count(*) as raw_row_count

        from {{ ref('stg_cinema__' ~ table) }}

        {% if not loop.last %} union all {% endif %}

    {% endfor %}

),

latest_runs as (

    select distinct on (source_name) *

    from sync_runs

    where finished_at is not null

    order by source_name asc, sync_run_id desc

),

latest_syncs as (

    select distinct on (source_name, stream_name) *

    from stream_syncs

    order by source_name asc, stream_name asc, sync_run_id desc

),

latest_receipts as (

    select distinct on (source_name, stream_name)
        source_name,
        stream_name,
        is_equal,
        -- The others count only the rows that were read.
        case
            when comparison_method not in ('read', 'keys') then source_row_count
        end as source_row_count

    from receipts

    order by source_name asc, stream_name asc, sync_run_id desc

),

stream_histories as (

    select
        source_name,
        stream_name,
        count(*)::integer as sync_count,
        (
            count(*) filter (where sync_status = 'failed')
        )::integer as failed_sync_count

    from stream_syncs

    group by source_name, stream_name

),

stream_health as (

    select
        ---------- strings
        streams.source_name,
        streams.stream_name,
        streams.sync_mode,
        streams.stream_state,
        latest_runs.run_status as last_run_status,
        latest_syncs.sync_status as last_sync_status,
        streams.last_error,

        ---------- numerics
        latest_receipts.source_row_count,
        raw_row_counts.raw_row_count,
        raw_row_counts.raw_row_count
        - latest_receipts.source_row_count as row_count_difference,
        stream_histories.sync_count,
        stream_histories.failed_sync_count,
        latest_syncs.sync_seconds as last_sync_seconds,

        ---------- booleans
        latest_receipts.is_equal as is_verified,
        raw_row_counts.raw_row_count
        = latest_receipts.source_row_count as is_reconciled,

        ---------- timestamps
        streams.snapshot_at,
        streams.published_at

    from streams

    left join raw_row_counts
        on
            streams.destination_schema = raw_row_counts.destination_schema
            and streams.destination_table = raw_row_counts.destination_table

    left join latest_runs on streams.source_name = latest_runs.source_name

    left join latest_syncs
        on
            streams.source_name = latest_syncs.source_name
            and streams.stream_name = latest_syncs.stream_name

    left join latest_receipts
        on
            streams.source_name = latest_receipts.source_name
            and streams.stream_name = latest_receipts.stream_name

    left join stream_histories
        on
            streams.source_name = stream_histories.source_name
            and streams.stream_name = stream_histories.stream_name

)

select * from stream_health
