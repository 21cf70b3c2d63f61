-- name: has_state
-- Tell whether a replicator has ever written to this database.
select to_regclass('elt.partitioned_tables') is not null

-- name: list_tables
-- One row per replica of a source: its columns, its keys and its foreign keys. A
-- partitioned table stands for its partitions, unless all of them are gone.
with recursive present as (
    select
        pg_class.oid,
        pg_class.relname as name,
        pg_namespace.nspname as schema
    from pg_class
    inner join pg_namespace on pg_class.relnamespace = pg_namespace.oid
),

wholes as (
    select present.oid
    from elt.partitioned_tables
    inner join present
        on
            partitioned_tables.destination_schema = present.schema
            and partitioned_tables.destination_table = present.name
    where partitioned_tables.source = %(source)s
),

parts as (
    select
        oid as whole,
        oid as part
    from wholes
    union all
    select
        parts.whole,
        pg_inherits.inhrelid
    from parts
    inner join pg_inherits on parts.part = pg_inherits.inhparent
),

replicas as (
    select
        streams.stream,
        streams.foreign_keys,
        streams.state,
        present.oid
    from elt.streams
    inner join present
        on
            streams.destination_schema = present.schema
            and streams.destination_table = present.name
    where streams.source = %(source)s
),

tables as (
    select
        oid,
        stream,
        foreign_keys,
        false as is_partitioned
    from replicas
    where
        state <> 'gone'
        and oid not in (select part from parts)
    union all
    select
        oid,
        null,
        '[]',
        true
    from wholes
    where
        oid not in (select part from parts where whole <> part)
        and (
            select coalesce(bool_or(replicas.state <> 'gone'), true)
            from parts
            inner join replicas on parts.part = replicas.oid
            where parts.whole = wholes.oid
        )
)

select
    tables.stream,
    present.schema,
    present.name,
    tables.is_partitioned,
    obj_description(present.oid, 'pg_class') as comment,
    columns.list as columns,
    coalesce(keys.list, '[]') as keys,
    tables.foreign_keys
from tables
inner join present on tables.oid = present.oid
cross join lateral (
    select
        jsonb_agg(
            jsonb_build_object(
                'name', attname,
                'quoted_name', quote_ident(attname),
                'data_type', format_type(atttypid, atttypmod),
                'is_not_null', attnotnull,
                'comment', col_description(attrelid, attnum)
            )
            order by attnum
        ) as list
    from pg_attribute
    where attrelid = present.oid and attnum > 0 and not attisdropped
) as columns
-- Indexes over part of the rows and over expressions identify no row of the table;
-- included columns belong to no key.
cross join lateral (
    select
        jsonb_agg(
            (
                select jsonb_agg(attname order by position)
                from unnest(indkey::smallint []) with ordinality as key (attnum, position)
                inner join pg_attribute using (attnum)
                where attrelid = indrelid and position <= indnkeyatts
            )
            order by not indisprimary, indkey::text
        ) as list
    from pg_index
    where
        indrelid = present.oid
        and indisunique
        and indisvalid
        and indpred is null
        and indexprs is null
) as keys

-- name: list_schemas
-- The schemas in which a source lands, each with a stream and the name of its replica.
select distinct on (destination_schema)
    destination_schema,
    stream,
    destination_table
from elt.streams
where source = %(source)s
