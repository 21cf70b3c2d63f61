-- Every film of raw has a row in the headline, also one without cast or ratings.

select films.film_id

from {{ source('cinema', 'films') }} as films

left join {{ ref('film_ratings') }} as film_ratings
    on films.film_id = film_ratings.film_id

where film_ratings.film_id is null
