with

source as (

    select * from {{ source('cinema', 'film_categories') }}

),

renamed as (

    select
        ---------- ids
        film_id,
        category_id,

        ---------- booleans
        is_primary,

        ---------- timestamps
        updated_at

    from source

)

select * from renamed
