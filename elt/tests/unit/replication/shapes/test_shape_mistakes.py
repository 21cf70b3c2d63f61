"""What a table does not allow is named with its place in elt.yaml."""

import pytest
from builders import make_column, make_table
from shaped_tables import (
    EMAIL,
    HASH,
    ID,
    NULL,
    constant,
    masking,
    plan,
    shape,
    truncated,
    users,
)

from elt.config import Shape, StreamConfig, SyncMode
from elt.errors import ConfigError

PERIOD = make_column("period", "tsrange", number=3)
AT = make_column("at", "date", number=3)


@pytest.mark.parametrize(
    "chosen, mistake",
    [
        pytest.param(
            Shape(excluded=("emial",)),
            "columns.exclude: there is no column emial; did you mean email?",
            id="misspelt column that is left out",
        ),
        pytest.param(
            masking(EMAIL=HASH),
            "columns.mask: there is no column EMAIL; did you mean email?",
            id="another case",
        ),
        pytest.param(
            Shape(masks=(('"email"', HASH),)),
            'columns.mask: there is no column "email"; did you mean email?',
            id="in quotes",
        ),
        pytest.param(
            Shape(excluded=("id", "email", "period", "at")),
            "columns.exclude: leaves no column; exclude the table instead",
            id="nothing is left",
        ),
        pytest.param(
            masking(id=truncated(10)),
            "columns.mask.id: is part of the key: rows could not be told apart; "
            "hash it",
            id="a key that loses something",
        ),
        pytest.param(
            masking(period=truncated(2)),
            "columns.mask.period.truncate: is for texts and numbers, and the column is "
            "tsrange",
            id="truncated to characters",
        ),
        pytest.param(
            masking(at=truncated("hour")),
            "columns.mask.at.truncate: is for timestamps, and the longer ones for "
            "dates; the column is date",
            id="truncated to what is no less",
        ),
        pytest.param(
            masking(email=constant("x" * 81)),
            "columns.mask.email.constant: is longer than character varying(80)",
            id="too long",
        ),
        pytest.param(
            Shape(where="random() < 0.5"),
            "where: calls random, which never answers twice alike",
            id="a condition by chance",
        ),
        pytest.param(
            StreamConfig(
                mode=SyncMode.INCREMENTAL, cursor="at", shape=masking(at=NULL)
            ),
            "cursor: at is masked or left out",
            id="the cursor",
        ),
    ],
)
def test_what_a_table_does_not_allow_is_named_with_its_place(chosen, mistake):
    with pytest.raises(ConfigError) as refusal:
        shape(users(PERIOD, AT), chosen)

    assert refusal.value.message.splitlines()[1:] == [
        f"  sources[0].streams.public.users.{mistake}"
    ]


def test_all_mistakes_are_told_at_once():
    with pytest.raises(ConfigError, match="has 3 mistakes") as refusal:
        plan(users(), key=None, users=masking(email=HASH, emial=HASH, id=NULL))

    assert refusal.value.exit_code == 78
    assert "ELT_MASK_KEY: is not set" in refusal.value.message


# --------------------------------------------------------------------------- partitions


EVENTS = {"kind": "p", "partition_key": "RANGE (at)"}


def events(**facts):
    """Make a partitioned table with one part."""
    whole = make_table("events", ID, EMAIL, AT, **EVENTS)
    bound = {"partition_bound": "DEFAULT", "parents": [whole.relation.oid]}
    return whole, make_table("events_1", ID, EMAIL, AT, **bound | facts)


def test_a_part_has_the_shape_of_its_whole():
    found = plan(*events(), events=masking(email=HASH))

    [part], [whole] = found.streams, found.partitioned
    assert part.columns == whole.columns
    assert part.shaping.fingerprint == whole.shaping.fingerprint != ""
    assert part.shaping.alias == "events"


def test_the_cursor_of_a_part_is_not_masked():
    part = StreamConfig(mode=SyncMode.INCREMENTAL, cursor="email")

    with pytest.raises(ConfigError, match=r"events_1\.cursor: email is masked or left"):
        plan(*events(), events=masking(email=NULL), events_1=part)


@pytest.mark.parametrize(
    "shapes, mistake",
    [
        pytest.param(
            {"events": masking(at=NULL)},
            "events.columns: at decides about partitions, and must stay as it is",
            id="the partition key",
        ),
        pytest.param(
            {"events_1": masking(email=NULL)},
            "events_1.columns: are those of public.events, of which it is a part",
            id="a part alone",
        ),
    ],
)
def test_a_whole_and_its_parts_are_one(shapes, mistake):
    with pytest.raises(ConfigError) as refusal:
        plan(*events(), **shapes)

    assert refusal.value.message.splitlines()[1:] == [
        f"  sources[0].streams.public.{mistake}"
    ]
