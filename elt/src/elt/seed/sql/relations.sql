-- What holds the tables together. It comes behind the rows, because all rows at once
-- are checked and indexed several times as fast as one by one.

alter table film_actors
    add foreign key (film_id) references films,
    add foreign key (actor_id) references actors;
alter table film_categories
    add foreign key (film_id) references films,
    add foreign key (category_id) references categories;
alter table ratings
    add unique (film_id, user_id),
    add foreign key (film_id) references films,
    add foreign key (user_id) references users;
alter table reviews
    add foreign key (film_id) references films,
    add foreign key (user_id) references users;

create index ratings_user_id_idx on ratings (user_id);
create index ratings_updated_at_idx on ratings (updated_at);
create index reviews_film_id_idx on reviews (film_id) where status = 'published';

create trigger films_touch before update on films
for each row execute function touch_updated_at();
create trigger actors_touch before update on actors
for each row execute function touch_updated_at();
create trigger film_actors_touch before update on film_actors
for each row execute function touch_updated_at();
create trigger categories_touch before update on categories
for each row execute function touch_updated_at();
create trigger film_categories_touch before update on film_categories
for each row execute function touch_updated_at();
create trigger users_touch before update on users
for each row execute function touch_updated_at();
create trigger ratings_touch before update on ratings
for each row execute function touch_updated_at();
create trigger reviews_touch before update on reviews
for each row execute function touch_updated_at();
