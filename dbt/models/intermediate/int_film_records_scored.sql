with

films as (

    select * from {{ ref('stg_cinema__films') }}

),

film_categories as (

    select * from {{ ref('stg_cinema__film_categories') }}

),

film_actors as (

    select * from {{ ref('int_film_actors_aggregated_to_films') }}

),

film_records_checked as (

    select
        films.film_id,
        films.release_date is not null as has_release_date,
        coalesce(films.runtime_minutes > 0, false) as has_runtime,
        films.mpaa_rating is not null as has_mpaa_rating,
        films.film_id in (
            select film_categories.film_id from film_categories
        ) as has_category,
        film_actors.film_id is not null as has_cast,
        films.price is not null as has_price

    from films

    left join film_actors on films.film_id = film_actors.film_id

),

film_records_scored as (

    select
        *,
        round((
            has_release_date::integer
            + has_runtime::integer
            + has_mpaa_rating::integer
            + has_category::integer
            + has_cast::integer
            + has_price::integer
        ) / 6.0, 2) as completeness_score

    from film_records_checked

)

select * from film_records_scored
