create table nulls_not_distinct (
    a integer,
    b integer,
    unique nulls not distinct (a)
);
create unique index on nulls_not_distinct (b) nulls not distinct;
insert into nulls_not_distinct values (null, null), (1, 1);
