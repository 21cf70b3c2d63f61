-- name: list_best_films
-- The ten films that people like best.
select
    film_title,
    primary_category,
    rating_count,
    average_stars,
    weighted_stars
from film_ratings
order by weighted_stars desc nulls last, rating_count desc, film_id
limit 10
