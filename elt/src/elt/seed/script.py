"""The cinema as a script for psql, for people who want to read it first."""

from __future__ import annotations

from collections.abc import Iterator

from elt.seed.copytext import encode_rows
from elt.seed.dataset import TABLES
from elt.seed.loading import COPY
from elt.seed.seeder import mark_of, read_sql
from elt.seed.size import size_of

_HEADER = """\
-- A cinema, what is shown in it and what people think of it.
-- Written by: elt seed --print-sql --scale {scale}
-- Load it into an empty database with: psql --file FILE

\\set ON_ERROR_STOP on
set client_encoding to 'UTF8';
begin;
set local search_path to public, pg_temp;

"""


def script(scale: int) -> Iterator[str]:
    """Return, part by part, SQL that leaves the same tables as the seeder."""
    size = size_of(scale)
    yield _HEADER.format(scale=scale)
    yield read_sql("schema.sql")
    for table in TABLES:
        columns = ", ".join(table.columns)
        yield "\n" + COPY.format(table=table.name, columns=columns) + ";\n"
        yield from encode_rows(table.rows(size))
        yield "\\.\n"
    yield "\n" + read_sql("relations.sql")
    yield f"\ncomment on function touch_updated_at() is '{mark_of(size)}';\n"
    yield "commit;\nanalyze;\n"
