with

reviews as (

    select * from {{ ref('stg_cinema__reviews') }}

),

published_reviews_aggregated_to_films as (

    select
        film_id,
        count(*)::integer as review_count

    from reviews

    where review_status = 'published'

    group by 1

)

select * from published_reviews_aggregated_to_films
