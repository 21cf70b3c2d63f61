"""As many workers as cores, within bounds."""

import pytest

from elt.config.workers import default_workers


@pytest.mark.parametrize("cores, workers", [(1, 2), (2, 2), (3, 3), (4, 4), (64, 4)])
def test_workers_are_as_many_as_the_cores_of_the_process(cores, workers, monkeypatch):
    monkeypatch.setattr(
        "os.sched_getaffinity", lambda _: set(range(cores)), raising=False
    )

    assert default_workers() == workers


@pytest.mark.parametrize("cores, workers", [(None, 2), (8, 4)])
def test_workers_where_a_process_cannot_be_bound_to_cores(cores, workers, monkeypatch):
    monkeypatch.delattr("os.sched_getaffinity", raising=False)
    monkeypatch.setattr("os.cpu_count", lambda: cores)

    assert default_workers() == workers
