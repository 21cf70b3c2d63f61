-- name: make_tables
-- What is written all the time, and a row that is looked for at the destination.
create table accounts (
    id integer primary key,
    branch integer not null,
    balance integer not null,
    filler char(84) not null
);
create table probes (id integer primary key, number integer not null)

-- name: fill_tables
-- As many rows as wanted.
insert into accounts
select n, mod(n, 10), 0, '' from generate_series(1, %(rows)s::integer) as n;
insert into probes values (1, 0)

-- name: make_writer
-- An application: transactions of three updates and one new row, with short pauses.
create sequence transactions;
create procedure write_accounts(rows integer, pause double precision)
language plpgsql as $$
declare
    chosen integer;
begin
    loop
        for _ in 1..3 loop
            chosen := 1 + floor(random() * rows);
            update accounts set balance = balance + 1 where id = chosen;
        end loop;
        insert into accounts values (rows + nextval('transactions'), 1, 0, '');
        commit;
        perform pg_sleep(pause);
    end loop;
end $$

-- name: write_accounts
-- Write until the session is ended.
call write_accounts(%(rows)s, %(pause)s)

-- name: count_transactions
-- How many transactions the application has begun.
select last_value from transactions

-- name: write_probe
-- A change to look for.
update probes set number = %(number)s where id = 1

-- name: read_probe
-- Whether it has arrived.
select number from raw.probes where id = 1

-- name: is_followed
-- Whether batches are being published.
select exists (select from elt.sync_runs where status = 'following')
