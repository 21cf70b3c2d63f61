-- A cinema, what is shown in it and what people think of it.
-- Written by: elt seed --print-sql --scale 0
-- Load it into an empty database with: psql --file FILE

\set ON_ERROR_STOP on
set client_encoding to 'UTF8';
begin;
set local search_path to public, pg_temp;

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

copy films (film_id, title, release_date, runtime_minutes, mpaa_rating, price, special_features, attributes, updated_at) from stdin;
1	Three Musicians in August	1982-10-15	128	PG	14.50	{"Trailer"}	{"language": "en", "colour": true, "filmed_in": ["Montevideo", "京都"], "festivals": [{"name": "Lumen Film Days", "year": 1982, "prizes": []}]}	2022-03-15 05:26:23.628109+00
2	Die Straße nach Süden	1951-04-22	133	PG-13	18.49	{}	{"language": "de", "colour": false, "filmed_in": ["京都", "Görlitz"], "festivals": [{"name": "Festival de la Brume", "year": 1951, "prizes": []}]}	2024-04-13 03:21:56.364023+00
3	A Borrowed Coat on Loan	1959-03-02	166	PG	7.00	{NULL,"Director's cut"}	{"language": "en", "colour": true, "budget": {"amount": 8350000, "currency": "USD"}, "festivals": [{"name": "Lumen Film Days", "year": 1959, "prizes": ["The \\"Golden\\" Kettle"]}]}	2025-09-11 22:40:13.305560+00
4	The Cartographer at Sea Level	1989-03-21	110	NC-17	6.00	{"{restored}",NULL}	{"language": "en", "colour": true, "budget": {"amount": 8080000, "currency": "USD"}}	2019-07-13 17:44:42.734207+00
5	静かな図書館	1955-11-24	99	R	17.99	{}	{"language": "ja", "colour": true}	2023-09-21 17:50:47.533406+00
6	Seven Letters on the Moon	2016-10-11	0	R	2.50	{"The \\"lost\\" reel","Audio, described"}	{"language": "en", "colour": true, "budget": {"amount": 6340000, "currency": "USD"}}	2022-06-03 01:58:03.683531+00
7	La Mélancolie sous la neige	2021-12-06	94	R	6.00	{"{restored}",NULL}	{"language": "fr", "colour": true, "filmed_in": ["Görlitz", "Ostend"]}	2020-08-17 23:35:40.102583+00
8	푸른 편지	1985-11-23	176	R	17.99	{"","NULL","{restored}"}	{"language": "ko", "colour": true, "budget": {"amount": 6440000, "currency": "EUR"}}	2017-09-09 12:17:42.962653+00
9	Old Rivals Before Breakfast	1973-02-03	81	PG	10.49	{"Director's cut","Audio, described","The \\"lost\\" reel"}	{"language": "en", "colour": true}	2019-08-22 10:35:53.571839+00
10	Der Sommer von Görlitz	1974-05-17	154	R	15.50	\N	{"language": "de", "colour": true, "budget": {"amount": 2220000, "currency": "EUR"}}	2017-09-20 05:50:14.138403+00
11	The Salt Road in Black and White	1973-02-03	124	PG-13	9.50	{"The \\"lost\\" reel","4:3 \\\\ 16:9","{restored}"}	{"language": "en", "colour": true}	2017-01-26 00:41:19.666741+00
12	The Last Ferry for Margaret	2017-12-09	186	\N	15.99	{"Deleted scenes","","4:3 \\\\ 16:9"}	{"language": "en", "colour": true}	2023-12-13 19:04:30.168808+00
13	Noc po burzy	1933-11-05	115	PG-13	16.00	{"Audio, described"}	{"language": "pl", "colour": false}	2024-09-12 00:12:25.032130+00
14	The Piano Tuner of Ostend	2013-10-17	185	NC-17	17.00	{"Trailer","Audio, described"}	{"language": "en", "colour": true, "festivals": [{"name": "Festival de la Brume", "year": 2013, "prizes": ["Prix du Brouillard"]}]}	2023-11-25 08:28:18.219282+00
15	L'Hiver de Besançon	1986-09-03	146	R	13.50	{}	{"language": "fr", "colour": true, "filmed_in": ["Łódź"], "festivals": [{"name": "Harbour Light Nights", "year": 1986, "prizes": ["Silver Heron"]}]}	2022-10-20 04:26:16.586564+00
16	Дорога для Анны	\N	166	PG-13	5.00	{}	{"language": "ru", "colour": true}	2022-10-23 07:15:57.310756+00
17	NULL	2020-03-20	104	R	12.00	{"","NULL"}	{"language": "en", "colour": true}	2021-12-13 04:48:47.050327+00
18	La Niña al otro lado	2099-12-31	170	NC-17	17.49	{"Audio, described","Trailer"}	{"language": "es", "colour": true, "filmed_in": ["Marseille", "Ostend"]}	2025-09-07 09:29:06.367539+00
19	\\N	1999-05-10	171	R	16.99	{NULL,"{restored}"}	{"language": "en", "colour": true}	2020-10-01 04:57:14.372846+00
20	The Beekeeper in a Minor Key	2014-01-13	135	PG-13	18.50	\N	{"language": "en", "colour": true}	2023-06-29 21:06:21.677021+00
21	Back\\slash	2019-04-24	181	PG-13	15.50	{"Audio, described","Trailer","NULL"}	{"language": "it", "colour": true}	2025-07-01 23:02:44.833337+00
22	Two Strangers of Silence	1945-03-18	169	PG-13	\N	{"NULL",""}	{"language": "en", "colour": false}	2024-05-09 08:15:06.346875+00
23	O'Malley's "Perfect" Alibi	1939-01-23	122	PG	0.00	{}	{"language": "en", "colour": true, "filmed_in": ["Łódź"], "tagline": "She said \\"no\\".\\n\\tTwice.", "sequel": null, "views": 100000000000000000000, "share": 1e-07}	2017-04-17 20:46:02.285991+00
24	海辺の雨	1943-12-20	82	PG	6.50	{"NULL","The \\"lost\\" reel"}	{"language": "ja", "colour": false, "filmed_in": ["Łódź", "Montevideo"], "budget": {"amount": 3450000, "currency": "USD"}}	2017-05-13 07:47:36.315346+00
25	Café Ångström	2021-05-11	161	NC-17	19.99	{}	{"language": "en", "colour": true, "filmed_in": ["Marseille"]}	2023-06-22 04:46:52.869054+00
26	Le Forgeron d'Élodie	1983-01-23	114	R	6.50	{{"Disc 1","Trailer"},{"Disc 2",NULL}}	{"language": "fr", "colour": true, "filmed_in": []}	2018-11-14 01:00:41.992817+00
27	The 👩‍🚀 Who Overslept	1962-10-10	85	PG	0.95	{"Deleted scenes","The \\"lost\\" reel"}	{"language": "ar", "colour": true}	2022-09-18 01:09:25.805174+00
28	Blue Rooms by Candlelight	\N	0	\N	\N	{}	{"language": "en", "colour": true, "filmed_in": ["Łódź", "Montevideo"], "festivals": [{"name": "Festival de la Brume", "year": 2017, "prizes": []}]}	2025-01-31 17:15:34.787241+00
29	100% Cotton; or, The Weaver's Tale	1965-04-23	134	PG	13.99	{NULL,"{restored}"}	{"language": "de", "colour": true}	2019-10-03 15:23:32.987366+00
30	A Garden Under the Viaduct	2022-07-17	157	PG-13	9.99	{"NULL","The \\"lost\\" reel"}	{"language": "en", "colour": true, "festivals": [{"name": "Lumen Film Days", "year": 2022, "prizes": ["Silver Heron"]}]}	2021-01-08 06:11:52.753704+00
31	…{and then}	2019-06-11	175	R	19.49	{NULL,"Trailer"}	{"language": "en", "colour": true, "filmed_in": ["Görlitz"], "festivals": [{"name": "Lumen Film Days", "year": 2019, "prizes": ["Silver Heron"]}]}	2018-04-29 11:21:44.396587+00
32	真夜中の灯台	2017-08-14	156	PG-13	6.95	\N	{"language": "ja", "colour": true}	2021-08-18 02:16:19.636984+00
33	Summer People II	2023-12-07	158	R	14.00	{"Director's cut"}	{"language": "en", "colour": true, "festivals": [{"name": "Harbour Light Nights", "year": 2023, "prizes": []}]}	2023-09-27 10:12:35.934485+00
34	La Dernière Nuit après l'orage	2008-05-23	149	PG-13	1.50	\N	{"language": "fr", "colour": true}	2020-03-26 01:14:59.146648+00
35	잊혀진 정원	1979-07-31	156	PG-13	17.99	{"4:3 \\\\ 16:9"}	{"language": "ko", "colour": true, "filmed_in": ["Montevideo"]}	2020-09-06 16:35:52.770148+00
36	The Interpreter's Son on Loan	2020-09-13	172	R	6.99	{"The \\"lost\\" reel","Audio, described"}	{"language": "en", "colour": true, "filmed_in": ["京都"]}	2024-07-20 07:09:31.002890+00
37	El Tranvía al otro lado	2012-03-01	166	R	3.00	{}	{"language": "es", "colour": true, "filmed_in": ["Görlitz"]}	2025-05-15 06:00:30.243493+00
38	A Small Fire at Sea Level	2002-12-04	74	PG-13	17.00	{"NULL","The \\"lost\\" reel","Deleted scenes"}	{"language": "en", "colour": true, "festivals": [{"name": "Lumen Film Days", "year": 2002, "prizes": ["Silver Heron"]}], "tagline": "She said \\"no\\".\\n\\tTwice.", "sequel": null, "views": 100000000000000000000, "share": 1e-07}	2019-12-05 21:50:34.134690+00
39	A Perfect Tuesday in Spring Light	2011-04-04	27	R	11.49	{}	{"language": "en", "colour": true, "filmed_in": ["Marseille", "Ostend"]}	2021-05-13 13:34:18.428482+00
40	Zima w Łodzi	2000-04-22	187	NC-17	2.99	{"4:3 \\\\ 16:9","The \\"lost\\" reel","Audio, described"}	{"language": "pl", "colour": true, "filmed_in": ["Ostend"], "budget": {"amount": 8780000, "currency": "EUR"}}	2022-05-14 23:52:58.194797+00
\.

copy actors (actor_id, full_name, born_on, updated_at) from stdin;
1	Sylvia Mensah	1959-08-06	2017-04-09 09:57:01.905542+00
2	Søren Wójcik	2000-07-03	2017-12-19 07:29:35.407688+00
3	Nathaniel St. John	1912-10-31	2018-05-07 20:10:33.291671+00
4	Cécile Fontaine	1947-08-08	2021-08-31 02:11:37.643074+00
5	小林 和子	1941-05-14	2022-04-11 16:44:42.135997+00
6	Bernard Thistlewood	1978-05-09	2023-01-21 12:06:23.420122+00
7	Lucía Márquez	1979-08-15	2017-02-03 17:56:35.505094+00
8	Надежда Лисица	1949-11-15	2021-06-06 15:26:17.231061+00
9	Imogen Nightingale	1992-06-26	2021-07-17 20:33:40.052011+00
10	Zdeněk Köhler	1946-06-18	2021-09-03 08:39:06.025253+00
11	Edgar Kettleburn	\N	2020-07-10 02:32:44.358277+00
12	Jérôme Rousseau	2001-08-14	2021-09-09 17:01:04.965113+00
13	池田 直子	1940-10-04	2022-04-25 03:10:20.963073+00
14	Nora Eastwick	1938-08-21	2025-03-13 00:11:42.170169+00
15	Tomás Zúñiga	1928-07-25	2018-05-01 03:11:33.379392+00
16	Lakshmi Krishnamurthy	1992-08-12	2024-02-01 11:07:25.277235+00
17	Beatrice MacTavish	\N	2022-09-16 20:09:56.507958+00
18	Anneliese Ackermann	1994-11-27	2023-01-29 06:45:42.167083+00
19	Sylvia Adeyemi	1969-04-23	2019-06-30 05:19:49.251934+00
20	Solène Delacroix	1987-04-01	2020-09-02 12:33:47.359120+00
21	Björn Weißmüller	1968-02-16	2020-08-04 01:54:53.359330+00
22	Edith Vance-Howard	1945-01-07	2024-05-30 05:14:37.852853+00
23	Théo Charpentier	1933-10-14	2019-05-07 09:00:03.736980+00
24	Priya Chatterjee	1980-06-14	2022-08-14 05:56:07.720125+00
25	Theodore O'Hara	1967-02-12	2023-01-09 02:56:12.520721+00
26	Concepción Ibáñez	1994-09-30	2023-01-07 23:50:40.353619+00
27	Вера Бондаренко	1958-05-25	2023-02-17 10:56:38.219175+00
28	Felix Inchbald	\N	2025-03-09 01:42:21.429386+00
29	Götz Jäger	1988-05-10	2024-11-05 00:20:15.131991+00
30	Zoë Fairweather	1944-05-22	2019-10-03 02:30:49.425912+00
31	Élodie Pélissier	1921-03-10	2022-12-12 15:54:06.711336+00
32	森 悠斗	1929-04-13	2018-09-30 02:01:12.862281+00
33	Leopold Fitzgerald	1931-09-14	2023-04-20 09:21:31.166672+00
34	Mónica Villalobos	1911-04-21	2020-01-13 05:23:12.177732+00
35	Анна Шевченко	1944-07-14	2021-07-22 18:15:20.954072+00
36	Winifred St. John	1950-04-18	2017-08-04 19:13:32.837168+00
37	Jürgen Weißmüller	1935-02-05	2025-10-24 08:59:06.933700+00
38	Oswald Wetherby	1931-04-13	2023-11-28 11:48:51.048306+00
39	Loïc Charpentier	1971-12-15	2024-09-28 13:40:02.407483+00
40	小林 健一	1914-02-16	2019-07-06 18:43:48.987480+00
41	Cedric Quill	1975-12-29	2017-07-28 16:13:51.185850+00
42	Ximena Gutiérrez	1951-10-06	2018-11-16 02:44:03.447848+00
43	Vikram Rao	1922-10-29	2023-04-12 22:50:15.110948+00
44	Josephine Kettleburn	\N	2024-08-28 19:34:52.877638+00
45	João Echeverría	1963-05-26	2021-04-23 07:13:55.388015+00
46	Felix Hathersage	1992-05-11	2021-07-15 17:07:55.270989+00
47	Théo Montclair	1915-08-24	2023-05-29 19:38:16.444155+00
48	Matthäus Eichhörn	1965-04-14	2021-01-23 19:42:53.779062+00
49	Prudence Birdwhistle	1989-09-14	2019-04-18 23:03:36.687833+00
50	Amélie Montclair	1915-07-27	2021-11-02 07:43:13.214834+00
51	清水 美咲	1953-07-18	2017-07-30 04:07:49.410094+00
52	Clara Adeyemi	1995-11-16	2020-09-18 00:14:24.477547+00
53	Íñigo Quiñones	1922-10-08	2025-08-15 19:27:46.538726+00
54	Фёдор Короленко	1935-03-24	2022-09-06 16:30:01.241632+00
55	Quentin Underhill	\N	2020-02-08 19:07:06.948880+00
56	Ulrike Nowak	1929-08-24	2024-04-03 06:52:34.693353+00
57	Florence Silverlock	2003-08-17	2021-08-27 15:07:14.756305+00
58	François Beauchêne	1911-11-29	2018-05-30 19:19:29.908432+00
59	高橋 蓮	\N	2018-07-30 03:18:02.659762+00
60	Walter Larkspur	1955-08-15	2019-10-17 21:50:52.471800+00
\.

copy film_actors (film_id, actor_id, billing_order, character_name, updated_at) from stdin;
1	51	1	Professor Ibáñez	2023-09-29 23:00:27.124740+00
1	44	2	The Lighthouse Keeper	2023-09-29 23:00:27.124740+00
1	37	3	Inspector Peñalver	2023-09-29 23:00:27.124740+00
2	53	1	Captain 小林	2019-02-03 22:25:08.265363+00
2	22	2	\N	2019-02-03 22:25:08.265363+00
2	51	3	Nurse, night shift	2019-02-03 22:25:08.265363+00
2	20	4	Judge Merriweather	2019-02-03 22:25:08.265363+00
2	49	5	\N	2019-02-03 22:25:08.265363+00
3	55	1	Inspector Mazur	2024-10-14 05:14:03.797371+00
3	8	2	Aunt Jäger	2024-10-14 05:14:03.797371+00
3	21	3	Captain Короленко	2024-10-14 05:14:03.797371+00
3	34	4	The Dog's Voice	2024-10-14 05:14:03.797371+00
3	47	5	Uncle 渡辺	2024-10-14 05:14:03.797371+00
5	35	1	Inspector Rousseau	2018-06-19 08:47:05.612837+00
5	58	2	\N	2018-06-19 08:47:05.612837+00
5	21	3	Nurse, night shift	2018-06-19 08:47:05.612837+00
5	44	4	Voice on the Radio	2018-06-19 08:47:05.612837+00
5	7	5	Señora 渡辺	2018-06-19 08:47:05.612837+00
6	8	1	Sister Kettleburn	2024-06-26 13:34:18.428482+00
6	51	2	Sister Inchbald	2024-06-26 13:34:18.428482+00
6	34	3	Young Mensah	2024-06-26 13:34:18.428482+00
6	17	4	Judge Hathersage	2024-06-26 13:34:18.428482+00
6	60	5	\N	2024-06-26 13:34:18.428482+00
6	43	6	Old Fitzgerald	2024-06-26 13:34:18.428482+00
6	26	7	\N	2024-06-26 13:34:18.428482+00
6	9	8	Dr. Ibáñez	2024-06-26 13:34:18.428482+00
6	52	9	Inspector Pemberton	2024-06-26 13:34:18.428482+00
7	58	1	Dr. Echeverría	2018-04-24 05:32:23.598396+00
7	27	2	\N	2018-04-24 05:32:23.598396+00
7	56	3	Captain Köhler	2018-04-24 05:32:23.598396+00
7	25	4	Aunt Birdwhistle	2018-04-24 05:32:23.598396+00
7	54	5	\N	2018-04-24 05:32:23.598396+00
7	23	6	Dr. Wetherby	2018-04-24 05:32:23.598396+00
7	52	7	Young Goodfellow	2018-04-24 05:32:23.598396+00
7	21	8	Taxi Driver	2018-04-24 05:32:23.598396+00
7	50	9	Inspector Beauchêne	2018-04-24 05:32:23.598396+00
8	51	1	Boy in Tree	2018-12-18 18:17:09.819474+00
8	22	2	Judge Campbell	2018-12-18 18:17:09.819474+00
8	53	3	Aunt Eastwick	2018-12-18 18:17:09.819474+00
8	24	4	Judge Ravenscroft	2018-12-18 18:17:09.819474+00
8	55	5	Professor Montclair	2018-12-18 18:17:09.819474+00
9	30	1	Professor Fitzgerald	2022-08-11 03:27:00.580847+00
9	53	2	Old Garçon	2022-08-11 03:27:00.580847+00
9	16	3	Young Wójcik	2022-08-11 03:27:00.580847+00
9	39	4	Nurse, night shift	2022-08-11 03:27:00.580847+00
10	5	1	Professor Thistlewood	2024-01-27 03:10:32.975984+00
10	36	2	\N	2024-01-27 03:10:32.975984+00
10	7	3	Captain Echeverría	2024-01-27 03:10:32.975984+00
10	38	4	Sister Лисица	2024-01-27 03:10:32.975984+00
10	9	5	Inspector Saint-Éloi	2024-01-27 03:10:32.975984+00
10	40	6	The Lighthouse Keeper	2024-01-27 03:10:32.975984+00
10	11	7	Professor Sengupta	2024-01-27 03:10:32.975984+00
11	29	1	Old Iyer	2024-07-14 08:13:11.082317+00
11	28	2	Judge Birdwhistle	2024-07-14 08:13:11.082317+00
11	27	3	The Dog's Voice	2024-07-14 08:13:11.082317+00
11	26	4	The Conductor	2024-07-14 08:13:11.082317+00
11	25	5	Sister Delacroix	2024-07-14 08:13:11.082317+00
11	24	6	Aunt Márquez	2024-07-14 08:13:11.082317+00
12	12	1	Old Лисица	2022-03-02 11:18:47.699956+00
12	29	2	Madame Ravenscroft	2022-03-02 11:18:47.699956+00
13	47	1	Señora Rao	2019-01-02 10:25:16.746713+00
13	58	2	Old Abernathy	2019-01-02 10:25:16.746713+00
13	9	3	Taxi Driver	2019-01-02 10:25:16.746713+00
13	20	4	Uncle Mazur	2019-01-02 10:25:16.746713+00
13	31	5	Professor Nightingale	2019-01-02 10:25:16.746713+00
13	42	6	Professor Quiñones	2019-01-02 10:25:16.746713+00
13	53	7	\N	2019-01-02 10:25:16.746713+00
13	4	8	Old 小林	2019-01-02 10:25:16.746713+00
13	15	9	The Neighbour	2019-01-02 10:25:16.746713+00
14	13	1	Sister Nowak	2017-11-24 14:59:18.204306+00
15	55	1	Señora Krishnamurthy	2024-02-04 10:46:45.481808+00
15	38	2	The Lighthouse Keeper	2024-02-04 10:46:45.481808+00
15	21	3	Uncle Ibáñez	2024-02-04 10:46:45.481808+00
15	4	4	Herself	2024-02-04 10:46:45.481808+00
15	47	5	Señora Adeyemi	2024-02-04 10:46:45.481808+00
15	30	6	\N	2024-02-04 10:46:45.481808+00
15	13	7	Man with Umbrella	2024-02-04 10:46:45.481808+00
16	38	1	The Dog's Voice	2019-05-24 03:08:32.538176+00
16	9	2	Aunt Cartwright	2019-05-24 03:08:32.538176+00
16	40	3	Señora Lefèvre	2019-05-24 03:08:32.538176+00
16	11	4	Inspector Villalobos	2019-05-24 03:08:32.538176+00
16	42	5	\N	2019-05-24 03:08:32.538176+00
16	13	6	\N	2019-05-24 03:08:32.538176+00
16	44	7	Inspector Márquez	2019-05-24 03:08:32.538176+00
16	15	8	Professor Rao	2019-05-24 03:08:32.538176+00
16	46	9	The Neighbour	2019-05-24 03:08:32.538176+00
17	39	1	Aunt Birdwhistle	2019-06-21 19:07:49.320975+00
17	16	2	Inspector Quill	2019-06-21 19:07:49.320975+00
17	53	3	Taxi Driver	2019-06-21 19:07:49.320975+00
17	30	4	\N	2019-06-21 19:07:49.320975+00
17	7	5	Señora Rao	2019-06-21 19:07:49.320975+00
17	44	6	The Dog's Voice	2019-06-21 19:07:49.320975+00
17	21	7	The Dog's Voice	2019-06-21 19:07:49.320975+00
17	58	8	Young Beauchêne	2019-06-21 19:07:49.320975+00
17	35	9	Aunt Goodfellow	2019-06-21 19:07:49.320975+00
18	1	1	Uncle Beauchêne	2023-11-28 15:51:09.637017+00
18	8	2	Judge Шевченко	2023-11-28 15:51:09.637017+00
18	15	3	Professor Patwardhan	2023-11-28 15:51:09.637017+00
18	22	4	Young Mensah	2023-11-28 15:51:09.637017+00
18	29	5	Sister Wójcik	2023-11-28 15:51:09.637017+00
18	36	6	\N	2023-11-28 15:51:09.637017+00
18	43	7	Inspector Delacroix	2023-11-28 15:51:09.637017+00
18	50	8	NULL	2023-11-28 15:51:09.637017+00
18	57	9	Dr. Inchbald	2023-11-28 15:51:09.637017+00
19	42	1	Inspector 池田	2020-08-06 11:46:17.213783+00
19	19	2	Señora Rao	2020-08-06 11:46:17.213783+00
19	56	3	🤖 Unit 7	2020-08-06 11:46:17.213783+00
19	33	4	Inspector d'Arblay	2020-08-06 11:46:17.213783+00
19	10	5	Young Bäumler	2020-08-06 11:46:17.213783+00
20	59	1	Professor Yarrow	2023-02-15 20:10:33.291671+00
20	52	2	Madame 斎藤	2023-02-15 20:10:33.291671+00
20	45	3	The Dog's Voice	2023-02-15 20:10:33.291671+00
20	38	4	Old Charpentier	2023-02-15 20:10:33.291671+00
21	22	1	él	2019-11-20 07:51:30.846444+00
21	53	2	Man with Umbrella	2019-11-20 07:51:30.846444+00
22	38	1	Inspector MacTavish	2025-11-18 09:16:52.935594+00
22	9	2	Sister Fairweather	2025-11-18 09:16:52.935594+00
22	40	3	Uncle Quill	2025-11-18 09:16:52.935594+00
22	11	4	Uncle Köhler	2025-11-18 09:16:52.935594+00
22	42	5	Narrator\t(voice)	2025-11-18 09:16:52.935594+00
22	13	6	Inspector Underhill	2025-11-18 09:16:52.935594+00
22	44	7	Señora Zúñiga	2025-11-18 09:16:52.935594+00
22	15	8	Captain Jäger	2025-11-18 09:16:52.935594+00
22	46	9	The Neighbour	2025-11-18 09:16:52.935594+00
23	11	1	Sister 清水	2019-11-30 15:44:14.182923+00
23	12	2	\\N	2019-11-30 15:44:14.182923+00
23	13	3	Madame Hathersage	2019-11-30 15:44:14.182923+00
24	43	1	Professor Fontaine	2023-12-01 19:56:05.002496+00
24	26	2	Young Jäger	2023-12-01 19:56:05.002496+00
24	9	3	The Conductor	2023-12-01 19:56:05.002496+00
25	59	1	The Conductor	2024-08-04 05:52:32.923561+00
25	60	2	Madame Nightingale	2024-08-04 05:52:32.923561+00
25	1	3	Young 清水	2024-08-04 05:52:32.923561+00
26	58	1	Madame Silverlock	2023-08-18 07:24:37.975224+00
26	17	2	Inspector 松本	2023-08-18 07:24:37.975224+00
26	36	3	Man with Umbrella	2023-08-18 07:24:37.975224+00
26	55	4	Young Dunmore	2023-08-18 07:24:37.975224+00
27	10	1	Professor d'Arblay	2020-05-05 05:13:24.866688+00
27	29	2	Professor 森	2020-05-05 05:13:24.866688+00
27	48	3	Waitress #2	2020-05-05 05:13:24.866688+00
27	7	4	Dr. Pélissier	2020-05-05 05:13:24.866688+00
29	46	1	\N	2023-12-21 06:34:49.518014+00
29	59	2	Professor 高橋	2023-12-21 06:34:49.518014+00
29	12	3	The Lighthouse Keeper	2023-12-21 06:34:49.518014+00
29	25	4	Aunt 橋本	2023-12-21 06:34:49.518014+00
30	27	1	Professor Delacroix	2017-10-25 17:29:59.287455+00
30	4	2	Young Wetherby	2017-10-25 17:29:59.287455+00
30	41	3	The Conductor	2017-10-25 17:29:59.287455+00
31	39	1	Professor Lefèvre	2023-07-03 00:19:53.353484+00
31	10	2	\N	2023-07-03 00:19:53.353484+00
31	41	3	The Conductor	2023-07-03 00:19:53.353484+00
31	12	4	Señora Ackermann	2023-07-03 00:19:53.353484+00
31	43	5	Judge Quiñones	2023-07-03 00:19:53.353484+00
31	14	6	Judge Fairweather	2023-07-03 00:19:53.353484+00
31	45	7	Professor Lindström	2023-07-03 00:19:53.353484+00
32	55	1	Madame Inchbald	2021-08-10 21:01:26.921150+00
32	6	2	Captain Goodfellow	2021-08-10 21:01:26.921150+00
32	17	3	Professor Márquez	2021-08-10 21:01:26.921150+00
33	27	1	Old St. John	2022-09-19 20:39:35.257452+00
33	4	2	Young Дурново	2022-09-19 20:39:35.257452+00
33	41	3	\N	2022-09-19 20:39:35.257452+00
33	18	4	Old Echeverría	2022-09-19 20:39:35.257452+00
33	55	5	Second Gravedigger	2022-09-19 20:39:35.257452+00
34	46	1	Señora Vance-Howard	2018-05-04 20:28:00.515566+00
35	35	1	\N	2017-03-31 14:18:02.011290+00
35	24	2	Professor Goodfellow	2017-03-31 14:18:02.011290+00
35	13	3	Man with Umbrella	2017-03-31 14:18:02.011290+00
36	25	1	The Neighbour	2017-06-24 00:47:18.291928+00
36	38	2	Aunt Mensah	2017-06-24 00:47:18.291928+00
36	51	3	Dr. MacTavish	2017-06-24 00:47:18.291928+00
37	59	1	Judge Inchbald	2020-05-03 07:51:26.952563+00
37	36	2	Dr. Castañeda	2020-05-03 07:51:26.952563+00
37	13	3	Inspector da Conceição	2020-05-03 07:51:26.952563+00
37	50	4	The Lighthouse Keeper	2020-05-03 07:51:26.952563+00
37	27	5	Uncle 森	2020-05-03 07:51:26.952563+00
38	7	1	Dr. Villeneuve	2023-12-24 05:45:19.184188+00
38	44	2	Uncle 斎藤	2023-12-24 05:45:19.184188+00
38	21	3	Voice on the Radio	2023-12-24 05:45:19.184188+00
39	36	1	\N	2023-02-05 10:02:25.480023+00
39	13	2	Captain Mazur	2023-02-05 10:02:25.480023+00
39	50	3	Inspector Jäger	2023-02-05 10:02:25.480023+00
39	27	4	Uncle Peñalver	2023-02-05 10:02:25.480023+00
39	4	5	\N	2023-02-05 10:02:25.480023+00
39	41	6	Dr. Grünwald	2023-02-05 10:02:25.480023+00
40	31	1	Sister Jäger	2021-10-16 05:26:24.218879+00
40	24	2	Madame Krishnamurthy	2021-10-16 05:26:24.218879+00
40	17	3	Uncle Mazur	2021-10-16 05:26:24.218879+00
40	10	4	Captain Goodfellow	2021-10-16 05:26:24.218879+00
40	3	5	Waitress #2	2021-10-16 05:26:24.218879+00
\.

copy categories (category_id, name, updated_at) from stdin;
1	Action	2024-09-10 12:04:17.839100+00
2	Animation	2024-07-29 06:00:23.461575+00
3	Comedy	2018-11-02 22:31:54.884195+00
4	Documentary	2019-01-01 01:22:22.102509+00
5	Drama	2025-06-06 12:22:13.740879+00
6	Family	2020-06-26 18:09:37.460262+00
7	Fantasy	2025-05-27 09:18:20.937039+00
8	Film Noir	2019-03-07 07:18:47.606759+00
9	Horror	2021-06-17 22:11:48.812227+00
10	Music	2017-05-14 21:25:11.204011+00
11	Mystery	2019-01-01 12:22:59.788372+00
12	Romance	2024-12-09 16:16:40.497618+00
13	Science Fiction	2019-04-28 08:21:35.960853+00
14	Thriller	2025-10-17 18:51:09.777788+00
15	War	2020-01-19 21:31:12.157335+00
16	Western	2020-06-27 03:51:16.799209+00
\.

copy film_categories (film_id, category_id, is_primary, updated_at) from stdin;
1	9	True	2024-03-16 04:30:38.708706+00
2	16	True	2023-05-01 11:21:54.162204+00
2	7	False	2023-05-01 11:21:54.162204+00
2	14	False	2023-05-01 11:21:54.162204+00
3	2	True	2017-08-05 21:38:13.009094+00
3	13	False	2017-08-05 21:38:13.009094+00
4	14	True	2020-02-16 21:35:24.209837+00
5	12	True	2022-12-03 21:19:20.377979+00
5	11	False	2022-12-03 21:19:20.377979+00
6	4	True	2017-10-11 19:47:34.452216+00
6	5	False	2017-10-11 19:47:34.452216+00
7	13	True	2024-09-20 00:05:07.244169+00
7	6	False	2024-09-20 00:05:07.244169+00
8	11	True	2025-11-13 07:31:58.179218+00
8	10	False	2025-11-13 07:31:58.179218+00
9	14	True	2024-05-03 23:10:08.213532+00
10	11	True	2020-11-09 17:50:47.533406+00
11	8	True	2024-03-14 23:41:54.229400+00
11	11	False	2024-03-14 23:41:54.229400+00
12	14	True	2023-09-24 22:05:55.955051+00
12	7	False	2023-09-24 22:05:55.955051+00
12	16	False	2023-09-24 22:05:55.955051+00
13	3	True	2019-08-19 04:38:24.389311+00
13	4	False	2019-08-19 04:38:24.389311+00
14	8	False	2025-09-27 23:06:51.517683+00
15	11	True	2022-09-30 18:37:22.818946+00
15	10	False	2022-09-30 18:37:22.818946+00
16	9	True	2017-04-05 04:09:48.945256+00
16	8	False	2017-04-05 04:09:48.945256+00
16	7	False	2017-04-05 04:09:48.945256+00
17	3	True	2023-10-01 12:40:06.828558+00
17	8	False	2023-10-01 12:40:06.828558+00
17	13	False	2023-10-01 12:40:06.828558+00
18	8	True	2021-10-10 06:06:11.970732+00
18	3	False	2021-10-10 06:06:11.970732+00
18	14	False	2021-10-10 06:06:11.970732+00
19	5	True	2022-11-23 10:35:07.249446+00
21	9	True	2022-05-04 19:10:26.552505+00
21	6	False	2022-05-04 19:10:26.552505+00
22	4	True	2024-04-29 07:53:08.101606+00
23	16	True	2023-01-12 08:38:42.060070+00
24	2	True	2021-08-11 14:41:31.125585+00
24	15	False	2021-08-11 14:41:31.125585+00
25	4	True	2020-02-20 17:26:22.953572+00
26	14	True	2021-12-14 01:10:37.576528+00
27	9	True	2017-12-11 00:36:20.979015+00
27	2	False	2017-12-11 00:36:20.979015+00
27	11	False	2017-12-11 00:36:20.979015+00
29	10	True	2024-05-20 02:17:27.478032+00
29	3	False	2024-05-20 02:17:27.478032+00
29	12	False	2024-05-20 02:17:27.478032+00
30	13	True	2017-12-15 13:32:33.955259+00
30	16	False	2017-12-15 13:32:33.955259+00
30	3	False	2017-12-15 13:32:33.955259+00
31	6	True	2020-01-17 18:19:44.323210+00
31	13	False	2020-01-17 18:19:44.323210+00
31	4	False	2020-01-17 18:19:44.323210+00
32	1	True	2017-10-17 18:55:43.358300+00
32	2	False	2017-10-17 18:55:43.358300+00
33	12	True	2024-12-21 03:54:16.215381+00
33	3	False	2024-12-21 03:54:16.215381+00
33	10	False	2024-12-21 03:54:16.215381+00
34	11	True	2017-05-26 17:40:34.746818+00
35	8	True	2018-06-15 00:07:45.189131+00
35	9	False	2018-06-15 00:07:45.189131+00
36	2	True	2019-01-23 09:30:03.368947+00
37	2	True	2021-01-03 19:00:20.438343+00
37	13	False	2021-01-03 19:00:20.438343+00
38	4	True	2023-12-18 09:28:38.754944+00
38	3	False	2023-12-18 09:28:38.754944+00
38	2	False	2023-12-18 09:28:38.754944+00
39	9	True	2024-01-25 23:39:58.408842+00
40	16	True	2023-08-10 21:59:18.449655+00
40	3	False	2023-08-10 21:59:18.449655+00
40	6	False	2023-08-10 21:59:18.449655+00
\.

copy users (user_id, email, country_code, created_at, updated_at) from stdin;
9e3779b97f4a4c15b39cc0605cedc835	rapid.urchin+0@post.example	SE	2019-10-10 20:02:07.866128+00	2021-01-12 22:29:12.091036+00
3c6ef372fe94482ba73980c0b9db906a	rapid.walrus+1@post.example	US	2018-01-15 17:30:38.891961+00	2024-07-13 00:07:53.647842+00
daa66d2c7ddf44419ad6412116c9589f	quiet.seal+2@post.example	CA	2018-08-23 14:57:54.907715+00	2025-08-17 13:06:27.292259+00
78dde6e5fd2940578e73018173b720d4	eager.heron+3@post.example	FR	2019-03-24 18:15:57.489834+00	2024-05-09 20:16:14.939611+00
1715609f7c744c6d820fc1e1d0a4e909	wise.heron+4@post.example	AR	2017-03-26 23:43:21.621972+00	2024-05-30 18:51:41.610266+00
b54cda58fbbe4883b5ac82422d92b13e	wise.magpie+5@post.example	NG	2019-06-23 02:10:14.591602+00	2023-08-19 20:04:42.379633+00
538454127b094499a94942a28a807973	happy.heron+6@post.example	GB	2019-04-08 16:55:06.439438+00	2020-02-28 18:31:03.176651+00
f1bbcdcbfa5340af9ce60302e76e41a8	wise.raven+7@post.example	IN	2018-04-08 14:26:38.882654+00	2024-07-13 13:40:02.407483+00
8ff34785799e4cc59082c363445c09dd	jolly.seal+8@post.example	AU	2019-04-16 21:09:12.414995+00	2025-02-24 22:50:31.983425+00
2e2ac13ef8e848db841f83c3a149d212	gentle.gecko+9@post.example	JP	2019-09-20 04:18:28.078240+00	2022-06-08 21:38:52.854611+00
cc623af8783344f1b7bc4423fe379a47	wise.viper+10@post.example	US	2017-01-03 03:15:29.817657+00	2024-07-07 14:37:55.597581+00
6a99b4b1f77d4107ab5904845b25627c	patient.walrus+11@post.example	ES	2019-09-16 22:52:36.920065+00	2020-08-28 13:31:55.298649+00
08d12e6b76c84d1d9ef5c4e4b8132ab1	sleepy.yak+12@post.example	BR	2017-01-27 11:32:10.176835+00	2022-06-07 11:28:22.814907+00
a708a824f6124933929285451500f2e6	wise.badger+13@post.example	GB	2019-08-18 07:03:16.409443+00	2023-10-26 01:16:16.858321+00
454021de755d4549862f45a571eebb1b	merry.zebra+14@post.example	US	2019-11-18 00:14:55.527560+00	2021-06-30 05:54:55.978872+00
e3779b97f4a7415fb9cc0605cedc8350	merry.gecko+15@post.example	US	2018-02-15 03:57:36.880182+00	2025-10-23 12:35:44.336127+00
81af155173f24d75ad68c6662bca4b85	patient.otter+16@post.example	DE	2019-01-21 00:45:02.014983+00	2023-12-15 08:49:12.377302+00
1fe68f0af33c498ba10586c688b813ba	sleepy.heron+17@post.example	AR	2017-10-12 06:00:23.461575+00	2021-08-02 13:25:20.504611+00
be1e08c4728745a194a24726e5a5dbef	patient.urchin+18@post.example	FR	2019-10-09 07:27:53.191603+00	2025-07-30 00:32:23.639656+00
5c55827df1d141b7883f07874293a424	odd.walrus+19@post.example	FR	2019-09-25 18:09:24.163306+00	2022-02-26 21:18:09.356933+00
fa8cfc37711c4dccbbdbc7e79f816c59	wise.otter+20@post.example	CA	2017-05-23 22:50:06.579921+00	2024-02-01 13:42:25.625465+00
98c475f0f06649e2af788847fc6f348e	keen.zebra+21@post.example	GB	2018-10-02 00:18:11.825159+00	2020-05-12 14:28:33.313126+00
36fbefaa6fb145f8a31548a8595cfcc3	merry.badger+22@post.example	GB	2017-04-09 16:24:35.221410+00	2021-04-01 11:34:15.340151+00
d5336963eefb420e96b20908b64ac4f8	idle.seal+23@post.example	AR	2017-11-02 13:01:36.972026+00	2023-01-06 20:21:12.412661+00
736ae31d6e464e248a4ec96913388d2d	gentle.puffin+24@post.example	DE	2018-11-23 11:24:16.102509+00	2022-08-31 18:01:53.565686+00
11a25cd6ed904a3abdeb89c970265562	early.seal+25@post.example	JP	2018-10-15 20:02:33.745337+00	2025-04-11 22:19:05.547856+00
afd9d6906cdb4650b1884a29cd141d97	wise.seal+26@post.example	FR	2018-02-08 00:01:33.830896+00	2020-08-03 23:55:18.254947+00
4e115049ec254266a5250a8a2a01e5cc	late.puffin+27@post.example	NG	2017-01-21 13:18:52.332864+00	2024-12-30 21:02:28.606368+00
ec48ca036b704e7c98c1caea86efae01	patient.walrus+28@post.example	US	2017-04-25 01:24:46.249586+00	2025-11-15 09:33:51.890486+00
8a8043bceaba4a928c5e8b4ae3dd7636	brave.fox+29@post.example	PL	2017-07-04 06:58:44.403083+00	2025-10-08 07:13:20.492613+00
28b7bd766a0546a8bffb4bab40cb3e6b	late.newt+30@post.example	FR	2018-07-20 16:15:32.284615+00	2020-09-16 02:30:11.086877+00
c6ef372fe94f42beb3980c0b9db906a0	jolly.newt+31@post.example	US	2017-12-18 05:33:30.822020+00	2025-10-28 04:09:48.945256+00
6526b0e968994ed4a734cc6bfaa6ced5	odd.puffin+32@post.example	US	2018-03-26 07:48:14.890230+00	2020-01-27 00:30:26.424585+00
035e2aa2e7e44aea9ad18ccc5794970a	rapid.raven+33@post.example	BR	2019-03-16 20:33:07.445202+00	2022-09-16 23:55:22.049906+00
a195a45c672e47008e6e4d2cb4825f3f	early.fox+34@post.example	DE	2019-10-07 13:29:23.219699+00	2024-12-07 15:22:44.448465+00
3fcd1e15e6794316820b0d8d11702774	keen.zebra+35@post.example	IN	2018-08-15 17:56:28.216097+00	2023-05-08 06:26:00.906255+00
de0497cf65c34f2cb5a7cded6e5defa9	odd.seal+36@post.example	IN	2017-01-22 06:25:24.394151+00	2023-08-22 16:27:25.773432+00
7c3c1188e50e4b42a9448e4dcb4bb7de	patient.yak+37@post.example	JP	2018-04-23 08:16:32.240830+00	2021-05-12 18:39:34.416111+00
1a738b42645847589ce14eae28398013	quiet.lynx+38@post.example	PL	2019-11-01 07:15:07.684561+00	2020-07-11 09:26:07.735993+00
b8ab04fbe3a3436e907e0f0e85274848	eager.yak+39@post.example	IN	2017-10-04 10:00:23.192017+00	2020-08-08 06:38:58.305884+00
56e27eb562ed4f84841acf6ee215107d	rapid.gecko+40@post.example	GB	2019-02-05 05:15:06.324644+00	2024-08-09 04:46:52.869054+00
f519f86ee2384b99b7b78fcf3f02d8b2	sleepy.tapir+41@post.example	DE	2018-01-10 15:51:12.726376+00	2022-10-27 19:24:56.308230+00
93517228618247afab54502f9bf0a0e7	lucky.urchin+42@post.example	US	2019-02-07 18:41:58.646829+00	2024-02-18 13:40:52.843760+00
3188ebe1e0cd43c59ef1108ff8de691c	idle.owl+43@post.example	AU	2018-07-29 18:03:12.289768+00	2020-01-23 12:12:07.770015+00
cfc0659b60174fdb928dd0f055cc3151	calm.magpie+44@post.example	DE	2017-09-08 16:36:11.089623+00	2021-08-21 12:30:38.878122+00
6df7df54df624bf1862a9150b2b9f986	brave.owl+45@post.example	AR	2018-11-28 16:47:53.730175+00	2022-06-27 09:15:00.551245+00
0c2f590e5eac4807b9c751b10fa7c1bb	eager.lynx+46@post.example	JP	2017-09-30 07:17:15.108678+00	2023-12-15 11:36:54.446403+00
aa66d2c7ddf7441dad6412116c9589f0	sleepy.fox+47@post.example	JP	2018-06-16 17:08:46.322380+00	2021-04-05 16:17:08.493303+00
489e4c815d414033a100d271c9835225	calm.fox+48@post.example	IT	2017-10-10 19:58:34.187116+00	2024-02-18 22:11:26.536824+00
e6d5c63adc8c4c49949d92d226711a5a	wise.otter+49@post.example	DE	2019-08-20 08:17:30.114503+00	2021-11-28 19:41:47.008149+00
850d3ff45bd6485f883a5332835ee28f	merry.seal+50@post.example	GB	2019-10-09 09:28:07.422375+00	2025-01-29 12:18:58.413548+00
2344b9addb214475bbd71392e04caac4	early.raven+51@post.example	CA	2019-02-24 19:05:22.236128+00	2023-04-04 23:35:32.243291+00
c17c33675a6b408baf73d3f33d3a72f9	late.zebra+52@post.example	FR	2017-08-02 15:17:47.490414+00	2021-02-19 00:53:05.798490+00
5fb3ad20d9b64ca1a31094539a283b2e	brave.yak+53@post.example	IN	2018-02-17 17:10:40.476450+00	2023-07-10 05:35:40.221545+00
fdeb26da590048b796ad54b3f7160363	rapid.owl+54@post.example	IT	2018-09-22 02:40:51.579924+00	2025-10-28 06:51:59.867145+00
9c22a093d84b44cd8a4a15145403cb98	quiet.fox+55@post.example	IT	2017-03-10 06:59:18.651580+00	2020-04-07 09:49:33.328674+00
3a5a1a4d579540e3bde6d574b0f193cd	idle.owl+56@post.example	MX	2017-11-20 08:21:22.275994+00	2020-10-13 14:36:27.138570+00
d8919406d6e04cf9b18395d50ddf5c02	early.gecko+57@post.example	MX	2019-01-16 22:50:06.579921+00	2024-01-15 21:59:13.041428+00
76c90dc0562a490fa52056356acd2437	lucky.yak+58@post.example	FR	2019-01-19 07:10:41.289779+00	2023-12-18 19:12:36.707426+00
15008779d575452598bd1695c7baec6c	wise.fox+59@post.example	BR	2019-02-25 04:09:48.945256+00	2023-06-24 15:17:17.938805+00
b338013354bf413b8c59d6f624a8b4a1	keen.walrus+60@post.example	ES	2018-12-18 15:53:59.773223+00	2024-01-28 04:48:51.638682+00
516f7aecd40a4d50bff6975681967cd6	jolly.viper+61@post.example	JP	2019-08-29 14:16:52.182161+00	2021-11-13 08:35:04.487600+00
efa6f4a653544966b39357b6de84450b	happy.fox+62@post.example	CA	2017-03-01 05:42:44.816902+00	2025-08-04 17:17:37.920036+00
8dde6e5fd29f457ca73018173b720d40	wise.heron+63@post.example	FR	2018-09-13 11:15:56.599106+00	2022-08-04 05:12:07.486935+00
2c15e81951e941929accd877985fd575	rapid.puffin+64@post.example	ES	2019-05-15 00:47:43.662335+00	2021-08-26 01:23:38.155304+00
ca4d61d2d1334da88e6998d7f54d9daa	eager.badger+65@post.example	ES	2018-09-04 08:17:30.114503+00	2021-10-20 14:09:45.723962+00
6884db8c507e49be82065938523b65df	calm.lynx+66@post.example	AR	2018-12-24 02:47:21.068114+00	2025-08-10 13:01:18.731642+00
06bc5545cfc845d4b5a31998af292e14	brave.gecko+67@post.example	IN	2018-09-14 23:30:20.858630+00	2022-01-13 21:14:25.490875+00
a4f3ceff4f1341eaa93fd9f90c16f649	eager.zebra+68@post.example	BR	2017-02-26 15:19:30.904636+00	2020-06-30 20:05:22.519866+00
432b48b8ce5d4e009cdc9a596904be7e	happy.gecko+69@post.example	IT	2019-11-13 06:01:39.093835+00	2024-01-16 07:35:51.699486+00
e162c2724da84a1690795ab9c5f286b3	jolly.seal+70@post.example	IT	2017-02-13 03:39:33.675557+00	2025-11-05 16:56:52.416124+00
7f9a3c2bccf2462c84161b1a22e04ee8	eager.walrus+71@post.example	SE	2019-07-24 01:21:43.701703+00	2025-11-20 19:07:55.515358+00
1dd1b5e54c3d4242b7b2db7a7fce171d	patient.viper+72@post.example	US	2018-04-10 09:47:41.664006+00	2024-09-12 00:01:00.608210+00
bc092f9ecb874e58ab4f9bdadcbbdf52	sleepy.newt+73@post.example	SE	2017-02-21 07:44:35.512532+00	2024-02-14 09:39:59.540685+00
5a40a9584ad24a6e9eec5c3b39a9a787	odd.zebra+74@post.example	GR	2017-10-21 14:53:39.136868+00	2022-06-14 04:25:10.355760+00
f8782311ca1c468492891c9b96976fbc	idle.otter+75@post.example	GB	2019-11-24 14:44:29.978103+00	2023-09-17 22:55:12.064693+00
96af9ccb4967429a8625dcfbf38537f1	happy.newt+76@post.example	ZA	2018-08-28 06:58:44.403083+00	2020-05-19 13:31:48.770740+00
34e71684c8b14eb0b9c29d5c50730026	early.puffin+77@post.example	MX	2019-06-01 05:06:21.542951+00	2021-07-12 19:03:07.087925+00
d31e903e47fc4ac6ad5f5dbcad60c85b	brave.seal+78@post.example	ES	2017-09-27 22:42:50.075342+00	2021-12-03 09:36:59.074583+00
715609f7c74646dca0fc1e1d0a4e9090	merry.walrus+79@post.example	AU	2017-06-18 06:14:45.069180+00	2024-12-17 17:44:23.991885+00
0f8d83b1469142f29498de7d673c58c5	idle.newt+80@post.example	ES	2019-12-12 15:27:39.559125+00	2023-04-01 03:07:35.434294+00
adc4fd6ac5db4f0888359eddc42a20fa	calm.heron+81@post.example	IT	2018-01-07 05:54:09.243589+00	2025-10-21 11:06:16.269474+00
4bfc772445264b1dbbd25f3e2117e92f	odd.owl+82@post.example	GR	2017-09-03 02:43:17.939666+00	2025-01-11 19:38:25.837277+00
ea33f0ddc4704733af6f1f9e7e05b164	eager.viper+83@post.example	GB	2017-06-27 02:07:34.215345+00	2021-01-17 17:02:28.388401+00
886b6a9743bb4349a30bdffedaf37999	calm.zebra+84@post.example	CA	2018-01-20 13:22:31.127149+00	2025-07-07 18:51:41.610266+00
26a2e450c3054f5f96a8a05f37e141ce	gentle.gecko+85@post.example	ES	2017-08-08 16:05:10.447714+00	2021-10-03 17:44:38.877573+00
c4da5e0a42504b758a4560bf94cf0a03	gentle.heron+86@post.example	AU	2019-04-10 01:35:15.572671+00	2022-03-18 01:15:52.166255+00
6311d7c3c19a478bbde2211ff1bcd238	odd.lynx+87@post.example	IN	2018-06-02 14:41:14.119261+00	2024-02-23 13:20:45.150128+00
0149517d40e543a1b17ee1804eaa9a6d	brave.heron+88@post.example	DE	2017-12-02 14:20:40.003438+00	2022-06-06 09:58:06.191563+00
9f80cb36c02f4fb7a51ba1e0ab9862a2	early.fox+89@post.example	CA	2018-07-01 06:50:45.371687+00	2023-04-23 14:53:39.136868+00
3db844f03f7a4bcd98b8624108862ad7	brave.urchin+90@post.example	IN	2018-07-03 05:09:14.674087+00	2023-04-13 03:55:38.800976+00
dbefbea9bec447e38c5522a16573f30c	merry.otter+91@post.example	IT	2019-11-07 05:20:57.264484+00	2021-11-03 07:23:46.630588+00
7a2738633e0f43f9bff1e301c261bb41	happy.zebra+92@post.example	BR	2017-10-07 05:56:01.770103+00	2023-12-28 02:38:23.638476+00
185eb21cbd59400fb38ea3621f4f8376	odd.seal+93@post.example	FR	2017-11-24 21:27:08.703082+00	2020-04-13 21:35:25.295022+00
b6962bd63ca44c25a72b63c27c3d4bab	keen.seal+94@post.example	SE	2019-03-19 08:57:12.930625+00	2023-09-13 16:27:12.970936+00
54cda58fbbee483b9ac82422d92b13e0	merry.newt+95@post.example	US	2017-04-15 04:20:37.893013+00	2025-09-24 17:29:59.287455+00
f3051f493b3944518e64e4833618dc15	sleepy.otter+96@post.example	GR	2017-01-31 06:09:06.067169+00	2022-10-07 12:42:39.833564+00
913c9902ba8340678201a4e39306a44a	calm.raven+97@post.example	IN	2019-05-14 16:10:20.740841+00	2022-05-16 19:02:36.820467+00
2f7412bc39cd4c7db59e6543eff46c7f	brave.tapir+98@post.example	MX	2019-05-29 15:05:30.970048+00	2021-09-07 07:30:08.529659+00
cdab8c75b9184893a93b25a44ce234b4	eager.owl+99@post.example	KR	2018-04-08 20:23:34.802263+00	2022-12-23 13:50:16.663451+00
6be3062f386244a99cd7e604a9cffce9	late.heron+100@post.example	US	2018-07-06 19:47:14.721707+00	2020-04-21 03:10:40.386240+00
0a1a7fe8b7ad40bf9074a66506bdc51e	calm.zebra+101@post.example	IN	2018-09-10 02:05:43.971386+00	2024-10-25 19:21:45.402935+00
a851f9a236f74cd5841166c563ab8d53	calm.badger+102@post.example	BR	2019-09-03 21:34:59.444788+00	2024-03-14 09:59:12.058402+00
4689735bb64248eab7ae2725c0995588	early.urchin+103@post.example	FR	2019-10-31 18:17:39.081561+00	2020-11-23 11:26:04.389482+00
e4c0ed15358c4500ab4ae7861d871dbd	jolly.otter+104@post.example	GR	2017-03-10 02:10:14.591602+00	2024-02-29 12:14:57.777552+00
82f866ceb4d741169ee7a7e67a74e5f2	idle.puffin+105@post.example	SE	2017-02-04 18:23:54.411704+00	2020-07-05 06:09:41.011772+00
212fe08834214d2c92846846d762ae27	early.zebra+106@post.example	FR	2018-08-18 22:33:31.013744+00	2024-03-29 15:41:14.106256+00
bf675a41b36c4942862128a73450765c	brave.owl+107@post.example	MX	2017-04-20 11:11:41.221426+00	2024-09-15 09:21:41.607415+00
5d9ed3fb32b64558b9bde907913e3e91	wise.heron+108@post.example	GR	2018-01-31 06:00:23.461575+00	2023-06-08 00:32:36.437667+00
fbd64db4b201416ead5aa967ee2c06c6	jolly.walrus+109@post.example	DE	2018-12-21 11:48:01.719786+00	2023-10-27 17:17:26.988534+00
9a0dc76e314b4d84a0f769c84b19cefb	rapid.seal+110@post.example	PL	2019-05-08 16:12:32.221715+00	2022-12-25 00:13:20.335553+00
38454127b096499a94942a28a8079730	rapid.tapir+111@post.example	PL	2019-10-13 22:53:12.246879+00	2023-02-08 16:34:50.595620+00
d67cbae12fe045b08830ea8904f55f65	eager.gecko+112@post.example	DE	2019-04-10 09:11:36.101337+00	2023-04-29 06:06:50.943300+00
74b4349aaf2b41c6bbcdaae961e3279a	odd.heron+113@post.example	ES	2018-09-30 22:54:53.709439+00	2020-01-04 00:53:05.798490+00
12ebae542e754ddcaf6a6b49bed0efcf	brave.otter+114@post.example	IN	2019-02-16 23:54:12.481434+00	2020-01-26 12:54:20.581185+00
b123280dadc049f2a3072baa1bbeb804	rapid.raven+115@post.example	DE	2017-10-12 13:55:07.548342+00	2023-08-03 20:13:28.401688+00
4f5aa1c72d0a460896a3ec0a78ac8039	calm.fox+116@post.example	US	2017-05-31 17:28:14.145451+00	2024-01-04 13:24:04.053559+00
ed921b80ac55421e8a40ac6ad59a486e	rapid.yak+117@post.example	DE	2017-10-26 21:51:00.244827+00	2022-08-13 07:42:57.265354+00
8bc9953a2b9f4e34bddd6ccb328810a3	keen.otter+118@post.example	ZA	2018-12-16 18:36:49.451008+00	2022-03-21 16:56:52.416124+00
2a010ef3aaea4a4ab17a2d2b8f75d8d8	merry.yak+119@post.example	GB	2018-04-01 13:10:57.073235+00	2021-11-28 09:21:26.140352+00
c83888ad2a344660a516ed8bec63a10d	merry.magpie+120@post.example	AR	2019-10-14 11:38:24.373907+00	2020-11-12 15:27:39.559125+00
66700266a97f427698b3adec49516942	wise.fox+121@post.example	JP	2017-01-05 09:46:31.627059+00	2024-05-25 06:06:42.984442+00
04a77c2028c94e8c8c506e4ca63f3177	idle.badger+122@post.example	ES	2018-01-04 05:56:01.770103+00	2022-12-21 16:30:01.241632+00
a2def5d9a8144aa1bfed2ead032cf9ac	quiet.yak+123@post.example	US	2019-06-06 19:58:33.835106+00	2020-07-04 03:30:58.875221+00
41166f93275e46b7b389ef0d601ac1e1	late.yak+124@post.example	BR	2017-08-27 05:52:23.194893+00	2025-09-11 16:42:20.377149+00
df4de94ca6a942cda726af6dbd088a16	calm.yak+125@post.example	JP	2019-05-14 22:01:13.603139+00	2025-05-30 15:00:25.967344+00
7d85630625f34ee39ac36fce19f6524b	odd.magpie+126@post.example	AU	2017-12-06 06:27:47.237299+00	2025-09-20 11:01:15.720465+00
1bbcdcbfa53e4af98e60302e76e41a80	quiet.otter+127@post.example	SE	2019-04-06 18:50:23.591658+00	2020-02-23 04:00:08.506074+00
b9f456792488470f81fcf08ed3d1e2b5	odd.walrus+128@post.example	GB	2017-05-17 08:08:35.919981+00	2024-11-20 02:41:24.363191+00
582bd032a3d34325b599b0ef30bfaaea	idle.magpie+129@post.example	NG	2019-11-25 23:51:47.535545+00	2021-08-09 08:57:12.930625+00
f66349ec231d4f3ba936714f8dad731f	gentle.badger+130@post.example	DE	2017-01-22 00:10:04.884942+00	2023-01-30 13:55:15.389028+00
949ac3a5a2674b519cd331afea9b3b54	idle.viper+131@post.example	DE	2017-01-13 20:53:11.691813+00	2024-04-05 19:22:07.373197+00
32d23d5f21b24767906ff21047890389	keen.zebra+132@post.example	AU	2019-02-13 04:21:50.314339+00	2022-02-15 17:27:11.945014+00
d109b718a0fc437d840cb270a476cbbe	lucky.puffin+133@post.example	DE	2019-03-18 20:05:22.519866+00	2021-10-09 23:54:12.481434+00
6f4130d220474f93b7a972d1016493f3	sleepy.magpie+134@post.example	US	2019-03-15 03:51:54.479399+00	2023-08-01 01:14:59.146648+00
0d78aa8b9f914ba9ab4633315e525c28	merry.magpie+135@post.example	AU	2017-02-23 15:48:14.811448+00	2023-01-03 04:08:02.061277+00
abb024451edc47bf9ee2f391bb40245d	gentle.heron+136@post.example	DE	2017-11-06 17:53:24.626067+00	2021-09-02 16:32:08.498657+00
49e79dfe9e2643d5927fb3f2182dec92	gentle.magpie+137@post.example	AU	2017-07-26 13:42:25.625465+00	2021-11-24 18:45:03.645151+00
e81f17b81d714feb861c7452751bb4c7	idle.owl+138@post.example	JP	2019-04-18 02:02:25.904310+00	2020-02-06 05:22:29.122438+00
865691719cbb4c01b9b934b2d2097cfc	jolly.viper+139@post.example	AR	2019-11-25 07:16:29.644917+00	2020-08-03 19:57:47.794229+00
248e0b2b1c064817ad55f5132ef74531	odd.puffin+140@post.example	DE	2017-01-02 17:21:04.178423+00	2021-08-16 14:26:20.448236+00
c2c584e49b50442da0f2b5738be50d66	early.heron+141@post.example	ES	2018-05-22 20:09:56.507958+00	2020-01-19 00:28:49.017030+00
60fcfe9e1a9b4043948f75d3e8d2d59b	rapid.gecko+142@post.example	FR	2019-06-07 12:28:27.075054+00	2021-08-17 09:06:24.969830+00
ff34785799e54c59882c363445c09dd0	patient.walrus+143@post.example	US	2017-06-17 00:27:43.640353+00	2024-10-30 19:26:38.230783+00
9d6bf2111930486ebbc8f694a2ae6605	jolly.tapir+144@post.example	MX	2017-01-02 11:28:31.672064+00	2022-09-04 07:57:04.051192+00
3ba36bca987a4484af65b6f4ff9c2e3a	early.badger+145@post.example	ZA	2018-08-30 23:10:08.213532+00	2020-09-26 04:52:38.428588+00
d9dae58417c5409aa30277555c89f66f	patient.zebra+146@post.example	JP	2018-02-17 17:38:35.647264+00	2021-12-10 22:01:13.603139+00
78125f3d970f4cb0969f37b5b977bea4	wise.viper+147@post.example	ES	2019-05-31 13:32:33.955259+00	2020-10-27 14:59:19.758551+00
1649d8f7165a48c68a3bf816166586d9	quiet.otter+148@post.example	JP	2017-01-05 23:10:01.972592+00	2023-09-02 00:17:12.241657+00
b48152b095a444dcbdd8b87673534f0e	happy.tapir+149@post.example	DE	2017-08-14 01:05:42.008126+00	2025-07-04 08:44:51.867859+00
52b8cc6a14ef40f2b17578d6d0411743	eager.fox+150@post.example	CA	2019-12-11 03:34:57.123795+00	2022-07-30 20:41:43.514820+00
f0f0462394394d08a51239372d2edf78	idle.badger+151@post.example	IN	2018-10-08 05:03:38.361875+00	2022-12-12 22:24:55.521382+00
8f27bfdd1384491e98aef9978a1ca7ad	sleepy.gecko+152@post.example	DE	2017-11-21 14:38:55.039995+00	2022-12-06 00:00:48.311315+00
2d5f399692ce45348c4bb9f7e70a6fe2	odd.lynx+153@post.example	BR	2017-08-16 16:46:50.634806+00	2023-07-24 18:11:09.593552+00
cb96b3501219414abfe87a5843f83817	happy.yak+154@post.example	GB	2019-08-23 09:47:29.873514+00	2021-12-17 17:14:32.725495+00
69ce2d0991634d60b3853ab8a0e6004c	sleepy.magpie+155@post.example	IN	2019-04-14 18:23:54.411704+00	2022-02-19 16:25:11.747111+00
0805a6c310ae4976a721fb18fdd3c881	eager.fox+156@post.example	IN	2017-02-28 09:28:52.173680+00	2020-05-02 13:04:55.467970+00
a63d207c8ff8458c9abebb795ac190b6	jolly.raven+157@post.example	DE	2019-06-24 17:33:27.940877+00	2024-05-14 08:48:27.878028+00
44749a360f4341a28e5b7bd9b7af58eb	merry.seal+158@post.example	DE	2019-05-27 16:18:17.861753+00	2023-03-10 03:38:22.844715+00
e2ac13ef8e8d4db881f83c3a149d2120	merry.seal+159@post.example	IT	2017-11-17 04:50:19.113380+00	2022-12-10 10:49:23.895353+00
\.

copy ratings (film_id, user_id, stars, rated_at, updated_at) from stdin;
1	96af9ccb4967429a8625dcfbf38537f1	5	2024-06-12 10:40:51.294272+00	2024-06-12 10:40:51.294272+00
1	78125f3d970f4cb0969f37b5b977bea4	4	2022-06-18 16:42:48.514176+00	2022-06-18 16:42:48.514176+00
1	6884db8c507e49be82065938523b65df	3	2020-06-23 16:10:27.154644+00	2020-06-23 16:10:27.154644+00
1	49e79dfe9e2643d5927fb3f2182dec92	5	2024-05-29 09:58:06.191563+00	2024-05-29 09:58:06.191563+00
1	3a5a1a4d579540e3bde6d574b0f193cd	4	2022-06-04 05:46:43.674138+00	2022-06-04 05:46:43.674138+00
1	1bbcdcbfa53e4af98e60302e76e41a80	3	2020-06-09 05:57:36.705374+00	2020-06-09 05:57:36.705374+00
1	0c2f590e5eac4807b9c751b10fa7c1bb	5	2024-05-15 12:06:02.656989+00	2024-05-15 12:06:02.656989+00
2	b9f456792488470f81fcf08ed3d1e2b5	5	2021-01-06 09:29:33.444581+00	2021-01-06 09:29:33.444581+00
3	efa6f4a653544966b39357b6de84450b	1	2020-01-22 12:36:35.890352+00	2020-01-22 12:36:35.890352+00
3	82f866ceb4d741169ee7a7e67a74e5f2	4	2023-12-28 10:21:30.694120+00	2023-12-28 10:21:30.694120+00
3	1649d8f7165a48c68a3bf816166586d9	3	2022-01-02 16:26:04.385312+00	2022-01-02 16:26:04.385312+00
3	b8ab04fbe3a3436e907e0f0e85274848	5	2020-01-08 22:29:01.261291+00	2020-01-08 22:29:01.261291+00
3	4bfc772445264b1dbbd25f3e2117e92f	3	2023-12-14 13:31:57.347129+00	2023-12-14 13:31:57.347129+00
3	df4de94ca6a942cda726af6dbd088a16	2	2021-12-19 00:35:13.684190+00	2021-12-19 00:35:13.684190+00
3	81af155173f24d75ad68c6662bca4b85	5	2025-11-24 18:51:47.373438+00	2025-11-24 18:51:47.373438+00
3	15008779d575452598bd1695c7baec6c	3	2023-11-30 07:27:53.191603+00	2023-11-30 07:27:53.191603+00
3	a851f9a236f74cd5841166c563ab8d53	2	2021-12-05 14:41:31.125585+00	2021-12-05 14:41:31.125585+00
4	b8ab04fbe3a3436e907e0f0e85274848	5	2024-10-02 04:54:13.001060+00	2024-10-02 04:54:13.001060+00
4	41166f93275e46b7b389ef0d601ac1e1	5	2022-10-08 22:18:46.236743+00	2022-10-08 22:18:46.236743+00
4	d8919406d6e04cf9b18395d50ddf5c02	4	2020-10-13 08:10:42.954565+00	2020-10-13 08:10:42.954565+00
4	60fcfe9e1a9b4043948f75d3e8d2d59b	5	2024-09-18 07:28:29.831274+00	2024-09-18 07:28:29.831274+00
4	f8782311ca1c468492891c9b96976fbc	4	2022-09-24 21:21:29.001532+00	2022-09-24 21:21:29.001532+00
4	8ff34785799e4cc59082c363445c09dd	4	2020-09-29 03:56:48.525959+00	2020-09-29 03:56:48.525959+00
4	185eb21cbd59400fb38ea3621f4f8376	5	2024-09-04 06:00:25.984958+00	2024-09-04 06:00:25.984958+00
4	afd9d6906cdb4650b1884a29cd141d97	4	2022-09-10 16:06:46.953396+00	2022-09-10 16:06:46.953396+00
4	38454127b096499a94942a28a8079730	3	2020-09-15 01:02:53.814632+00	2025-12-09 04:53:41.581180+00
4	cfc0659b60174fdb928dd0f055cc3151	5	2024-08-21 23:33:52.219579+00	2024-08-21 23:33:52.219579+00
4	582bd032a3d34325b599b0ef30bfaaea	4	2022-08-27 21:31:12.157335+00	2022-08-27 21:31:12.157335+00
4	efa6f4a653544966b39357b6de84450b	3	2020-09-01 12:46:57.041327+00	2020-09-01 12:46:57.041327+00
4	78125f3d970f4cb0969f37b5b977bea4	5	2024-08-07 04:37:09.896923+00	2024-08-07 04:37:09.896923+00
4	0f8d83b1469142f29498de7d673c58c5	4	2022-08-13 22:25:23.535892+00	2022-08-13 22:25:23.535892+00
4	a708a824f6124933929285451500f2e6	3	2020-08-18 19:43:27.257941+00	2020-08-18 19:43:27.257941+00
4	2f7412bc39cd4c7db59e6543eff46c7f	5	2024-07-24 01:49:18.060758+00	2024-07-24 01:49:18.060758+00
4	c6ef372fe94f42beb3980c0b9db906a0	4	2022-07-30 21:36:24.469640+00	2022-07-30 21:36:24.469640+00
4	4f5aa1c72d0a460896a3ec0a78ac8039	3	2020-08-04 22:26:44.279058+00	2020-08-04 22:26:44.279058+00
4	e6d5c63adc8c4c49949d92d226711a5a	5	2024-07-10 02:41:24.363191+00	2024-07-10 02:41:24.363191+00
4	6f4130d220474f93b7a972d1016493f3	4	2022-07-16 00:12:54.301672+00	2022-07-16 00:12:54.301672+00
4	06bc5545cfc845d4b5a31998af292e14	2	2020-07-21 12:10:24.381470+00	2020-07-21 12:10:24.381470+00
4	9e3779b97f4a4c15b39cc0605cedc835	5	2024-06-26 20:10:17.877732+00	2024-06-26 20:10:17.877732+00
4	26a2e450c3054f5f96a8a05f37e141ce	4	2022-07-02 17:46:41.144699+00	2022-07-02 17:46:41.144699+00
4	be1e08c4728745a194a24726e5a5dbef	5	2020-07-07 13:48:45.536082+00	2020-07-07 13:48:45.536082+00
4	4689735bb64248eab7ae2725c0995588	5	2024-06-12 00:00:48.311315+00	2025-12-25 04:15:29.186507+00
4	de0497cf65c34f2cb5a7cded6e5defa9	4	2022-06-18 00:17:51.616606+00	2022-06-18 00:17:51.616606+00
4	66700266a97f427698b3adec49516942	5	2020-06-23 02:48:22.759921+00	2020-06-23 02:48:22.759921+00
4	fdeb26da590048b796ad54b3f7160363	4	2024-05-29 02:09:50.550403+00	2024-05-29 02:09:50.550403+00
4	865691719cbb4c01b9b934b2d2097cfc	4	2022-06-04 05:06:09.496290+00	2022-06-04 05:06:09.496290+00
4	1dd1b5e54c3d4242b7b2db7a7fce171d	5	2020-06-09 17:50:05.560734+00	2020-06-09 17:50:05.560734+00
4	b54cda58fbbe4883b5ac82422d92b13e	4	2024-05-15 22:46:37.185000+00	2024-05-15 22:46:37.185000+00
4	3db844f03f7a4bcd98b8624108862ad7	3	2022-05-21 04:38:38.851296+00	2022-05-21 04:38:38.851296+00
4	d5336963eefb420e96b20908b64ac4f8	5	2020-05-26 21:30:33.824292+00	2020-05-26 21:30:33.824292+00
4	5d9ed3fb32b64558b9bde907913e3e91	4	2024-05-01 16:13:51.185850+00	2024-05-01 16:13:51.185850+00
4	f519f86ee2384b99b7b78fcf3f02d8b2	3	2022-05-07 08:23:49.184241+00	2022-05-07 08:23:49.184241+00
4	7d85630625f34ee39ac36fce19f6524b	5	2020-05-12 16:39:06.853704+00	2020-05-12 16:39:06.853704+00
4	15008779d575452598bd1695c7baec6c	4	2024-04-17 08:29:00.547828+00	2024-04-17 08:29:00.547828+00
4	9d6bf2111930486ebbc8f694a2ae6605	3	2022-04-23 04:18:05.096835+00	2022-04-23 04:18:05.096835+00
4	34e71684c8b14eb0b9c29d5c50730026	5	2020-04-28 20:00:02.976059+00	2020-04-28 20:00:02.976059+00
4	cc623af8783344f1b7bc4423fe379a47	4	2024-04-03 01:31:42.562757+00	2024-04-03 01:31:42.562757+00
4	54cda58fbbee483b9ac82422d92b13e0	3	2022-04-09 07:58:20.853477+00	2025-12-10 13:01:24.232038+00
4	ec48ca036b704e7c98c1caea86efae01	5	2020-04-14 02:39:26.137098+00	2020-04-14 02:39:26.137098+00
4	74b4349aaf2b41c6bbcdaae961e3279a	4	2024-03-20 22:52:28.836210+00	2024-03-20 22:52:28.836210+00
4	0c2f590e5eac4807b9c751b10fa7c1bb	2	2022-03-26 17:15:12.628978+00	2022-03-26 17:15:12.628978+00
4	949ac3a5a2674b519cd331afea9b3b54	5	2020-03-31 05:07:19.728774+00	2020-03-31 05:07:19.728774+00
4	2c15e81951e941929accd877985fd575	4	2024-03-06 15:43:10.183012+00	2024-03-06 15:43:10.183012+00
4	b48152b095a444dcbdd8b87673534f0e	5	2022-03-12 18:58:12.005416+00	2022-03-12 18:58:12.005416+00
4	4bfc772445264b1dbbd25f3e2117e92f	5	2020-03-17 00:13:08.810436+00	2020-03-17 00:13:08.810436+00
4	e3779b97f4a7415fb9cc0605cedc8350	4	2024-02-21 11:51:09.213246+00	2024-02-21 11:51:09.213246+00
4	6be3062f386244a99cd7e604a9cffce9	5	2022-02-26 13:13:40.109202+00	2022-02-26 13:13:40.109202+00
4	035e2aa2e7e44aea9ad18ccc5794970a	4	2020-03-03 08:12:05.739642+00	2020-03-03 08:12:05.739642+00
4	8bc9953a2b9f4e34bddd6ccb328810a3	4	2024-02-07 10:58:46.588341+00	2024-02-07 10:58:46.588341+00
4	2344b9addb214475bbd71392e04caac4	5	2022-02-12 19:47:34.870299+00	2022-02-12 19:47:34.870299+00
4	abb024451edc47bf9ee2f391bb40245d	4	2020-02-18 20:26:08.526941+00	2020-02-18 20:26:08.526941+00
4	432b48b8ce5d4e009cdc9a596904be7e	3	2024-01-24 12:37:36.560406+00	2024-01-24 12:37:36.560406+00
4	daa66d2c7ddf44419ad6412116c9589f	5	2022-01-29 01:43:13.494193+00	2022-01-29 01:43:13.494193+00
4	6311d7c3c19a478bbde2211ff1bcd238	4	2020-02-04 05:21:34.040785+00	2025-12-26 15:48:14.811448+00
4	fa8cfc37711c4dccbbdbc7e79f816c59	3	2024-01-10 20:34:18.182857+00	2024-01-10 20:34:18.182857+00
4	82f866ceb4d741169ee7a7e67a74e5f2	5	2022-01-15 22:44:30.673282+00	2022-01-15 22:44:30.673282+00
4	1a738b42645847589ce14eae28398013	4	2020-01-21 14:14:26.033421+00	2020-01-21 14:14:26.033421+00
4	a2def5d9a8144aa1bfed2ead032cf9ac	3	2023-12-27 15:06:40.453382+00	2023-12-27 15:06:40.453382+00
4	3a5a1a4d579540e3bde6d574b0f193cd	5	2022-01-01 04:51:42.004763+00	2022-01-01 04:51:42.004763+00
4	c2c584e49b50442da0f2b5738be50d66	4	2020-01-07 00:18:11.825159+00	2020-01-07 00:18:11.825159+00
4	5a40a9584ad24a6e9eec5c3b39a9a787	3	2023-12-13 01:22:22.102509+00	2023-12-13 01:22:22.102509+00
4	f1bbcdcbfa5340af9ce60302e76e41a8	5	2021-12-18 06:58:44.403083+00	2021-12-18 06:58:44.403083+00
4	7a2738633e0f43f9bff1e301c261bb41	4	2025-11-23 01:14:21.464808+00	2025-11-23 01:14:21.464808+00
4	11a25cd6ed904a3abdeb89c970265562	2	2023-11-29 19:50:40.159786+00	2023-11-29 19:50:40.159786+00
4	9a0dc76e314b4d84a0f769c84b19cefb	5	2021-12-04 11:22:01.031211+00	2021-12-04 11:22:01.031211+00
4	3188ebe1e0cd43c59ef1108ff8de691c	4	2025-11-09 16:02:35.612703+00	2025-11-09 16:02:35.612703+00
4	b9f456792488470f81fcf08ed3d1e2b5	5	2023-11-15 16:04:00.545149+00	2023-11-15 16:04:00.545149+00
4	516f7aecd40a4d50bff6975681967cd6	5	2021-11-20 23:30:20.858630+00	2021-11-20 23:30:20.858630+00
4	d9dae58417c5409aa30277555c89f66f	4	2025-10-26 16:09:51.416569+00	2025-10-26 16:09:51.416569+00
4	715609f7c74646dca0fc1e1d0a4e9090	5	2023-11-01 00:24:24.182066+00	2025-12-11 11:51:09.213246+00
4	08d12e6b76c84d1d9ef5c4e4b8132ab1	4	2021-11-06 00:17:07.179374+00	2021-11-06 00:17:07.179374+00
4	913c9902ba8340678201a4e39306a44a	4	2025-10-12 07:53:11.023961+00	2025-10-12 07:53:11.023961+00
4	28b7bd766a0546a8bffb4bab40cb3e6b	5	2023-10-18 15:16:53.493669+00	2023-10-18 15:16:53.493669+00
4	b123280dadc049f2a3072baa1bbeb804	4	2021-10-23 09:58:34.182231+00	2021-10-23 09:58:34.182231+00
4	489e4c815d414033a100d271c9835225	3	2025-09-28 14:26:51.213934+00	2025-09-28 14:26:51.213934+00
4	d109b718a0fc437d840cb270a476cbbe	5	2023-10-04 04:55:32.375105+00	2023-10-04 04:55:32.375105+00
4	6884db8c507e49be82065938523b65df	4	2021-10-09 02:29:42.602926+00	2021-10-09 02:29:42.602926+00
4	f0f0462394394d08a51239372d2edf78	3	2025-09-14 16:26:06.838076+00	2025-09-14 16:26:06.838076+00
4	886b6a9743bb4349a30bdffedaf37999	5	2023-09-20 03:44:36.228747+00	2023-09-20 03:44:36.228747+00
4	1fe68f0af33c498ba10586c688b813ba	4	2021-09-25 08:53:17.378441+00	2021-09-25 08:53:17.378441+00
4	a851f9a236f74cd5841166c563ab8d53	3	2025-08-31 12:46:11.668723+00	2025-08-31 12:46:11.668723+00
4	3fcd1e15e6794316820b0d8d11702774	5	2023-09-06 02:28:11.199481+00	2023-09-06 02:28:11.199481+00
4	c83888ad2a344660a516ed8bec63a10d	4	2021-09-11 15:12:41.063646+00	2021-09-11 15:12:41.063646+00
4	5fb3ad20d9b64ca1a31094539a283b2e	3	2025-08-17 12:17:42.224656+00	2025-08-17 12:17:42.224656+00
4	e81f17b81d714feb861c7452751bb4c7	5	2023-08-23 04:34:57.647526+00	2023-08-23 04:34:57.647526+00
5	7a2738633e0f43f9bff1e301c261bb41	4	2024-01-31 16:25:45.283663+00	2024-01-31 16:25:45.283663+00
5	6df7df54df624bf1862a9150b2b9f986	3	2022-02-05 10:22:07.839861+00	2022-02-05 10:22:07.839861+00
5	52b8cc6a14ef40f2b17578d6d0411743	2	2020-02-11 19:13:00.468898+00	2020-02-11 19:13:00.468898+00
5	4689735bb64248eab7ae2725c0995588	4	2024-01-17 19:35:31.618578+00	2024-01-17 19:35:31.618578+00
5	3a5a1a4d579540e3bde6d574b0f193cd	3	2022-01-22 10:00:34.558591+00	2022-01-22 10:00:34.558591+00
5	2e2ac13ef8e848db841f83c3a149d212	2	2020-01-28 03:54:06.248879+00	2020-01-28 03:54:06.248879+00
5	12ebae542e754ddcaf6a6b49bed0efcf	4	2024-01-03 12:17:42.962653+00	2024-01-03 12:17:42.962653+00
5	06bc5545cfc845d4b5a31998af292e14	3	2022-01-08 17:13:40.143395+00	2022-01-08 17:13:40.143395+00
5	fa8cfc37711c4dccbbdbc7e79f816c59	1	2020-01-14 03:43:00.391008+00	2020-01-14 03:43:00.391008+00
5	df4de94ca6a942cda726af6dbd088a16	4	2023-12-20 08:23:54.765117+00	2023-12-20 08:23:54.765117+00
5	d31e903e47fc4ac6ad5f5dbcad60c85b	3	2021-12-25 07:11:12.580434+00	2021-12-25 07:11:12.580434+00
5	c6ef372fe94f42beb3980c0b9db906a0	1	2025-11-30 23:53:59.611891+00	2025-12-08 20:30:50.956232+00
5	abb024451edc47bf9ee2f391bb40245d	3	2023-12-06 16:06:26.346611+00	2023-12-06 16:06:26.346611+00
5	9f80cb36c02f4fb7a51ba1e0ab9862a2	2	2021-12-11 21:11:06.052711+00	2021-12-11 21:11:06.052711+00
5	93517228618247afab54502f9bf0a0e7	5	2025-11-16 05:31:35.983296+00	2025-11-16 05:31:35.983296+00
5	78125f3d970f4cb0969f37b5b977bea4	3	2023-11-22 19:48:36.065859+00	2023-11-22 19:48:36.065859+00
5	6be3062f386244a99cd7e604a9cffce9	2	2021-11-27 14:39:08.806221+00	2021-11-27 14:39:08.806221+00
7	c4da5e0a42504b758a4560bf94cf0a03	4	2022-02-14 00:32:19.276486+00	2022-02-14 00:32:19.276486+00
7	6df7df54df624bf1862a9150b2b9f986	3	2023-11-15 10:35:07.249446+00	2023-11-15 10:35:07.249446+00
7	1715609f7c744c6d820fc1e1d0a4e909	2	2025-08-15 04:15:27.362244+00	2025-08-15 04:15:27.362244+00
7	b123280dadc049f2a3072baa1bbeb804	4	2023-05-21 15:04:02.824965+00	2023-05-21 15:04:02.824965+00
9	ff34785799e54c59882c363445c09dd0	3	2024-01-17 12:28:27.075054+00	2024-01-17 12:28:27.075054+00
10	49e79dfe9e2643d5927fb3f2182dec92	4	2024-05-15 09:34:44.617097+00	2024-05-15 09:34:44.617097+00
10	f3051f493b3944518e64e4833618dc15	3	2022-05-21 22:39:43.085825+00	2022-05-21 22:39:43.085825+00
10	9c22a093d84b44cd8a4a15145403cb98	2	2020-05-26 13:12:00.708249+00	2020-05-26 13:12:00.708249+00
10	454021de755d4549862f45a571eebb1b	4	2024-05-01 08:56:40.462710+00	2024-05-01 08:56:40.462710+00
10	df4de94ca6a942cda726af6dbd088a16	3	2022-05-07 03:19:53.172304+00	2022-05-07 03:19:53.172304+00
10	886b6a9743bb4349a30bdffedaf37999	2	2020-05-12 00:57:28.972769+00	2020-05-12 00:57:28.972769+00
10	3188ebe1e0cd43c59ef1108ff8de691c	4	2024-04-17 09:49:39.824441+00	2024-04-17 09:49:39.824441+00
10	daa66d2c7ddf44419ad6412116c9589f	3	2022-04-23 05:40:31.906936+00	2022-04-23 05:40:31.906936+00
10	74b4349aaf2b41c6bbcdaae961e3279a	2	2020-04-28 15:18:11.061670+00	2020-04-28 15:18:11.061670+00
10	1dd1b5e54c3d4242b7b2db7a7fce171d	4	2024-04-03 23:55:37.260167+00	2024-04-03 23:55:37.260167+00
10	c6ef372fe94f42beb3980c0b9db906a0	3	2022-04-09 03:27:32.928817+00	2022-04-09 03:27:32.928817+00
10	60fcfe9e1a9b4043948f75d3e8d2d59b	2	2020-04-14 04:21:15.607668+00	2020-04-14 04:21:15.607668+00
10	0a1a7fe8b7ad40bf9074a66506bdc51e	4	2024-03-20 17:24:50.730352+00	2025-12-24 04:46:21.201309+00
10	b338013354bf413b8c59d6f624a8b4a1	3	2022-03-26 15:02:47.466400+00	2022-03-26 15:02:47.466400+00
10	5c55827df1d141b7883f07874293a424	1	2020-03-31 17:48:22.005736+00	2020-03-31 17:48:22.005736+00
10	f66349ec231d4f3ba936714f8dad731f	4	2024-03-06 13:21:56.494397+00	2024-03-06 13:21:56.494397+00
11	41166f93275e46b7b389ef0d601ac1e1	4	2023-05-03 07:32:19.156857+00	2023-05-03 07:32:19.156857+00
11	1bbcdcbfa53e4af98e60302e76e41a80	3	2021-05-08 01:46:20.973966+00	2021-05-08 01:46:20.973966+00
11	f66349ec231d4f3ba936714f8dad731f	5	2025-04-13 20:19:11.608900+00	2025-12-22 14:00:56.281300+00
11	d109b718a0fc437d840cb270a476cbbe	4	2023-04-19 14:11:05.625006+00	2023-04-19 14:11:05.625006+00
11	abb024451edc47bf9ee2f391bb40245d	3	2021-04-24 04:48:51.638682+00	2021-04-24 04:48:51.638682+00
11	865691719cbb4c01b9b934b2d2097cfc	5	2025-03-30 01:55:13.210498+00	2025-03-30 01:55:13.210498+00
11	60fcfe9e1a9b4043948f75d3e8d2d59b	4	2023-04-05 19:10:57.810762+00	2023-04-05 19:10:57.810762+00
11	3ba36bca987a4484af65b6f4ff9c2e3a	3	2021-04-10 02:11:37.643074+00	2021-04-10 02:11:37.643074+00
11	1649d8f7165a48c68a3bf816166586d9	5	2025-03-16 17:08:03.459649+00	2025-03-16 17:08:03.459649+00
11	f0f0462394394d08a51239372d2edf78	4	2023-03-22 04:07:34.474939+00	2023-03-22 04:07:34.474939+00
11	daa66d2c7ddf44419ad6412116c9589f	3	2021-03-27 20:28:55.775425+00	2021-03-27 20:28:55.775425+00
12	e4c0ed15358c4500ab4ae7861d871dbd	1	2020-05-13 10:20:26.142345+00	2020-05-13 10:20:26.142345+00
12	38454127b096499a94942a28a8079730	4	2024-04-18 04:59:17.784180+00	2024-04-18 04:59:17.784180+00
12	8bc9953a2b9f4e34bddd6ccb328810a3	3	2022-04-24 03:10:32.975984+00	2022-04-24 03:10:32.975984+00
12	df4de94ca6a942cda726af6dbd088a16	1	2020-04-29 09:57:28.293892+00	2020-04-29 09:57:28.293892+00
12	32d23d5f21b24767906ff21047890389	3	2024-04-04 14:47:21.061150+00	2024-04-04 14:47:21.061150+00
12	865691719cbb4c01b9b934b2d2097cfc	2	2022-04-10 18:27:53.906416+00	2022-04-10 18:27:53.906416+00
12	d9dae58417c5409aa30277555c89f66f	5	2020-04-15 19:34:44.990068+00	2020-04-15 19:34:44.990068+00
12	3c6ef372fe94482ba73980c0b9db906a	3	2024-03-21 03:12:52.322874+00	2024-03-21 03:12:52.322874+00
13	26a2e450c3054f5f96a8a05f37e141ce	1	2020-10-07 13:01:24.232038+00	2020-10-07 13:01:24.232038+00
13	850d3ff45bd6485f883a5332835ee28f	3	2024-09-12 00:30:57.627699+00	2024-09-12 00:30:57.627699+00
13	e3779b97f4a7415fb9cc0605cedc8350	2	2022-09-18 22:29:18.004116+00	2022-09-18 22:29:18.004116+00
13	32d23d5f21b24767906ff21047890389	1	2020-09-23 14:07:06.339693+00	2020-09-23 14:07:06.339693+00
13	913c9902ba8340678201a4e39306a44a	2	2024-08-29 12:19:53.022801+00	2024-08-29 12:19:53.022801+00
13	efa6f4a653544966b39357b6de84450b	2	2022-09-04 07:50:51.787586+00	2022-09-04 07:50:51.787586+00
13	4e115049ec254266a5250a8a2a01e5cc	1	2020-09-09 07:31:11.719004+00	2020-09-09 07:31:11.719004+00
14	81af155173f24d75ad68c6662bca4b85	4	2021-05-12 14:03:54.931638+00	2021-05-12 14:03:54.931638+00
14	d109b718a0fc437d840cb270a476cbbe	5	2025-04-17 17:50:47.533406+00	2025-04-17 17:50:47.533406+00
14	2f7412bc39cd4c7db59e6543eff46c7f	4	2023-04-23 21:48:26.720596+00	2023-04-23 21:48:26.720596+00
14	8dde6e5fd29f457ca73018173b720d40	3	2021-04-28 20:05:44.950458+00	2021-04-28 20:05:44.950458+00
14	ec48ca036b704e7c98c1caea86efae01	5	2025-04-03 04:48:33.673128+00	2025-04-03 04:48:33.673128+00
14	3ba36bca987a4484af65b6f4ff9c2e3a	4	2023-04-09 15:44:36.500169+00	2023-04-09 15:44:36.500169+00
14	9a0dc76e314b4d84a0f769c84b19cefb	3	2021-04-14 14:36:23.446862+00	2021-04-14 14:36:23.446862+00
14	f8782311ca1c468492891c9b96976fbc	5	2025-03-20 09:59:57.895564+00	2025-03-20 09:59:57.895564+00
14	56e27eb562ed4f84841acf6ee215107d	4	2023-03-26 15:04:01.105282+00	2023-03-26 15:04:01.105282+00
14	b54cda58fbbe4883b5ac82422d92b13e	3	2021-03-31 13:15:17.884624+00	2025-12-19 17:22:17.295665+00
14	04a77c2028c94e8c8c506e4ca63f3177	5	2025-03-06 15:57:55.388989+00	2025-03-06 15:57:55.388989+00
14	6311d7c3c19a478bbde2211ff1bcd238	4	2023-03-12 19:12:36.707426+00	2023-03-12 19:12:36.707426+00
14	c17c33675a6b408baf73d3f33d3a72f9	3	2021-03-17 23:08:40.642971+00	2021-03-17 23:08:40.642971+00
14	1fe68f0af33c498ba10586c688b813ba	5	2025-02-20 12:28:01.645179+00	2025-02-20 12:28:01.645179+00
14	6f4130d220474f93b7a972d1016493f3	4	2023-02-26 09:03:02.387484+00	2023-02-26 09:03:02.387484+00
14	cdab8c75b9184893a93b25a44ce234b4	2	2021-03-03 13:36:16.140307+00	2021-03-03 13:36:16.140307+00
14	2c15e81951e941929accd877985fd575	5	2025-02-06 22:42:50.075342+00	2025-02-06 22:42:50.075342+00
14	8a8043bceaba4a928c5e8b4ae3dd7636	4	2023-02-12 16:17:30.174616+00	2023-02-12 16:17:30.174616+00
14	d9dae58417c5409aa30277555c89f66f	2	2021-02-17 08:48:17.811404+00	2021-02-17 08:48:17.811404+00
14	38454127b096499a94942a28a8079730	5	2025-01-23 23:29:38.873243+00	2025-01-23 23:29:38.873243+00
14	96af9ccb4967429a8625dcfbf38537f1	4	2023-01-29 05:22:47.652021+00	2023-01-29 05:22:47.652021+00
14	f519f86ee2384b99b7b78fcf3f02d8b2	5	2021-02-03 04:58:04.734813+00	2021-02-03 04:58:04.734813+00
14	538454127b094499a94942a28a807973	4	2025-01-09 22:47:58.921022+00	2025-01-09 22:47:58.921022+00
14	a2def5d9a8144aa1bfed2ead032cf9ac	4	2023-01-15 07:22:25.377847+00	2023-01-15 07:22:25.377847+00
15	54cda58fbbee483b9ac82422d92b13e0	3	2023-03-15 16:09:59.987774+00	2023-03-15 16:09:59.987774+00
16	3db844f03f7a4bcd98b8624108862ad7	4	2024-01-10 14:43:19.700654+00	2024-01-10 14:43:19.700654+00
17	d109b718a0fc437d840cb270a476cbbe	3	2021-02-26 02:55:41.748078+00	2021-02-26 02:55:41.748078+00
17	248e0b2b1c064817ad55f5132ef74531	5	2025-09-26 03:11:15.559166+00	2025-09-26 03:11:15.559166+00
17	78125f3d970f4cb0969f37b5b977bea4	4	2024-08-13 18:30:38.387754+00	2024-08-13 18:30:38.387754+00
17	daa66d2c7ddf44419ad6412116c9589f	3	2023-07-01 19:35:48.293545+00	2023-07-01 19:35:48.293545+00
17	2e2ac13ef8e848db841f83c3a149d212	5	2022-05-18 13:43:36.448221+00	2022-05-18 13:43:36.448221+00
17	81af155173f24d75ad68c6662bca4b85	4	2021-04-04 04:56:11.672685+00	2021-04-04 04:56:11.672685+00
17	d5336963eefb420e96b20908b64ac4f8	3	2025-11-02 02:32:43.482524+00	2025-11-02 02:32:43.482524+00
17	28b7bd766a0546a8bffb4bab40cb3e6b	5	2024-09-19 03:48:11.542589+00	2024-09-19 03:48:11.542589+00
17	7c3c1188e50e4b42a9448e4dcb4bb7de	4	2023-08-07 19:36:30.678057+00	2023-08-07 19:36:30.678057+00
17	cfc0659b60174fdb928dd0f055cc3151	2	2022-06-24 09:26:07.735993+00	2022-06-24 09:26:07.735993+00
17	2344b9addb214475bbd71392e04caac4	5	2021-05-11 20:45:07.578217+00	2021-05-11 20:45:07.578217+00
17	76c90dc0562a490fa52056356acd2437	4	2020-03-28 17:45:25.249496+00	2020-03-28 17:45:25.249496+00
18	e4c0ed15358c4500ab4ae7861d871dbd	2	2021-09-29 19:48:30.055904+00	2021-09-29 19:48:30.055904+00
18	bf675a41b36c4942862128a73450765c	1	2025-09-04 16:48:41.993613+00	2025-09-04 16:48:41.993613+00
18	9a0dc76e314b4d84a0f769c84b19cefb	3	2023-09-10 08:53:54.537700+00	2023-09-10 08:53:54.537700+00
19	432b48b8ce5d4e009cdc9a596904be7e	5	2024-06-12 10:40:51.294272+00	2024-06-12 10:40:51.294272+00
19	1649d8f7165a48c68a3bf816166586d9	5	2022-06-18 16:42:48.514176+00	2022-06-18 16:42:48.514176+00
19	f8782311ca1c468492891c9b96976fbc	4	2020-06-23 16:10:27.154644+00	2020-06-23 16:10:27.154644+00
19	daa66d2c7ddf44419ad6412116c9589f	5	2024-05-29 09:58:06.191563+00	2024-05-29 09:58:06.191563+00
19	adc4fd6ac5db4f0888359eddc42a20fa	5	2022-06-04 05:46:43.674138+00	2022-06-04 05:46:43.674138+00
19	8ff34785799e4cc59082c363445c09dd	4	2020-06-09 05:57:36.705374+00	2020-06-09 05:57:36.705374+00
19	6311d7c3c19a478bbde2211ff1bcd238	5	2024-05-15 12:06:02.656989+00	2024-05-15 12:06:02.656989+00
19	454021de755d4549862f45a571eebb1b	4	2022-05-21 02:53:15.263052+00	2022-05-21 02:53:15.263052+00
19	185eb21cbd59400fb38ea3621f4f8376	3	2020-05-26 08:46:01.147866+00	2025-12-24 04:53:41.581180+00
19	fa8cfc37711c4dccbbdbc7e79f816c59	5	2024-05-01 06:50:34.520120+00	2024-05-01 06:50:34.520120+00
19	cdab8c75b9184893a93b25a44ce234b4	4	2022-05-07 15:49:31.959440+00	2022-05-07 15:49:31.959440+00
19	afd9d6906cdb4650b1884a29cd141d97	3	2020-05-12 13:02:32.078084+00	2020-05-12 13:02:32.078084+00
19	82f866ceb4d741169ee7a7e67a74e5f2	5	2024-04-17 00:38:40.892139+00	2024-04-17 00:38:40.892139+00
19	6526b0e968994ed4a734cc6bfaa6ced5	4	2022-04-23 05:40:18.957524+00	2022-04-23 05:40:18.957524+00
19	38454127b096499a94942a28a8079730	2	2020-04-28 21:19:06.448567+00	2020-04-28 21:19:06.448567+00
19	1a738b42645847589ce14eae28398013	5	2024-04-03 18:19:44.323210+00	2024-04-03 18:19:44.323210+00
19	ed921b80ac55421e8a40ac6ad59a486e	4	2022-04-09 16:34:41.498851+00	2022-04-09 16:34:41.498851+00
19	cfc0659b60174fdb928dd0f055cc3151	5	2020-04-14 03:51:16.799209+00	2020-04-14 03:51:16.799209+00
19	a2def5d9a8144aa1bfed2ead032cf9ac	5	2024-03-20 09:51:24.882080+00	2024-03-20 09:51:24.882080+00
19	850d3ff45bd6485f883a5332835ee28f	4	2022-03-26 11:06:16.269474+00	2022-03-26 11:06:16.269474+00
19	582bd032a3d34325b599b0ef30bfaaea	5	2020-03-31 04:46:11.346307+00	2020-03-31 04:46:11.346307+00
19	3a5a1a4d579540e3bde6d574b0f193cd	5	2024-03-06 14:38:55.039995+00	2024-03-06 14:38:55.039995+00
19	0d78aa8b9f914ba9ab4633315e525c28	4	2022-03-12 13:08:30.281029+00	2022-03-12 13:08:30.281029+00
19	efa6f4a653544966b39357b6de84450b	5	2020-03-17 15:38:50.729575+00	2020-03-17 15:38:50.729575+00
19	c2c584e49b50442da0f2b5738be50d66	5	2024-02-21 11:01:15.720465+00	2025-12-09 04:15:29.186507+00
20	6884db8c507e49be82065938523b65df	4	2020-09-09 12:38:34.742702+00	2020-09-09 12:38:34.742702+00
20	cdab8c75b9184893a93b25a44ce234b4	5	2024-08-15 15:56:34.852567+00	2024-08-15 15:56:34.852567+00
20	32d23d5f21b24767906ff21047890389	5	2022-08-21 15:13:49.037624+00	2022-08-21 15:13:49.037624+00
20	a708a824f6124933929285451500f2e6	4	2020-08-26 05:13:50.206034+00	2020-08-26 05:13:50.206034+00
20	0c2f590e5eac4807b9c751b10fa7c1bb	5	2024-08-01 07:00:18.202104+00	2024-08-01 07:00:18.202104+00
20	715609f7c74646dca0fc1e1d0a4e9090	5	2022-08-07 15:58:14.475112+00	2022-08-07 15:58:14.475112+00
21	2e2ac13ef8e848db841f83c3a149d212	3	2023-03-15 16:09:59.987774+00	2023-03-15 16:09:59.987774+00
21	3db844f03f7a4bcd98b8624108862ad7	2	2021-03-20 04:22:57.322851+00	2021-03-20 04:22:57.322851+00
21	5c55827df1d141b7883f07874293a424	5	2025-02-23 17:34:10.674019+00	2025-02-23 17:34:10.674019+00
21	6be3062f386244a99cd7e604a9cffce9	3	2023-03-01 18:07:16.284630+00	2023-03-01 18:07:16.284630+00
21	8a8043bceaba4a928c5e8b4ae3dd7636	2	2021-03-06 03:18:57.417830+00	2021-03-06 03:18:57.417830+00
21	9a0dc76e314b4d84a0f769c84b19cefb	4	2025-02-09 00:39:17.900771+00	2025-02-09 00:39:17.900771+00
21	b8ab04fbe3a3436e907e0f0e85274848	3	2023-02-15 10:07:38.471977+00	2023-02-15 10:07:38.471977+00
21	c83888ad2a344660a516ed8bec63a10d	2	2021-02-20 21:35:24.086032+00	2021-02-20 21:35:24.086032+00
21	e6d5c63adc8c4c49949d92d226711a5a	4	2025-01-26 06:28:12.865410+00	2025-01-26 06:28:12.865410+00
21	f66349ec231d4f3ba936714f8dad731f	3	2023-02-01 03:47:55.481171+00	2025-12-22 17:22:17.295665+00
21	15008779d575452598bd1695c7baec6c	2	2021-02-06 17:15:56.231004+00	2021-02-06 17:15:56.231004+00
21	248e0b2b1c064817ad55f5132ef74531	4	2025-01-12 13:08:35.836577+00	2025-01-12 13:08:35.836577+00
21	432b48b8ce5d4e009cdc9a596904be7e	3	2023-01-18 04:18:34.869914+00	2023-01-18 04:18:34.869914+00
21	52b8cc6a14ef40f2b17578d6d0411743	2	2021-01-23 00:25:51.031941+00	2021-01-23 00:25:51.031941+00
21	715609f7c74646dca0fc1e1d0a4e9090	4	2024-12-29 14:38:32.046758+00	2024-12-29 14:38:32.046758+00
21	8ff34785799e4cc59082c363445c09dd	3	2023-01-04 13:30:21.251219+00	2023-01-04 13:30:21.251219+00
21	9f80cb36c02f4fb7a51ba1e0ab9862a2	2	2021-01-09 03:58:27.237868+00	2021-01-09 03:58:27.237868+00
22	5a40a9584ad24a6e9eec5c3b39a9a787	4	2022-08-10 07:02:45.913187+00	2022-08-10 07:02:45.913187+00
22	98c475f0f06649e2af788847fc6f348e	3	2020-08-15 14:34:13.616586+00	2020-08-15 14:34:13.616586+00
22	c83888ad2a344660a516ed8bec63a10d	5	2024-07-21 01:05:42.008126+00	2024-07-21 01:05:42.008126+00
22	06bc5545cfc845d4b5a31998af292e14	4	2022-07-27 16:24:29.220339+00	2022-07-27 16:24:29.220339+00
22	454021de755d4549862f45a571eebb1b	3	2020-08-01 11:10:13.272282+00	2020-08-01 11:10:13.272282+00
22	74b4349aaf2b41c6bbcdaae961e3279a	5	2024-07-07 13:23:24.093457+00	2024-07-07 13:23:24.093457+00
22	b338013354bf413b8c59d6f624a8b4a1	4	2022-07-13 10:14:39.060399+00	2022-07-13 10:14:39.060399+00
22	f1bbcdcbfa5340af9ce60302e76e41a8	3	2020-07-18 09:57:01.905542+00	2020-07-18 09:57:01.905542+00
22	212fe08834214d2c92846846d762ae27	5	2024-06-23 03:37:02.407880+00	2025-12-21 04:53:41.581180+00
22	5fb3ad20d9b64ca1a31094539a283b2e	4	2022-06-29 04:20:56.181284+00	2022-06-29 04:20:56.181284+00
22	9e3779b97f4a4c15b39cc0605cedc835	2	2020-07-04 06:38:59.429021+00	2020-07-04 06:38:59.429021+00
22	cdab8c75b9184893a93b25a44ce234b4	4	2024-06-09 15:32:52.163656+00	2024-06-09 15:32:52.163656+00
22	0c2f590e5eac4807b9c751b10fa7c1bb	4	2022-06-15 05:28:05.708982+00	2022-06-15 05:28:05.708982+00
22	3ba36bca987a4484af65b6f4ff9c2e3a	1	2020-06-20 02:46:53.844524+00	2020-06-20 02:46:53.844524+00
22	7a2738633e0f43f9bff1e301c261bb41	4	2024-05-26 02:17:52.301855+00	2024-05-26 02:17:52.301855+00
23	3db844f03f7a4bcd98b8624108862ad7	3	2022-05-04 12:52:04.254120+00	2022-05-04 12:52:04.254120+00
23	06bc5545cfc845d4b5a31998af292e14	2	2020-05-09 02:43:35.147438+00	2020-05-09 02:43:35.147438+00
23	cfc0659b60174fdb928dd0f055cc3151	4	2024-04-14 09:05:32.922372+00	2024-04-14 09:05:32.922372+00
23	98c475f0f06649e2af788847fc6f348e	3	2022-04-20 03:15:25.253950+00	2022-04-20 03:15:25.253950+00
23	52b8cc6a14ef40f2b17578d6d0411743	1	2020-04-25 15:22:23.645773+00	2020-04-25 15:22:23.645773+00
23	1bbcdcbfa53e4af98e60302e76e41a80	3	2024-03-31 01:53:26.935555+00	2024-03-31 01:53:26.935555+00
23	e4c0ed15358c4500ab4ae7861d871dbd	2	2022-04-06 01:39:26.646034+00	2025-12-05 02:22:14.068750+00
23	adc4fd6ac5db4f0888359eddc42a20fa	1	2020-04-11 18:05:55.604438+00	2020-04-11 18:05:55.604438+00
24	cfc0659b60174fdb928dd0f055cc3151	4	2024-01-17 12:28:27.075054+00	2024-01-17 12:28:27.075054+00
24	949ac3a5a2674b519cd331afea9b3b54	3	2022-01-22 13:10:25.967666+00	2022-01-22 13:10:25.967666+00
24	6884db8c507e49be82065938523b65df	2	2020-01-28 15:41:54.722068+00	2020-01-28 15:41:54.722068+00
24	3c6ef372fe94482ba73980c0b9db906a	4	2024-01-03 17:40:20.936022+00	2024-01-03 17:40:20.936022+00
24	0149517d40e543a1b17ee1804eaa9a6d	3	2022-01-08 05:26:24.218879+00	2022-01-08 05:26:24.218879+00
24	d5336963eefb420e96b20908b64ac4f8	2	2020-01-14 00:12:56.140440+00	2020-01-14 00:12:56.140440+00
24	9a0dc76e314b4d84a0f769c84b19cefb	4	2023-12-20 20:25:17.802732+00	2023-12-20 20:25:17.802732+00
24	6df7df54df624bf1862a9150b2b9f986	3	2021-12-25 08:07:05.488204+00	2021-12-25 08:07:05.488204+00
24	32d23d5f21b24767906ff21047890389	1	2025-11-30 15:06:46.888895+00	2025-11-30 15:06:46.888895+00
24	06bc5545cfc845d4b5a31998af292e14	4	2023-12-06 09:59:12.058402+00	2023-12-06 09:59:12.058402+00
24	daa66d2c7ddf44419ad6412116c9589f	3	2021-12-11 03:35:08.052399+00	2021-12-11 03:35:08.052399+00
24	9f80cb36c02f4fb7a51ba1e0ab9862a2	1	2025-11-16 05:03:38.361875+00	2025-11-16 05:03:38.361875+00
24	736ae31d6e464e248a4ec96913388d2d	3	2023-11-22 03:34:57.123795+00	2023-11-22 03:34:57.123795+00
24	38454127b096499a94942a28a8079730	2	2021-11-27 02:17:30.180713+00	2025-12-08 09:40:01.022776+00
24	0c2f590e5eac4807b9c751b10fa7c1bb	5	2025-11-02 08:11:27.344791+00	2025-11-02 08:11:27.344791+00
24	d109b718a0fc437d840cb270a476cbbe	3	2023-11-08 03:15:44.021237+00	2023-11-08 03:15:44.021237+00
24	a4f3ceff4f1341eaa93fd9f90c16f649	2	2021-11-13 04:24:36.054618+00	2021-11-13 04:24:36.054618+00
24	78dde6e5fd2940578e73018173b720d4	4	2025-10-19 09:46:21.882924+00	2025-10-19 09:46:21.882924+00
24	3db844f03f7a4bcd98b8624108862ad7	3	2023-10-25 20:03:48.613048+00	2023-10-25 20:03:48.613048+00
24	11a25cd6ed904a3abdeb89c970265562	2	2021-10-30 07:12:32.078365+00	2021-10-30 07:12:32.078365+00
24	d67cbae12fe045b08830ea8904f55f65	4	2025-10-05 23:09:09.887667+00	2025-10-05 23:09:09.887667+00
24	aa66d2c7ddf7441dad6412116c9589f0	3	2023-10-11 20:02:18.044776+00	2023-10-11 20:02:18.044776+00
24	6f4130d220474f93b7a972d1016493f3	2	2021-10-16 09:21:31.166672+00	2021-10-16 09:21:31.166672+00
24	432b48b8ce5d4e009cdc9a596904be7e	4	2025-09-21 15:03:57.436860+00	2025-09-21 15:03:57.436860+00
24	1715609f7c744c6d820fc1e1d0a4e909	3	2023-09-27 02:49:54.032831+00	2023-09-27 02:49:54.032831+00
24	dbefbea9bec447e38c5522a16573f30c	2	2021-10-02 03:31:14.727006+00	2021-10-02 03:31:14.727006+00
24	afd9d6906cdb4650b1884a29cd141d97	4	2025-09-07 03:41:58.173600+00	2025-09-07 03:41:58.173600+00
24	74b4349aaf2b41c6bbcdaae961e3279a	3	2023-09-13 02:02:33.898189+00	2023-09-13 02:02:33.898189+00
24	489e4c815d414033a100d271c9835225	2	2021-09-18 22:19:59.708854+00	2021-09-18 22:19:59.708854+00
24	0d78aa8b9f914ba9ab4633315e525c28	4	2025-08-24 22:18:04.078754+00	2025-12-24 15:50:48.914764+00
26	7f9a3c2bccf2462c84161b1a22e04ee8	5	2023-12-20 00:30:57.627699+00	2023-12-20 00:30:57.627699+00
26	d9dae58417c5409aa30277555c89f66f	4	2021-12-25 22:29:18.004116+00	2025-12-23 22:27:11.773958+00
26	432b48b8ce5d4e009cdc9a596904be7e	3	2025-11-30 14:07:06.339693+00	2025-11-30 14:07:06.339693+00
26	9d6bf2111930486ebbc8f694a2ae6605	5	2023-12-06 12:19:53.022801+00	2023-12-06 12:19:53.022801+00
26	06bc5545cfc845d4b5a31998af292e14	4	2021-12-11 07:50:51.787586+00	2021-12-11 07:50:51.787586+00
26	60fcfe9e1a9b4043948f75d3e8d2d59b	3	2025-11-16 07:31:11.719004+00	2025-11-16 07:31:11.719004+00
27	913c9902ba8340678201a4e39306a44a	1	2020-04-22 09:00:52.235544+00	2025-12-17 19:36:19.606347+00
27	fa8cfc37711c4dccbbdbc7e79f816c59	4	2024-03-28 02:53:45.652162+00	2024-03-28 02:53:45.652162+00
27	54cda58fbbee483b9ac82422d92b13e0	3	2022-04-03 19:10:10.169500+00	2022-04-03 19:10:10.169500+00
27	be1e08c4728745a194a24726e5a5dbef	1	2020-04-08 13:16:05.583011+00	2020-04-08 13:16:05.583011+00
27	185eb21cbd59400fb38ea3621f4f8376	3	2024-03-14 13:50:12.026656+00	2024-03-14 13:50:12.026656+00
27	81af155173f24d75ad68c6662bca4b85	2	2022-03-20 04:57:41.913096+00	2022-03-20 04:57:41.913096+00
29	04a77c2028c94e8c8c506e4ca63f3177	5	2024-01-10 14:43:19.700654+00	2024-01-10 14:43:19.700654+00
29	b8ab04fbe3a3436e907e0f0e85274848	4	2022-01-15 05:07:53.995950+00	2022-01-15 05:07:53.995950+00
29	5d9ed3fb32b64558b9bde907913e3e91	3	2020-01-21 10:00:47.484872+00	2020-01-21 10:00:47.484872+00
29	11a25cd6ed904a3abdeb89c970265562	5	2023-12-27 16:06:22.704605+00	2023-12-27 16:06:22.704605+00
29	b6962bd63ca44c25a72b63c27c3d4bab	4	2022-01-01 22:42:09.025294+00	2022-01-01 22:42:09.025294+00
29	6a99b4b1f77d4107ab5904845b25627c	2	2020-01-07 19:26:36.537854+00	2020-01-07 19:26:36.537854+00
29	0f8d83b1469142f29498de7d673c58c5	4	2023-12-13 22:17:59.437512+00	2023-12-13 22:17:59.437512+00
30	7c3c1188e50e4b42a9448e4dcb4bb7de	5	2025-11-23 10:12:35.934485+00	2025-11-23 10:12:35.934485+00
30	454021de755d4549862f45a571eebb1b	4	2023-12-12 22:43:00.109236+00	2025-12-22 22:27:11.773958+00
30	ff34785799e54c59882c363445c09dd0	5	2025-05-16 04:01:30.013139+00	2025-05-16 04:01:30.013139+00
30	c83888ad2a344660a516ed8bec63a10d	4	2023-06-04 02:46:23.566704+00	2023-06-04 02:46:23.566704+00
30	913c9902ba8340678201a4e39306a44a	4	2024-11-06 00:40:55.227201+00	2024-11-06 00:40:55.227201+00
30	5a40a9584ad24a6e9eec5c3b39a9a787	5	2022-11-25 05:52:46.508969+00	2022-11-25 05:52:46.508969+00
30	2344b9addb214475bbd71392e04caac4	4	2024-04-29 07:01:28.793108+00	2024-04-29 07:01:28.793108+00
30	ec48ca036b704e7c98c1caea86efae01	3	2025-10-02 07:50:09.438801+00	2025-10-02 07:50:09.438801+00
30	b54cda58fbbe4883b5ac82422d92b13e	5	2023-10-21 13:21:54.653512+00	2023-10-21 13:21:54.653512+00
30	6f4130d220474f93b7a972d1016493f3	4	2025-03-25 08:51:17.231243+00	2025-03-25 08:51:17.231243+00
30	38454127b096499a94942a28a8079730	3	2023-04-13 01:10:43.316532+00	2023-04-13 01:10:43.316532+00
30	0149517d40e543a1b17ee1804eaa9a6d	5	2024-09-15 23:32:37.432457+00	2024-09-15 23:32:37.432457+00
30	ca4d61d2d1334da88e6998d7f54d9daa	4	2022-10-04 07:37:31.855675+00	2022-10-04 07:37:31.855675+00
30	93517228618247afab54502f9bf0a0e7	3	2024-03-08 21:24:31.135720+00	2024-03-08 21:24:31.135720+00
30	5c55827df1d141b7883f07874293a424	5	2025-08-11 00:35:50.906027+00	2025-08-11 00:35:50.906027+00
30	1649d8f7165a48c68a3bf816166586d9	4	2023-08-30 22:11:32.503413+00	2023-08-30 22:11:32.503413+00
30	df4de94ca6a942cda726af6dbd088a16	3	2025-02-01 13:24:31.182266+00	2025-02-01 13:24:31.182266+00
30	a851f9a236f74cd5841166c563ab8d53	5	2023-02-20 12:09:16.278867+00	2025-12-07 19:09:06.654248+00
30	715609f7c74646dca0fc1e1d0a4e9090	4	2024-07-25 01:06:23.462786+00	2024-07-25 01:06:23.462786+00
30	3a5a1a4d579540e3bde6d574b0f193cd	3	2022-08-13 14:20:40.003438+00	2022-08-13 14:20:40.003438+00
30	035e2aa2e7e44aea9ad18ccc5794970a	5	2024-01-16 23:59:37.716617+00	2024-01-16 23:59:37.716617+00
30	cc623af8783344f1b7bc4423fe379a47	4	2025-06-20 09:47:29.873514+00	2025-06-20 09:47:29.873514+00
30	865691719cbb4c01b9b934b2d2097cfc	2	2023-07-09 19:39:07.023868+00	2023-07-09 19:39:07.023868+00
30	4f5aa1c72d0a460896a3ec0a78ac8039	5	2024-12-11 22:27:10.426205+00	2024-12-11 22:27:10.426205+00
30	185eb21cbd59400fb38ea3621f4f8376	4	2022-12-30 20:28:33.595759+00	2022-12-30 20:28:33.595759+00
30	e162c2724da84a1690795ab9c5f286b3	5	2024-06-03 08:32:50.735512+00	2024-06-03 08:32:50.735512+00
30	aa66d2c7ddf7441dad6412116c9589f0	4	2025-11-06 09:59:26.287984+00	2025-11-06 09:59:26.287984+00
30	736ae31d6e464e248a4ec96913388d2d	4	2023-11-25 19:02:54.083816+00	2023-11-25 19:02:54.083816+00
30	3c6ef372fe94482ba73980c0b9db906a	5	2025-04-29 05:31:18.117540+00	2025-04-29 05:31:18.117540+00
30	f66349ec231d4f3ba936714f8dad731f	4	2023-05-18 17:33:14.287195+00	2023-05-18 17:33:14.287195+00
30	bf675a41b36c4942862128a73450765c	3	2024-10-20 08:42:19.787253+00	2024-10-20 08:42:19.787253+00
30	886b6a9743bb4349a30bdffedaf37999	5	2022-11-08 01:07:35.090334+00	2022-11-08 01:07:35.090334+00
30	516f7aecd40a4d50bff6975681967cd6	4	2024-04-12 19:40:09.728945+00	2024-04-12 19:40:09.728945+00
30	1a738b42645847589ce14eae28398013	3	2025-09-15 14:48:35.864888+00	2025-12-23 23:46:38.969364+00
30	e3779b97f4a7415fb9cc0605cedc8350	5	2023-10-04 20:56:13.742462+00	2023-10-04 20:56:13.742462+00
30	9d6bf2111930486ebbc8f694a2ae6605	4	2025-03-08 08:15:53.278821+00	2025-03-08 08:15:53.278821+00
31	8a8043bceaba4a928c5e8b4ae3dd7636	1	2020-01-22 12:36:35.890352+00	2020-01-22 12:36:35.890352+00
31	e4c0ed15358c4500ab4ae7861d871dbd	3	2023-12-28 10:21:30.694120+00	2023-12-28 10:21:30.694120+00
31	4e115049ec254266a5250a8a2a01e5cc	2	2022-01-02 16:26:04.385312+00	2022-01-02 16:26:04.385312+00
31	a851f9a236f74cd5841166c563ab8d53	5	2020-01-08 22:29:01.261291+00	2020-01-08 22:29:01.261291+00
31	11a25cd6ed904a3abdeb89c970265562	3	2023-12-14 13:31:57.347129+00	2023-12-14 13:31:57.347129+00
31	6be3062f386244a99cd7e604a9cffce9	2	2021-12-19 00:35:13.684190+00	2021-12-19 00:35:13.684190+00
31	d5336963eefb420e96b20908b64ac4f8	4	2025-11-24 18:51:47.373438+00	2025-11-24 18:51:47.373438+00
31	2f7412bc39cd4c7db59e6543eff46c7f	3	2023-11-30 07:27:53.191603+00	2023-11-30 07:27:53.191603+00
31	98c475f0f06649e2af788847fc6f348e	2	2021-12-05 14:41:31.125585+00	2021-12-05 14:41:31.125585+00
31	f3051f493b3944518e64e4833618dc15	4	2025-11-10 06:09:58.090909+00	2025-11-10 06:09:58.090909+00
31	5c55827df1d141b7883f07874293a424	3	2023-11-16 15:29:25.988646+00	2023-11-16 15:29:25.988646+00
31	b6962bd63ca44c25a72b63c27c3d4bab	2	2021-11-21 14:44:38.002519+00	2021-11-21 14:44:38.002519+00
31	1fe68f0af33c498ba10586c688b813ba	4	2025-10-27 17:03:32.759891+00	2025-10-27 17:03:32.759891+00
31	7a2738633e0f43f9bff1e301c261bb41	3	2023-11-02 21:36:58.834305+00	2025-12-17 09:40:01.022776+00
31	e3779b97f4a7415fb9cc0605cedc8350	2	2021-11-07 08:04:50.610848+00	2021-11-07 08:04:50.610848+00
31	3db844f03f7a4bcd98b8624108862ad7	4	2025-10-13 16:27:25.773432+00	2025-10-13 16:27:25.773432+00
31	a708a824f6124933929285451500f2e6	3	2023-10-19 13:41:13.383489+00	2023-10-19 13:41:13.383489+00
31	0149517d40e543a1b17ee1804eaa9a6d	1	2021-10-24 01:28:40.527092+00	2021-10-24 01:28:40.527092+00
31	6a99b4b1f77d4107ab5904845b25627c	3	2025-09-29 08:38:54.148824+00	2025-09-29 08:38:54.148824+00
31	c4da5e0a42504b758a4560bf94cf0a03	2	2023-10-05 00:40:42.025726+00	2023-10-05 00:40:42.025726+00
31	2e2ac13ef8e848db841f83c3a149d212	1	2021-10-10 13:55:47.847671+00	2021-10-10 13:55:47.847671+00
31	886b6a9743bb4349a30bdffedaf37999	3	2025-09-15 10:51:31.608247+00	2025-09-15 10:51:31.608247+00
31	f1bbcdcbfa5340af9ce60302e76e41a8	2	2023-09-21 05:33:30.822020+00	2023-09-21 05:33:30.822020+00
31	4bfc772445264b1dbbd25f3e2117e92f	1	2021-09-26 11:28:16.827461+00	2021-09-26 11:28:16.827461+00
31	b54cda58fbbe4883b5ac82422d92b13e	3	2025-09-01 15:33:40.866370+00	2025-09-01 15:33:40.866370+00
31	0f8d83b1469142f29498de7d673c58c5	2	2023-09-07 02:59:19.022698+00	2023-09-07 02:59:19.022698+00
31	78dde6e5fd2940578e73018173b720d4	5	2021-09-12 03:57:48.623311+00	2021-09-12 03:57:48.623311+00
31	d31e903e47fc4ac6ad5f5dbcad60c85b	3	2025-08-18 16:15:32.284615+00	2025-08-18 16:15:32.284615+00
31	3c6ef372fe94482ba73980c0b9db906a	2	2023-08-24 06:50:50.300831+00	2023-08-24 06:50:50.300831+00
31	96af9ccb4967429a8625dcfbf38537f1	4	2021-08-29 13:10:12.405364+00	2025-12-02 15:50:48.914764+00
31	f0f0462394394d08a51239372d2edf78	3	2025-08-04 23:19:40.432885+00	2025-08-04 23:19:40.432885+00
31	5a40a9584ad24a6e9eec5c3b39a9a787	2	2023-08-10 23:21:12.121798+00	2023-08-10 23:21:12.121798+00
31	b48152b095a444dcbdd8b87673534f0e	4	2021-08-15 02:18:59.262314+00	2021-08-15 02:18:59.262314+00
31	1dd1b5e54c3d4242b7b2db7a7fce171d	3	2025-07-21 16:13:27.984256+00	2025-07-21 16:13:27.984256+00
31	78125f3d970f4cb0969f37b5b977bea4	2	2023-07-27 21:50:49.552959+00	2023-07-27 21:50:49.552959+00
31	e162c2724da84a1690795ab9c5f286b3	4	2021-08-01 01:01:47.150909+00	2021-08-01 01:01:47.150909+00
31	3ba36bca987a4484af65b6f4ff9c2e3a	3	2025-07-07 17:17:51.647743+00	2025-07-07 17:17:51.647743+00
31	a4f3ceff4f1341eaa93fd9f90c16f649	2	2023-07-13 04:46:53.568851+00	2023-07-13 04:46:53.568851+00
32	538454127b094499a94942a28a807973	4	2022-07-06 08:37:32.182168+00	2022-07-06 08:37:32.182168+00
32	ea33f0ddc4704733af6f1f9e7e05b164	3	2020-07-11 15:44:58.706791+00	2020-07-11 15:44:58.706791+00
32	8ff34785799e4cc59082c363445c09dd	5	2024-06-16 16:53:25.606300+00	2024-06-16 16:53:25.606300+00
32	26a2e450c3054f5f96a8a05f37e141ce	4	2022-06-22 17:01:08.444168+00	2022-06-22 17:01:08.444168+00
32	cc623af8783344f1b7bc4423fe379a47	3	2020-06-27 12:01:28.646090+00	2020-06-27 12:01:28.646090+00
32	6311d7c3c19a478bbde2211ff1bcd238	5	2024-06-02 10:08:16.751672+00	2024-06-02 10:08:16.751672+00
32	08d12e6b76c84d1d9ef5c4e4b8132ab1	4	2022-06-08 18:57:02.329868+00	2022-06-08 18:57:02.329868+00
32	9f80cb36c02f4fb7a51ba1e0ab9862a2	3	2020-06-13 17:11:46.972846+00	2020-06-13 17:11:46.972846+00
32	454021de755d4549862f45a571eebb1b	5	2024-05-19 23:09:35.928933+00	2024-05-19 23:09:35.928933+00
32	dbefbea9bec447e38c5522a16573f30c	4	2022-05-25 01:21:43.701703+00	2022-05-25 01:21:43.701703+00
32	81af155173f24d75ad68c6662bca4b85	2	2020-05-30 12:58:56.521053+00	2020-05-30 12:58:56.521053+00
32	185eb21cbd59400fb38ea3621f4f8376	4	2024-05-05 15:14:03.731325+00	2024-05-05 15:14:03.731325+00
32	be1e08c4728745a194a24726e5a5dbef	4	2022-05-11 09:30:29.243819+00	2022-05-11 09:30:29.243819+00
32	54cda58fbbee483b9ac82422d92b13e0	5	2020-05-16 06:49:04.009332+00	2025-12-21 09:40:01.022776+00
32	fa8cfc37711c4dccbbdbc7e79f816c59	4	2024-04-21 02:23:24.500264+00	2024-04-21 02:23:24.500264+00
32	913c9902ba8340678201a4e39306a44a	4	2022-04-27 20:07:45.444452+00	2022-04-27 20:07:45.444452+00
32	36fbefaa6fb145f8a31548a8595cfcc3	5	2020-05-02 12:26:28.393284+00	2020-05-02 12:26:28.393284+00
32	cdab8c75b9184893a93b25a44ce234b4	4	2024-04-07 01:23:01.623586+00	2024-04-07 01:23:01.623586+00
32	736ae31d6e464e248a4ec96913388d2d	3	2022-04-13 09:25:14.902123+00	2022-04-13 09:25:14.902123+00
32	0a1a7fe8b7ad40bf9074a66506bdc51e	5	2020-04-18 08:33:18.554042+00	2020-04-18 08:33:18.554042+00
32	afd9d6906cdb4650b1884a29cd141d97	4	2024-03-24 18:09:33.367396+00	2024-03-24 18:09:33.367396+00
32	4689735bb64248eab7ae2725c0995588	3	2022-03-30 17:25:03.581357+00	2022-03-30 17:25:03.581357+00
32	ec48ca036b704e7c98c1caea86efae01	5	2020-04-04 21:56:01.474267+00	2020-04-04 21:56:01.474267+00
32	82f866ceb4d741169ee7a7e67a74e5f2	4	2024-03-10 22:09:55.986522+00	2024-03-10 22:09:55.986522+00
32	28b7bd766a0546a8bffb4bab40cb3e6b	3	2022-03-16 17:35:12.307710+00	2022-03-16 17:35:12.307710+00
32	bf675a41b36c4942862128a73450765c	5	2020-03-21 14:43:19.700654+00	2020-03-21 14:43:19.700654+00
32	6526b0e968994ed4a734cc6bfaa6ced5	4	2024-02-25 05:07:53.995950+00	2024-02-25 05:07:53.995950+00
32	fbd64db4b201416ead5aa967ee2c06c6	3	2022-03-02 10:00:47.484872+00	2022-03-02 10:00:47.484872+00
32	a195a45c672e47008e6e4d2cb4825f3f	5	2020-03-07 16:06:22.704605+00	2020-03-07 16:06:22.704605+00
32	38454127b096499a94942a28a8079730	4	2024-02-11 22:42:09.025294+00	2025-12-06 15:50:48.914764+00
32	de0497cf65c34f2cb5a7cded6e5defa9	3	2022-02-16 19:26:36.537854+00	2022-02-16 19:26:36.537854+00
32	74b4349aaf2b41c6bbcdaae961e3279a	5	2020-02-22 22:17:59.437512+00	2020-02-22 22:17:59.437512+00
32	1a738b42645847589ce14eae28398013	4	2024-01-28 22:23:59.536782+00	2024-01-28 22:23:59.536782+00
32	b123280dadc049f2a3072baa1bbeb804	2	2022-02-02 16:34:58.951801+00	2022-02-02 16:34:58.951801+00
32	56e27eb562ed4f84841acf6ee215107d	5	2020-02-08 13:19:17.442608+00	2020-02-08 13:19:17.442608+00
32	ed921b80ac55421e8a40ac6ad59a486e	4	2024-01-14 20:34:46.335531+00	2024-01-14 20:34:46.335531+00
32	93517228618247afab54502f9bf0a0e7	5	2022-01-19 22:50:31.983425+00	2022-01-19 22:50:31.983425+00
32	2a010ef3aaea4a4ab17a2d2b8f75d8d8	4	2020-01-25 13:49:12.871585+00	2020-01-25 13:49:12.871585+00
32	cfc0659b60174fdb928dd0f055cc3151	4	2023-12-31 17:05:31.179369+00	2023-12-31 17:05:31.179369+00
32	66700266a97f427698b3adec49516942	5	2022-01-05 12:14:10.121301+00	2022-01-05 12:14:10.121301+00
32	0c2f590e5eac4807b9c751b10fa7c1bb	4	2020-01-11 04:44:57.715120+00	2020-01-11 04:44:57.715120+00
32	a2def5d9a8144aa1bfed2ead032cf9ac	3	2023-12-17 04:13:49.945167+00	2023-12-17 04:13:49.945167+00
32	489e4c815d414033a100d271c9835225	5	2021-12-22 19:15:51.145453+00	2021-12-22 19:15:51.145453+00
32	df4de94ca6a942cda726af6dbd088a16	4	2025-11-27 16:06:38.126315+00	2025-11-27 16:06:38.126315+00
33	a4f3ceff4f1341eaa93fd9f90c16f649	5	2025-06-01 03:46:02.815742+00	2025-06-01 03:46:02.815742+00
33	3fcd1e15e6794316820b0d8d11702774	4	2025-04-06 03:24:26.978117+00	2025-04-06 03:24:26.978117+00
33	daa66d2c7ddf44419ad6412116c9589f	1	2025-02-09 01:03:21.395174+00	2025-02-09 01:03:21.395174+00
33	66700266a97f427698b3adec49516942	5	2024-12-15 04:57:14.372846+00	2024-12-15 04:57:14.372846+00
33	0149517d40e543a1b17ee1804eaa9a6d	4	2024-10-20 08:47:20.251413+00	2024-10-20 08:47:20.251413+00
33	9c22a093d84b44cd8a4a15145403cb98	5	2024-08-25 08:11:23.300839+00	2024-08-25 08:11:23.300839+00
33	36fbefaa6fb145f8a31548a8595cfcc3	5	2024-06-30 10:47:18.935751+00	2024-06-30 10:47:18.935751+00
33	c2c584e49b50442da0f2b5738be50d66	4	2024-05-05 01:53:12.639140+00	2024-05-05 01:53:12.639140+00
33	5d9ed3fb32b64558b9bde907913e3e91	5	2024-03-10 22:16:25.280989+00	2024-03-10 22:16:25.280989+00
34	3ba36bca987a4484af65b6f4ff9c2e3a	3	2021-01-13 09:57:52.339156+00	2021-01-13 09:57:52.339156+00
34	04a77c2028c94e8c8c506e4ca63f3177	5	2024-12-19 16:53:30.186766+00	2024-12-19 16:53:30.186766+00
34	cdab8c75b9184893a93b25a44ce234b4	4	2022-12-25 13:09:02.440178+00	2022-12-25 13:09:02.440178+00
34	96af9ccb4967429a8625dcfbf38537f1	3	2020-12-30 00:05:11.773966+00	2020-12-30 00:05:11.773966+00
34	5fb3ad20d9b64ca1a31094539a283b2e	5	2024-12-05 22:07:23.097953+00	2024-12-05 22:07:23.097953+00
34	28b7bd766a0546a8bffb4bab40cb3e6b	4	2022-12-11 07:25:37.036558+00	2022-12-11 07:25:37.036558+00
34	f1bbcdcbfa5340af9ce60302e76e41a8	3	2020-12-16 08:49:22.570816+00	2020-12-16 08:49:22.570816+00
35	6a99b4b1f77d4107ab5904845b25627c	4	2023-06-14 16:37:23.240322+00	2023-06-14 16:37:23.240322+00
35	e4c0ed15358c4500ab4ae7861d871dbd	3	2021-06-19 15:43:30.162075+00	2021-06-19 15:43:30.162075+00
35	6df7df54df624bf1862a9150b2b9f986	1	2025-05-25 03:08:29.346985+00	2025-05-25 03:08:29.346985+00
35	e81f17b81d714feb861c7452751bb4c7	4	2023-05-31 23:50:47.031217+00	2023-05-31 23:50:47.031217+00
35	715609f7c74646dca0fc1e1d0a4e9090	3	2021-06-05 01:35:57.749452+00	2021-06-05 01:35:57.749452+00
35	fa8cfc37711c4dccbbdbc7e79f816c59	5	2025-05-11 22:50:26.866523+00	2025-05-11 22:50:26.866523+00
35	74b4349aaf2b41c6bbcdaae961e3279a	4	2023-05-17 03:44:08.300894+00	2023-05-17 03:44:08.300894+00
35	fdeb26da590048b796ad54b3f7160363	3	2021-05-22 11:37:24.752616+00	2021-05-22 11:37:24.752616+00
35	78125f3d970f4cb0969f37b5b977bea4	5	2025-04-27 02:39:55.177074+00	2025-04-27 02:39:55.177074+00
36	c6ef372fe94f42beb3980c0b9db906a0	2	2021-04-18 09:19:53.396579+00	2021-04-18 09:19:53.396579+00
36	1649d8f7165a48c68a3bf816166586d9	4	2022-02-11 05:44:13.010221+00	2025-12-02 22:27:11.773958+00
36	74b4349aaf2b41c6bbcdaae961e3279a	3	2022-12-07 05:48:18.892460+00	2022-12-07 05:48:18.892460+00
36	d31e903e47fc4ac6ad5f5dbcad60c85b	1	2023-10-02 04:52:38.428588+00	2023-10-02 04:52:38.428588+00
36	3188ebe1e0cd43c59ef1108ff8de691c	4	2024-07-27 14:28:56.679946+00	2024-07-27 14:28:56.679946+00
36	8ff34785799e4cc59082c363445c09dd	3	2025-05-22 07:57:04.051192+00	2025-05-22 07:57:04.051192+00
36	df4de94ca6a942cda726af6dbd088a16	1	2020-12-28 23:13:16.647812+00	2020-12-28 23:13:16.647812+00
37	8dde6e5fd29f457ca73018173b720d40	1	2020-08-12 16:57:42.254930+00	2025-12-02 19:36:19.606347+00
37	ec48ca036b704e7c98c1caea86efae01	2	2024-07-18 09:12:04.554419+00	2024-07-18 09:12:04.554419+00
37	3ba36bca987a4484af65b6f4ff9c2e3a	1	2022-07-24 23:40:20.170297+00	2022-07-24 23:40:20.170297+00
37	9a0dc76e314b4d84a0f769c84b19cefb	1	2020-07-29 10:00:43.679166+00	2020-07-29 10:00:43.679166+00
37	f8782311ca1c468492891c9b96976fbc	2	2024-07-04 14:57:44.484234+00	2024-07-04 14:57:44.484234+00
37	56e27eb562ed4f84841acf6ee215107d	1	2022-07-10 22:17:37.531643+00	2022-07-10 22:17:37.531643+00
37	b54cda58fbbe4883b5ac82422d92b13e	1	2020-07-15 02:53:09.384694+00	2020-07-15 02:53:09.384694+00
37	04a77c2028c94e8c8c506e4ca63f3177	2	2024-06-20 18:46:53.814768+00	2024-06-20 18:46:53.814768+00
37	6311d7c3c19a478bbde2211ff1bcd238	1	2022-06-26 11:34:05.417760+00	2022-06-26 11:34:05.417760+00
37	c17c33675a6b408baf73d3f33d3a72f9	5	2020-07-01 21:38:52.854611+00	2020-07-01 21:38:52.854611+00
37	1fe68f0af33c498ba10586c688b813ba	2	2024-06-06 21:42:18.236670+00	2024-06-06 21:42:18.236670+00
37	6f4130d220474f93b7a972d1016493f3	1	2022-06-12 08:21:35.960853+00	2022-06-12 08:21:35.960853+00
37	cdab8c75b9184893a93b25a44ce234b4	4	2020-06-17 13:10:58.651083+00	2020-06-17 13:10:58.651083+00
37	2c15e81951e941929accd877985fd575	2	2024-05-23 03:35:31.173786+00	2024-05-23 03:35:31.173786+00
37	8a8043bceaba4a928c5e8b4ae3dd7636	1	2022-05-29 13:20:16.145373+00	2022-05-29 13:20:16.145373+00
37	d9dae58417c5409aa30277555c89f66f	3	2020-06-03 17:02:28.388401+00	2020-06-03 17:02:28.388401+00
37	38454127b096499a94942a28a8079730	2	2024-05-09 18:12:53.596530+00	2025-12-18 09:00:52.235544+00
37	96af9ccb4967429a8625dcfbf38537f1	1	2022-05-15 19:10:10.752627+00	2022-05-15 19:10:10.752627+00
38	736ae31d6e464e248a4ec96913388d2d	1	2020-11-18 02:03:30.509328+00	2020-11-18 02:03:30.509328+00
38	cdab8c75b9184893a93b25a44ce234b4	3	2024-10-24 16:25:45.283663+00	2024-10-24 16:25:45.283663+00
38	36fbefaa6fb145f8a31548a8595cfcc3	2	2022-10-30 10:22:07.839861+00	2025-12-18 14:00:56.281300+00
38	913c9902ba8340678201a4e39306a44a	1	2020-11-04 19:13:00.468898+00	2020-11-04 19:13:00.468898+00
38	fa8cfc37711c4dccbbdbc7e79f816c59	3	2024-10-10 19:35:31.618578+00	2024-10-10 19:35:31.618578+00
38	54cda58fbbee483b9ac82422d92b13e0	2	2022-10-16 10:00:34.558591+00	2022-10-16 10:00:34.558591+00
38	be1e08c4728745a194a24726e5a5dbef	1	2020-10-21 03:54:06.248879+00	2020-10-21 03:54:06.248879+00
38	185eb21cbd59400fb38ea3621f4f8376	3	2024-09-26 12:17:42.962653+00	2024-09-26 12:17:42.962653+00
38	81af155173f24d75ad68c6662bca4b85	2	2022-10-02 17:13:40.143395+00	2022-10-02 17:13:40.143395+00
38	dbefbea9bec447e38c5522a16573f30c	1	2020-10-07 03:43:00.391008+00	2020-10-07 03:43:00.391008+00
38	454021de755d4549862f45a571eebb1b	3	2024-09-12 08:23:54.765117+00	2024-09-12 08:23:54.765117+00
38	9f80cb36c02f4fb7a51ba1e0ab9862a2	2	2022-09-18 07:11:12.580434+00	2022-09-18 07:11:12.580434+00
38	08d12e6b76c84d1d9ef5c4e4b8132ab1	1	2020-09-23 23:53:59.611891+00	2020-09-23 23:53:59.611891+00
39	0a1a7fe8b7ad40bf9074a66506bdc51e	5	2024-01-31 16:25:45.283663+00	2024-01-31 16:25:45.283663+00
39	12ebae542e754ddcaf6a6b49bed0efcf	4	2022-02-05 10:22:07.839861+00	2022-02-05 10:22:07.839861+00
39	1bbcdcbfa53e4af98e60302e76e41a80	3	2020-02-11 19:13:00.468898+00	2020-02-11 19:13:00.468898+00
39	248e0b2b1c064817ad55f5132ef74531	5	2024-01-17 19:35:31.618578+00	2024-01-17 19:35:31.618578+00
39	3c6ef372fe94482ba73980c0b9db906a	4	2022-01-22 10:00:34.558591+00	2022-01-22 10:00:34.558591+00
39	454021de755d4549862f45a571eebb1b	3	2020-01-28 03:54:06.248879+00	2020-01-28 03:54:06.248879+00
40	248e0b2b1c064817ad55f5132ef74531	4	2023-10-04 01:52:13.319254+00	2023-10-04 01:52:13.319254+00
40	cdab8c75b9184893a93b25a44ce234b4	3	2021-10-09 21:07:17.766160+00	2021-10-09 21:07:17.766160+00
40	76c90dc0562a490fa52056356acd2437	2	2025-09-14 05:36:19.090722+00	2025-09-14 05:36:19.090722+00
40	1fe68f0af33c498ba10586c688b813ba	4	2023-09-20 23:18:44.087802+00	2023-09-20 23:18:44.087802+00
40	b9f456792488470f81fcf08ed3d1e2b5	3	2021-09-25 13:35:37.409170+00	2021-09-25 13:35:37.409170+00
40	6311d7c3c19a478bbde2211ff1bcd238	1	2025-08-31 20:50:21.748641+00	2025-08-31 20:50:21.748641+00
40	0c2f590e5eac4807b9c751b10fa7c1bb	4	2023-09-06 12:24:28.604451+00	2023-09-06 12:24:28.604451+00
40	b54cda58fbbe4883b5ac82422d92b13e	3	2021-09-11 12:19:43.753418+00	2021-09-11 12:19:43.753418+00
40	4f5aa1c72d0a460896a3ec0a78ac8039	5	2025-08-17 19:07:06.948880+00	2025-08-17 19:07:06.948880+00
40	f8782311ca1c468492891c9b96976fbc	4	2023-08-23 01:24:03.583009+00	2023-08-23 01:24:03.583009+00
40	a195a45c672e47008e6e4d2cb4825f3f	3	2021-08-28 15:00:38.137966+00	2021-08-28 15:00:38.137966+00
40	3ba36bca987a4484af65b6f4ff9c2e3a	5	2025-08-03 13:59:21.407840+00	2025-08-03 13:59:21.407840+00
40	e4c0ed15358c4500ab4ae7861d871dbd	4	2023-08-09 06:57:39.926492+00	2025-12-23 04:46:21.201309+00
\.

copy reviews (review_id, film_id, user_id, body, status, updated_at) from stdin;
1	1	96af9ccb4967429a8625dcfbf38537f1	A masterpiece, and I do not say that lightly. My grandmother agrees.	published	2024-06-12 10:40:51.294272+00
2	3	efa6f4a653544966b39357b6de84450b	My popcorn had more plot. The second act sags like an old sofa. Seen twice.	withdrawn	2025-12-18 14:37:55.597581+00
3	4	b8ab04fbe3a3436e907e0f0e85274848	A masterpiece, and I do not say that lightly. 9/10 for the soundtrack.	published	2024-10-02 04:54:13.001060+00
4	4	41166f93275e46b7b389ef0d601ac1e1	A masterpiece, and I do not say that lightly. The subtitles were a beat late throughout. The photography alone is worth the ticket. Bring a handkerchief.	published	2022-10-08 22:18:46.236743+00
5	4	d8919406d6e04cf9b18395d50ddf5c02	"Brilliant", they said. 'Brilliant', I don't think.	published	2020-10-13 08:10:42.954565+00
6	4	60fcfe9e1a9b4043948f75d3e8d2d59b	I went straight back in for the next showing. The score never stops explaining what we should feel. The villain has the best lines, as always. 9/10 for the soundtrack.	published	2024-09-18 07:28:29.831274+00
7	4	f8782311ca1c468492891c9b96976fbc	A small film with a big heart. The ending divides families; it divided ours. See it with somebody you trust.	published	2022-09-24 21:21:29.001532+00
8	4	8ff34785799e4cc59082c363445c09dd	A small film with a big heart. It was filmed in the town where I grew up: the bridge is wrong. Wait for it on television.	published	2020-09-29 03:56:48.525959+00
9	4	185eb21cbd59400fb38ea3621f4f8376	Everything I love about films, in one film. It was filmed in the town where I grew up: the bridge is wrong. No sequel, please!	published	2024-09-04 06:00:25.984958+00
10	4	afd9d6906cdb4650b1884a29cd141d97	Better than the poster promised. The photography alone is worth the ticket. The subtitles were a beat late throughout. Bring a handkerchief.	published	2022-09-10 16:06:46.953396+00
11	4	38454127b096499a94942a28a8079730	Decent, if you know nothing else that is on. Wait for it on television.	published	2020-09-15 01:02:53.814632+00
12	5	7a2738633e0f43f9bff1e301c261bb41	A small film with a big heart. There is a scene with a kettle that I will never forget. 9/10 for the soundtrack.	published	2024-01-31 16:25:45.283663+00
13	5	6df7df54df624bf1862a9150b2b9f986	Neither here nor there, but prettily so. No sequel, please!	published	2022-02-05 10:22:07.839861+00
14	10	49e79dfe9e2643d5927fb3f2182dec92	A small film with a big heart. See it with somebody you trust.	published	2024-05-15 09:34:44.617097+00
15	10	f3051f493b3944518e64e4833618dc15	Neither here nor there, but prettily so. The second act sags like an old sofa. Keep an eye on the umbrella in the background. Bring a handkerchief.	published	2022-05-21 22:39:43.085825+00
16	10	9f80cb36c02f4fb7a51ba1e0ab9862a2	Neither here nor there, but prettily so. Seen twice.	published	2022-03-12 07:38:06.430501+00
17	11	41166f93275e46b7b389ef0d601ac1e1	Better than the poster promised. The ending divides families; it divided ours. Seen twice.	published	2023-05-03 07:32:19.156857+00
18	13	26a2e450c3054f5f96a8a05f37e141ce	Not even the dog liked it. Bring a handkerchief.	published	2020-10-07 13:01:24.232038+00
19	14	81af155173f24d75ad68c6662bca4b85	A small film with a big heart. Recommended.	published	2021-05-12 14:03:54.931638+00
20	14	d109b718a0fc437d840cb270a476cbbe	Perfect from the first frame to the last. It was filmed in the town where I grew up: the bridge is wrong. The second act sags like an old sofa. Wait for it on television.	published	2025-04-17 17:50:47.533406+00
21	17	d109b718a0fc437d840cb270a476cbbe	Half of it is lovely; guess which half. The ending divides families; it divided ours. Wait for it on television.	published	2021-02-26 02:55:41.748078+00
22	19	432b48b8ce5d4e009cdc9a596904be7e	Everything I love about films, in one film. The lead carries every scene she is in. Seen twice.	published	2024-06-12 10:40:51.294272+00
23	19	1649d8f7165a48c68a3bf816166586d9	Plot\t2/5\nMusic\t5/5\nPopcorn\t4/5	published	2022-06-18 16:42:48.514176+00
24	19	f8782311ca1c468492891c9b96976fbc	<script>alert('boo')</script> & other scary moments	published	2020-06-23 16:10:27.154644+00
25	21	2e2ac13ef8e848db841f83c3a149d212	Decent, if you know nothing else that is on.\n\nMy grandmother agrees.	published	2023-03-15 16:09:59.987774+00
26	21	3db844f03f7a4bcd98b8624108862ad7	A good idea, buried under a bad script. No sequel, please!	published	2021-03-20 04:22:57.322851+00
27	22	5a40a9584ad24a6e9eec5c3b39a9a787	Warm, funny, and only a little too long. Somebody should have shown the editor a clock. The lead carries every scene she is in. Recommended.	published	2022-08-10 07:02:45.913187+00
28	24	cfc0659b60174fdb928dd0f055cc3151	Better than the poster promised. Seen twice.	withdrawn	2025-12-02 02:45:11.931082+00
29	24	949ac3a5a2674b519cd331afea9b3b54	"Brilliant", they said. 'Brilliant', I don't think.	withdrawn	2025-12-20 23:04:39.290260+00
30	24	6884db8c507e49be82065938523b65df	'); drop table reviews; --	withdrawn	2025-12-03 05:12:45.092616+00
31	29	04a77c2028c94e8c8c506e4ca63f3177	Everything I love about films, in one film. The subtitles were a beat late throughout. There is a scene with a kettle that I will never forget. My grandmother agrees.	published	2024-01-10 14:43:19.700654+00
32	30	7c3c1188e50e4b42a9448e4dcb4bb7de	Everything I love about films, in one film. Somebody should have shown the editor a clock. There is a scene with a kettle that I will never forget. Wait for it on television.	published	2025-11-23 10:12:35.934485+00
33	30	454021de755d4549862f45a571eebb1b	Better than the poster promised. Somebody should have shown the editor a clock. The villain has the best lines, as always. No sequel, please!	published	2023-12-12 22:43:00.109236+00
34	30	ff34785799e54c59882c363445c09dd0	I went straight back in for the next showing. Recommended.	published	2025-05-16 04:01:30.013139+00
35	30	c83888ad2a344660a516ed8bec63a10d	A small film with a big heart. There is a scene with a kettle that I will never forget. The dialogue sounds like people talking, which is rare. Wait for it on television.	published	2023-06-04 02:46:23.566704+00
36	31	8a8043bceaba4a928c5e8b4ae3dd7636	I want my evening back.\n\nThe dialogue sounds like people talking, which is rare.\n\nRecommended.	published	2020-01-22 12:36:35.890352+00
37	31	e4c0ed15358c4500ab4ae7861d871dbd	Neither here nor there, but prettily so. The subtitles were a beat late throughout. The score never stops explaining what we should feel. My grandmother agrees.	published	2023-12-28 10:21:30.694120+00
38	31	4e115049ec254266a5250a8a2a01e5cc	It tries hard, and you can tell. The ending divides families; it divided ours. The photography alone is worth the ticket. Seen twice.	published	2022-01-02 16:26:04.385312+00
39	31	a851f9a236f74cd5841166c563ab8d53	Perfect from the first frame to the last. Somebody should have shown the editor a clock. The second act sags like an old sofa. 9/10 for the soundtrack.	published	2020-01-08 22:29:01.261291+00
40	32	538454127b094499a94942a28a807973	I laughed, I cried, I missed my tram. The second act sags like an old sofa. My grandmother agrees.	published	2022-07-06 08:37:32.182168+00
41	32	ea33f0ddc4704733af6f1f9e7e05b164	Decent, if you know nothing else that is on. The dialogue sounds like people talking, which is rare. The subtitles were a beat late throughout. Seen twice.	published	2020-07-11 15:44:58.706791+00
42	32	8ff34785799e4cc59082c363445c09dd	Очень медленно… но как красиво!	published	2024-06-16 16:53:25.606300+00
43	32	26a2e450c3054f5f96a8a05f37e141ce	Warm, funny, and only a little too long. The lead carries every scene she is in. Seen twice.	published	2022-06-22 17:01:08.444168+00
44	32	cc623af8783344f1b7bc4423fe379a47	A perfectly average Tuesday film. Seen twice.	published	2020-06-27 12:01:28.646090+00
45	33	a4f3ceff4f1341eaa93fd9f90c16f649	Everything I love about films, in one film. No sequel, please!	published	2025-06-01 03:46:02.815742+00
46	34	3ba36bca987a4484af65b6f4ff9c2e3a	A perfectly average Tuesday film.\n\nThe lead carries every scene she is in.\n\nBring a handkerchief.	published	2021-01-13 09:57:52.339156+00
47	35	6a99b4b1f77d4107ab5904845b25627c	Better than the poster promised. The lead carries every scene she is in. The photography alone is worth the ticket. No sequel, please!	published	2023-06-14 16:37:23.240322+00
48	36	c6ef372fe94f42beb3980c0b9db906a0	A good idea, buried under a bad script. Wait for it on television.	published	2021-04-18 09:19:53.396579+00
49	37	8dde6e5fd29f457ca73018173b720d40	Two hours of people not finishing their sentences. The second act sags like an old sofa. There is a scene with a kettle that I will never forget. Recommended.	published	2020-08-12 16:57:42.254930+00
50	37	ec48ca036b704e7c98c1caea86efae01	A good idea, buried under a bad script.\n\nThe subtitles were a beat late throughout.\n\nThe score never stops explaining what we should feel.\n\nNo sequel, please!	published	2024-07-18 09:12:04.554419+00
51	38	736ae31d6e464e248a4ec96913388d2d	The best part was the interval. Recommended.	published	2020-11-18 02:03:30.509328+00
52	38	cdab8c75b9184893a93b25a44ce234b4	NULL	published	2024-10-24 16:25:45.283663+00
53	40	248e0b2b1c064817ad55f5132ef74531	I laughed, I cried, I missed my tram. Recommended.	published	2023-10-04 01:52:13.319254+00
\.

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

comment on function touch_updated_at() is 'Sets updated_at of a changed row. Made by elt seed at scale 0.';
commit;
analyze;
