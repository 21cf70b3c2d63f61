-- The cinema: what people think of films. Awkward types on purpose: a copy that
-- gets these right gets ordinary tables right as well.
-- relations.sql adds foreign keys, further keys, indexes and triggers behind the rows.

create type mpaa_rating as enum ('G', 'PG', 'PG-13', 'R', 'NC-17');
create domain star_count as smallint check (value between 1 and 5);

create function touch_updated_at() returns trigger language plpgsql as $$
begin
    new.updated_at := clock_timestamp();
    return new;
end
$$;

create table films (
    film_id integer primary key,
    title text not null,
    release_date date,
    runtime_minutes integer,
    mpaa_rating mpaa_rating,
    price numeric(5, 2),
    special_features text[],
    attributes jsonb not null default '{}',
    updated_at timestamptz not null default now()
);
comment on table films is 'Every film on offer.';
comment on column films.film_id is 'Identifies a film.';
comment on column films.title is 'Title in its original script.';
comment on column films.release_date is 'Day of the first public showing; unknown for some.';
comment on column films.runtime_minutes is 'Length in minutes; 0 where nobody entered it.';
comment on column films.mpaa_rating is 'Age rating of the Motion Picture Association.';
comment on column films.price is 'Rental price in US dollars.';
comment on column films.special_features is 'What else is on the disc.';
comment on column films.attributes is 'Free-form facts: language, colour, festival prizes.';
comment on column films.updated_at is 'Last change of the row, kept by a trigger.';

create table actors (
    actor_id integer primary key,
    full_name text not null,
    born_on date,
    updated_at timestamptz not null default now()
);
comment on table actors is 'People who act in films.';
comment on column actors.actor_id is 'Identifies an actor.';
comment on column actors.full_name is 'Name as it stands in the credits.';
comment on column actors.born_on is 'Day of birth; unknown for some.';
comment on column actors.updated_at is 'Last change of the row, kept by a trigger.';

create table film_actors (
    film_id integer not null,
    actor_id integer not null,
    billing_order smallint not null,
    character_name text,
    updated_at timestamptz not null default now(),
    primary key (film_id, actor_id)
);
comment on table film_actors is 'The cast: who plays in which film.';
comment on column film_actors.film_id is 'The film.';
comment on column film_actors.actor_id is 'The actor.';
comment on column film_actors.billing_order is 'Place in the credits; 1 is the lead.';
comment on column film_actors.character_name is 'Name of the character played.';
comment on column film_actors.updated_at is 'Last change of the row, kept by a trigger.';

create table categories (
    category_id integer primary key,
    name text not null unique,
    updated_at timestamptz not null default now()
);
comment on table categories is 'Kinds of films.';
comment on column categories.category_id is 'Identifies a category.';
comment on column categories.name is 'Name of the category.';
comment on column categories.updated_at is 'Last change of the row, kept by a trigger.';

create table film_categories (
    film_id integer not null,
    category_id integer not null,
    is_primary boolean not null default false,
    updated_at timestamptz not null default now(),
    primary key (film_id, category_id)
);
comment on table film_categories is 'Which categories a film belongs to.';
comment on column film_categories.film_id is 'The film.';
comment on column film_categories.category_id is 'The category.';
comment on column film_categories.is_primary is 'Whether this is the main category of the film.';
comment on column film_categories.updated_at is 'Last change of the row, kept by a trigger.';

create table users (
    user_id uuid primary key,
    email text not null unique,
    country_code char(2) not null,
    created_at timestamptz not null,
    updated_at timestamptz not null default now()
);
comment on table users is 'People who rate and review films.';
comment on column users.user_id is 'Identifies a user.';
comment on column users.email is 'Invented address; the domain does not exist.';
comment on column users.country_code is 'ISO 3166-1 alpha-2 code of the country.';
comment on column users.created_at is 'When the user joined.';
comment on column users.updated_at is 'Last change of the row, kept by a trigger.';

create table ratings (
    rating_id bigint generated always as identity primary key,
    film_id integer not null,
    user_id uuid not null,
    stars star_count not null,
    rated_at timestamptz not null,
    updated_at timestamptz not null default now()
);
comment on table ratings is 'Stars that users give to films; one rating per user and film.';
comment on column ratings.rating_id is 'Identifies a rating.';
comment on column ratings.film_id is 'The film that is rated.';
comment on column ratings.user_id is 'The user who rates.';
comment on column ratings.stars is 'One to five stars.';
comment on column ratings.rated_at is 'When the user rated.';
comment on column ratings.updated_at is 'Last change of the row, kept by a trigger.';

create table reviews (
    review_id bigint primary key,
    film_id integer not null,
    user_id uuid not null,
    body text not null,
    status text not null check (status in ('published', 'withdrawn')),
    updated_at timestamptz not null default now()
);
comment on table reviews is 'What users write about films.';
comment on column reviews.review_id is 'Identifies a review.';
comment on column reviews.film_id is 'The film that is reviewed.';
comment on column reviews.user_id is 'The user who writes.';
comment on column reviews.body is 'Free text, with line breaks, tabs and quotes.';
comment on column reviews.status is 'Only published reviews count.';
comment on column reviews.updated_at is 'Last change of the row, kept by a trigger.';
