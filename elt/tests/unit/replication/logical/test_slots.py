"""What becomes of a slot, and what a source must allow."""

from dataclasses import replace

import pytest

from elt.errors import ConfigError, ForeignSlotError
from elt.replication.logical.run import oldest_lsn
from elt.replication.logical.slot_decision import Slot, SlotAction, decide_slot
from elt.replication.logical.source_server import SourceServer, find_obstacles
from elt.replication.state.state import KnownStream

SLOT = Slot(
    name="elt_raw",
    plugin="pgoutput",
    is_of_database=True,
    is_active=False,
    is_synced=False,
    is_lost=False,
    invalidation=None,
    retained_bytes=100,
    confirmed_lsn="0/1",
)
SERVER = SourceServer(
    version=16,
    wal_level="logical",
    output_plugins="pgoutput, test_decoding",
    is_standby=False,
    role="reader",
    may_replicate=True,
    may_see_activity=True,
    most_slots=10,
    slots=9,
    may_create=True,
)

STANDBY = replace(SERVER, is_standby=True)


def decide(slot=SLOT, *, is_known=True, is_complete=True):
    return decide_slot(
        slot, is_known=is_known, is_complete=is_complete, wal_budget=1000
    )


@pytest.mark.parametrize(
    "decision, action, reason",
    [
        pytest.param(decide(), SlotAction.KEEP, None, id="as it should be"),
        pytest.param(
            decide(replace(SLOT, retained_bytes=1000)), SlotAction.KEEP, None, id="full"
        ),
        pytest.param(
            decide(replace(SLOT, retained_bytes=1001)),
            SlotAction.REPLACE,
            "its slot kept 1 kB of WAL, more than wal_budget 1 kB",
            id="above its budget",
        ),
        pytest.param(
            decide(replace(SLOT, is_lost=True)),
            SlotAction.REPLACE,
            "the source has removed WAL that its slot needs",
            id="lost",
        ),
        pytest.param(
            decide(replace(SLOT, is_lost=True, invalidation="rows_removed")),
            SlotAction.REPLACE,
            "the source has invalidated its slot: rows_removed",
            id="invalidated",
        ),
        pytest.param(decide(None), SlotAction.CREATE, "its slot is gone", id="gone"),
        pytest.param(
            decide(None, is_known=False, is_complete=False),
            SlotAction.CREATE,
            None,
            id="the first one",
        ),
        pytest.param(
            decide(is_complete=False), SlotAction.REPLACE, None, id="made halfway"
        ),
    ],
)
def test_a_slot_is_kept_while_it_can_be_read(decision, action, reason):
    assert (decision.action, decision.reason) == (action, reason)


def test_a_slot_that_the_state_does_not_know_is_refused():
    with pytest.raises(ForeignSlotError, match="elt_raw of the source is not ours"):
        decide(is_known=False, is_complete=False)


@pytest.mark.parametrize(
    "server, slot, message",
    [
        pytest.param(
            replace(SERVER, is_standby=True, version=15, wal_level="replica"),
            None,
            "a standby of PostgreSQL 15, and one can be read from its WAL from 16 on",
            id="old standby",
        ),
        pytest.param(
            replace(STANDBY, wal_level="replica"),
            None,
            "wal_level of the source is replica",
            id="wal_level of a standby",
        ),
        pytest.param(
            replace(STANDBY, may_see_activity=False),
            None,
            "Role reader may not see how far the source has replayed",
            id="replay",
        ),
        pytest.param(
            STANDBY,
            replace(SLOT, is_synced=True),
            "slot elt_raw of the source is one of its primary",
            id="slot of the primary",
        ),
        pytest.param(
            replace(SERVER, wal_level="replica"), None, "wal_level", id="wal_level"
        ),
        pytest.param(
            replace(SERVER, may_replicate=False), None, "Role reader", id="role"
        ),
        pytest.param(replace(SERVER, slots=10), None, "All 10", id="no slot is free"),
        pytest.param(
            SERVER,
            replace(SLOT, plugin="test_decoding"),
            "another database or plugin",
            id="another plugin",
        ),
        pytest.param(
            SERVER,
            replace(SLOT, is_of_database=False),
            "another database or plugin",
            id="another database",
        ),
    ],
)
def test_an_obstacle_is_named_with_its_remedy(server, slot, message):
    [obstacle] = find_obstacles(server, slot, "elt_raw")

    assert isinstance(obstacle, ConfigError)
    assert message in obstacle.message
    assert obstacle.hint


def test_a_standby_on_which_nothing_is_missing_may_be_read():
    assert find_obstacles(STANDBY, SLOT, "elt_raw") == []
    # There it is ours, which standbys have copies of.
    assert find_obstacles(SERVER, replace(SLOT, is_synced=True), "elt_raw") == []


@pytest.mark.parametrize("change", [{"may_replicate": False}, {"wal_level": "replica"}])
def test_what_a_standby_lacks_is_changed_at_its_primary(change):
    [obstacle] = find_obstacles(replace(STANDBY, **change), None, "elt_raw")

    assert "at its primary" in obstacle.hint


def test_a_slot_that_is_there_needs_no_free_one():
    assert find_obstacles(replace(SERVER, slots=10), SLOT, "elt_raw") == []


def test_the_source_keeps_what_a_stream_left_out_still_needs():
    def known(lsn, mark="x"):
        return KnownStream(
            stream="public.films",
            destination_schema="raw",
            destination_table="films",
            state="ready",
            document={},
            lsn=lsn,
            wal_mark=mark,
        )

    assert oldest_lsn("0/FF", []) == "0/FF"
    assert oldest_lsn("1/0", [known("0/FF"), known("0/1", None), known(None)]) == "0/FF"


@pytest.mark.parametrize(
    "setting, remedy",
    [
        pytest.param(None, None, id="not known"),
        pytest.param("wal2json, PgOutput", None, id="allowed"),
        pytest.param('"pgoutput", test_decoding', None, id="allowed in quotes"),
        pytest.param("test_decoding", "pgoutput, test_decoding", id="another one"),
        pytest.param(
            '"pgoutput, test_decoding"', "pgoutput, test_decoding", id="one string"
        ),
        pytest.param('"$libdir/x"', 'pgoutput, "$libdir/x"', id="a path"),
        pytest.param('""', "pgoutput", id="none"),
    ],
)
def test_a_source_must_allow_the_plugin(setting, remedy):
    found = find_obstacles(replace(SERVER, output_plugins=setting), SLOT, "elt_raw")

    if remedy is None:
        assert found == []
    else:
        [obstacle] = found
        assert f"SET output_plugin_libraries = {remedy};" in obstacle.hint
