with

source as (

    select * from {{ source('elt', 'streams') }}

),

renamed as (

    select
        ---------- ids
        published_run_id,

        ---------- strings
        source as source_name,
        stream as stream_name,
        mode as sync_mode,
        state as stream_state,
        destination_schema,
        destination_table,
        array_to_string(key_columns, ', ') as key_columns,
        cursor_column,
        last_error,

        ---------- numerics
        row_count,

        ---------- timestamps
        snapshot_at,
        published_at

    from source

)

select * from renamed
