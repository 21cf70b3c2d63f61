"""Options of `elt replicate` that would do nothing are wrong usage."""

import json

import pytest
from builders import make_source

from elt.cli import main
from elt.commands import replicate
from elt.errors import InterruptedRun


def test_interval_of_runs_needs_a_follower(capsys):
    assert main(["replicate", "--every", "15m"]) == 64

    line = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert line["message"] == "--every needs --follow"


def test_signal_ends_it_before_other_sources(monkeypatch):
    begun = []

    def interrupt(config, source, options, progress):
        begun.append(source.name)
        error = InterruptedRun("Interrupted by SIGTERM")
        error.exit_code = 143
        raise error

    monkeypatch.setattr(replicate, "replicate", interrupt)
    sources = [make_source(name="shop"), make_source(name="crm")]

    with pytest.raises(InterruptedRun) as ending:
        replicate._replicate(None, sources, None)

    assert ending.value.exit_code == 143
    assert begun == ["shop"]
