"""Where dbt's project is, and the environment in which dbt finds it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager
from pathlib import Path

from elt.config import DatabaseSettings
from elt.errors import ConfigError

_PROJECT_FILE = "dbt_project.yml"
_PROFILES_FILE = "profiles.yml"
#: Where the image elt-dbt has its project.
BAKED = Path("/dbt")
_PARSED = Path("target") / "partial_parse.msgpack"


def locate_project(
    named: str | Path | None, start: Path, *, baked: Path = BAKED
) -> Path:
    """Return the folder of the project: the named one, the image's, or the checkout's.

    Raises ConfigError where there is none.
    """
    if named:
        folder = Path(named).absolute()
        if not (folder / _PROJECT_FILE).exists():
            message = f"Found no {_PROJECT_FILE} in {folder}"
            hint = "Name the folder of a dbt project: --project, or DBT_PROJECT_DIR."
            raise ConfigError(message, hint=hint)
        return folder
    if (baked / _PROJECT_FILE).exists():
        return baked
    return find_project(start)


def find_project(start: Path) -> Path:
    """Return the project of a checkout, looking from a folder upwards."""
    for folder in (start, *start.parents):
        if (folder / "dbt" / _PROJECT_FILE).exists():
            return folder / "dbt"
    message = f"Found no dbt/{_PROJECT_FILE} in {start} or above"
    raise ConfigError(message, hint="Run it in a checkout of elt's repository.")


def project_variables(project: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables by which dbt finds the project, and where it may write.

    What the user set stays. Next to a project that cannot be written, as in an image,
    dbt writes to the folder for temporary files, and begins with what was parsed when
    the image was built.
    """
    temporary = Path(tempfile.gettempdir())
    home = project if os.access(project, os.W_OK) else temporary
    defaults = {
        "DBT_TARGET_PATH": str(home / "target"),
        "DBT_LOG_PATH": str(home / "logs"),
    }
    if (project / _PROFILES_FILE).exists():
        defaults["DBT_PROFILES_DIR"] = str(project)
    if (project / _PARSED).exists():
        defaults["DBT_PARTIAL_PARSE_FILE_PATH"] = str(project / _PARSED)
    theirs = {name: environ[name] for name in defaults if environ.get(name)}
    ours = {"DBT_PROJECT_DIR": str(project), "DO_NOT_TRACK": "1"}
    return defaults | theirs | ours


def destination_variables(settings: DatabaseSettings) -> dict[str, str]:
    """Return the variables that dbt's profile reads: all parts, of a URL as well.

    The profile has no key for the server's options; libpq reads those by itself.
    """
    values = {
        "HOST": settings.host,
        "PORT": settings.port,
        "DATABASE": settings.database,
        "USER": settings.user,
        "PASSWORD": settings.password,
        "SSLMODE": settings.sslmode,
        "SSLROOTCERT": settings.sslrootcert,
        "SSLCERT": settings.sslcert,
        "SSLKEY": settings.sslkey,
        "CONNECT_TIMEOUT": settings.connect_timeout,
    }
    variables = {
        f"DESTINATION_{name}": str(value)
        for name, value in values.items()
        if value is not None
    }
    return variables | ({"PGOPTIONS": settings.options} if settings.options else {})


def require_profiles(
    variables: Mapping[str, str], start: Path, *, home: Path | None = None
) -> None:
    """Raise ConfigError where dbt would find no profile.

    dbt looks where DBT_PROFILES_DIR says, else in the current folder and in ~/.dbt. Of
    a folder that is not there it says only that its option is wrong.
    """
    named = variables.get("DBT_PROFILES_DIR")
    elsewhere = (home or Path.home()) / ".dbt"
    folders = [Path(named)] if named else [start, elsewhere]
    if any((folder / _PROFILES_FILE).exists() for folder in folders):
        return
    shown_folders = named or f"{variables['DBT_PROJECT_DIR']} or {elsewhere}"
    message = f"Found no {_PROFILES_FILE} in {shown_folders}"
    hint = f"Put one beside {_PROJECT_FILE}, or name its folder in DBT_PROFILES_DIR."
    raise ConfigError(message, hint=hint)


@contextmanager
def shown(variables: Mapping[str, str]) -> Iterator[None]:
    """Show dbt some variables for the length of a block, and undo what it changes."""
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        with chdir(Path.cwd()):
            yield
    finally:
        os.environ.clear()
        os.environ.update(before)
