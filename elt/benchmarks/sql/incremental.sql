-- name: make_accounts
-- One narrow table, with a column that tells when a row was written, and a small one.
create table accounts (
    id integer primary key,
    branch integer not null,
    balance integer not null,
    filler char(84) not null,
    updated_at timestamptz not null
);
create table notes (id integer generated always as identity primary key);

-- name: fill_accounts
-- As many rows as wanted, all of the past.
insert into accounts
select n, mod(n, 10), 0, '', now() - interval '1 day' + n * interval '10 milliseconds'
from generate_series(1, %(rows)s::integer) as n

-- name: finish_accounts
-- The index of the cursor.
create index on accounts (updated_at)

-- name: change_accounts
-- Half of the changes are updates all over the table, half are new rows.
with updated as (
    update accounts
    set balance = balance + 1, updated_at = clock_timestamp()
    where id %% %(every)s::integer = %(number)s::integer
    returning 1
)

insert into accounts
select
    (select max(id) from accounts) + n,
    mod(n, 10),
    0,
    '',
    clock_timestamp()
from generate_series(1, (select count(*) from updated)) as n

-- name: delete_accounts
-- Rows from all over the table.
delete from accounts where id %% %(every)s::integer = %(number)s::integer

-- name: write_note
-- Something that has nothing to do with the accounts.
insert into notes default values
