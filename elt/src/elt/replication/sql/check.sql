-- name: show_encoding
-- Encoding of the database.
select pg_encoding_to_char(encoding) from pg_database where datname = current_database()

-- name: has_slots
-- Whether the state knows of slots yet.
select to_regclass('elt.slots') is not null
