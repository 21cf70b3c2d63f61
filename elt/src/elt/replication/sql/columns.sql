-- name: list_columns
-- Every column of the relations of some kinds in the given schemas, with what its type needs.
with recursive columns as (
    select
        a.attrelid,
        c.relispartition,
        a.attnum,
        a.attname,
        a.atttypid,
        a.atttypmod,
        {is_never_null} as attnotnull,
        a.attidentity,
        a.attgenerated,
        a.attcollation
    from pg_attribute as a
    join pg_class as c on c.oid = a.attrelid
    join pg_namespace as n on n.oid = c.relnamespace
    where c.relkind::text = any(%(kinds)s)
        and n.nspname = any(%(schemas)s)
        and a.attnum > 0
        and not a.attisdropped
),

-- A type and everything it is made of: elements, base, attributes, bounds.
parts (root, part) as (
    select distinct atttypid, atttypid from columns
    union
    select parts.root, next.part
    from parts
    join pg_type as t on t.oid = parts.part
    cross join lateral (
        select t.typelem as part where t.typcategory = 'A' and t.typelem <> 0
        union all
        select t.typbasetype where t.typbasetype <> 0
        union all
        select a.atttypid
        from pg_attribute as a
        where t.typrelid <> 0
            and a.attrelid = t.typrelid
            and a.attnum > 0
            and not a.attisdropped
        union all
        select r.rngsubtype from pg_range as r where r.rngtypid = t.oid
        union all
        select r.rngtypid from pg_range as r where r.rngmultitypid = t.oid
    ) as next
),

types as (
    select
        parts.root,
        array_agg(parts.part::bigint) as parts,
        bool_and(
            t.typsend <> 0
            and t.typreceive <> 0
            -- Empty vectors and queries are not taken back as they were sent; XML loses
            -- the encoding that it declares.
            and not (
                t.typnamespace = 'pg_catalog'::regnamespace
                and t.typname in ('int2vector', 'oidvector', 'tsquery', 'xml')
            )
        ) as is_binary_safe,
        bool_or(t.oid = 'pg_catalog.xml'::regtype) as has_xml,
        bool_or(
            t.oid = 'pg_catalog.interval'::regtype
            and current_setting('server_version_num')::integer >= 170000
        ) as has_infinite_intervals,
        -- Values that name tables, types or roles, or that no client may write.
        bool_or(
            t.typnamespace = 'pg_catalog'::regnamespace
            and (t.typname ~ '^reg' or t.typname in (
                'aclitem', 'gtsvector', 'pg_node_tree', 'pg_ndistinct',
                'pg_dependencies', 'pg_mcv_list', 'pg_brin_bloom_summary',
                'pg_brin_minmax_multi_summary'
            ))
        ) as is_text_elsewhere,
        -- Equal hashes of these mean equal bytes; 1.0 and 1.00 hash alike, as do
        -- arrays of other dimensions, and enums hash by object id.
        bool_and(
            t.typnamespace = 'pg_catalog'::regnamespace
            and (
                t.typtype in ('r', 'm')
                or t.typname in (
                    'bool', 'bytea', 'char', 'name', 'int2', 'int4', 'int8', 'oid',
                    'text', 'varchar', 'date', 'time', 'timestamp', 'timestamptz',
                    'uuid', 'macaddr', 'macaddr8', 'pg_lsn'
                )
            )
        ) as has_exact_hash,
        -- What these send to a client is the same in every database.
        bool_and(
            t.typnamespace = 'pg_catalog'::regnamespace
            and t.typtype in ('b', 'r', 'm')
            and t.typsend <> 0
            and t.typname !~ '^(reg|pg_)'
            and t.typname not in (
                'xml', 'aclitem', 'gtsvector', 'txid_snapshot', 'refcursor'
            )
        ) as has_stable_form,
        -- Types written in C, of no extension; and row types of tables.
        min(t.typname) filter (where (
            t.typtype = 'b'
            and t.typcategory <> 'A'
            and t.oid >= 16384
            and not exists (
                select from pg_depend as d
                where d.classid = 'pg_type'::regclass
                    and d.objid = t.oid
                    and d.deptype = 'e'
            )
        ) or (
            t.typtype = 'c'
            and exists (
                select from pg_class as c where c.oid = t.typrelid and c.relkind <> 'c'
            )
        )) as unknown_part
    from parts
    join pg_type as t on t.oid = parts.part
    group by parts.root
),

own_types (oid, name) as (
    {own_types}
)

select
    columns.attrelid::bigint as table_oid,
    columns.attnum::integer as number,
    columns.attname as name,
    case
        when not types.is_text_elsewhere
            then coalesce(own.name, format_type(columns.atttypid, columns.atttypmod))
        when t.typcategory = 'A' and t.typelem <> 0 then 'text[]'
        else 'text'
    end as type,
    columns.attnotnull as is_not_null,
    has_column_privilege(columns.attrelid, columns.attnum, 'SELECT') as can_select,
    -- A partition counts with the sequence of the whole.
    columns.attidentity <> '' and not columns.relispartition as is_identity,
    coalesce(counting.options, '') as identity_options,
    coalesce(counting.name, '') as identity_sequence,
    columns.attgenerated::text as generated,
    pg_get_expr(d.adbin, d.adrelid) as expression,
    case
        when columns.attgenerated = 'v' then pg_get_expr(d.adbin, d.adrelid)
    end as computed,
    case when columns.attcollation <> t.typcollation then co.collname end as collation,
    types.parts,
    types.is_text_elsewhere,
    types.has_infinite_intervals,
    t.typcategory::text as category,
    types.is_binary_safe and not types.is_text_elsewhere as is_binary_safe,
    case
        when types.has_xml and t.typcategory = 'A' and t.typelem <> 0 then 'text[]'
        when types.has_xml then 'text'
    end as sent_as,
    case
        when types.is_text_elsewhere then 'text'
        when types.has_exact_hash then 'value'
        when types.has_stable_form then t.typsend::text
        else 'text'
    end as hash_form,
    types.unknown_part,
    -- The = of enums does not take the domains over them.
    case when t.typtype = 'd' and t.typcategory = 'E' then (
        select enum_name.name
        from own_types as enum_name
        join pg_type as e on e.oid = enum_name.oid and e.typtype = 'e'
        where e.oid = any(types.parts)
    ) end as compared_as,
    (
        select e.extname
        from pg_depend as x
        join pg_extension as e on e.oid = x.refobjid
        where x.classid = 'pg_type'::regclass
            and x.objid = coalesce(nullif(t.typelem, 0), t.oid)
            and x.deptype = 'e'
    ) as extension,
    col_description(columns.attrelid, columns.attnum) as comment,
    columns.attgenerated <> '' and (exists (
        select from pg_depend as p
        where (
                p.classid = 'pg_attrdef'::regclass and p.objid = d.oid
                -- PostgreSQL 14 keeps what a generated column needs at the column.
                or p.classid = 'pg_class'::regclass
                and p.objid = columns.attrelid
                and p.objsubid = columns.attnum
            )
            and p.refclassid in (
                'pg_proc'::regclass, 'pg_operator'::regclass, 'pg_collation'::regclass,
                'pg_ts_config'::regclass, 'pg_ts_dict'::regclass, 'pg_class'::regclass
            )
            and p.refobjid >= 16384
            -- A table that it names by itself, not one whose columns it takes.
            and p.refobjid <> columns.attrelid
            and p.refobjsubid = 0
    ) or (
        -- Or those of a newer server.
        select {select_newer} is not null
        from (select d.adbin::text as tree) as expressions
    )) as uses_code,
    -- Something in it takes a collation, and another one than "C".
    coalesce(d.adbin::text ~ ':inputcollid (?!0 |950 )', false) as uses_locale
from columns
join pg_type as t on t.oid = columns.atttypid
join types on types.root = columns.atttypid
left join own_types as own on own.oid = columns.atttypid
left join pg_attrdef as d
    on d.adrelid = columns.attrelid and d.adnum = columns.attnum
left join pg_collation as co on co.oid = columns.attcollation
left join lateral (
    select
        format(
            'increment by %%s minvalue %%s maxvalue %%s start with %%s cache %%s%%s',
            s.seqincrement,
            s.seqmin,
            s.seqmax,
            s.seqstart,
            s.seqcache,
            case when s.seqcycle then ' cycle' end
        ) as options,
        c.relname as name
    from pg_depend as x
    join pg_sequence as s on s.seqrelid = x.objid
    join pg_class as c on c.oid = x.objid
    where columns.attidentity <> ''
        and x.classid = 'pg_class'::regclass
        and x.refclassid = 'pg_class'::regclass
        and x.refobjid = columns.attrelid
        and x.refobjsubid = columns.attnum
        and x.deptype = 'i'
) as counting on true
order by columns.attrelid, columns.attnum
