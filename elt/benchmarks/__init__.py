"""Measures elt beside pg_dump and psql, on servers of its own: `make bench`."""
