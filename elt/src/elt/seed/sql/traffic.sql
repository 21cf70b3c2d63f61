-- name: rate_film
-- A user rates a film, or rates it anew.
insert into public.ratings (film_id, user_id, stars, rated_at)
select
    film.film_id,
    viewer.user_id,
    %(stars)s,
    now()
from (
    select films.film_id from public.films
    where
        films.film_id >= (select (max(film_id) * %(luck)s)::bigint from public.films)
    order by films.film_id limit 1
) as film
cross join (
    select users.user_id from public.users
    where users.user_id >= %(user_id)s
    order by users.user_id limit 1
) as viewer
on conflict (film_id, user_id) do update
    set stars = excluded.stars, rated_at = excluded.rated_at
returning case when xmax = 0 then 'inserted' else 'updated' end

-- name: change_rating
-- A user thinks better, or worse, of a film.
update public.ratings set stars = %(stars)s
where rating_id = (
    select rating_id from public.ratings
    where rating_id >= (select (max(rating_id) * %(luck)s)::bigint from public.ratings)
    order by rating_id limit 1
)
returning 'updated'

-- name: delete_rating
-- A user takes a rating back.
delete from public.ratings
where rating_id = (
    select rating_id from public.ratings
    where rating_id >= (select (max(rating_id) * %(luck)s)::bigint from public.ratings)
    order by rating_id limit 1
)
returning 'deleted'

-- name: write_review
-- The user of a rating explains it.
insert into public.reviews (review_id, film_id, user_id, body, status)
select
    (select coalesce(max(review_id), 0) + 1 from public.reviews),
    film_id,
    user_id,
    %(body)s,
    'published'
from public.ratings
where rating_id >= (select (max(rating_id) * %(luck)s)::bigint from public.ratings)
order by rating_id limit 1
on conflict (review_id) do nothing
returning 'inserted'

-- name: edit_review
-- A review is written anew, and published if it was withdrawn.
update public.reviews set body = %(body)s, status = 'published'
where review_id = (
    select review_id from public.reviews
    where review_id >= (select (max(review_id) * %(luck)s)::bigint from public.reviews)
    order by review_id limit 1
)
returning 'updated'

-- name: withdraw_review
-- A published review is withdrawn.
update public.reviews set status = 'withdrawn'
where review_id = (
    select review_id from public.reviews
    where
        status = 'published'
        and review_id >= (select (max(review_id) * %(luck)s)::bigint from public.reviews)
    order by review_id limit 1
)
returning 'updated'

-- name: rename_film
-- A film gets another title.
update public.films set title = %(title)s
where film_id = (
    select film_id from public.films
    where film_id >= (select (max(film_id) * %(luck)s)::bigint from public.films)
    order by film_id limit 1
)
returning 'updated'

-- name: add_user
-- Somebody joins.
insert into public.users (user_id, email, country_code, created_at)
values (%(user_id)s, %(email)s, 'PT', now())
on conflict do nothing
returning 'inserted'

-- name: add_film
-- A film opens, with up to three actors and a category.
with film as (
    insert into public.films (
        film_id, title, release_date, runtime_minutes, mpaa_rating, price
    )
    select
        coalesce(max(film_id), 0) + 1,
        %(title)s,
        current_date,
        100,
        'PG',
        9.99
    from public.films
    on conflict (film_id) do nothing
    returning film_id
),

film_cast as (
    insert into public.film_actors (film_id, actor_id, billing_order)
    select
        film.film_id,
        actors.actor_id,
        row_number() over (order by actors.actor_id)
    from film
    cross join public.actors
    where
        actors.actor_id
        >= (select (max(actor_id) * %(luck)s)::bigint from public.actors)
    order by actors.actor_id limit 3
    returning actor_id
),

category as (
    insert into public.film_categories (film_id, category_id, is_primary)
    select
        film.film_id,
        categories.category_id,
        true
    from film
    cross join public.categories
    where
        categories.category_id
        >= (select (max(category_id) * %(luck)s)::bigint from public.categories)
    order by categories.category_id limit 1
    returning category_id
)

select 'inserted' from film
union all
select 'inserted' from film_cast
union all
select 'inserted' from category
