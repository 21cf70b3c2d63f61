"""The command `elt` in a process of its own, to send signals to, or to kill."""

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from integration.replication import DEADLINE_SECONDS


@dataclass(frozen=True)
class Outcome:
    """How a command ended and everything it said."""

    code: int
    output: str

    @property
    def records(self):
        """Return the lines of its log."""
        return [json.loads(line) for line in self.output.splitlines()]

    @property
    def error(self):
        """Return the line that says why the command failed."""
        return [r for r in self.records if r["level"] == "error"][-1]


class Program:
    """The command `elt` in a process of its own, writing its output to a file."""

    def __init__(self, arguments, environ, output: Path):
        self._output = output
        with output.open("w") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "elt", *arguments],
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            )

    def send(self, number):
        """Send a signal."""
        self.process.send_signal(number)

    def work_for(self, seconds):
        """Give the program some time, less if it ends sooner."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=seconds)

    @property
    def output(self):
        """Return what it has said so far."""
        return self._output.read_text()

    def kill(self):
        """End the process without asking."""
        self.send(signal.SIGKILL)
        self.process.wait()

    def wait(self, seconds=DEADLINE_SECONDS):
        """Wait for the end."""
        code = self.process.wait(timeout=seconds)
        return Outcome(code=code, output=self.output)


@contextmanager
def program(databases, folder, *arguments, config=None, **variables):
    """Run `elt` beside the block; it is killed at the end, if it still runs."""
    environ = environment(databases, folder, config) | variables
    started = Program(arguments or ("replicate",), environ, folder / "output.log")
    try:
        yield started
    finally:
        started.kill()


def command(databases, folder, *arguments, config=None, **variables):
    """Run `elt` to its end."""
    with program(databases, folder, *arguments, config=config, **variables) as started:
        return started.wait()


def environment(databases, folder, config):
    """Return the environment of a command that does not retry."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SOURCE_", "DESTINATION_", "ELT_", "PG"))
    }
    package = Path(sys.modules["elt"].__file__).parents[1]
    ours = {
        "ELT_MAX_RETRIES": "0",
        "PYTHONPATH": str(package),
        # In the order in which it is written, on standard output and standard error.
        "PYTHONUNBUFFERED": "1",
    }
    if config is not None:
        file = folder / "elt.yaml"
        file.write_text(config)
        ours["ELT_CONFIG"] = str(file)
    return inherited | databases.environ() | ours
