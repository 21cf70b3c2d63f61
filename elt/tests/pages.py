"""The pages of the documentation, for tests: where they are, and what is in them."""

import argparse
import re
from pathlib import Path

import pytest

from elt.commands.parser import make_parser

ELT = Path(__file__).parents[1]
REPOSITORY = ELT.parent
DOCS = ELT / "docs"
REFERENCE = DOCS / "reference"
SOURCE = ELT / "src" / "elt"
#: Where Markdown of others lies, or of nobody.
NOT_OURS = {"target", "dbt_packages", "logs", "node_modules", "artifacts"}


def _is_ours(path):
    folders = path.relative_to(REPOSITORY).parts[:-1]
    return not any(
        folder in NOT_OURS or (folder.startswith(".") and folder != ".github")
        for folder in folders
    )


PAGES = sorted(path for path in REPOSITORY.rglob("*.md") if _is_ours(path))
each_page = pytest.mark.parametrize(
    "page", PAGES, ids=[str(page.relative_to(REPOSITORY)) for page in PAGES]
)


def read_sections(page):
    """Return the text below each heading of level 2, and what stands before them."""
    parts = re.split(r"^## (.+)\n", page.read_text(), flags=re.MULTILINE)
    return {"": parts[0]} | dict(zip(parts[1::2], parts[2::2], strict=True))


def find_blocks(page, *languages):
    """Return the code blocks of a page in some languages."""
    blocks = re.findall(
        r"^```(\w*)\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL
    )
    return [text for language, text in blocks if language in languages]


def read_prose(page):
    """Return a page without its code blocks."""
    return re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)


def find_links(page):
    return re.findall(r"\]\(([^)\s]+)\)", read_prose(page))


def list_commands():
    """Return each command with its options."""
    [commands] = [
        action
        for action in make_parser()._actions
        if isinstance(action, argparse._SubParsersAction)
    ]
    return {
        name: [
            option
            for action in command._actions
            for option in action.option_strings
            if option.startswith("--")
        ]
        for name, command in commands.choices.items()
    }
