"""What the images install is pinned; that they work, the tests of the cluster say."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

REPOSITORY = Path(__file__).parents[3]
IMAGES = REPOSITORY / "images"
PROJECT = tomllib.loads((REPOSITORY / "elt" / "pyproject.toml").read_text())


def _pins():
    lines = (IMAGES / "constraints.txt").read_text().splitlines()
    pins = [line.split("==") for line in lines if not line.startswith("#")]
    return {name.lower().replace("_", "-"): version for name, version in pins}


def _requirements():
    """Return what the two images install by name."""
    extras = PROJECT["project"]["optional-dependencies"]
    return [
        *PROJECT["build-system"]["requires"],
        *PROJECT["project"]["dependencies"],
        *extras["controller"],
        *extras["dbt"],
    ]


@pytest.mark.parametrize("text", _requirements())
def test_pins_satisfy_the_requirements(text):
    """If not, run make constraints."""
    requirement = Requirement(text)

    pin = _pins()[requirement.name.lower().replace("_", "-")]

    assert requirement.specifier.contains(pin), f"{text}, but {pin} is pinned"


def test_stages_that_are_said_to_be_the_same_are():
    texts = [(IMAGES / name / "Dockerfile").read_text() for name in ("elt", "dbt")]

    shared = [
        re.search(
            r"^# -+ the same in .+?\n(.+?)^# -+\n", text, re.MULTILINE | re.DOTALL
        )
        for text in texts
    ]

    assert shared[0][1] == shared[1][1]
