"""A source has one replicator at a time, and none as soon as it has finished."""

from contextlib import closing

import pytest

from elt.errors import LockedError
from elt.postgres import connect, fetch_one
from elt.replication.state.lock import locked

SOURCE = "raw"


@pytest.fixture
def writers(databases):
    """Return two connections to the destination, as two replicators have them."""
    settings = databases.destination
    with (
        closing(connect(settings, application_name="elt replicate one")) as one,
        closing(connect(settings, application_name="elt replicate two")) as two,
    ):
        yield one, two


def test_second_replicator_is_told_who_is_at_work(writers):
    one, two = writers

    with (
        locked(one, SOURCE),
        pytest.raises(LockedError, match="by elt replicate one") as refused,
        locked(two, SOURCE),
    ):
        pass

    assert refused.value.hint


def test_another_source_is_free(writers):
    one, two = writers

    with locked(one, SOURCE), locked(two, "another"):
        pass


@pytest.mark.parametrize("ends_with", [None, ZeroDivisionError])
def test_source_is_free_before_the_connection_is_closed(writers, ends_with):
    one, two = writers

    try:
        with locked(one, SOURCE):
            if ends_with:
                raise ends_with
    except ZeroDivisionError:
        pass

    with locked(two, SOURCE):
        pass


def test_lost_connection_hides_no_failure(writers):
    one, _ = writers

    def lose():
        one.close()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), locked(one, SOURCE):
        lose()


def test_machine_that_is_gone_does_not_keep_it_for_long(writers):
    one, _ = writers

    with locked(one, SOURCE):
        settings = [
            fetch_one(one, f"show {name}")
            for name in (
                "tcp_keepalives_idle",
                "tcp_keepalives_interval",
                "tcp_keepalives_count",
                "tcp_user_timeout",
            )
        ]

    assert settings == ["30", "10", "6", "120000"]
