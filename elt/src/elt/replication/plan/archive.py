"""Keep a pg_dump archive of exactly the snapshot that is loaded (ELT_DUMP_PATH)."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from elt import logs
from elt.config import Config, DatabaseSettings, SourceConfig
from elt.errors import ConfigError, EltError, TemporaryError
from elt.interruption import pause

if TYPE_CHECKING:
    import subprocess

log = logs.logger(__name__)

_POLL_SECONDS = 0.1
_VERSION = re.compile(r"(\d+)(?:\.|devel|beta|rc|$)")


@contextmanager
def archiving(
    config: Config, source: SourceConfig, snapshot_id: str | None, server_version: int
) -> Iterator[None]:
    """Dump the snapshot beside the block, which holds it; wait for the dump at its end.

    The archive replaces an older one only when it is complete. A dump that fails makes
    the run fail before it publishes.
    """
    if config.dump_path is None:
        yield
        return
    if snapshot_id is None:
        raise standby_refusal(source)
    target, program = prepare_archive(config, source, config.dump_path, server_version)
    partial = target.with_name(target.name + ".partial")
    _make_private(partial)
    import tempfile  # noqa: PLC0415  few runs make an archive

    with tempfile.TemporaryFile() as errors:
        process = _start(
            program, source.connection, snapshot_id, partial, errors.fileno()
        )
        try:
            yield
            code = _wait(process)
        except BaseException:
            process.terminate()
            process.wait()
            partial.unlink(missing_ok=True)
            raise
        if code != 0:
            partial.unlink(missing_ok=True)
            errors.seek(0)
            raise _failure(source.name, code, errors.read())
    partial.replace(target)
    log.info("kept archive", path=str(target), bytes=target.stat().st_size)


def standby_refusal(source: SourceConfig) -> ConfigError:
    """Return why a standby has no archive."""
    message = f"Source {source.name} is a standby: its snapshot cannot be archived"
    return ConfigError(message, hint="Name its primary, or unset ELT_DUMP_PATH.")


def prepare_archive(
    config: Config, source: SourceConfig, path: Path, server_version: int
) -> tuple[Path, str]:
    """Return where the archive of a source goes, and the pg_dump that makes it.

    Raises ConfigError where it cannot be made, and writes nothing.
    """
    target = archive_path(path, source.name)
    if not target.parent.is_dir():
        message = f"ELT_DUMP_PATH: there is no directory {target.parent}"
        raise ConfigError(message, hint="Make it, or unset ELT_DUMP_PATH.")
    return target, _find_pg_dump(config.programs, server_version)


def archive_path(path: Path, source: str) -> Path:
    """Return the file of a source: `<source>.dump` when the path is a directory."""
    return path / f"{source}.dump" if path.is_dir() else path


def _make_private(file: Path) -> None:
    """Make a file that only its owner reads: whoever reads an archive reads all rows.

    pg_dump makes one that anybody may read, but leaves the mode of one that is there.
    """
    try:
        file.unlink(missing_ok=True)
        file.touch(mode=0o600, exist_ok=False)
    except OSError as error:
        message = f"ELT_DUMP_PATH: cannot write {file}: {error.strerror}"
        raise ConfigError(message, hint="Allow it, or unset ELT_DUMP_PATH.") from None


def _failure(source: str, code: int, errors: bytes) -> EltError:
    """Return the error for a dump that failed, by what it said."""
    lines = errors.decode(errors="replace").strip().splitlines()
    reason = lines[0] if lines else f"exit code {code}"
    message = f"pg_dump could not archive source {source}: {reason}"
    if "permission denied" in reason:
        hint = "Grant it, or unset ELT_DUMP_PATH: an archive holds everything."
        return ConfigError(message, hint=hint)
    return TemporaryError(message)


def _wait(process: subprocess.Popen[bytes]) -> int:
    """Wait for the end of the dump, but not through a signal."""
    while (code := process.poll()) is None:
        pause(_POLL_SECONDS)
    return code


def _find_pg_dump(programs: Path | None, server_version: int) -> str:
    """Return a pg_dump that is not older than the source."""
    program = shutil.which("pg_dump", path=programs)
    if program is None:
        message = "ELT_DUMP_PATH is set, but there is no pg_dump"
        hint = "Install PostgreSQL's client, or set ELT_PG_BIN to its directory."
        raise ConfigError(message, hint=hint)
    import subprocess  # noqa: PLC0415  few runs make an archive

    shown = subprocess.run(
        [program, "--version"], capture_output=True, text=True, check=True
    ).stdout
    match = _VERSION.search(shown)
    if match is None or int(match[1]) < server_version:
        message = (
            f"{shown.strip()} is older than the source, PostgreSQL {server_version}"
        )
        raise ConfigError(message, hint="Install a client as new as the source.")
    return program


def _start(
    program: str,
    settings: DatabaseSettings,
    snapshot_id: str,
    target: Path,
    errors: int,
) -> subprocess.Popen[bytes]:
    names = {
        "PGHOST": settings.host,
        "PGPORT": str(settings.port),
        "PGDATABASE": settings.database,
        "PGUSER": settings.user,
        "PGPASSWORD": settings.password,
        "PGSSLMODE": settings.sslmode,
        "PGSSLROOTCERT": settings.sslrootcert,
        "PGSSLCERT": settings.sslcert,
        "PGSSLKEY": settings.sslkey,
        "PGOPTIONS": settings.options,
        "PGAPPNAME": "elt archive",
    }
    variables = {name: value for name, value in names.items() if value is not None}
    command = [
        program,
        "--format=custom",
        "--no-password",
        f"--snapshot={snapshot_id}",
        f"--file={target}",
    ]
    import subprocess  # noqa: PLC0415  as above

    return subprocess.Popen(
        command,
        env=os.environ | variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=errors,
    )
