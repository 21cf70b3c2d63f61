"""What workers leave to each other."""

import pytest

from elt.errors import LostConnectionError
from elt.replication.load import workers
from elt.replication.load.work_queue import WorkQueue


def test_what_ends_a_worker_leaves_nothing_to_the_others(monkeypatch):
    def refuse(_):
        raise LostConnectionError("The source is gone")

    monkeypatch.setattr(workers, "_reader", refuse)
    queue = WorkQueue()
    queue.add_last(["one", "two"])

    with pytest.raises(LostConnectionError):
        workers._work(None, queue, stop_at_failure=False)

    assert queue.take() is None
