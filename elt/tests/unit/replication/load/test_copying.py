"""What is counted of a stream while tasks work on it."""

from types import SimpleNamespace

from builders import make_replica

from elt.replication.load import copying
from elt.replication.load.copying import Copying
from elt.replication.rows.receipts import Method


def test_time_of_a_stream_counts_from_its_first_task(monkeypatch):
    clock = iter([25.0, 40.0])
    clockwork = SimpleNamespace(monotonic=lambda: next(clock))
    monkeypatch.setattr(copying, "time", clockwork)
    stream = Copying(replica=make_replica(), method=Method.COUNT, started=10.0)

    stream.start()
    stream.start()

    assert stream.started == 25.0
