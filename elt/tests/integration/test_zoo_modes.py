"""Changes of rows of any type are followed in every mode, not only when all is read."""

import pytest
from integration import zoo
from integration.incremental import differing, sync
from integration.replication import query, session, version_of
from integration.zoo.values import types_that_name_objects, values_of

from elt.config import SyncMode

#: A row goes, one changes, and one comes whose values are those of another.
CHANGES = """
delete from types.{table} where id = 0;
update types.{table} set list = null, grid = null where id = -1;
update types.{table} set value = null where id = (select max(id) from types.{table});
insert into types.{table}
select 1000, value, list, grid from types.{table} where id = -2;
"""
#: Enums, domains, composites and ranges, which the WAL announces before their rows.
USER_TYPES = """
alter table user_types replica identity full;
delete from user_types where id = 2;
update user_types set
    moods = '{née,NULL}', shop_mood = 'hot', amounts = null, basket.owner = 'you',
    spans = '{}', text_range = '[x,y)', even = 8
where id = 1;
insert into user_types (id, mood, even, many, basket)
values (
    4, 'née', 2, '{ok,sad}', ('it', array[(9, 'CHF', '{ok}')]::money_amount[], 'hot')
)
"""


@pytest.fixture(params=[SyncMode.INCREMENTAL, SyncMode.LOGICAL], ids=str)
def source(request):
    """Return a source of each mode that reads in part."""
    return {"mode": request.param, "include": ("types.*", "public.user_types")}


def test_changed_rows_of_every_type_arrive(databases, source):
    with session(databases.source) as cursor:
        zoo.build(cursor, without=[] if zoo.knows_xml(cursor) else ["xml"])
    sync(databases, source=source)
    tables = query(
        databases.source,
        "select relname, format('%I', relname) from pg_class "
        "where relnamespace = 'types'::regnamespace and relkind = 'r'",
    )
    assert {name for name, _ in tables} == set(
        values_of(version_of(databases.source))
    ) - {"xml"}
    for _, quoted in tables:
        query(databases.source, CHANGES.format(table=quoted))
    query(databases.source, USER_TYPES)

    found = sync(databases, source=source, allow_shrink=True)

    assert differing(databases, source=source) == []
    assert found["public.user_types"][1:] == (1, 1, 1)
    in_full = {name for name, (read, *_) in found.items() if isinstance(read, str)}
    assert in_full <= {f"types.{name}" for name in types_that_name_objects()}
