"""A PostgreSQL data directory and the server on it: made, started, stopped, removed."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

from elt.embedded.account import can_reach, give, run
from elt.errors import ConfigError, TemporaryError

LOOPBACK = "127.0.0.1"

# Nothing here outlives the demo or the test run, so nothing waits for a disk.
# TCP only: a socket's path may be too long, and libpq would look for it elsewhere.
_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_OUR_SETTINGS = "elt.conf"
_TAIL_LINES = 12
_PORT_LINE = 3  # of postmaster.pid, counted from 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Cluster:
    """A cluster in a directory of its own, and the port at which it is served.

    It trusts everybody who connects from this machine, and hears nobody else.
    """

    binaries: Path
    directory: Path
    port: int
    #: The superuser.
    user: str = "postgres"

    @property
    def data(self) -> Path:
        """Where the data lie; the server's account owns it."""
        return self.directory / "data"

    @property
    def log_file(self) -> Path:
        """Where the server writes its log."""
        return self.data / "server.log"

    @property
    def _unfinished(self) -> Path:
        """Where the data are made; what lies there was interrupted."""
        return self.directory / "data.unfinished"

    def exists(self) -> bool:
        """Tell whether the cluster was made, and by us."""
        return (self.data / _OUR_SETTINGS).exists()

    def create(
        self, *, settings: Mapping[str, str] | None = None, access: Sequence[str] = ()
    ) -> None:
        """Make the cluster, with server settings and lines of pg_hba.conf.

        The lines come before the one that trusts everybody: the first match decides.
        """
        if not can_reach(self.data):
            message = f"The server's account cannot enter {self.directory}"
            raise ConfigError(message, hint="Choose a directory that all may enter.")
        unfinished = self._unfinished
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True, mode=0o700)
        give(unfinished)
        self._initdb(unfinished)
        _append_settings(unfinished, {**_SETTINGS, **(settings or {})})
        _prepend_access(unfinished, access)
        unfinished.rename(self.data)

    def start(self) -> None:
        """Start the server and wait until it answers; it outlives this process."""
        answer = self._pg_ctl("start", "-l", self.log_file, "-o", f"-p {self.port}")
        if answer.returncode != 0:
            reason = self.log_tail() or answer.stderr.strip()
            message = f"The server in {self.directory} did not start:\n{reason}"
            raise TemporaryError(message, hint=f"Its whole log is {self.log_file}.")

    def stop(self, mode: str = "fast") -> None:
        """Stop the server if it runs; as pg_ctl does, `fast` or `immediate`."""
        if self.running_port() is None:
            return
        answer = self._pg_ctl("stop", "-m", mode)
        if answer.returncode != 0 and self.running_port() is not None:
            reason = answer.stderr.strip()
            message = f"The server in {self.directory} did not stop: {reason}"
            raise TemporaryError(message, hint=f"Its log is {self.log_file}.")

    def running_port(self) -> int | None:
        """Return the port at which the server runs, None when it does not."""
        if not self.exists() or self._pg_ctl("status").returncode != 0:
            return None
        lines = (self.data / "postmaster.pid").read_text().splitlines()
        return int(lines[_PORT_LINE]) if len(lines) > _PORT_LINE else self.port

    def create_database(self, name: str) -> None:
        """Create an empty database, unless it exists."""
        place = ("-h", LOOPBACK, "-p", str(self.port), "-U", self.user)
        answer = run(self.binaries / "createdb", *place, name)
        if answer.returncode != 0 and "already exists" not in answer.stderr:
            message = f"Cannot create database {name}: {answer.stderr.strip()}"
            raise TemporaryError(message)

    def remove(self) -> None:
        """Stop the server, and remove its data and a directory that is empty then."""
        self.stop("immediate")
        shutil.rmtree(self._unfinished, ignore_errors=True)
        if self.exists():
            shutil.rmtree(self.data)
        with suppress(OSError):
            self.directory.rmdir()

    def log_tail(self) -> str:
        """Return the last lines of the server's log, empty when there is none."""
        if not self.log_file.exists():
            return ""
        lines = self.log_file.read_text(errors="replace").splitlines()
        return "\n".join(lines[-_TAIL_LINES:])

    def _initdb(self, data: Path) -> None:
        options = ("-D", data, "-U", self.user, "-A", "trust", "-E", "UTF8", "-N")
        answer = run(self.binaries / "initdb", *options, "--locale=C.UTF-8")
        if "invalid locale name" in answer.stderr:  # macOS, older C libraries
            answer = run(self.binaries / "initdb", *options, "--locale=C")
        if answer.returncode != 0:
            message = f"Cannot make a cluster in {data}: {answer.stderr.strip()}"
            raise ConfigError(message)

    def _pg_ctl(self, action: str, *options: str | Path) -> CompletedProcess[str]:
        return run(self.binaries / "pg_ctl", action, "-D", self.data, *options)


def _append_settings(data: Path, settings: Mapping[str, str]) -> None:
    ours = data / _OUR_SETTINGS
    ours.write_text(
        "".join(f"{name} = '{value}'\n" for name, value in settings.items())
    )
    give(ours)
    with (data / "postgresql.conf").open("a") as configuration:
        configuration.write(f"include '{_OUR_SETTINGS}'\n")


def _prepend_access(data: Path, lines: Sequence[str]) -> None:
    rules = data / "pg_hba.conf"
    rules.write_text("\n".join([*lines, rules.read_text()]))
