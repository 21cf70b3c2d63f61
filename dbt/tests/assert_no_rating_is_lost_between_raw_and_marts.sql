-- The incremental mart holds what raw holds, and the headline counts each rating once.

with

row_counts as (

    select
        (select count(*) from {{ source('cinema', 'ratings') }}) as raw_count,
        (select count(*) from {{ ref('ratings') }}) as mart_count,
        (
            select sum(rating_count) from {{ ref('film_ratings') }}
        ) as counted_in_film_ratings

)

select *

from row_counts

where raw_count <> mart_count or raw_count <> counted_in_film_ratings
