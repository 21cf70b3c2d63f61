with

ratings as (

    select * from {{ ref('stg_cinema__ratings') }}

),

ratings_aggregated_to_films as (

    select
        film_id,
        count(*)::integer as rating_count,
        (count(*) filter (where stars = 5))::integer as five_star_count,
        sum(stars)::numeric as star_total,
        max(rated_at) as last_rated_at

    from ratings

    group by 1

)

select * from ratings_aggregated_to_films
