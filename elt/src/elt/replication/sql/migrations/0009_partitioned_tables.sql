-- Which partitioned tables elt has made: others of their schemas are somebody else's.
create table elt.partitioned_tables (
    source text not null,
    destination_schema text not null,
    destination_table text not null,
    primary key (source, destination_schema, destination_table)
);
comment on table elt.partitioned_tables is 'One row per replica that holds no rows itself, but in its partitions: partitioned tables of the source.';
comment on column elt.partitioned_tables.source is 'Name of the source in the configuration.';
comment on column elt.partitioned_tables.destination_schema is 'Schema of the replica.';
comment on column elt.partitioned_tables.destination_table is 'Table of the replica.';

-- Earlier versions did not record them: they are what lies above the replicas, and what
-- has no rows anywhere below it.
with recursive above (source, oid) as (
    select s.source, i.inhparent
    from elt.streams as s
    join pg_inherits as i
        on i.inhrelid = to_regclass(format('%I.%I', s.destination_schema, s.destination_table))
    union
    select above.source, i.inhparent
    from above
    join pg_inherits as i on i.inhrelid = above.oid
)

insert into elt.partitioned_tables
select above.source, n.nspname, c.relname
from above
join pg_class as c on c.oid = above.oid
join pg_namespace as n on n.oid = c.relnamespace
where c.relkind = 'p' or exists (
    select from pg_constraint as o
    where o.conrelid = c.oid and starts_with(o.conname, 'elt_no_rows')
)
union
select s.source, n.nspname, c.relname
from elt.streams as s
join pg_namespace as n on n.nspname = s.destination_schema
join pg_class as c on c.relnamespace = n.oid and c.relkind = 'p'
where not exists (
    select
    from pg_partition_tree(c.oid) as t
    join pg_class as part on part.oid = t.relid
    where part.relkind <> 'p'
);
