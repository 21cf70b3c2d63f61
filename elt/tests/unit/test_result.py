"""What a command leaves in the file that ELT_RESULT_PATH names."""

import json

import pytest

from elt import logs
from elt.result import LONGEST_RESULT, Result, encode

pytestmark = pytest.mark.usefixtures("package_logger")


@pytest.fixture
def file(tmp_path):
    return tmp_path / "result"


@pytest.fixture
def keeping(file):
    """Return a result that listens to the log."""
    result = Result(str(file))
    logs.configure(log_format="text", verbose=True, also=result)
    return result


def test_last_line_is_written_in_the_form_of_the_json_log(keeping, file, capsys):
    logs.logger("elt.test").info("synced stream", stream="public.films")
    logs.logger("elt.test").info("finished run", run=7, seconds=0.5, error=None)

    keeping.write()

    line = json.loads(file.read_bytes())
    assert list(line) == ["time", "level", "message", "run", "seconds"]
    assert (line["level"], line["message"], line["run"]) == ("info", "finished run", 7)


def test_steps_are_not_how_a_command_ended(keeping, file):
    logs.logger("elt.test").warning("lost connection")
    logs.logger("elt.test").debug("closed connection")

    keeping.write()

    assert json.loads(file.read_bytes())["message"] == "lost connection"


def test_what_a_slot_keeps_is_told_however_a_command_ends(keeping, file):
    log = logs.logger("elt.test")
    log.info("measured slot", source="a", retained_bytes=8, wal_budget=10)
    log.info("measured slot", source="b", retained_bytes=50, wal_budget=100)
    log.error("no room", exit_code=75)

    keeping.write()

    line = json.loads(file.read_bytes())
    assert (line["message"], line["retained_bytes"], line["wal_budget"]) == (
        "no room",
        8,
        10,
    )


def test_file_holds_nothing_of_before(keeping, file):
    file.write_text("x" * LONGEST_RESULT)
    logs.logger("elt.test").info("finished run")

    keeping.write()

    assert json.loads(file.read_bytes())["message"] == "finished run"


def test_command_without_a_line_leaves_the_file_alone(keeping, file):
    keeping.write()

    assert not file.exists()


@pytest.mark.parametrize("path", [None, ""], ids=["not set", "empty"])
def test_without_a_path_nothing_is_written(path):
    result = Result(path)
    logs.configure(also=result)
    logs.logger("elt.test").info("finished run")

    result.write()


@pytest.mark.parametrize("place", ["", "missing/file", "file\0name"])
def test_path_that_cannot_be_written_is_a_warning(tmp_path, capsys, place):
    result = Result(f"{tmp_path}/{place}")
    logs.configure(log_format="json", also=result)
    logs.logger("elt.test").info("finished run")

    result.write()

    line = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert line["message"] == "failed to write the result"


# ------------------------------------------------------------------------------ length


def test_short_line_is_kept_whole():
    line = {"message": "did it", "rows": 5, "ok": True, "names": ["a", "b"]}

    assert json.loads(encode(line, LONGEST_RESULT)) == line


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x" * 10_000, id="letters"),
        pytest.param("ß€😀" * 3_000, id="letters of several bytes"),
        pytest.param("\0\x1b\n" * 3_000, id="what JSON escapes"),
        pytest.param('"\\' * 5_000, id="quotes"),
        pytest.param("\udcff" * 3_000, id="what is no character"),
    ],
)
@pytest.mark.parametrize("field", ["message", "hint", "traceback"])
def test_long_text_is_shortened_to_valid_json(field, text):
    written = encode({"message": "m", "exit_code": 78, field: text}, LONGEST_RESULT)

    line = json.loads(written)
    assert len(written) <= LONGEST_RESULT
    assert (line["exit_code"], "…" in line[field]) == (78, True)


def test_message_and_hint_share_the_room():
    line = {"level": "error", "message": "m" * 9_000, "hint": "h" * 9_000}

    short = json.loads(encode(line, LONGEST_RESULT))

    assert short["message"].rstrip("…") == "m" * 1024
    assert short["hint"].rstrip("…") == "h" * 1024


def test_traceback_keeps_its_end():
    line = {"message": "failed unexpectedly", "traceback": "x" * 9_000 + "KeyError: 1"}

    short = json.loads(encode(line, LONGEST_RESULT))

    assert short["traceback"].endswith("xKeyError: 1")
    assert short["traceback"].startswith("…x")


def test_of_very_many_fields_the_essential_ones_are_kept():
    fields = {f"field_{number}": "x" * 50 for number in range(500)}
    line = {"level": "error", "message": "no", "hint": "do", "exit_code": 65} | fields

    written = encode(line, LONGEST_RESULT)

    assert list(json.loads(written)) == ["level", "message", "hint", "exit_code"]
