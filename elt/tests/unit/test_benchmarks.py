"""The arithmetic of the benchmarks; what they measure is no matter of tests."""

import pytest
from benchmarks.bound import Bound
from benchmarks.processes import parse_cpu_ticks
from benchmarks.ratios import paired_ratio
from benchmarks.report import format_table
from benchmarks.subscribers import ELT, NATIVE
from benchmarks.subscription import ALWAYS_ON, CAUGHT_UP, Arrival, Subscribed


def test_a_ratio_is_the_median_of_the_ratios_within_rounds():
    # The second round fell into a slow phase of the machine, for both.
    ours, theirs = {1: 1.0, 2: 4.0, 3: 1.2}, {1: 2.0, 2: 5.0, 3: 2.0}

    ratio = paired_ratio(ours, theirs)

    assert (ratio.median, ratio.lowest, ratio.highest) == (0.6, 0.5, 0.8)


def test_a_round_without_a_partner_does_not_count():
    ratio = paired_ratio({1: 1.0, 2: 9.0}, {1: 2.0})

    assert str(ratio) == "0.50 (0.50-0.50)"


def test_candidates_without_a_common_round_have_no_ratio():
    with pytest.raises(ValueError, match="no common round"):
        paired_ratio({1: 1.0}, {2: 1.0})


def test_the_bound_divides_all_steps_over_the_cores():
    bound = Bound(copy_out=1.0, definitions=0.5, copy_in=2.0, keys=0.5)

    assert bound.over(2) == 2.0


def test_cpu_times_are_found_behind_a_name_with_parentheses():
    before, times, after = ["S", *["0"] * 10], ["1", "2", "30", "40"], ["0"] * 30

    ticks = parse_cpu_ticks(" ".join(["7 (a (strange) name)", *before, *times, *after]))

    assert ticks == 73


def test_columns_of_a_table_are_aligned():
    lines = list(format_table(["", "seconds"], [["file", "1.00"], ["elt, count", "9"]]))

    assert lines == [
        "            seconds",
        "file           1.00",
        "elt, count        9",
    ]


def test_a_subscription_is_compared_within_its_workload_way_and_round():
    measured = [
        ("few", CAUGHT_UP, NATIVE, 1, 2.0),
        ("few", CAUGHT_UP, ELT, 1, 1.0),
        ("few", CAUGHT_UP, ELT, 2, 4.0),
        ("few", CAUGHT_UP, NATIVE, 2, 4.0),
        ("few", CAUGHT_UP, NATIVE, 3, 8.0),
        ("few", CAUGHT_UP, ELT, 3, 2.0),
        ("few", ALWAYS_ON, ELT, 1, 99.0),
        ("many", CAUGHT_UP, NATIVE, 1, 99.0),
    ]
    names = ("workload", "way", "subscriber", "round", "seconds")
    arrivals = [Arrival(**dict(zip(names, m, strict=True))) for m in measured]

    cells = Subscribed(rows=1, arrivals=arrivals).cells(("few", CAUGHT_UP))

    assert cells == ["few", CAUGHT_UP, "4.00", "2.00", "0.50 (0.25-1.00)"]
