-- Which types are ours: those of that name that somebody else made are left alone.
create table elt.types (
    source text not null,
    type text,
    source_oid bigint,
    destination_schema text not null,
    destination_type text not null,
    run_id bigint references elt.sync_runs (run_id),
    made_at timestamptz not null default clock_timestamp(),
    primary key (destination_schema, destination_type)
);
comment on table elt.types is 'The types that elt has made: one row per enum, domain, composite or range type.';
comment on column elt.types.source is 'Name of the source in the configuration.';
comment on column elt.types.type is 'Schema and type at the source, as schema.type; null until a run has met a type that an older version made.';
comment on column elt.types.source_oid is 'Object id of the type there, which stays when it is renamed; null as type is.';
comment on column elt.types.destination_schema is 'Schema of the type here.';
comment on column elt.types.destination_type is 'Its name here.';
comment on column elt.types.run_id is 'The run that made it, or that found it left by one that failed; null for a type that an older version made.';
comment on column elt.types.made_at is 'When it was made, or this table was.';

-- Older versions made those that columns of their replicas have, and what these need.
insert into elt.types (source, destination_schema, destination_type)
with recursive used (source, oid) as (
    select s.source, a.atttypid
    from elt.streams as s
    join pg_namespace as n on n.nspname = s.destination_schema
    join pg_class as c on c.relnamespace = n.oid and c.relname = s.destination_table
    join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    union
    select u.source, part.oid
    from used as u
    join pg_type as t on t.oid = u.oid
    left join pg_range as r on t.oid in (r.rngtypid, r.rngmultitypid)
    cross join lateral (
        values (t.typelem), (t.typbasetype), (r.rngtypid), (r.rngsubtype)
        union
        select a.atttypid
        from pg_attribute as a
        where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
    ) as part (oid)
    where part.oid <> 0
)

select distinct u.source, n.nspname, t.typname
from used as u
join pg_type as t on t.oid = u.oid
join pg_namespace as n on n.oid = t.typnamespace
left join pg_class as c on c.oid = t.typrelid
where (t.typtype in ('e', 'd', 'r') or (t.typtype = 'c' and c.relkind = 'c'))
    and exists (
        select from elt.streams as s
        where s.source = u.source and s.destination_schema = n.nspname
    )
on conflict do nothing;
