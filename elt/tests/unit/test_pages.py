"""Every page links to what is there, and names commands that exist."""

import os
import re
import shlex
from itertools import pairwise
from pathlib import Path

from pages import (
    REPOSITORY,
    each_page,
    find_blocks,
    find_links,
    list_commands,
    read_prose,
)

#: Programs, besides elt and make, that a reader may be asked to run.
PROGRAMS = {
    "base64",
    "cd",
    "createdb",
    "dbt",
    "docker",
    "export",
    "git",
    "helm",
    "kill",
    "kind",
    "kubectl",
    "mkdir",
    "openssl",
    "pg_dump",
    "pg_restore",
    "printf",
    "psql",
    "pytest",
    "python",
    "python3",
    "sed",
}
SEPARATORS = {"|", "||", "&", "&&", ";", "(", ")"}


def _targets():
    makefile = (REPOSITORY / "Makefile").read_text()
    return set(re.findall(r"^([a-z0-9-]+):", makefile, re.MULTILINE))


def _anchors(page):
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", read_prose(page), re.MULTILINE)
    kept = [re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings]
    return {text.replace(" ", "-") for text in kept}


@each_page
def test_every_relative_link_leads_somewhere(page):
    broken = []
    for link in find_links(page):
        if re.match(r"[a-z]+:|#!", link):  # of the web, of dbt's own pages
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            broken.append(link)

    assert broken == []


def _shell_commands(text):
    """Return the commands of a shell block, each as a list of words."""
    commands = []
    for line in text.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line.removeprefix("$ "), posix=True, punctuation_chars=True)
        words = [";", *lexer, ";"]
        cuts = [i for i, word in enumerate(words) if word in SEPARATORS]
        commands += [words[a + 1 : b] for a, b in pairwise(cuts) if b > a + 1]
    return [_without_assignments(command) for command in commands]


def _without_assignments(words):
    while words and re.match(r"[A-Z_]+=", words[0]):
        words = words[1:]
    return words


def _unknown(command):
    """Return what of a command does not exist, None when all does."""
    program, *arguments = command
    if program.startswith("k8s-tests/"):
        return None if os.access(REPOSITORY / program, os.X_OK) else program
    program = Path(program).name
    if program == "elt":
        return _unknown_to_elt(arguments)
    if program == "make":
        targets = [word for word in arguments if "=" not in word]
        missing = [target for target in targets if target not in _targets()]
        return f"make {missing[0]}" if missing else None
    return None if program in PROGRAMS or program == "." else program


def _unknown_to_elt(arguments):
    if arguments in (["--version"], ["--help"]):
        return None
    name, *rest = arguments
    options = list_commands().get(name)
    if options is None:
        return f"elt {name}"
    missing = [w for w in rest if w.startswith("--") and w.split("=")[0] not in options]
    return f"elt {name} {missing[0]}" if missing else None


@each_page
def test_shell_blocks_name_only_commands_that_exist(page):
    commands = [
        command
        for block in find_blocks(page, "sh", "bash", "shell", "console")
        for command in _shell_commands(block)
        if command
    ]

    unknown = [_unknown(command) for command in commands]

    assert [word for word in unknown if word] == []


@each_page
def test_prose_names_only_commands_that_exist(page):
    prose = read_prose(page)

    named = set(re.findall(r"`elt ([a-z][a-z-]*)", prose))
    made = set(re.findall(r"`make ([a-z][a-z0-9-]*)", prose))

    assert sorted(named - set(list_commands())) == []
    assert sorted(made - _targets()) == []
