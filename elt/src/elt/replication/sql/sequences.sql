-- name: options
-- How a sequence counts, in the words of CREATE SEQUENCE: a part of other queries.
format(
    'as %%s increment by %%s minvalue %%s maxvalue %%s start with %%s cache %%s %%s',
    format_type(s.seqtypid, null),
    s.seqincrement,
    s.seqmin,
    s.seqmax,
    s.seqstart,
    s.seqcache,
    case when s.seqcycle then 'cycle' else 'no cycle' end
)

-- name: list_sequences
-- Every sequence in the given schemas that is neither an identity column's nor an
-- extension's, with the column that owns it.
select
    n.nspname as schema,
    c.relname as name,
    tn.nspname as table_schema,
    t.relname as table_name,
    a.attname as column,
    {options} as options,
    obj_description(c.oid, 'pg_class') as comment,
    c.relfilenode::bigint as file_node,
    has_schema_privilege(n.oid, 'USAGE') as can_enter_schema,
    has_sequence_privilege(s.seqrelid, 'SELECT') as can_select,
    c.relpersistence = 'u' and pg_is_in_recovery() as has_no_value
from pg_sequence as s
join pg_class as c on c.oid = s.seqrelid
join pg_namespace as n on n.oid = c.relnamespace
left join pg_depend as d
    on d.classid = 'pg_class'::regclass
    and d.objid = c.oid
    and d.refclassid = 'pg_class'::regclass
    and d.refobjsubid > 0
    and d.deptype = 'a'
left join pg_class as t on t.oid = d.refobjid
left join pg_namespace as tn on tn.oid = t.relnamespace
left join pg_attribute as a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
where n.nspname = any(%(schemas)s)
    and not exists (
        select from pg_depend as o
        where o.classid = 'pg_class'::regclass
            and o.objid = c.oid
            and o.deptype in ('e', 'i')
    )
    -- Of one that was dropped since the snapshot, nothing is known.
    and has_sequence_privilege(s.seqrelid, 'SELECT') is not null
order by 1, 2

-- name: list_positions
-- The last number that each of some sequences has given out, null where there is none,
-- and the file that says so. These are not of a snapshot, but of now.
select
    n.nspname,
    c.relname,
    case
        when has_sequence_privilege(s.seqrelid, 'SELECT')
            then pg_sequence_last_value(s.seqrelid)
    end,
    pg_relation_filenode(s.seqrelid)::bigint
from unnest(%(schemas)s::text[], %(names)s::text[]) as w (schema, name)
join pg_namespace as n on n.nspname = w.schema
join pg_class as c on c.relnamespace = n.oid and c.relname = w.name
join pg_sequence as s on s.seqrelid = c.oid

-- name: read_position
-- The same of one, whether it has given out its value or not, as one text.
select concat_ws(' ', last_value, is_called, pg_relation_filenode(tableoid))
from {sequence}

-- name: list_held
-- What has the given names, and whether it is a sequence of ours.
with wanted as (
    select * from unnest(%(schemas)s::text[], %(names)s::text[]) as w (schema, name)
)

select
    n.nspname as schema,
    c.relname as name,
    c.relkind = 'S'
    and pg_has_role(c.relowner, 'USAGE')
    and split_part(obj_description(c.oid, 'pg_class'), E'\n', 1)
    is not distinct from %(mark)s as is_ours,
    s.seqrelid is not null
    and obj_description(c.oid, 'pg_class') is null
    and exists (
        select from pg_depend as d
        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'i'
    ) as is_identity,
    case when s.seqrelid is not null then {options} end as options,
    obj_description(c.oid, 'pg_class') as comment
from wanted as w
join pg_namespace as n on n.nspname = w.schema
join pg_class as c on c.relnamespace = n.oid and c.relname = w.name
left join pg_sequence as s on s.seqrelid = c.oid

-- name: create_sequence
-- Make a sequence; it is ours with its comment.
create sequence {sequence} {options}

-- name: alter_sequence
-- Let a sequence of ours count in another way; its value may be beyond its new bounds.
alter sequence {sequence} {options} restart with {value}

-- name: set_sequence
-- Let a sequence of ours go on where the source's is; nobody waits for that.
select setval({name}, {value}, {is_called})

-- name: comment_sequence
-- Say that a sequence is ours, and what the source says of it.
comment on sequence {sequence} is {comment}

-- name: list_identities
-- The sequences of identity columns that have given names, with their tables.
select n.nspname, c.relname, c.oid::bigint, o.nspname, t.relname
from unnest(%(schemas)s::text[], %(names)s::text[]) as w (schema, name)
join pg_namespace as n on n.nspname = w.schema
join pg_class as c
    on c.relnamespace = n.oid and c.relname = w.name and c.relkind = 'S'
join pg_depend as d
    on d.classid = 'pg_class'::regclass
    and d.objid = c.oid
    and d.refclassid = 'pg_class'::regclass
    and d.deptype = 'i'
join pg_class as t on t.oid = d.refobjid
join pg_namespace as o on o.oid = t.relnamespace

-- name: list_in_the_way
-- Our sequences whose names are needed, by tables and indexes of the given names or by
-- anything in a shadow, and which nothing needs in turn.
select n.nspname, c.relname
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
where c.relkind = 'S'
    and split_part(obj_description(c.oid, 'pg_class'), E'\n', 1) = %(mark)s
    and pg_has_role(c.relowner, 'USAGE')
    and (
        exists (
            select from unnest(%(schemas)s::text[], %(names)s::text[]) as w (schema, name)
            where w.schema = n.nspname and w.name = c.relname
        )
        or exists (
            select from pg_class as o
            join pg_namespace as p on p.oid = o.relnamespace
            where p.nspname = 'elt_shadow_' || n.nspname and o.relname = c.relname
        )
    )
    and not exists (
        select from pg_depend as d
        where d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid
    )
