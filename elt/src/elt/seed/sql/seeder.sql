-- name: try_lock
-- Take the seeders' lock until the end of the transaction, or tell that it is taken.
select pg_try_advisory_xact_lock(hashtextextended('elt seed', 0))

-- name: lock
-- Wait for the seeders' lock and keep it until the end of the transaction.
select pg_advisory_xact_lock(hashtextextended('elt seed', 0))

-- name: inspect
-- One row: what of the cinema's names is taken, who took them, what we may do.
with taken (name) as (
    select relname from pg_class
    where relnamespace = to_regnamespace('public')
    union
    select typname from pg_type
    where typnamespace = to_regnamespace('public')
    union
    select proname from pg_proc
    where pronamespace = to_regnamespace('public')
)

select
    current_setting('server_encoding') as encoding,
    current_user::text as role,
    coalesce(has_schema_privilege(to_regnamespace('public'), 'create'), false)
        as may_create,
    (
        select obj_description(pg_proc.oid, 'pg_proc')
        from pg_proc
        where
            pg_proc.pronamespace = to_regnamespace('public')
            and pg_proc.proname = 'touch_updated_at'
            and pg_proc.pronargs = 0
    ) as mark,
    array(
        select taken.name::text
        from taken
        where taken.name = any(%(names)s)
        order by 1
    ) as names

-- name: use_public
-- Create and find everything in the schema public, until the end of the transaction.
set local search_path to public, pg_temp

-- name: mark
-- Note on the trigger function, which nobody replicates, that the cinema is complete.
comment on function touch_updated_at() is {mark}

-- name: analyze
-- Let the planner know the tables from the start.
analyze {tables}

-- name: drop
-- What a person runs who wants to start over.
drop table if exists ratings, reviews, film_actors, film_categories, films, actors,
categories, users;
drop function if exists touch_updated_at;
drop type if exists mpaa_rating;
drop domain if exists star_count;
