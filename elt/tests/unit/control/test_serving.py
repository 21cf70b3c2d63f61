"""When the probes are content."""

import pytest

from elt.control.serving import Health


@pytest.fixture
def now():
    return [1000.0]


@pytest.fixture
def health(now):
    return Health(clock=lambda: now[0])


@pytest.mark.parametrize("silence, is_alive", [(0, True), (179, True), (180, False)])
def test_a_loop_that_is_silent_for_three_minutes_hangs(now, health, silence, is_alive):
    health.beat()

    now[0] += silence

    assert health.is_alive == is_alive


def test_a_beat_brings_it_back(now, health):
    now[0] += 500

    health.beat()

    assert health.is_alive


def test_it_is_ready_when_it_listed_once(now, health):
    before = health.is_ready

    health.listed()
    now[0] += 500

    assert not before
    assert health.is_ready
