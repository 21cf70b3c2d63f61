with

source as (

    select * from {{ source('elt', 'sync_runs') }}

),

renamed as (

    select
        ---------- ids
        run_id as sync_run_id,

        ---------- strings
        source as source_name,
        status as run_status,
        error,
        host,
        elt_version,
        snapshot_lsn::text as snapshot_lsn,

        ---------- numerics
        stream_count,
        rows_read,
        rows_inserted,
        rows_updated,
        rows_deleted,
        bytes_copied,
        exit_code,

        ---------- timestamps
        started_at,
        snapshot_at,
        finished_at

    from source

)

select * from renamed
