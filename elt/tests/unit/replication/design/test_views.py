"""What may go wrong with a view, and what to do about it."""

import pytest
from builders import make_relation, make_stream, make_table

from elt.errors import ConfigError, DataError, LostConnectionError
from elt.replication.design.views import explain_failure
from elt.replication.rows.receipts import Tally
from elt.replication.rows.shadow import check_equal


def test_a_view_that_fails_for_good_is_explained():
    cause = ValueError()
    error = ConfigError("The source database says: division by zero", hint="Grant it.")
    error.__cause__ = cause

    explained = explain_failure(make_relation("best", kind="v"), error)

    assert explained.message == error.message
    assert "exclude the view" in explained.hint
    assert explained.__cause__ is cause


@pytest.mark.parametrize("kind", ["r", "m"])
def test_what_holds_rows_fails_as_it_does(kind):
    error = ConfigError("permission denied")

    assert explain_failure(make_relation("best", kind=kind), error) is error


def test_a_lost_connection_has_nothing_to_do_with_the_view():
    error = LostConnectionError("gone")

    assert explain_failure(make_relation("best", kind="v"), error) is error


@pytest.mark.parametrize("kind, words", [("v", "verify: count"), ("m", "report a bug")])
def test_a_difference_is_explained_by_what_a_view_may_do(kind, words):
    stream = make_stream(make_table("best", kind=kind))

    with pytest.raises(DataError) as difference:
        check_equal(stream, Tally(rows=1), Tally(rows=2))

    assert words in difference.value.hint
