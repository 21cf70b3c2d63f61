"""Rows that row security hides no longer arrive, though nobody has written them."""

import pytest
from integration.incremental import INCREMENTAL, sync
from integration.logical import LOGICAL
from integration.replication import query, value, with_role

from elt.config import DeletePolicy, SchemaChangePolicy

FILMS = """
create table films (id integer primary key, title text not null);
insert into films select n, 'film ' || n from generate_series(1, 100) as n;
create publication given for table films;
alter table films enable row level security;
create policy p on films using (id <= 60);
"""
MODES = {
    "incremental": INCREMENTAL | {"deletes": DeletePolicy.IGNORE},
    "logical": LOGICAL | {"publication": "given"},
}
ENDS = {
    "the table has it no longer": "alter table films disable row level security",
    "the role does not see it": "alter role {role} bypassrls",
}


@pytest.fixture
def seen(databases, make_role):
    """Return databases whose source is read by a role that sees some of the rows."""
    query(databases.source, FILMS)
    role = make_role(databases.source)
    query(
        databases.source,
        f"alter role {role.user} replication; grant select on films to {role.user}",
    )
    return with_role(databases, role)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("mode", MODES)
def test_rows_that_are_hidden_no_longer_arrive(databases, seen, mode, end):
    source = MODES[mode] | {"allow_row_security": True}
    sync(seen, source=source)
    query(databases.source, ENDS[end].format(role=seen.source.user))

    found = sync(seen, source=source)

    reason = "row security hid rows of it in the last run"
    assert found == {"public.films": (reason, 40, 0, 0)}
    assert sync(seen, source=source) == {"public.films": (0, 0, 0, 0)}


def test_they_arrive_where_changes_of_the_table_are_kept_away(databases, seen):
    policy = {"on_schema_change": SchemaChangePolicy.KEEP}
    source = MODES["incremental"] | {"allow_row_security": True}
    query(databases.source, "alter table films disable row level security")
    sync(seen, source=source, **policy)
    query(
        databases.source,
        "alter table films enable row level security, add column price numeric;"
        "insert into films values (50000, 'hidden')",
    )
    sync(seen, source=source, **policy)
    query(
        databases.source,
        "alter table films disable row level security, drop column price",
    )
    sync(seen, source=source, **policy)

    assert value(databases.destination, "select count(*) from raw.films") == 101
