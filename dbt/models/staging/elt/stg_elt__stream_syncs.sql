with

source as (

    select * from {{ source('elt', 'stream_syncs') }}

),

renamed as (

    select
        ---------- ids
        run_id as sync_run_id,

        ---------- strings
        source as source_name,
        stream as stream_name,
        status as sync_status,
        mode as sync_mode,
        error,

        ---------- numerics
        rows_read,
        rows_inserted,
        rows_updated,
        rows_deleted,
        bytes_copied,
        seconds as sync_seconds,

        ---------- timestamps
        finished_at

    from source

)

select * from renamed
