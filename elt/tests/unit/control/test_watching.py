"""Watches: how a stream is read, and when the bell rings and rests."""

import json
import threading

import pytest

from elt.control.failures import ForbiddenError, GoneError, UnreachableError
from elt.control.keys import Resource
from elt.control.watching import Backoff, Bell, read_events


def line(kind="MODIFIED", version="1", **fields):
    event = {"type": kind, "object": {"metadata": {"resourceVersion": version}}}
    return json.dumps(event | fields).encode() + b"\n"


def gone():
    return line("ERROR", object={"kind": "Status", "code": 410})


# ------------------------------------------------------------------- reading a stream


def test_events_come_one_a_line():
    events = list(read_events([line("ADDED"), line("MODIFIED")]))

    assert [event["type"] for event in events] == ["ADDED", "MODIFIED"]


@pytest.mark.parametrize("size", [1, 2, 7, 10_000])
def test_chunks_may_end_anywhere(size):
    stream = line("ADDED", version="é") + line("DELETED")
    chunks = [stream[i : i + size] for i in range(0, len(stream), size)]

    assert [e["type"] for e in read_events(chunks)] == ["ADDED", "DELETED"]


def test_blank_lines_are_skipped():
    assert len(list(read_events([b"\n \n", line(), b"\r\n\n"]))) == 1


def test_a_line_that_was_cut_off_at_the_end_is_dropped():
    assert len(list(read_events([line(), line()[:-10]]))) == 1


@pytest.mark.parametrize("garbage", [b"{\n", b"null\n", b"[]\n", b"\xff\n"])
def test_garbage_is_an_error(garbage):
    with pytest.raises(UnreachableError):
        list(read_events([garbage]))


def test_an_expired_version_is_told_in_the_stream():
    with pytest.raises(GoneError):
        list(read_events([gone()]))


def test_any_other_error_in_the_stream_is_one():
    status = {"code": 500, "message": "etcd is away"}

    with pytest.raises(UnreachableError, match="etcd is away"):
        list(read_events([line("ERROR", object=status)]))


# ------------------------------------------------------------------------- the bell


class Streams:
    """Answers watches with prepared streams, then stops the bell."""

    def __init__(self, *streams):
        self.stop = threading.Event()
        self.asked = []
        self.rings = 0
        self._streams = list(streams)

    def watch(self, resource, version):
        assert resource is Resource.JOBS
        self.asked.append(version)
        if not self._streams:
            self.stop.set()
            return
        stream = self._streams.pop(0)
        if isinstance(stream, Exception):
            raise stream
        yield from read_events(stream)

    def ring(self):
        self.rings += 1

    def listen(self, monkeypatch):
        """Follow all streams; return the pauses between them."""
        pauses = []
        monkeypatch.setattr(self.stop, "wait", pauses.append)
        Bell(self, Resource.JOBS, ring=self.ring, stop=self.stop).listen()
        return pauses


def test_a_change_rings(monkeypatch):
    streams = Streams([line("ADDED"), line("MODIFIED"), line("DELETED")])

    streams.listen(monkeypatch)

    assert streams.rings == 3


def test_a_bookmark_does_not_ring_and_is_where_the_next_watch_begins(monkeypatch):
    streams = Streams([line("BOOKMARK", version="42")])

    streams.listen(monkeypatch)

    assert streams.rings == 0
    assert streams.asked == [None, "42"]


def test_the_next_watch_begins_where_the_last_one_broke(monkeypatch):
    streams = Streams([line(version="7"), line(version="8"), b"{broken\n"])

    streams.listen(monkeypatch)

    assert streams.asked == [None, "8"]


@pytest.mark.parametrize(
    "end",
    [pytest.param([gone()], id="event"), pytest.param(GoneError("410"), id="status")],
)
def test_an_expired_version_rings_and_is_forgotten(monkeypatch, end):
    streams = Streams([line("BOOKMARK", version="42")], end)

    streams.listen(monkeypatch)

    assert streams.rings == 1
    assert streams.asked == [None, "42", None]


def test_watches_that_end_at_once_are_not_opened_again_at_once(monkeypatch):
    pauses = Streams(*[[line()] for _ in range(8)]).listen(monkeypatch)

    assert pauses[0] <= 0.5
    assert pauses[7] >= 15


def test_a_watch_that_lasted_is_opened_again_at_once(monkeypatch):
    clock = iter(range(0, 1000, 50))
    monkeypatch.setattr("elt.control.watching.time.monotonic", lambda: next(clock))

    pauses = Streams([line()], [line()]).listen(monkeypatch)

    assert pauses == []


def test_a_missing_verb_is_logged_once_and_retried_slower_and_slower(
    monkeypatch, caplog
):
    refusals = [ForbiddenError("Cannot watch jobs: no") for _ in range(9)]

    pauses = Streams(*refusals).listen(monkeypatch)

    assert [r.getMessage() for r in caplog.records] == ["cannot watch"]
    assert pauses[8] >= 15


def test_pauses_double_up_to_half_a_minute():
    backoff = Backoff()

    pauses = [backoff.next_seconds() for _ in range(10)]

    assert all(15 <= pause <= 30 for pause in pauses[6:])
    backoff.reset()
    assert backoff.next_seconds() <= 0.5
