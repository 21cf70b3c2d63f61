"""What errors say is to be written in elt.yaml can be written there."""

import pytest
import yaml

from elt.config import advise_options


@pytest.mark.parametrize(
    "stream",
    ["public.films", 'public."a.b"', '"a.b".c', "public.a: b", "x.#", "ü.{", "a.\"' "],
)
def test_any_name_can_be_written_there(stream):
    text = advise_options(["public.actors", stream], "allow_shrink: 1")

    place, _, lines = text.partition(":\n")
    assert place == "write below streams: of the source in elt.yaml"
    assert yaml.safe_load(lines) == {
        "public.actors": {"allow_shrink": 1},
        stream: {"allow_shrink": 1},
    }
