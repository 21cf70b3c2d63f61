"""What the guides tell people to write is what the chart takes."""

import re

import pytest
import yaml
from readme import read_values
from rendering import CHART, ROOT, render

DOCS = ROOT / "elt" / "docs"
GUIDES = [
    *sorted((DOCS / "guides").glob("*-on-kubernetes.md")),
    DOCS / "guides" / "air-gapped.md",
]
PAGES = [*GUIDES, *sorted((DOCS / "runbooks").glob("*.md")), CHART / "README.md"]
PATHS = {v.path for v in read_values((CHART / "values.yaml").read_text())}
#: Mappings whose keys are documented elsewhere.
OPEN = ("config.", "source.pod.", "replicator.pod.", "controller.pod.")


def examples():
    for page in GUIDES:
        blocks = re.findall(
            r"^```yaml\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL
        )
        for number, block in enumerate(blocks, 1):
            yield pytest.param(block, id=f"{page.stem}-{number}")


@pytest.mark.parametrize("example", list(examples()))
def test_examples_of_values_are_taken(example):
    assert render(yaml.safe_load(example)).objects


@pytest.mark.parametrize("page", PAGES, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_every_value_that_a_page_names_exists(page):
    text = page.read_text()
    set_ones = re.findall(r"--set[= ]([\w.]+)=", text)
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    roots = "|".join(sorted(path for path in PATHS if "." not in path))
    named = re.findall(rf"`((?:{roots})(?:\.\w+)+)[:=` ]", prose)

    unknown = {p for p in [*set_ones, *named] if not p.startswith(OPEN)} - PATHS

    assert unknown == set()
