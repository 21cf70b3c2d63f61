"""What the demo says about its steps."""

from types import SimpleNamespace

import pytest

from elt.demo.facts import describe_build, describe_run, describe_seed
from elt.demo.story import tell
from elt.seed.seeder import SeedReport
from elt.transformation.results import BuildReport, NodeResult


def run_report(*changes):
    """Return a report of streams of 1,000 rows, each with so many changes."""
    streams = [
        SimpleNamespace(
            copied=SimpleNamespace(rows=1000), difference=SimpleNamespace(total=total)
        )
        for total in changes
    ]
    return SimpleNamespace(streams=streams)


def test_run_tells_how_much_is_new():
    assert (
        describe_run(run_report(7, 0)) == "2,000 rows of 2 tables are equal; 7 changed"
    )


def test_run_over_an_unchanged_source_says_so():
    assert describe_run(run_report(0)).endswith("; nothing changed")


def test_seeded_cinema_is_told_by_its_scale():
    report = SeedReport(scale=10, is_new=False, rows={}, seconds=0.1)

    assert describe_seed(report) == "the cinema is there already, at scale 10"


def test_build_counts_each_kind_of_node():
    kinds = ["model"] * 20 + ["unit_test"] * 5 + ["seed"]
    results = [
        NodeResult(name="x", kind=kind, status="success", message=None, seconds=0.1)
        for kind in kinds
    ]

    assert (
        describe_build(BuildReport(results=results))
        == "1 seed, 20 models, 5 unit tests"
    )


def test_failed_step_is_marked_and_its_error_kept(capsys):
    def fail():
        raise OSError("no disk")

    with pytest.raises(OSError, match="no disk"):
        tell("seed", fail, str)

    assert capsys.readouterr().out == "  ✗ seed\n"
