"""What a person needs to go on by hand: a file of variables, and commands to type."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from elt.config import DatabaseSettings

#: Of a demo that did not come to its end.
STAY_UP = "Servers that were started stay up; make demo-down stops them."
_COMMANDS = (
    (". {env}", "names both databases; finds elt, dbt, psql"),
    ("psql {destination}", "select * from film_ratings"),
    ("dbt test", "with the profile of the repository"),
    ("elt seed --traffic 10", "plays an application for ten seconds"),
    ("elt replicate && dbt build", "brings over what it did"),
    ("make demo-down", "stops both servers and removes their data"),
)


def variables_of(database: DatabaseSettings) -> dict[str, str]:
    """Return the environment variables that name a database of the demo."""
    return {
        f"{database.prefix}_HOST": database.host,
        f"{database.prefix}_PORT": str(database.port),
        f"{database.prefix}_DATABASE": database.database,
        f"{database.prefix}_USER": database.user,
    }


def dbt_variables(project: Path, artifacts: Path) -> dict[str, str]:
    """Return the variables by which dbt finds its project from any folder."""
    return {
        "DBT_PROJECT_DIR": str(project),
        "DBT_PROFILES_DIR": str(project),
        "DBT_TARGET_PATH": str(artifacts / "target"),
        "DBT_LOG_PATH": str(artifacts / "logs"),
        "DO_NOT_TRACK": "1",
    }


def write_environment(file: Path, variables: Mapping[str, str], binaries: Path) -> None:
    """Write a file that a shell can source."""
    folders = shlex.quote(f"{Path(sys.executable).parent}:{binaries}")
    lines = [f"export {name}={shlex.quote(v)}" for name, v in variables.items()]
    lines.append(f'export PATH={folders}:"$PATH"')
    file.write_text("\n".join([*lines, ""]))


def next_steps(file: Path, destination: DatabaseSettings) -> str:
    """Return the commands to go on with, each with what it does."""
    place = f"-h {destination.host} -p {destination.port} -U {destination.user}"
    names = {
        "env": shlex.quote(str(_from_here(file))),
        "destination": f"{place} {destination.database}",
    }
    commands = [(command.format(**names), does) for command, does in _COMMANDS]
    width = max(len(command) for command, _ in commands)
    lines = [f"  {command:<{width}}   # {does}" for command, does in commands]
    return "\n".join(["Both servers stay up. In this folder:", "", *lines])


def _from_here(file: Path) -> Path:
    """Shorten a path that lies below the current folder."""
    here = Path.cwd()
    return file.relative_to(here) if file.is_relative_to(here) else file
