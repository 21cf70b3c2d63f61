with

source as (

    select * from {{ source('cinema', 'users') }}

),

renamed as (

    select
        ---------- ids
        user_id::text as user_id,

        ---------- strings
        email,
        country_code::text as country_code,

        ---------- timestamps
        created_at,
        updated_at

    from source

)

select * from renamed
