"""Two demos in one directory would begin the same servers."""

import pytest

from elt.cli import main
from elt.commands import extras
from elt.demo.alone import alone
from elt.errors import LockedError


def test_second_demo_is_refused_while_the_first_is_at_work(tmp_path):
    directory = tmp_path / "demo"

    with (
        alone(directory),
        pytest.raises(LockedError, match="Another demo is at work in"),
        alone(directory),
    ):
        pass


def test_demo_leaves_nothing_that_keeps_the_next_one_out(tmp_path):
    with alone(tmp_path / "demo"):
        pass
    with alone(tmp_path / "demo"):
        found = list((tmp_path / "demo").iterdir())

    assert found == []


def test_what_the_last_step_needs_is_missed_before_the_first(monkeypatch, capsys):
    monkeypatch.setattr(extras, "_is_installed", lambda _: False)

    assert main(["demo"]) == 78
    written = capsys.readouterr()
    assert (written.out, "elt[demo]" in written.err) == ("", True)
