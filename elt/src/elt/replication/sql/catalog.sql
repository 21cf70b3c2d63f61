-- name: list_schemas
-- Every schema that is neither the system's nor just an extension's, by name.
select n.nspname as name
from pg_namespace as n
where n.nspname !~ '^pg_'
    and n.nspname <> 'information_schema'
    and (
        not exists (
            select from pg_depend as d
            where d.classid = 'pg_namespace'::regclass
                and d.objid = n.oid
                and d.deptype = 'e'
        )
        -- An extension may keep rows of users in its schema, as chunks of their tables.
        or exists (
            select from pg_class as c
            where c.relnamespace = n.oid
                and c.relkind in ('r', 'p', 'f', 'v', 'm')
                and not exists (
                    select from pg_depend as d
                    where d.classid = 'pg_class'::regclass
                        and d.objid = c.oid
                        and d.deptype = 'e'
                )
        )
    )
order by 1

-- name: list_extension_schemas
-- Schemas that hold objects of extensions, besides pg_catalog.
select distinct n.nspname as name
from pg_extension as e
join pg_namespace as n on n.oid = e.extnamespace
where n.nspname <> 'pg_catalog'
order by 1

-- name: list_extensions
-- Names of the extensions that are installed.
select extname as name from pg_extension order by 1

-- name: list_tables
-- Every relation with rows in the given schemas, and every sequence that belongs to no
-- column, first created first.
with recursive placed_elsewhere (oid) as (
    -- An enum hashes by its object id, and so do types made of enums: elsewhere their
    -- rows belong to other partitions. What lies below has parents instead of bounds.
    select p.partrelid
    from pg_partitioned_table as p
    join pg_opclass as o on o.oid = any(p.partclass::oid[])
    where p.partstrat = 'h'
        and o.opcintype in (
            'anyenum'::regtype, 'anyarray'::regtype, 'anyrange'::regtype,
            'anymultirange'::regtype, 'record'::regtype
        )
    union
    -- A key may also need a function, an order or a collation that only the source has.
    select p.partrelid
    from pg_partitioned_table as p
    join pg_depend as d
        on d.classid = 'pg_class'::regclass
        and d.objid = p.partrelid
        and d.objsubid = 0
        and d.refclassid in (
            'pg_proc'::regclass, 'pg_operator'::regclass, 'pg_opclass'::regclass,
            'pg_collation'::regclass
        )
        and d.refobjid >= 16384
    where not exists (
        select from pg_depend as e
        where e.classid = d.refclassid
            and e.objid = d.refobjid
            and e.deptype = 'e'
    )
    union
    -- Text is ordered by the locale, if not by "C", and hashed as it is encoded.
    select p.partrelid
    from pg_partitioned_table as p
    where (
            %(has_other_locale)s
            and p.partstrat = 'r'
            and 'pg_catalog."default"'::regcollation = any(p.partcollation::oid[])
        )
        or (
            %(is_recoded)s
            and p.partstrat in ('r', 'h')
            and exists (
                select from unnest(p.partcollation::oid[]) as c (oid) where c.oid <> 0
            )
        )
        or (
            (%(has_other_locale)s or %(is_recoded)s)
            and p.partexprs::text ~ ':inputcollid (?!0 |950 )'
        )
    union
    -- A partition cannot have children, so that what lies above is not partitioned,
    -- either.
    select case when i.inhparent = h.oid then i.inhrelid else i.inhparent end
    from placed_elsewhere as h
    join pg_inherits as i on h.oid in (i.inhparent, i.inhrelid)
)

select
    c.oid::bigint as oid,
    n.nspname as schema,
    c.relname as name,
    c.relkind::text as kind,
    greatest(c.reltuples, 0)::bigint as estimated_rows,
    case when c.relkind in ('r', 'm') then pg_table_size(c.oid) else 0 end as bytes,
    case when c.relkind in ('r', 'm') then
        pg_relation_size(c.oid) / current_setting('block_size')::bigint
    else 0 end as pages,
    has_schema_privilege(n.oid, 'USAGE') as can_enter_schema,
    has_table_privilege(c.oid, 'SELECT') as can_select,
    -- Which a view has not.
    coalesce(
        has_column_privilege(c.oid, -1::smallint, 'SELECT')
        and has_column_privilege(c.oid, -2::smallint, 'SELECT'),
        true
    ) as can_select_system,
    row_security_active(c.oid) as hides_rows,
    obj_description(c.oid, 'pg_class') as comment,
    case
        when c.oid not in (select oid from placed_elsewhere)
            then pg_get_partkeydef(c.oid)
    end as partition_key,
    case
        when not exists (
            select from pg_inherits as i
            join placed_elsewhere as h on h.oid = i.inhparent
            where i.inhrelid = c.oid
        )
            then pg_get_expr(c.relpartbound, c.oid)
    end as partition_bound,
    array(
        select i.inhparent::bigint
        from pg_inherits as i
        where i.inhrelid = c.oid
        order by i.inhseqno
    ) as parents,
    c.relispopulated as is_populated
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'f', 'v', 'm', 'S')
    and n.nspname = any(%(schemas)s)
    and not exists (
        select from pg_depend as d
        where d.classid = 'pg_class'::regclass
            and d.objid = c.oid
            and (d.deptype = 'e' or (c.relkind = 'S' and d.refobjsubid > 0))
    )
order by c.oid

-- name: has_large_objects
-- Whether the database has any.
select exists (select from pg_largeobject_metadata)

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
    coalesce((
        select format(
            'increment by %%s minvalue %%s maxvalue %%s start with %%s cache %%s%%s',
            s.seqincrement,
            s.seqmin,
            s.seqmax,
            s.seqstart,
            s.seqcache,
            case when s.seqcycle then ' cycle' end
        )
        from pg_depend as d
        join pg_sequence as s on s.seqrelid = d.objid
        where columns.attidentity <> ''
            and d.classid = 'pg_class'::regclass
            and d.refclassid = 'pg_class'::regclass
            and d.refobjid = columns.attrelid
            and d.refobjsubid = columns.attnum
            and d.deptype = 'i'
    ), '') as identity_options,
    columns.attgenerated::text as generated,
    pg_get_expr(d.adbin, d.adrelid) as expression,
    case
        when columns.attgenerated = 'v' then pg_get_expr(d.adbin, d.adrelid)
    end as computed,
    case when columns.attcollation <> t.typcollation then co.collname end as collation,
    types.parts,
    types.is_text_elsewhere,
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
    columns.attgenerated <> '' and exists (
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
    ) as uses_code,
    -- Something in it takes a collation, and another one than "C".
    coalesce(d.adbin::text ~ ':inputcollid (?!0 |950 )', false) as uses_locale
from columns
join pg_type as t on t.oid = columns.atttypid
join types on types.root = columns.atttypid
left join own_types as own on own.oid = columns.atttypid
left join pg_attrdef as d
    on d.adrelid = columns.attrelid and d.adnum = columns.attnum
left join pg_collation as co on co.oid = columns.attcollation
order by columns.attrelid, columns.attnum

-- name: list_constraints
-- Primary keys, unique, exclusion, check and foreign key constraints.
select
    c.conrelid::bigint as table_oid,
    c.conname as name,
    c.contype::text as kind,
    pg_get_constraintdef(c.oid) as definition,
    array(
        select a.attname::text
        from unnest(c.conkey) with ordinality as k (number, position)
        join pg_attribute as a on a.attrelid = c.conrelid and a.attnum = k.number
        order by k.position
    ) as columns,
    nullif(c.confrelid, 0)::bigint as referenced_oid,
    array(
        select a.attname::text
        from unnest(c.confkey) with ordinality as k (number, position)
        join pg_attribute as a on a.attrelid = c.confrelid and a.attnum = k.number
        order by k.position
    ) as referenced_columns,
    c.condeferrable as is_deferrable,
    c.convalidated as is_valid,
    c.oid::bigint as oid,
    case when c.conparentid <> 0 or c.coninhcount > 0
        then c.conparentid::bigint
    end as parent_oid,
    -- A column that versions before 18 do not have.
    coalesce((to_jsonb(c) ->> 'conperiod')::boolean, false) as has_period,
    (
        select min(
            coalesce(replace(o.type || ' ' || o.identity, 'pg_catalog.', ''), 'code')
            || case when d.refclassid = 'pg_class'::regclass then ' by its name' else '' end
        )
        from pg_depend as d
        cross join lateral pg_identify_object(
            d.refclassid, d.refobjid, d.refobjsubid
        ) as o
        where d.classid = 'pg_constraint'::regclass
            and d.objid = c.oid
            and d.refclassid in (
                'pg_proc'::regclass, 'pg_operator'::regclass, 'pg_class'::regclass,
                'pg_ts_config'::regclass, 'pg_ts_dict'::regclass
            )
            and d.refobjid >= 16384
            -- A table that it names by itself, not one that it is a constraint of, nor
            -- a composite type whose attribute it takes.
            and d.refobjid not in (c.conrelid, c.confrelid, c.conindid)
            and d.refobjsubid = 0
            and not exists (
                select from pg_depend as e
                where e.classid = d.refclassid
                    and e.objid = d.refobjid
                    and e.deptype = 'e'
            )
    ) as code,
    array(
        select distinct e.extname::text
        from pg_depend as d
        join pg_depend as x
            on x.classid = d.refclassid and x.objid = d.refobjid and x.deptype = 'e'
        join pg_extension as e on e.oid = x.refobjid
        where (d.classid = 'pg_constraint'::regclass and d.objid = c.oid)
            or (d.classid = 'pg_class'::regclass and d.objid = nullif(c.conindid, 0))
        order by 1
    ) as extensions
from pg_constraint as c
join pg_class as t on t.oid = c.conrelid
join pg_namespace as n on n.oid = t.relnamespace
where c.contype in ('p', 'u', 'x', 'c', 'f')
    -- The parts of a partitioned table inherit its foreign keys.
    and (c.contype <> 'f' or c.conparentid = 0)
    and n.nspname = any(%(schemas)s)
order by c.conrelid, c.oid

-- name: list_indexes
-- Every valid index of relations of some kinds that no constraint owns, and what follows USING in its definition.
select
    i.indrelid::bigint as table_oid,
    c.relname as name,
    i.indexrelid::bigint as oid,
    (
        select p.inhparent::bigint from pg_inherits as p where p.inhrelid = i.indexrelid
    ) as parent_oid,
    i.indisunique as is_unique,
    substring(
        pg_get_indexdef(i.indexrelid)
        from length(format(
            'CREATE %%sINDEX %%I ON %%s%%I.%%I ',
            case when i.indisunique then 'UNIQUE ' else '' end,
            c.relname,
            case when t.relkind = 'p' then 'ONLY ' else '' end,
            n.nspname,
            t.relname
        )) + 1
    ) as definition,
    i.indisunique
    and i.indimmediate
    and i.indpred is null
    and i.indexprs is null
    and not exists (
        select from unnest(i.indkey::smallint[]) as k (number)
        join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = k.number
        where not {is_never_null}
    ) as is_key,
    array(
        select a.attname::text
        from unnest((i.indkey::smallint[])[0:i.indnkeyatts - 1])
            with ordinality as k (number, position)
        join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = k.number
        order by k.position
    ) as columns,
    (
        select min(
            coalesce(replace(o.type || ' ' || o.identity, 'pg_catalog.', ''), 'code')
            || case when d.refclassid = 'pg_class'::regclass then ' by its name' else '' end
        )
        from pg_depend as d
        cross join lateral pg_identify_object(
            d.refclassid, d.refobjid, d.refobjsubid
        ) as o
        where d.classid = 'pg_class'::regclass
            and d.objid = i.indexrelid
            and d.refclassid in (
                'pg_proc'::regclass, 'pg_operator'::regclass, 'pg_opclass'::regclass,
                'pg_ts_config'::regclass, 'pg_ts_dict'::regclass, 'pg_class'::regclass
            )
            and d.refobjid >= 16384
            -- A table that it names by itself: not its own, nor the index of a whole.
            and d.refobjid <> i.indrelid
            and d.refobjsubid = 0
            and d.deptype = 'n'
            and not exists (
                select from pg_depend as e
                where e.classid = d.refclassid
                    and e.objid = d.refobjid
                    and e.deptype = 'e'
            )
    ) as code,
    array(
        select distinct e.extname::text
        from pg_depend as d
        join pg_depend as x
            on x.classid = d.refclassid and x.objid = d.refobjid and x.deptype = 'e'
        join pg_extension as e on e.oid = x.refobjid
        where d.classid = 'pg_class'::regclass and d.objid = i.indexrelid
        order by 1
    ) as extensions
from pg_index as i
join pg_class as c on c.oid = i.indexrelid
join pg_class as t on t.oid = i.indrelid
join pg_namespace as n on n.oid = t.relnamespace
where i.indisvalid
    and t.relkind::text = any(%(kinds)s)
    and n.nspname = any(%(schemas)s)
    and not exists (
        select from pg_constraint as k
        where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x')
    )
order by i.indrelid, c.oid

-- name: is_never_null
-- Of a column a: not where old rows may be null, as from PostgreSQL 18 on.
(
    a.attnotnull
    and (a.attrelid, a.attnum) not in (
        select k.conrelid, k.conkey[1]
        from pg_constraint as k
        where k.contype = 'n' and k.conrelid <> 0 and not k.convalidated
    )
)

-- name: own_types
-- Types of the user always with their schema: what else hides them is not the same on
-- both sides.
select a.oid, format('%%I.%%I', n.nspname, t.typname) || a.suffix
from pg_type as t
join pg_namespace as n on n.oid = t.typnamespace
cross join lateral (
    values (t.oid, ''), (nullif(t.typarray, 0), '[]')
) as a (oid, suffix)
left join pg_range as r on r.rngmultitypid = t.oid
where t.typtype in ('e', 'd', 'c', 'r', 'm')
    and n.nspname = any(%(schemas)s)
    and not exists (
        select from pg_depend as d
        where d.classid = 'pg_type'::regclass
            and d.objid = coalesce(r.rngtypid, t.oid)
            and d.deptype = 'e'
    )

-- name: list_types
-- Every enum, domain, composite and range type of the given schemas and their parts.
with own_types (oid, name) as (
    {own_types}
),

-- Of domains. One that needs code of users does not hold elsewhere, nor does one that
-- depends on the time: that holds when a value is written, and no longer.
checks (type_oid, name, definition, holds_elsewhere) as (
    select
        c.contypid,
        c.conname::text,
        format('constraint %%I %%s', c.conname, pg_get_constraintdef(c.oid)),
        c.conbin::text !~ 'SQLVALUEFUNCTION'
        and not exists (
            select from pg_depend as d
            where d.classid = 'pg_constraint'::regclass
                and d.objid = c.oid
                and d.refobjid >= 16384
                and (d.refclassid = 'pg_proc'::regclass or (
                    d.refclassid in (
                        'pg_operator'::regclass, 'pg_class'::regclass,
                        'pg_collation'::regclass, 'pg_ts_config'::regclass,
                        'pg_ts_dict'::regclass
                    )
                    and not exists (
                        select from pg_depend as e
                        where e.classid = d.refclassid
                            and e.objid = d.refobjid
                            and e.deptype = 'e'
                    )
                ))
        )
        and not exists (
            select from regexp_matches(
                c.conbin::text, ':(?:funcid|opfuncid) (\d+)', 'g'
            ) as f (oids)
            join pg_proc as p on p.oid = f.oids[1]::oid
            where p.provolatile <> 'i'
        )
    from pg_constraint as c
    where c.contypid <> 0 and c.contype = 'c'
)

select
    t.oid::bigint as oid,
    n.nspname as schema,
    t.typname as name,
    t.typtype::text as kind,
    array(
        select e.enumlabel::text
        from pg_enum as e
        where e.enumtypid = t.oid
        order by e.enumsortorder
    ) as labels,
    case when t.typtype = 'd' then coalesce(
        (select own.name from own_types as own where own.oid = t.typbasetype),
        format_type(t.typbasetype, t.typtypmod)
    ) end as base,
    (
        select k.collname
        from pg_collation as k
        left join pg_range as r on r.rngtypid = t.oid
        left join pg_type as s on s.oid = r.rngsubtype
        where k.oid = coalesce(r.rngcollation, t.typcollation)
            and k.oid <> coalesce(s.typcollation, b.typcollation, 0)
    ) as collation,
    t.typnotnull as is_not_null,
    array(
        select c.definition from checks as c
        where c.type_oid = t.oid and c.holds_elsewhere
        order by c.name
    ) as checks,
    array(
        select c.name from checks as c where c.type_oid = t.oid order by c.name
    ) as check_names,
    array(
        select c.name from checks as c
        where c.type_oid = t.oid and not c.holds_elsewhere
        order by c.name
    ) as unfit_checks,
    array(
        select format(
            '%%I %%s',
            a.attname,
            coalesce(own.name, format_type(a.atttypid, a.atttypmod))
        )
        from pg_attribute as a
        left join own_types as own on own.oid = a.atttypid
        where a.attrelid = t.typrelid
            and a.attnum > 0
            and not a.attisdropped
        order by a.attnum
    ) as attributes,
    (
        select coalesce(own.name, format_type(r.rngsubtype, null))
        from pg_range as r
        left join own_types as own on own.oid = r.rngsubtype
        where r.rngtypid = t.oid
    ) as subtype,
    (
        select m.typname
        from pg_range as r
        join pg_type as m on m.oid = r.rngmultitypid
        where r.rngtypid = t.oid
    ) as multirange,
    array(
        select coalesce(nullif(p.typelem, 0), p.oid)::bigint
        from (
            select t.typbasetype as part where t.typtype = 'd'
            union all
            select a.atttypid
            from pg_attribute as a
            where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
            union all
            select r.rngsubtype from pg_range as r where r.rngtypid = t.oid
        ) as needed
        join pg_type as p on p.oid = needed.part
    ) as needs,
    obj_description(t.oid, 'pg_type') as comment
from pg_type as t
join pg_namespace as n on n.oid = t.typnamespace
left join pg_class as c on c.oid = t.typrelid
left join pg_type as b on b.oid = t.typbasetype
where (t.typtype in ('e', 'd', 'r') or (t.typtype = 'c' and c.relkind = 'c'))
    and n.nspname = any(%(schemas)s)
    and not exists (
        select from pg_depend as d
        where d.classid = 'pg_type'::regclass
            and d.objid = t.oid
            and d.deptype = 'e'
    )
order by t.oid

-- name: list_collations
-- Names of the collations that this database can use.
select c.collname as name
from pg_collation as c
where c.collencoding in (
    -1, (select encoding from pg_database where datname = current_database())
)
    and c.collnamespace = 'pg_catalog'::regnamespace

-- name: list_default_grants
-- What this role's new tables of a schema are granted by default.
select
    n.nspname as schema,
    r.rolname as grantee,
    a.privilege_type as privilege,
    a.is_grantable
from pg_default_acl as d
join pg_namespace as n on n.oid = d.defaclnamespace
cross join lateral aclexplode(d.defaclacl) as a
left join pg_roles as r on r.oid = a.grantee
where d.defaclobjtype = 'r'
    and d.defaclrole = (select oid from pg_roles where rolname = current_user)
order by 1, 2, 3

-- name: read_fingerprint
-- A number that is another one when a definition changed that a plan rests upon: who
-- wrote each row of the catalog. Statistics are written in place, and change nothing;
-- what is temporary is left out.
with relations as (
    select oid, xmin from pg_class where oid >= 16384 and relpersistence <> 't'
),

entries (catalog, object, part, writer) as (
    select 1, oid::bigint, 0, xmin from relations
    union all
    select 2, a.attrelid::bigint, a.attnum, a.xmin
    from pg_attribute as a
    join relations as r on r.oid = a.attrelid
    union all
    select 3, oid::bigint, 0, xmin from pg_attrdef
    union all
    select 4, oid::bigint, 0, xmin from pg_constraint where oid >= 16384
    union all
    select 5, i.indexrelid::bigint, 0, i.xmin
    from pg_index as i
    join relations as r on r.oid = i.indexrelid
    union all
    select 6, inhrelid::bigint, inhparent::bigint, xmin from pg_inherits
    union all
    select 7, partrelid::bigint, 0, xmin from pg_partitioned_table
    union all
    select 8, seqrelid::bigint, 0, xmin from pg_sequence
    union all
    select 9, t.oid::bigint, 0, t.xmin
    from pg_type as t
    where t.oid >= 16384
        and (t.typrelid = 0 or exists (select from relations where oid = t.typrelid))
    union all
    select 10, oid::bigint, 0, xmin from pg_enum
    union all
    select 11, rngtypid::bigint, 0, xmin from pg_range where rngtypid >= 16384
    union all
    select 12, oid::bigint, 0, xmin
    from pg_namespace
    where nspname !~ '^pg_(toast_)?temp_'
    union all
    select 13, objoid::bigint, objsubid, xmin from pg_description where objoid >= 16384
    union all
    select 14, oid::bigint, 0, xmin from pg_policy
    union all
    select 15, oid::bigint, 0, xmin from pg_publication
    union all
    select 16, oid::bigint, 0, xmin from pg_publication_rel
    union all
    select 17, oid::bigint, 0, xmin from pg_extension
)

select
    sum(
        hashtextextended(concat_ws(' ', catalog, object, part, writer), 0)
    )::text
from entries
