"""Packages that only some commands need, and that an installation may lack."""

from __future__ import annotations

from importlib.util import find_spec

from elt.errors import ConfigError


def require_extra(extra: str, what: str, *modules: str) -> None:
    """Raise ConfigError that says what is not installed, and how to install it.

    A module of each package, not the package alone: a folder called `dbt` passes for
    one, and every checkout of ours has it.
    """
    if not all(_is_installed(module) for module in modules):
        hint = f"Install elt with its extra: python3 -m pip install './elt[{extra}]'"
        raise ConfigError(f"{what} is not installed", hint=hint)


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
