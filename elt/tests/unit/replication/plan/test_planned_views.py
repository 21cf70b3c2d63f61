"""Views are read in full, or refused, left out and named."""

import pytest
from builders import make_plan, make_relation, make_source, make_table
from plans import names_of

from elt.config import DeletePolicy, StreamConfig, SyncMode
from elt.errors import ConfigError


@pytest.mark.parametrize("kind", ["v", "m"])
@pytest.mark.parametrize("mode", list(SyncMode))
def test_view_is_read_in_full_whatever_the_mode_of_its_source(kind, mode):
    source = make_source(mode=mode, deletes=DeletePolicy.SOFT)

    plan = make_plan(make_table("best", kind=kind), source=source)

    [stream] = plan.streams
    assert stream.mode is SyncMode.FULL_REFRESH
    assert stream.deletes is DeletePolicy.APPLY


@pytest.mark.parametrize(
    "override",
    [
        {"mode": SyncMode.LOGICAL},
        {"mode": SyncMode.INCREMENTAL},
        {"cursor": "id"},
        {"deletes": DeletePolicy.SOFT},
    ],
)
def test_view_that_is_to_be_read_in_part_is_refused(override):
    source = make_source(
        mode=SyncMode.INCREMENTAL,
        streams=(("public.best", StreamConfig(**override)),),
    )

    with pytest.raises(ConfigError, match=r"public\.best is a view"):
        make_plan(make_table("best", kind="v"), source=source)


def test_view_that_is_not_populated_is_left_out_and_not_gone():
    best = make_table("best", kind="m", is_populated=False)

    plan = make_plan(make_table("films"), best)

    assert names_of(plan) == {"public.films"}
    assert [missing.name for missing in plan.not_copied] == ["public.best"]
    assert "public.best" in plan.source_tables


def test_view_that_the_role_may_not_read_is_named_with_the_grant():
    with pytest.raises(ConfigError) as refusal:
        make_plan(make_table("best", kind="v", can_select=False))

    assert "GRANT SELECT ON TABLE public.best" in refusal.value.hint


def test_override_for_a_view_that_is_left_out_names_the_option():
    source = make_source(streams=(("public.best", StreamConfig()),))

    with pytest.raises(ConfigError, match=r"public\.best") as refusal:
        make_plan(
            make_table("films"),
            others=[make_relation("best", kind="v")],
            source=source,
        )

    assert "include_views: true" in refusal.value.hint


def test_views_come_after_the_tables_that_have_a_size():
    plan = make_plan(
        make_table("best", kind="v"),
        make_table("films", bytes=100),
        make_table("moods", kind="m", bytes=200),
    )

    assert [stream.name for stream in plan.streams] == [
        "public.moods",
        "public.films",
        "public.best",
    ]
