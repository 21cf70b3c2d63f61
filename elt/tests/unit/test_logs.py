"""One line for one unit of work: text for a person, JSON for a program."""

import io
import json
import logging
import re
import time

import pytest

from elt import logs

pytestmark = pytest.mark.usefixtures("package_logger")


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def written():
    """Return a function that logs one message and returns what was written."""

    def write(message="synced stream", *, log_format="text", **fields):
        stream = io.StringIO()
        logs.configure(log_format=log_format, stream=stream)
        logs.logger("elt.test").info(message, **fields)
        return stream.getvalue()

    return write


# ------------------------------------------------------------------------------ as text


def test_text_has_time_level_message_and_fields(written):
    line = written(stream="public.films", rows=1000)

    assert re.fullmatch(
        r"\d\d:\d\d:\d\d \S+ INFO    synced stream  "
        r"stream=public\.films rows=1000\n",
        line,
    )


@pytest.mark.parametrize(
    "zone, text",
    [("UTC0", "12:00:03 UTC INFO"), ("CET-1", "13:00:03 CET INFO")],
)
def test_text_says_of_which_zone_its_time_is(monkeypatch, zone, text):
    record = logging.makeLogRecord({"levelname": "INFO", "created": 1772366403.0})
    monkeypatch.setenv("TZ", zone)
    time.tzset()

    line = logs.TextFormatter().format(record)

    monkeypatch.undo()
    time.tzset()
    assert line.startswith(text)


def test_text_without_fields_ends_with_the_message(written):
    assert written().endswith("INFO    synced stream\n")


@pytest.mark.parametrize(
    "value, text",
    [
        pytest.param("public.films", "public.films", id="a plain word"),
        pytest.param("straße", "straße", id="letters of any alphabet"),
        pytest.param("zwei Wörter", '"zwei Wörter"', id="a blank"),
        pytest.param("a=b", '"a=b"', id="what looks like a field"),
        pytest.param('say "hi"', r'"say \"hi\""', id="quotes"),
        pytest.param("", '""', id="nothing"),
        pytest.param("tab\there", r'"tab\there"', id="a tab"),
        pytest.param("\x1b[31mred", r'"\u001b[31mred"', id="what a terminal obeys"),
        pytest.param(1.23456, "1.23", id="a fraction"),
        pytest.param(0, "0", id="zero"),
        pytest.param(False, "False", id="a truth"),
    ],
)
def test_text_quotes_what_could_be_misread(written, value, text):
    assert written(fact=value).endswith(f"  fact={text}\n")


def test_text_has_the_fields_beside_the_first_line_of_a_message(written):
    text = written("2 mistakes:\n  one\n  two", exit_code=78)

    first, *others = text.splitlines()
    assert first.endswith("2 mistakes:  exit_code=78")
    assert others == ["  one", "  two"]


def test_text_puts_statements_below_to_be_copied(written):
    hint = "Run at the source:\n  GRANT SELECT ON TABLE films TO reader;"

    lines = written(hint=hint, exit_code=78).splitlines()

    assert lines[0].endswith("synced stream  exit_code=78")
    assert lines[1:] == [
        "  hint: Run at the source:",
        "    GRANT SELECT ON TABLE films TO reader;",
    ]


def test_no_value_passes_for_a_line_of_the_log(written):
    lines = written(stream="x\n12:00:00 INFO    finished run").splitlines()

    assert all(line.startswith("  ") for line in lines[1:])


# ------------------------------------------------------------------------------ as JSON


def test_json_is_one_object_a_line(written):
    line = written(log_format="json", stream="public.films", rows=1000, ok=True)

    document = json.loads(line)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z", document.pop("time"))
    assert document == {
        "level": "info",
        "message": "synced stream",
        "stream": "public.films",
        "rows": 1000,
        "ok": True,
    }


def test_json_keeps_a_line_for_a_value_of_many(written):
    line = written(log_format="json", hint="Run:\n  GRANT")

    assert line.count("\n") == 1
    assert json.loads(line)["hint"] == "Run:\n  GRANT"


def test_json_keeps_letters_of_any_alphabet(written):
    assert '"stream": "public.straße"' in written(
        log_format="json", stream="public.straße"
    )


def test_json_writes_what_it_does_not_know_as_text(written):
    line = written(log_format="json", error=ValueError("no"))

    assert json.loads(line)["error"] == "no"


# --------------------------------------------------------------------------- in general


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_facts_that_are_not_known_are_left_out(written, log_format):
    assert "hint" not in written(log_format=log_format, hint=None, rows=1)


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_percent_signs_are_just_percent_signs(written, log_format):
    assert "lost 50% of %s" in written("lost 50% of %s", log_format=log_format)


@pytest.mark.parametrize(
    "stream, is_json",
    [
        pytest.param(Terminal(), False, id="text on a terminal"),
        pytest.param(io.StringIO(), True, id="JSON elsewhere"),
    ],
)
def test_form_follows_the_stream(stream, is_json):
    logs.configure(stream=stream)

    logs.logger("elt.test").info("finished run")

    assert stream.getvalue().startswith("{") is is_json


def test_log_goes_to_standard_error(capsys):
    logs.configure(log_format="text")

    logs.logger("elt.test").info("finished run")

    printed = capsys.readouterr()
    assert (printed.out, "finished run" in printed.err) == ("", True)


def test_log_goes_to_what_stands_in_for_standard_error(monkeypatch):
    logs.configure(log_format="text")
    stand_in = io.StringIO()
    monkeypatch.setattr("sys.stderr", stand_in)

    logs.logger("elt.test").info("finished run")

    assert "finished run" in stand_in.getvalue()


@pytest.mark.parametrize(
    "chosen, is_logged",
    [
        pytest.param({}, False, id="not by default"),
        pytest.param({"verbose": False}, False, id="not for others"),
        pytest.param({"verbose": True}, True, id="for those who ask"),
    ],
)
def test_steps_are_logged(chosen, is_logged):
    stream = io.StringIO()
    logs.configure(log_format="text", stream=stream, **chosen)

    logs.logger("elt.test").debug("opened connection")

    assert ("opened connection" in stream.getvalue()) is is_logged


def test_lines_do_not_reach_the_handlers_of_others(caplog):
    logs.configure(log_format="text", stream=io.StringIO())

    logs.logger("elt.test").info("finished run")

    assert caplog.records == []


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error"])
def test_level_is_part_of_the_line(level):
    stream = io.StringIO()
    logs.configure(log_format="json", verbose=True, stream=stream)

    getattr(logs.logger("elt.test"), level)("did it")

    assert json.loads(stream.getvalue())["level"] == level


def test_configuring_again_writes_each_line_once():
    first, second = io.StringIO(), io.StringIO()
    logs.configure(log_format="text", stream=first)
    logs.configure(log_format="text", stream=second)

    logs.logger("elt.test").info("finished run")

    assert (first.getvalue(), second.getvalue().count("finished")) == ("", 1)


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_traceback_of_a_library_is_written(log_format):
    stream = io.StringIO()
    logs.configure(log_format=log_format, stream=stream)

    try:
        raise ValueError("boom")  # noqa: TRY301  the traceback is wanted
    except ValueError:
        logging.getLogger("elt.test").exception("failed")

    assert "ValueError: boom" in stream.getvalue()


def test_uncaught_exception_is_one_line_with_its_traceback():
    stream = io.StringIO()
    logs.configure(log_format="json", stream=stream)

    logs.log_uncaught(ValueError, ValueError("surprise"), None)

    [line] = stream.getvalue().splitlines()
    record = json.loads(line)
    assert (record["level"], record["message"]) == ("error", "failed unexpectedly")
    assert "ValueError: surprise" in record["traceback"]
