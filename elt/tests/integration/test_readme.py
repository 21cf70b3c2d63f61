"""What the README tells a new user to type works as it stands there."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from integration.replication import query

REPOSITORY = Path(__file__).parents[3]
README = (REPOSITORY / "README.md").read_text()
#: Those for a cluster are tested there.
BLOCKS = [
    block
    for block in re.findall(r"```shell\n(.*?)```", README, re.DOTALL)
    if not re.match("make cluster|kubectl ", block)
]


def test_readme_has_the_blocks_that_are_tested_here():
    assert [block.splitlines()[0] for block in BLOCKS] == [
        "make demo",
        "python3 -m venv ~/elt && . ~/elt/bin/activate",
    ]


def test_make_knows_the_commands_of_the_demo():
    """What they do is tested by `test_demo.py`; here only that make leads to it."""
    for command in BLOCKS[0].splitlines():
        shown = subprocess.run(
            [*command.split(), "--dry-run"],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        assert "/elt demo" in shown


def test_commands_for_own_databases_replicate(databases, tmp_path):
    _, install, *commands = BLOCKS[1].splitlines()
    package, extra = re.search(r"'(.+)\[(.+)\]'", install).groups()
    project = (REPOSITORY / package / "pyproject.toml").read_text()
    assert extra in tomllib.loads(project)["project"]["optional-dependencies"]
    query(databases.source, "create table orders as select 1 as id, 2.50 as price")
    # The exports name databases of an invented company: ours take their place.
    typed = [line for line in commands if not line.startswith("export ")]
    exports = [line for line in commands if line.startswith("export ")]
    named = {name for line in exports for name in re.findall(r"(\w+)=", line)}

    done = subprocess.run(
        [shutil.which("bash"), "-euc", "\n".join(typed)],
        env=os.environ
        | databases.environ()
        | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "a run would work" in done.stdout
    assert "raw.orders" in done.stdout
    assert query(databases.destination, "select id, price::text from raw.orders") == [
        (1, "2.50")
    ]
    sides = ("SOURCE", "DESTINATION")
    parts = ("HOST", "DATABASE", "USER", "PASSWORD")
    assert named == {f"{side}_{part}" for side in sides for part in parts}
