{{
    config(
        materialized='incremental',
        incremental_strategy='merge',
        unique_key='rating_id',
        on_schema_change='append_new_columns',
        post_hook="{{ delete_rows_gone_from(ref('stg_cinema__ratings'), 'rating_id') }}"
    )
}}

with

ratings as (

    select * from {{ ref('stg_cinema__ratings') }}

    {% if is_incremental() %}

        where
            updated_at >= (
                select coalesce(max(built.updated_at), '-infinity')
                from {{ this }} as built
            ) - interval '{{ var("ratings_lookback") }}'

    {% endif %}

),

ratings_dated as (

    select
        ---------- ids
        rating_id,
        film_id,
        user_id,

        ---------- numerics
        stars,

        ---------- dates
        (rated_at at time zone 'utc')::date as rated_date,

        ---------- timestamps
        rated_at,
        updated_at

    from ratings

)

select * from ratings_dated
