"""What was planned from configuration and catalog for tests, or why it was refused."""

import pytest
from builders import make_plan

from elt.errors import ConfigError


def names_of(plan):
    """Return the names of the streams of a plan."""
    return {stream.name for stream in plan.streams}


def refusal_of(*tables, **facts):
    """Return why tables are not planned."""
    with pytest.raises(ConfigError) as refusal:
        make_plan(*tables, **facts)
    return refusal.value
