-- name: make_wide_tables
-- Customers, and orders of many types; keys and indexes follow the rows.
create type order_status as enum ('placed', 'paid', 'packed', 'shipped', 'returned');

create table customers (
    id integer primary key,
    email text not null unique,
    joined_at timestamptz not null
);

create table orders (
    id bigint generated always as identity,
    public_id uuid not null,
    customer_id integer not null,
    status order_status not null,
    placed_at timestamptz not null,
    amount numeric(12, 2) not null,
    tax_rate numeric(5, 4),
    is_gift boolean not null,
    note text,
    details jsonb not null
);

-- name: fill_customers
-- As many customers as wanted.
insert into customers
select
    n,
    'customer-' || n || '@example.org',
    timestamptz '2020-01-01 00:00:00+00' + n * interval '17 minutes'
from generate_series(1, %(rows)s::integer) as n

-- name: fill_orders
-- As many orders as wanted, about 290 bytes each, the same every time.
insert into orders (
    public_id, customer_id, status, placed_at, amount, tax_rate, is_gift, note, details
)
select
    md5(n::text)::uuid,
    1 + mod(h, %(customers)s)::integer,
    (enum_range(null::order_status))[1 + mod(h, 5)],
    timestamptz '2024-01-01 00:00:00+00' + mod(h, 60000000) * interval '1 second',
    mod(h, 9999900)::numeric / 100,
    case when mod(h, 4) > 0 then mod(h, 3000)::numeric / 10000 end,
    mod(h, 10) = 0,
    case when mod(h, 3) > 0 then repeat(md5((n + 1)::text), 3 + mod(h, 3)::integer) end,
    jsonb_build_object(
        'channel', (array['web', 'app', 'shop'])[1 + mod(h, 3)],
        'items', mod(h, 9),
        'coupon', left(md5(h::text), 8),
        'weight', mod(h, 500)::numeric / 100
    )
from generate_series(1, %(rows)s::integer) as n
cross join lateral (select abs(hashint8extended(n, 0) >> 1) as h) as hashed

-- name: finish_wide_tables
-- Keys and indexes of the orders.
alter table orders add primary key (id);
alter table orders add foreign key (customer_id) references customers (id);
create index on orders (customer_id, placed_at);
create index on orders (public_id)

-- name: make_many_tables
-- Small tables with a key, an index and a check each; some refer to others.
do $$
declare
    number integer;
begin
    for number in 1..200 loop
        execute format(
            'create table small_%s (
                id integer primary key,
                parent_id integer,
                name text not null,
                amount numeric check (amount >= 0),
                changed_at timestamptz not null
            )', number
        );
        execute format(
            'insert into small_%s
            select n, n, ''row '' || n, n * 1.5, timestamptz ''2025-01-01'' + n * interval ''1 hour''
            from generate_series(1, 20) as n', number
        );
        execute format('create index on small_%s (name)', number);
        if number > 150 then
            execute format(
                'alter table small_%s add foreign key (parent_id) references small_%s',
                number, number - 150
            );
        end if;
    end loop;
end $$

-- name: settle
-- Let no vacuum of new rows run into the measurements.
vacuum (freeze, analyze)
