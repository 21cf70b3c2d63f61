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
        and (
            select {select_newer} is null
            from (select c.conbin::text as tree) as expressions
        )
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
