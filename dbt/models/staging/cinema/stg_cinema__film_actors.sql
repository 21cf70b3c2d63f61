with

source as (

    select * from {{ source('cinema', 'film_actors') }}

),

renamed as (

    select
        ---------- ids
        film_id,
        actor_id,

        ---------- strings
        character_name,

        ---------- numerics
        billing_order,

        ---------- timestamps
        updated_at

    from source

)

select * from renamed
