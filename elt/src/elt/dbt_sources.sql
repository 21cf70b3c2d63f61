-- name: has_state
-- Tell whether a replicator has ever written to this database.
select to_regclass('elt.streams') is not null

-- name: list_tables
-- One row per replica of a source: its columns, its keys and its foreign keys.
select
    streams.stream,
    streams.destination_schema,
    streams.destination_table,
    obj_description(pg_class.oid, 'pg_class') as comment,
    columns.list as columns,
    coalesce(keys.list, '[]') as keys,
    streams.foreign_keys
from elt.streams
inner join pg_namespace on streams.destination_schema = pg_namespace.nspname
inner join pg_class
    on
        pg_namespace.oid = pg_class.relnamespace
        and streams.destination_table = pg_class.relname
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
    where attrelid = pg_class.oid and attnum > 0 and not attisdropped
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
        indrelid = pg_class.oid
        and indisunique
        and indisvalid
        and indpred is null
        and indexprs is null
) as keys
where streams.source = %(source)s and streams.state <> 'gone'
