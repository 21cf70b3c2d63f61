-- name: list_tables
-- Names of the tables of a schema.
select c.relname
from pg_class as c
where c.relnamespace = to_regnamespace(%(schema)s) and c.relkind = 'r'
order by 1

-- name: count_objects
-- How many indexes and constraints a schema has, not counting NOT NULL.
select
    (
        select count(*)
        from pg_index as i
        join pg_class as c on c.oid = i.indexrelid
        where c.relnamespace = to_regnamespace(%(schema)s)
    ) as indexes,
    (
        select count(*)
        from pg_constraint as k
        where k.connamespace = to_regnamespace(%(schema)s) and k.contype <> 'n'
    ) as constraints

-- name: count_rows
-- How many rows a table has.
select count(*) from {table}

-- name: measure_database
-- How large the database is.
select pg_database_size(current_database())

-- name: discard_rows
-- Read a table, and send its rows nowhere.
copy {table} to '/dev/null' (format binary)

-- name: write_rows
-- Write a table to a file of the server.
copy {table} to {file} (format binary)

-- name: read_rows
-- Read a table from a file of the server.
copy {table} from {file} (format binary)
