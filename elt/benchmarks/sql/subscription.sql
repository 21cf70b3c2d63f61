-- name: make_writer
-- An application. Of ten changes, five are updates, four new rows, and one is a delete.
create sequence new_accounts minvalue 0 start %(rows)s;
create procedure change_accounts(changes integer, size integer, rows integer)
language plpgsql as $$
declare
    chosen integer;
begin
    for n in 1..changes loop
        chosen := 1 + floor(random() * rows);
        case
            when mod(n, 10) between 1 and 5 then
                update accounts set balance = balance + 1 where id = chosen;
            when mod(n, 10) > 5 then
                insert into accounts values (1 + nextval('new_accounts'), 1, 0, '');
            else
                delete from accounts where id = chosen;
        end case;
        if mod(n, size) = 0 then
            commit;
        end if;
    end loop;
end $$

-- name: change_accounts
-- So many changes, so many in each transaction.
call change_accounts(%(changes)s, %(size)s, %(rows)s)

-- name: update_accounts
-- Many rows all over the table and the probe, in one transaction.
with updated as (
    update accounts
    set balance = balance + 1
    where mod(id, %(every)s) = mod(%(number)s, %(every)s)
    returning 1
)

update probes set number = %(number)s where (select count(*) from updated) >= 0

-- name: read_probe
-- Which was the last that arrived.
select number from {probes}

-- name: sum_accounts
-- What a table holds, whatever the order of its rows.
select count(*), sum(hashtextextended(accounts::text, 0))
from {accounts} as accounts

-- name: publish_tables
-- What is subscribed to.
create publication subscribed for table accounts, probes

-- name: subscribe
-- As it comes: with a copy of what is there first.
create subscription subscribed connection {url} publication subscribed

-- name: is_copied
-- Whether that copy is complete.
select count(*) = 2 and bool_and(srsubstate = 'r') from pg_subscription_rel

-- name: enable
-- Go on.
alter subscription subscribed enable

-- name: disable
-- Stop, and keep the place.
alter subscription subscribed disable

-- name: is_idle
-- Whether nobody reads the slot.
select not active from pg_replication_slots where slot_name = 'subscribed'

-- name: unsubscribe
-- Remove it with its slot.
drop subscription if exists subscribed

-- name: insert_huge
-- New rows, all in one transaction.
insert into accounts
select %(first)s + n, mod(n, 10), 0, ''
from generate_series(1, %(rows)s::integer) as n

-- name: update_huge
-- So many of the rows once more, all in one transaction.
update accounts set balance = balance + 1 where id <= %(rows)s
