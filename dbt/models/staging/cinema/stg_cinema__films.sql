with

source as (

    select * from {{ source('cinema', 'films') }}

),

renamed as (

    select
        ---------- ids
        film_id,

        ---------- strings
        title as film_title,
        mpaa_rating::text as mpaa_rating,
        array_to_string(special_features, ', ') as special_features,
        attributes ->> 'language' as original_language,

        ---------- numerics
        price,
        runtime_minutes,

        ---------- dates
        release_date,

        ---------- timestamps
        updated_at

    from source

)

select * from renamed
