"""The operating system account that throw-away clusters belong to.

PostgreSQL refuses to run as root. Where we are root, as in most containers, its
programs run as `nobody`, who must own the data and be able to reach the programs.
"""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import TypedDict

from elt.errors import ConfigError

_UNPRIVILEGED = "nobody"
_TIMEOUT_SECONDS = 120


class _Identity(TypedDict, total=False):
    """Arguments of subprocess.run that give up root; none when we are not root."""

    user: int
    group: int
    extra_groups: list[int]


@cache
def _identity() -> _Identity:
    if os.geteuid() != 0:
        return {}
    try:
        account = pwd.getpwnam(_UNPRIVILEGED)
    except KeyError as error:
        message = f"PostgreSQL cannot run as root, and no user {_UNPRIVILEGED} exists"
        raise ConfigError(message, hint="Run the command as another user.") from error
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program as the account and return what it said, in English.

    PG* variables are kept from it: they describe the user's databases, not ours. So is
    Ctrl-C: a program that it ended would look like one that failed.
    """
    environ = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PG", "LC_", "LANG"))
    }
    return subprocess.run(
        command,
        cwd="/",
        env=environ | {"LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=_TIMEOUT_SECONDS,
        check=False,
        start_new_session=True,
        **_identity(),
    )


def give(path: Path) -> None:
    """Make the account the owner of a path."""
    identity = _identity()
    if identity:
        os.chown(path, identity["user"], identity["group"])


def can_reach(path: Path) -> bool:
    """Tell whether every folder above a path lets the account through."""
    if not _identity():
        return True
    folders = path.resolve().parents
    existing = (folder for folder in folders if folder.exists())
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in existing)


def temporary_folder() -> Path:
    """Return a folder for temporary files that the account can reach."""
    choices = [Path(tempfile.gettempdir()), Path("/var/tmp"), Path("/tmp")]  # noqa: S108
    return next((path for path in choices if can_reach(path / "any")), choices[0])


def new_home(among: Path | None = None) -> Path:
    """Make a directory in which clusters can live, by default among temporary files."""
    home = Path(tempfile.mkdtemp(prefix="elt-", dir=among or temporary_folder()))
    home.chmod(0o755)
    return home
