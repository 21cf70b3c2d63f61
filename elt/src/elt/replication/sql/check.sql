-- name: show_encoding
-- Encoding of the database.
select pg_encoding_to_char(encoding) from pg_database where datname = current_database()
