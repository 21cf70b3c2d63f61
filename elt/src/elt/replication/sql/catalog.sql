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
    -- The name of an object is text elsewhere, which has another order and hash, and
    -- fits into no expression.
    select p.partrelid
    from pg_partitioned_table as p
    join pg_attribute as a on a.attrelid = p.partrelid
    join pg_type as t on t.oid = a.atttypid
    join pg_type as e on e.oid in (t.oid, t.typelem, t.typbasetype)
    where e.typnamespace = 'pg_catalog'::regnamespace
        and e.typname ~ '^reg'
        and (
            (p.partstrat in ('r', 'h') and a.attnum = any(p.partattrs::smallint[]))
            or p.partexprs::text ~ format(':varattno %%s ', a.attnum)
        )
    union
    -- Or one that an older server does not know.
    select expressions.partrelid
    from (select partrelid, partexprs::text as tree from pg_partitioned_table)
        as expressions
    where {select_newer} is not null
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
    nullif(c.reltuples, -1)::bigint as estimated_rows,
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

-- name: select_own_code
-- The first function, operator or other object of a user that something depends on.
select min(
    coalesce(replace(o.type || ' ' || o.identity, 'pg_catalog.', ''), 'code')
    || case when d.refclassid = 'pg_class'::regclass then ' by its name' else '' end
)
from pg_depend as d
cross join lateral pg_identify_object(d.refclassid, d.refobjid, d.refobjsubid) as o
where d.deptype = 'n'
    and d.refclassid in (
        'pg_proc'::regclass, 'pg_operator'::regclass, 'pg_opclass'::regclass,
        'pg_ts_config'::regclass, 'pg_ts_dict'::regclass, 'pg_class'::regclass
    )
    and d.refobjid >= 16384
    and d.refobjsubid = 0
    and not exists (
        select from pg_depend as e
        where e.classid = d.refclassid and e.objid = d.refobjid and e.deptype = 'e'
    )

-- name: select_newer
-- Of a tree of expressions: the first of what it needs that an older server lacks.
(
    select min(needed.name)
    from (
        select
            'function ' || p.oid::regprocedure as name,
            p.proname || ' ' || p.proargtypes::text as signature
        from regexp_matches(
            expressions.tree, ':(?:func|opfunc)id (\d+)', 'g'
        ) as f (oids)
        join pg_proc as p on p.oid = f.oids[1]::oid
        where p.oid < 16384
        union all
        select s.name, s.name
        from (
            values
            ('JSON(ISPREDICATE|CONSTRUCTOREXPR) :', 'JSON syntax of PostgreSQL 16'),
            ('JSONEXPR :', 'JSON syntax of PostgreSQL 17')
        ) as s (node, name)
        where expressions.tree ~ s.node
    ) as needed
    -- Where it is not older, nothing of this is looked at.
    where %(functions)s::text[] is not null
        and not needed.signature = any(%(functions)s::text[])
)

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
    coalesce(
        (
            {select_own_code}
                and d.classid = 'pg_constraint'::regclass
                and d.objid = c.oid
                -- A table that it names by itself, not one that it is a constraint of,
                -- nor a composite type whose attribute it takes.
                and d.refobjid not in (c.conrelid, c.confrelid, c.conindid)
        ),
        (
            select {select_newer}
            from (
                select concat(
                    c.conbin::text,
                    (
                        select concat(i.indexprs::text, i.indpred::text)
                        from pg_index as i
                        where i.indexrelid = c.conindid
                    )
                ) as tree
            ) as expressions
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
with recursive domains (oid, base) as (
    select oid, typbasetype from pg_type where typtype = 'd'
    union
    select d.oid, t.typbasetype
    from domains as d
    join pg_type as t on t.oid = d.base and t.typtype = 'd'
),

-- The operator by which a btree index takes values of a type for equal.
equalities (opclass, type, is_default, operator, name) as (
    select c.oid, c.opcintype, c.opcdefault, o.oid, o.oprname
    from pg_opclass as c
    join pg_amop as a
        on a.amopfamily = c.opcfamily
        and a.amoplefttype = c.opcintype
        and a.amoprighttype = c.opcintype
        and a.amopstrategy = 3
    join pg_operator as o on o.oid = a.amopopr
    where c.opcmethod = (select oid from pg_am where amname = 'btree')
)

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
    )
    -- Rows are told apart by the = of a column: an index with another one may let in two
    -- that are the same by that.
    and not exists (
        select
        from unnest(i.indkey::smallint[], i.indclass::oid[]) as k (number, opclass)
        join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = k.number
        join equalities as e on e.opclass = k.opclass
        left join equalities as own
            on own.is_default
            and (
                own.type = a.atttypid
                or exists (
                    select from domains as d
                    where d.oid = a.atttypid and d.base = own.type
                )
            )
        where e.name <> '=' or own.operator <> e.operator
    ) as is_key,
    array(
        select a.attname::text
        from unnest((i.indkey::smallint[])[0:i.indnkeyatts - 1])
            with ordinality as k (number, position)
        join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = k.number
        order by k.position
    ) as columns,
    coalesce(
        (
            {select_own_code}
                and d.classid = 'pg_class'::regclass
                and d.objid = i.indexrelid
                -- A table that it names by itself: not its own, nor the index of a
                -- whole.
                and d.refobjid <> i.indrelid
        ),
        (
            select {select_newer}
            from (
                select concat(i.indexprs::text, i.indpred::text) as tree
            ) as expressions
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
    union all
    -- Schemas that are published, of whose catalog versions before 15 know nothing.
    select 18, objid::bigint, refobjid::bigint, xmin
    from pg_depend
    where classid = to_regclass('pg_catalog.pg_publication_namespace')
)

select
    sum(
        hashtextextended(concat_ws(' ', catalog, object, part, writer), 0)
    )::text
from entries
