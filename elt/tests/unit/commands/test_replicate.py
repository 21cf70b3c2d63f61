"""Options of `elt replicate` that would do nothing are wrong usage."""

import json

from elt.cli import main


def test_interval_of_runs_needs_a_follower(capsys):
    assert main(["replicate", "--every", "15m"]) == 64

    line = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert line["message"] == "--every needs --follow"
