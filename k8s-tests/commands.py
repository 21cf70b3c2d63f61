"""Programs that look at the cluster from outside; errors say what was asked."""

import os
import shlex
import subprocess
from pathlib import Path

from waiting import NotYetError

ROOT = Path(__file__).parents[1]
_TIMEOUT_SECONDS = 60


class CommandError(NotYetError):
    """A program failed; its message has what the program said."""


def run(*command, stdin=None, seconds=_TIMEOUT_SECONDS):
    """Run a program and return its output."""
    shown = shlex.join(command)[:500]
    try:
        done = subprocess.run(
            command,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
            cwd=ROOT,
            env=_environment(),
        )
    except subprocess.TimeoutExpired as error:
        message = f"{shown} did not end within {seconds} s"
        raise CommandError(message) from error
    if done.returncode:
        message = f"{shown} exited with {done.returncode}: {done.stderr}{done.stdout}"
        raise CommandError(message)
    return done.stdout


def start(*command):
    """Start a program that goes on by itself; its output is read from its pipe."""
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=_environment()
    )


def fails(*command, seconds=_TIMEOUT_SECONDS):
    """Run a program that has to fail, and return what it said."""
    try:
        output = run(*command, seconds=seconds)
    except CommandError as error:
        return str(error)
    message = f"{shlex.join(command)} did not fail: {output}"
    raise AssertionError(message)


def _environment():
    """Return the environment: with access to the cluster of `make cluster`, no other.

    Variables of a make around the tests would change what a make inside them does.
    """
    makes = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")
    kept = {name: value for name, value in os.environ.items() if name not in makes}
    kubeconfig = os.environ.get("CLUSTER_KUBECONFIG", f"{ROOT}/.cache/kubeconfig")
    return kept | {"KUBECONFIG": kubeconfig}
