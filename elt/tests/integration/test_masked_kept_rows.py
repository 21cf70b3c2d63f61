"""A mask that begins reaches the rows that stay though the source deleted them."""

import pytest
from integration.incremental import differing, stream, sync
from integration.replication import query, value
from integration.shaped import HASH, knowing

from elt.config import Mask, MaskKind, Shape
from elt.errors import ConfigError

USERS = """
create table users (id text primary key, email text unique, salary numeric);
insert into users select 'ada' || i || '@x', 'ada' || i || '@x', 1000 + i
from generate_series(1, 9) as i;
"""
NULL = Mask(kind=MaskKind.NULL)
CONSTANT = Mask(kind=MaskKind.CONSTANT, value="it's {} 100%")
SHORT = Mask(kind=MaskKind.TRUNCATE, value=3)
CLEAR = "select count(*) from raw.users where email like '%%@x'"


@pytest.fixture(params=["soft", "ignore"])
def kept(databases, request):
    """Return databases whose replica has kept two rows, and a function of its shape."""

    def source(*masks, **options):
        shape = Shape(masks=masks)
        return stream("public.users", deletes=request.param, shape=shape, **options)

    users = knowing(databases)
    query(users.source, USERS)
    sync(users, source=source())
    query(users.source, "delete from users where id < 'ada3'")
    sync(users, source=source())
    return users, source


@pytest.mark.parametrize(
    "mask, arrives", [(NULL, None), (CONSTANT, CONSTANT.value), (SHORT, "ada")]
)
def test_rows_that_are_kept_are_masked(kept, mask, arrives):
    users, source = kept

    sync(users, source=source(("email", mask)))

    found = "select email, count(*) from raw.users group by 1"
    assert query(users.destination, found) == [(arrives, 9)]
    assert sync(users, source=source(("email", mask))) == {"public.users": (0, 0, 0, 0)}


def test_they_are_masked_where_all_others_have_the_value_already(kept):
    users, source = kept
    query(users.source, "update users set salary = null")
    sync(users, source=source())

    sync(users, source=source(("salary", NULL)))

    assert value(users.destination, "select count(salary) from raw.users") == 0


def test_where_they_are_to_be_hashed_the_run_is_refused(kept):
    users, source = kept

    with pytest.raises(
        ConfigError, match=r"2 rows of raw\.users .* in clear"
    ) as caught:
        sync(users, source=source(("email", HASH)))
    assert value(users.destination, CLEAR) == 9
    assert "set it to null in all rows" in caught.value.hint
    query(users.destination, "update raw.users set email = null")
    sync(users, source=source(("email", HASH)))

    assert value(users.destination, CLEAR) == 0
    assert value(users.destination, "select count(email) from raw.users") == 7


def test_where_their_key_is_to_be_hashed_they_have_to_go(kept):
    users, source = kept

    with pytest.raises(
        ConfigError, match=r"9 rows of raw\.users .* in clear"
    ) as caught:
        sync(users, source=source(("id", HASH)))

    assert "deletes: apply" in caught.value.hint
    applied = stream("public.users", shape=Shape(masks=(("id", HASH),)))
    sync(users, source=applied, allow_shrink=True)
    assert differing(users, source=applied) == []


def test_what_is_masked_already_stays_so(kept):
    users, source = kept
    sync(users, source=source(("email", NULL)))

    for masks in (
        [("email", HASH)],
        [("email", HASH), ("salary", Mask(kind=MaskKind.TRUNCATE, value=1000))],
        [("email", SHORT)],
    ):
        sync(users, source=source(*masks))

    found = "select count(email), sum(salary) from raw.users"
    assert query(users.destination, found) == [(7, 9042)]
