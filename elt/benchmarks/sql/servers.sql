-- name: find_database
-- Object id and size in bytes of a database, if it exists.
select oid::bigint, pg_database_size(oid) from pg_database where datname = %(name)s
