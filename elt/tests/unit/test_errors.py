"""Exit codes are an interface: Kubernetes decides by them whether to try again."""

import pytest

from elt import errors
from elt.errors import (
    ConfigError,
    DataError,
    EltError,
    ForeignSlotError,
    InterruptedRun,
    LockedError,
    LostConnectionError,
    ShrinkError,
    TemporaryError,
    UsageError,
)

EXIT_CODES = {
    EltError: 1,
    UsageError: 64,
    DataError: 65,
    ShrinkError: 65,
    TemporaryError: 75,
    LockedError: 75,
    ForeignSlotError: 78,
    LostConnectionError: 75,
    ConfigError: 78,
    InterruptedRun: 130,
}


def every_error(kind=EltError):
    kinds = [
        kind,
        *(below for sub in kind.__subclasses__() for below in every_error(sub)),
    ]
    # The benchmarks have one of their own, once another test has imported them.
    return [kind for kind in kinds if kind.__module__ == errors.__name__]


@pytest.mark.parametrize("kind", every_error(), ids=lambda kind: kind.__name__)
def test_every_error_has_its_exit_code(kind):
    assert kind("Copying failed").exit_code == EXIT_CODES[kind]


@pytest.mark.parametrize("kind", every_error(), ids=lambda kind: kind.__name__)
def test_every_error_stands_in_the_tree_of_the_module(kind):
    [line] = [line for line in errors.__doc__.splitlines() if kind.__name__ in line]

    assert str(EXIT_CODES[kind]) in line


@pytest.mark.parametrize("kind", [LockedError, LostConnectionError])
def test_what_may_pass_is_a_temporary_error(kind):
    assert issubclass(kind, TemporaryError)


def test_hint_is_kept_beside_the_message():
    error = ConfigError("Role reader may not read films", hint="Grant it.")

    assert (str(error), error.message, error.hint) == (
        "Role reader may not read films",
        "Role reader may not read films",
        "Grant it.",
    )
