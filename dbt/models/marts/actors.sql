with

actors as (

    select * from {{ ref('stg_cinema__actors') }}

),

film_actors as (

    select * from {{ ref('stg_cinema__film_actors') }}

),

films as (

    select * from {{ ref('stg_cinema__films') }}

),

ratings as (

    select * from {{ ref('int_ratings_aggregated_to_films') }}

),

careers as (

    select
        film_actors.actor_id,
        count(*)::integer as film_count,
        sum(ratings.rating_count)::integer as rating_count,
        round(
            sum(ratings.star_total) / sum(ratings.rating_count), 2
        ) as average_stars,
        min(extract(year from films.release_date))::integer as first_film_year,
        max(extract(year from films.release_date))::integer as last_film_year

    from film_actors

    inner join films on film_actors.film_id = films.film_id

    left join ratings on film_actors.film_id = ratings.film_id

    group by 1

),

actors_with_careers as (

    select
        ---------- ids
        actors.actor_id,

        ---------- strings
        actors.actor_name,

        ---------- numerics
        coalesce(careers.film_count, 0) as film_count,
        coalesce(careers.rating_count, 0) as rating_count,
        careers.average_stars,
        careers.first_film_year,
        careers.last_film_year,

        ---------- dates
        actors.birth_date

    from actors

    left join careers on actors.actor_id = careers.actor_id

)

select * from actors_with_careers
