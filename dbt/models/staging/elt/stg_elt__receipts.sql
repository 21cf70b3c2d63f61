with

source as (

    select * from {{ source('elt', 'receipts') }}

),

renamed as (

    select
        ---------- ids
        run_id as sync_run_id,

        ---------- strings
        source as source_name,
        stream as stream_name,
        method as comparison_method,

        ---------- numerics
        source_row_count,
        source_checksum,
        destination_row_count,
        destination_checksum,

        ---------- booleans
        is_equal,

        ---------- timestamps
        taken_at

    from source

)

select * from renamed
