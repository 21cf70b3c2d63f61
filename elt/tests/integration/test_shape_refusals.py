"""What elt.yaml says and the source does not take is refused before a row is read."""

import json

import pytest
from integration.incremental import comparisons
from integration.program import command
from integration.replication import query, run
from integration.shaped import KEY, USERS, knowing, shaped, tables_with

from elt.config import Mask, MaskKind, Shape, SyncMode
from elt.errors import ConfigError

PLACE = "sources[0].streams.public.users"


def constant(value):
    return Mask(kind=MaskKind.CONSTANT, value=value)


@pytest.fixture
def users(databases):
    """Return databases whose source has users of many types, and knows the key."""
    query(
        databases.source,
        "create domain handle as text not null; create type mood as enum ('sad');"
        + USERS
        + "alter table users add nick handle default '', add mood mood;"
        "create table secrets (id integer)",
    )
    return knowing(databases)


@pytest.mark.parametrize(
    "shape, mistake",
    [
        pytest.param(
            Shape(where="country ="),
            'where: The source database says: syntax error at or near ")"',
            id="half a condition",
        ),
        pytest.param(
            Shape(where="id"),
            "where: The source database says: argument of WHERE must be type boolean, "
            "not type integer",
            id="no condition",
        ),
        pytest.param(
            Shape(where="cuontry = 'CH'"),
            'where: The source database says: column "cuontry" does not exist',
            id="an unknown column",
        ),
        pytest.param(
            Shape(where="count(*) > 1"),
            "where: The source database says: aggregate functions are not allowed in "
            "WHERE",
            id="an aggregate",
        ),
        pytest.param(
            Shape(where="true) union select (true"),
            'where: The source database says: syntax error at or near "union"',
            id="two queries",
        ),
        pytest.param(
            Shape(where="true); delete from users; select (true"),
            'where: The source database says: syntax error at or near ";"',
            id="two statements",
        ),
        pytest.param(
            Shape(masks=(("born_on", constant("someday")),)),
            "columns.mask.born_on: The source database says: invalid datetime format",
            id="a constant of another type",
        ),
        pytest.param(
            Shape(masks=(("mood", constant("glad")),)),
            "columns.mask.mood: The source database says: invalid text representation",
            id="an unknown label",
        ),
        pytest.param(
            Shape(masks=(("nick", Mask(kind=MaskKind.NULL)),)),
            "columns.mask.nick: The source database says: domain handle does not allow "
            "null values",
            id="null where a domain forbids it",
        ),
    ],
)
def test_what_the_source_does_not_take_is_named_with_its_place(users, shape, mistake):
    with pytest.raises(ConfigError) as refusal:
        run(users, source=shaped(shape))

    assert refusal.value.message.splitlines()[1:] == [f"  {PLACE}.{mistake}"]
    assert query(users.source, "select count(*) from users") == [(40,)]


def test_a_condition_cannot_write(users):
    query(
        users.source,
        "create function wipe(integer) returns boolean language plpgsql as "
        "'begin delete from public.secrets; return true; end'",
    )

    with pytest.raises(ConfigError, match="DELETE in a read-only transaction"):
        run(users, source=shaped(Shape(where="wipe(id)")))


def test_all_mistakes_are_told_at_once(users):
    masks = (("born_on", constant("someday")), ("salary", constant("much")))

    with pytest.raises(ConfigError, match="has 3 mistakes"):
        run(users, source=shaped(Shape(masks=masks, where="nonsense")))


def test_a_table_that_the_role_may_not_read_is_named(users, make_role):
    role = make_role(users.source)
    query(users.source, f"grant select on users to {role.user}")
    shape = Shape(where="id in (select id from secrets)")
    source = shaped(shape) | {"include": ("public.users",)}

    with pytest.raises(ConfigError, match="permission denied for table secrets"):
        run(users._replace(source=role), source=source)


# ------------------------------------------------------------------- the commands

CONFIG = """
sources:
  - streams:
      public.users:
        mode: {mode}
        columns:
          exclude: [iban, notes]
          mask:
            email: hash
            phone: null
            name: {{constant: redacted}}
            postcode: {{truncate: 1}}
            domain: keep
        where: |
          country = 'CH'
            and id < 30
"""


@pytest.fixture
def elt(databases, tmp_path):
    """Return a function that runs `elt` on users that are shaped."""
    query(databases.source, USERS)

    def run_elt(*arguments, mode="incremental", config=CONFIG, **variables):
        text = config.format(mode=mode)
        return command(databases, tmp_path, *arguments, config=text, **variables)

    return run_elt


def test_commands_shape_and_say_how(elt, databases):
    outcomes = [
        elt(*line.split(), ELT_MASK_KEY=KEY)
        for line in ("check", "replicate --verbose", "replicate", "verify", "status")
    ]

    assert [outcome.code for outcome in outcomes] == [0, 0, 0, 0, 0]
    shape = (
        "public.users: left out: iban, notes; email hashed; phone always null; "
        "name a constant; postcode truncated to 1; domain as it is; only rows where "
        "country = 'CH' and id < 30"
    )
    assert f"✓ shape: {shape}" in outcomes[0].output
    assert shape in outcomes[-1].output.splitlines()
    assert "users_name_check" not in outcomes[0].output
    assert "users_lower_idx is not copied" in outcomes[0].output
    assert [o.output for o in outcomes if KEY in o.output] == []
    assert tables_with(databases.destination) == []


def test_check_finds_mistakes_and_goes_on(elt):
    config = CONFIG.replace("id < 30", "idd < 30")

    outcome = elt("check", "--format", "json", config=config, ELT_MASK_KEY=KEY)

    document, _ = json.JSONDecoder().raw_decode(outcome.output)
    [source] = document["sources"]
    [error] = [f for f in source["findings"] if f["level"] == "error"]
    assert outcome.code == 78
    assert error["subject"] == "shape"
    assert 'column "idd" does not exist' in error["text"]
    assert any(f["subject"] == "time" for f in source["findings"])


def test_check_tells_why_logical_streams_are_compared_in_full(elt):
    config = CONFIG.replace("id < 30", "seen_at > now() - interval '9 days'")

    outcome = elt("check", mode="logical", config=config, ELT_MASK_KEY=KEY)

    reason = "compared in full by every run, as its condition depends on the time"
    assert f"public.users: {reason}" in outcome.output


@pytest.mark.parametrize(
    "variables, message",
    [
        pytest.param({}, "ELT_MASK_KEY: is not set", id="no key"),
        pytest.param({"ELT_MASK_KEY": "hunter2"}, "has fewer than 32", id="short key"),
        pytest.param(
            {"ELT_MASK_KEY": KEY, "ELT_DUMP_PATH": "all.dump"},
            "ELT_DUMP_PATH: an archive holds whole tables",
            id="an archive",
        ),
    ],
)
@pytest.mark.parametrize("line", ["check", "replicate", "verify"])
def test_what_is_missing_is_refused(elt, databases, line, variables, message):
    outcome = elt(line, **variables)

    assert outcome.code == 78
    assert message in outcome.output
    assert "hunter2" not in outcome.output
    assert tables_with(databases.destination) == []


def test_verify_finds_the_hashed_key_that_differs(databases):
    query(databases.source, USERS)
    users = knowing(databases)
    shape = Shape(masks=(("id", Mask(kind=MaskKind.HASH)),), where="id <> 7")
    source = shaped(shape, mode=SyncMode.INCREMENTAL)
    run(users, source=source)
    [(key,)] = query(
        users.destination,
        "update raw.users set phone = '' where email ~ 'y13@' returning id",
    )

    [comparison] = comparisons(users, source=source)

    assert comparison.source_rows == comparison.destination_rows == 39
    assert not comparison.is_equal
    assert comparison.key == ("id",)
    [range_] = comparison.ranges
    assert (range_.low or ("",)) <= (key,) < (range_.high or ("z",))
