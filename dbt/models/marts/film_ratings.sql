with

films as (

    select * from {{ ref('stg_cinema__films') }}

),

categories as (

    select * from {{ ref('stg_cinema__categories') }}

),

film_categories as (

    select * from {{ ref('stg_cinema__film_categories') }}

),

film_actors as (

    select * from {{ ref('int_film_actors_aggregated_to_films') }}

),

film_records as (

    select * from {{ ref('int_film_records_scored') }}

),

ratings as (

    select * from {{ ref('int_ratings_aggregated_to_films') }}

),

reviews as (

    select * from {{ ref('int_reviews_aggregated_to_films') }}

),

rating_bands as (

    select * from {{ ref('rating_bands') }}

),

primary_categories as (

    select
        film_categories.film_id,
        min(categories.category_name) as primary_category

    from film_categories

    inner join categories
        on film_categories.category_id = categories.category_id

    where film_categories.is_primary

    group by 1

),

all_ratings as (

    select sum(star_total) / sum(rating_count) as mean_stars

    from ratings

),

films_rated as (

    select
        films.film_id,
        coalesce(ratings.rating_count, 0) as rating_count,
        round(ratings.star_total / ratings.rating_count, 2) as average_stars,
        round(
            (
                all_ratings.mean_stars * {{ var('rating_prior_weight') }}
                + coalesce(ratings.star_total, 0)
            ) / (
                {{ var('rating_prior_weight') }}
                + coalesce(ratings.rating_count, 0)
            ), 2
        ) as weighted_stars,
        round(
            ratings.five_star_count::numeric / ratings.rating_count, 3
        ) as five_star_share,
        ratings.last_rated_at

    from films

    left join ratings on films.film_id = ratings.film_id

    cross join all_ratings

),

film_ratings as (

    select
        ---------- ids
        films.film_id,

        ---------- strings
        films.film_title,
        films.mpaa_rating,
        primary_categories.primary_category,
        film_actors.actor_names,
        rating_bands.rating_band,

        ---------- numerics
        films.price,
        coalesce(film_actors.actor_count, 0) as actor_count,
        films_rated.rating_count,
        coalesce(reviews.review_count, 0) as review_count,
        films_rated.average_stars,
        films_rated.weighted_stars,
        films_rated.five_star_share,
        film_records.completeness_score,

        ---------- booleans
        films_rated.rating_count >= {{ var('minimum_ratings') }}
        and film_records.completeness_score >= 0.8 as is_reliable,

        ---------- dates
        films.release_date,

        ---------- timestamps
        films_rated.last_rated_at

    from films

    inner join film_records on films.film_id = film_records.film_id

    inner join films_rated on films.film_id = films_rated.film_id

    left join primary_categories on films.film_id = primary_categories.film_id

    left join film_actors on films.film_id = film_actors.film_id

    left join reviews on films.film_id = reviews.film_id

    left join rating_bands
        on
            films_rated.average_stars
            between rating_bands.minimum_stars and rating_bands.maximum_stars

)

select * from film_ratings
