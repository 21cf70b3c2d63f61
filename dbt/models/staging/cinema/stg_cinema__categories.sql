with

source as (

    select * from {{ source('cinema', 'categories') }}

),

renamed as (

    select
        ---------- ids
        category_id,

        ---------- strings
        name as category_name,

        ---------- timestamps
        updated_at

    from source

)

select * from renamed
