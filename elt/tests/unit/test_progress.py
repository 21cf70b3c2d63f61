"""Long copies show that they move; short ones say nothing."""

import io
import re
import sys
import time
from types import SimpleNamespace

import pytest
from builders import make_stream, make_table

from elt import progress
from elt.progress import LineProgress, Sent, choose_progress
from elt.progress.bars import BarProgress


class Clock:
    """A clock that a test sets."""

    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def lines(monkeypatch):
    """Collect the fields of the lines that are logged."""
    logged = []
    monkeypatch.setattr(progress.log, "info", lambda _, **fields: logged.append(fields))
    return logged


@pytest.fixture
def films():
    return make_stream(make_table("films", bytes=5000))


@pytest.fixture
def terminal(monkeypatch):
    """Put a terminal in place of standard error, and return what it shows."""
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: True)
    # pytest sets sys.stderr anew for each phase of a test.
    for module in (progress, progress.bars):
        monkeypatch.setattr(module, "sys", SimpleNamespace(stderr=stream))
    return stream


@pytest.mark.parametrize("kind", [LineProgress, BarProgress])
def test_steps_are_logged_as_they_begin_for_who_looks_for_a_fault(
    kind, films, monkeypatch, terminal
):
    steps = []
    monkeypatch.setattr(
        progress.log, "debug", lambda _, **fields: steps.append(fields["step"])
    )
    shown = kind()

    with shown.copying(films):
        pass
    with shown.doing("publishing") as tell:
        tell("checking foreign keys")

    assert steps == ["copying public.films", "publishing", "checking foreign keys"]


def test_short_copy_logs_nothing(clock, lines, films):
    with LineProgress(clock).copying(films) as on_bytes:
        clock.seconds = 9.9
        on_bytes(1000)

    assert lines == []


def test_long_copy_logs_every_ten_seconds(clock, lines, films):
    with LineProgress(clock).copying(films) as on_bytes:
        for second in range(26):
            clock.seconds = second
            on_bytes(100)

    assert lines == [
        {"stream": "public.films", "bytes": 1100, "of_about": 5000},
        {"stream": "public.films", "bytes": 2100, "of_about": 5000},
    ]


def test_copies_side_by_side_are_counted_apart(clock, lines, films):
    actors = make_stream(make_table("actors", bytes=10))
    follower = LineProgress(clock)

    with follower.copying(films) as on_films, follower.copying(actors) as on_actors:
        on_films(100)
        clock.seconds = 10
        on_actors(7)
        on_films(100)

    assert [(line["stream"], line["bytes"]) for line in lines] == [
        ("public.actors", 7),
        ("public.films", 200),
    ]


def test_parts_of_a_stream_are_counted_as_one(clock, lines, films):
    sent, follower = Sent(), LineProgress(clock)

    for second in (6, 12):
        with follower.copying(films, sent) as on_bytes:
            clock.seconds = second
            on_bytes(100)

    assert [line["bytes"] for line in lines] == [200]


def test_parts_of_a_stream_have_one_bar(terminal, films):
    sent, bars = Sent(), BarProgress()

    with bars.copying(films, sent) as on_first:
        on_first(100)
        with bars.copying(films, sent) as on_second:
            on_second(50)
            assert [task.completed for task in bars._bars.tasks] == [150]
    assert bars._bars.task_ids == []
    with bars.copying(films, sent):
        assert [task.completed for task in bars._bars.tasks] == [150]


def test_bars_are_drawn_while_streams_are_copied(terminal, films):
    bars = BarProgress()

    with bars.copying(films) as on_bytes:
        on_bytes(2500)

    assert "public.films" in terminal.getvalue()


def test_bars_appear_again_after_a_pause(terminal, films):
    bars = BarProgress()

    for _ in range(2):
        terminal.truncate(0)
        with bars.copying(films):
            pass

    assert "public.films" in terminal.getvalue()


def test_bars_go_when_a_copy_fails(terminal, films):
    bars = BarProgress()

    with pytest.raises(ZeroDivisionError), bars.copying(films):
        raise ZeroDivisionError

    assert bars._bars.task_ids == []
    assert not bars._live.is_started


def test_long_comparison_logs_which_stream_is_next(clock, lines, films):
    actors = make_stream(make_table("actors"))

    with LineProgress(clock).comparing([actors, films]) as on_begin:
        on_begin(actors)
        clock.seconds = 10
        on_begin(films)

    assert lines == [{"stream": "public.films", "done": 1, "of": 2}]


def test_short_comparison_logs_nothing(clock, lines, films):
    with LineProgress(clock).comparing([films]) as on_begin:
        clock.seconds = 9.9
        on_begin(films)

    assert lines == []


def test_one_bar_is_drawn_for_all_comparisons(terminal, films):
    bars = BarProgress()
    actors = make_stream(make_table("actors", bytes=10))

    with bars.comparing([actors, films]) as on_begin:
        on_begin(actors)
        on_begin(films)
        [task] = bars._bars.tasks
        assert (task.description, task.completed, task.total) == (
            "public.films",
            10,
            5010,
        )

    assert bars._bars.task_ids == []
    assert not bars._live.is_started


@pytest.fixture
def _at_once(monkeypatch):
    """Show steps however short they are."""
    monkeypatch.setattr(progress.bars, "_SECONDS_UNTIL_SHOWN", 0)


def wait_until_shown(bars):
    deadline = time.monotonic() + 10
    while not any(task.visible for task in bars._steps.tasks):
        assert time.monotonic() < deadline
        time.sleep(0.001)


@pytest.mark.usefixtures("_at_once")
def test_a_step_is_shown_until_the_next_one_begins(terminal):
    bars = BarProgress()

    with bars.doing("publishing [a] stream", seconds_ago=3700) as tell:
        wait_until_shown(bars)
        bars._live.refresh()
        tell("checking foreign keys")
        bars._live.refresh()

    text = terminal.getvalue()
    assert re.search(r"publishing \[a\] stream.*1:01:40", text)
    assert re.search(r"checking foreign keys.*0:00:00", text)
    assert not bars._live.is_started
    assert bars._steps.task_ids == []


def test_a_short_step_is_not_shown(terminal):
    with BarProgress().doing("publishing"):
        pass

    assert terminal.getvalue() == ""


@pytest.mark.usefixtures("_at_once")
def test_a_step_beside_a_copy_leaves_its_bar(terminal, films):
    bars = BarProgress()

    with bars.copying(films):
        with bars.doing("building indexes of public.actors"):
            wait_until_shown(bars)
        assert bars._live.is_started
    assert not bars._live.is_started


def test_a_log_says_nothing_of_steps(lines):
    with LineProgress().doing("publishing") as tell:
        tell("checking foreign keys")

    assert lines == []


def test_nobody_watches_a_log(monkeypatch):
    monkeypatch.setattr(progress, "sys", SimpleNamespace(stderr=io.StringIO()))

    assert isinstance(choose_progress(), LineProgress)


def test_person_at_a_terminal_gets_bars(terminal):
    assert isinstance(choose_progress(), BarProgress)


def test_terminal_without_rich_gets_lines(terminal, monkeypatch):
    monkeypatch.delitem(sys.modules, "elt.progress.bars")
    monkeypatch.setitem(sys.modules, "rich.progress", None)

    assert isinstance(choose_progress(), LineProgress)
