with

source as (

    select * from {{ source('cinema', 'ratings') }}

),

renamed as (

    select
        ---------- ids
        rating_id,
        film_id,
        user_id::text as user_id,

        ---------- numerics
        stars::smallint as stars,

        ---------- timestamps
        rated_at,
        updated_at

    from source

)

select * from renamed
