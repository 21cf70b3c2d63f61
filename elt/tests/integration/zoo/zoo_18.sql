create table virtual_columns (
    id integer primary key,
    doubled integer generated always as (id * 2) virtual,
    t text,
    label text generated always as ('100% {} ' || t)
);
insert into virtual_columns values (1, default, 'x'), (2, default, null);
create table reservations (
    room int4range,
    during daterange,
    primary key (room, during without overlaps)
);
insert into reservations values ('[1,1]', '[2024-01-01,2024-01-05)');
create table visits (
    id integer primary key,
    room int4range,
    during daterange,
    foreign key (room, period during) references reservations
);
insert into visits values (1, '[1,1]', '[2024-01-02,2024-01-03)');
create table not_enforced (id integer primary key, other integer not null);
alter table not_enforced add constraint not_enforced_check check (other > 5) not enforced;
alter table not_enforced add constraint not_enforced_key
    foreign key (other) references vehicles not enforced;
insert into not_enforced values (1, 1);
