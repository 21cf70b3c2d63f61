"""A condition tells by its words whether rows may meet it without being written."""

import pytest

from elt.replication.shapes.conditions import find_restless, why_unsteady

TIME = "its condition depends on the time"
ROWS = "its condition reads other rows"


@pytest.mark.parametrize(
    "condition",
    [
        "country = 'CH'",
        "country in ('CH', 'DE') and not is_test",
        "lower(email) like '%@example.org' -- select now()",
        "created_at >= timestamp with time zone '2024-01-01'",
        "price::numeric(10, 2) > 5 and kind = any (array['a', 'b'])",
        '"now" is null and "Select" = \'select now()\'',
        "extract(year from born_on) < 2000 or coalesce(age, 18) >= 18",
        "note = 'it''s now'",
    ],
)
def test_condition_on_the_row_alone_is_steady(condition):
    assert why_unsteady(condition) is None


@pytest.mark.parametrize(
    "condition, reason",
    [
        ("id in (select user_id from consents)", ROWS),
        ("exists (SELECT from consents c where c.id = users.id)", ROWS),
        ("(id, 1) in (values (1, 1))", ROWS),
        ("id = any (array(table chosen))", ROWS),
        ("created_at > now() - interval '90 days'", TIME),
        ("created_at > CURRENT_DATE - 90", TIME),
        ("created_at > 'yesterday'", TIME),
        ("created_at > timestamp 'today 12:00'", TIME),
        ("owner = current_user", "its condition depends on the role"),
        ("agrees(id)", "its condition calls agrees"),
        ('app."Agrees" (id)', "its condition calls Agrees"),
        ("name = $$now$$", "what its condition depends on is not understood"),
        (r"name = E'\'now()'", "what its condition depends on is not understood"),
        ("id > /* all */ 7", "what its condition depends on is not understood"),
    ],
)
def test_any_other_condition_is_not(condition, reason):
    assert why_unsteady(condition) == reason


@pytest.mark.parametrize(
    "condition, function",
    [
        ("random() < 0.1", "random"),
        ("seen_at < Clock_Timestamp()", "clock_timestamp"),
        ("random < 0.1", None),
        ("note <> 'random()'", None),
        ("seen_at < now()", None),
    ],
)
def test_functions_that_never_answer_twice_alike_are_found(condition, function):
    assert find_restless(condition) == function
