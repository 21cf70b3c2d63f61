"""What was masked, left out or kept is not published by mistake."""

import pytest
from integration.program import command
from integration.replication import changes, configure, query, run, value

from elt.config import DeletePolicy, Mask, MaskKind, Shape, StreamConfig, SyncMode
from elt.errors import ConfigError
from elt.replication.check import check

USERS = """
create table users (id integer primary key, email text, phone text);
insert into users select n, 'a@b.c', '112' from generate_series(1, 4) as n;
"""
MASKED = Shape(masks=(("email", Mask(kind=MaskKind.NULL)),))
FILE = "sources: [{streams: {public.users: {columns: {mask: {email: 'null'}}}}}]"


@pytest.fixture
def users(databases):
    query(databases.source, USERS)
    return databases


def shaped(shape):
    return {"streams": (("public.users", StreamConfig(shape=shape)),)}


def findings_of(databases, **settings):
    config = configure(databases, **settings)
    return [
        (str(found.level), found.text)
        for found in check(config, config.sources[0]).findings
        if found.subject == "shape"
    ]


@pytest.mark.parametrize(
    "shape",
    [MASKED, Shape(excluded=("phone",)), Shape(where="id > 2")],
    ids=["masked", "left out", "rows"],
)
def test_a_run_without_a_file_does_not_publish_what_one_hid(users, shape):
    run(users, source=shaped(shape))
    before = query(users.destination, "select * from raw.users order by id")

    with pytest.raises(ConfigError, match=r"masked or left out .* of public\.users"):
        run(users, has_file=False)

    assert query(users.destination, "select * from raw.users order by id") == before
    [(level, text)] = [f for f in findings_of(users, has_file=False) if "No" in f[1]]
    assert (level, "public.users" in text) == ("error", True)
    run(users)
    assert value(users.destination, "select count(phone) from raw.users") == 4
    run(users, has_file=False)


@pytest.mark.parametrize("deletes", [DeletePolicy.SOFT, DeletePolicy.IGNORE])
def test_a_run_without_a_file_does_not_drop_kept_rows(users, deletes):
    keeping = {"mode": SyncMode.INCREMENTAL, "deletes": deletes}
    run(users, source=keeping)
    query(users.source, "delete from users where id = 1")
    run(users, source=keeping)

    with pytest.raises(ConfigError, match="kept rows that are deleted"):
        run(users, has_file=False)

    assert value(users.destination, "select count(*) from raw.users") == 4


def test_a_table_of_which_all_was_copied_needs_no_file(users):
    run(users)
    query(users.source, "delete from users where id = 1")

    assert changes(run(users, has_file=False)) == {"public.users": (0, 0, 1)}


def test_another_shape_is_a_warning(users, caplog):
    run(users, source=shaped(MASKED))
    told = "before: email always null; now: left out: phone"
    other = shaped(Shape(excluded=("phone",)))
    assert (
        "warning",
        f"public.users: shaped otherwise than in the last run; {told}",
    ) in findings_of(users, source=other)

    run(users, source=other)

    [record] = [r for r in caplog.records if r.message == "shape changed"]
    assert told in str(vars(record))
    caplog.clear()
    run(users, source=other)
    assert "shape changed" not in caplog.messages


def test_another_key_of_hashes_is_a_warning(users, tmp_path):
    hashed = FILE.replace("'null'", "hash")
    for key in ("k" * 40, "l" * 40):
        done = command(users, tmp_path, config=hashed, ELT_MASK_KEY=key)
        assert done.code == 0

    [warning] = [r for r in done.records if r["message"] == "shape changed"]
    assert warning["change"] == "the key of its hashes is another one"


def test_a_variable_that_is_not_set_is_no_file(users, tmp_path):
    assert command(users, tmp_path, config=FILE).code == 0

    done = command(users, tmp_path)

    assert done.code == 78
    assert "Set ELT_CONFIG to it." in done.output
