"""The destination alone, for commands that ask nothing of a source."""

from __future__ import annotations

import os
from collections.abc import Mapping

from elt.config.document import open_document, read_destination
from elt.config.model import DestinationConfig
from elt.config.problems import Problems
from elt.config.unknown_variables import warn_of_unknown


def load_destination(environ: Mapping[str, str] | None = None) -> DestinationConfig:
    """Read its variables, by the prefix that elt.yaml may name, and nothing of sources.

    Raises ConfigError with all mistakes about it.
    """
    environ = os.environ if environ is None else environ
    problems = Problems()
    top = open_document(environ, problems)
    destination = read_destination(top.section("destination"), environ)
    problems.raise_if_any()
    assert destination is not None  # noqa: S101  no problem means a destination
    warn_of_unknown(environ, {destination.connection.prefix})
    return destination
