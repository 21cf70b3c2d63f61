"""What the README tells a new user to type on a cluster works as it stands there."""

import re

import pytest
from commands import ROOT, run

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```shell\n(.*?)```", README, re.DOTALL)
#: What make does, the story has done with it.
LINES = [
    line
    for block in BLOCKS
    for line in block.splitlines()
    if line.startswith(("kubectl ", "helm "))
]
#: The words by which a user sees that it did what the README says.
SHOWN = {
    "helm test": "film_title",
    "get cronjobs": "elt-replicator",
    "logs job/elt-replicator": "checksum",
    "get events": "Replicated",
    "update films": "UPDATE 1",
    "create job": "created",
    "wait job": "met",
    "select film_title": "Casablanca",
}


@pytest.fixture(scope="module", autouse=True)
def up_to_date(story):
    """Bring over what other files have changed: a new user's source is quiet."""
    story.replicate()


@pytest.mark.parametrize("words, shown", SHOWN.items(), ids=SHOWN)
def test_line_of_the_readme_shows_what_it_promises(story, words, shown):
    (line,) = [line for line in LINES if words in line]

    typed = line.replace("--namespace elt ", f"--namespace {story.namespace.name} ")

    assert shown in run("bash", "-euc", typed, seconds=300)


def test_no_line_of_the_readme_is_left_out():
    assert [line for line in LINES if not any(words in line for words in SHOWN)] == []
