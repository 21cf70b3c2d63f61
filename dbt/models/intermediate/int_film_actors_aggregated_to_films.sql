with

film_actors as (

    select * from {{ ref('stg_cinema__film_actors') }}

),

actors as (

    select * from {{ ref('stg_cinema__actors') }}

),

film_actors_aggregated_to_films as (

    select
        film_actors.film_id,
        string_agg(
            actors.actor_name,
            ', ' order by film_actors.billing_order, actors.actor_name
        ) as actor_names,
        count(*)::integer as actor_count

    from film_actors

    inner join actors on film_actors.actor_id = actors.actor_id

    group by 1

)

select * from film_actors_aggregated_to_films
