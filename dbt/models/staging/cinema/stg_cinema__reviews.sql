with

source as (

    select * from {{ source('cinema', 'reviews') }}

),

renamed as (

    select
        ---------- ids
        review_id,
        film_id,
        user_id::text as user_id,

        ---------- strings
        body as review_text,
        status as review_status,

        ---------- timestamps
        updated_at

    from source

)

select * from renamed
