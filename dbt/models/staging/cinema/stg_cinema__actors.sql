with

source as (

    select * from {{ source('cinema', 'actors') }}

),

renamed as (

    select
        ---------- ids
        actor_id,

        ---------- strings
        full_name as actor_name,

        ---------- dates
        born_on as birth_date,

        ---------- timestamps
        updated_at

    from source

)

select * from renamed
