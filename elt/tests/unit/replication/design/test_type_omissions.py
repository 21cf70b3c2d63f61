"""What a type lacks at the destination is told, with the reason."""

import pytest
from builders import make_type

from elt.replication.design.type_omissions import list_lost_of_type

LOW = "constraint low CHECK ((VALUE > 0))"


@pytest.mark.parametrize(
    "facts, lost",
    [
        pytest.param({"base": "integer"}, [], id="nothing"),
        pytest.param({"checks": [LOW], "check_names": ["low"]}, [], id="a check"),
        pytest.param({"collation": "C"}, [], id="a collation that is everywhere"),
        pytest.param(
            {"is_not_null": True},
            [("not null", "a new column of the domain has no values there at first")],
            id="not null",
        ),
        pytest.param(
            {"checks": [LOW + " NOT VALID"], "check_names": ["low"]},
            [("constraint low", "is not valid at the source")],
            id="a check that is not valid",
        ),
        pytest.param(
            {
                "checks": [LOW],
                "check_names": ["fit", "late"],
                "unfit_checks": ["late"],
            },
            [
                (
                    "constraint late",
                    "needs code that only the source has, or depends on the time",
                )
            ],
            id="a check that holds nowhere else",
        ),
        pytest.param(
            {"collation": "de_DE"},
            [
                (
                    "collation de_DE",
                    "of types, only C and POSIX are taken to be the same everywhere",
                )
            ],
            id="a collation",
        ),
    ],
)
def test_what_a_domain_lacks_is_told(facts, lost):
    found = list_lost_of_type(make_type("d", "stars", **facts))

    assert [(missing.name, missing.reason) for missing in found] == [
        (f"domain public.stars: {what}", reason) for what, reason in lost
    ]


def test_what_a_range_type_lacks_is_told():
    [missing] = list_lost_of_type(make_type("r", "span", collation="de_DE"))

    assert missing.name == "range type public.span: collation de_DE"


@pytest.mark.parametrize("kind", ["e", "c"])
def test_other_types_lack_nothing(kind):
    assert list(list_lost_of_type(make_type(kind))) == []
