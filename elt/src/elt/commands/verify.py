"""`elt verify`: compare source and destination as they are now."""

from __future__ import annotations

import argparse
import json

from elt.commands.arguments import choose_sources
from elt.config import load_config
from elt.errors import DataError
from elt.progress import choose_progress
from elt.replication.sessions.session import RunOptions, Session, connected
from elt.replication.verify import Comparison, format_comparisons, verify


def run(options: argparse.Namespace) -> int:
    """Print where the sides are equal and where they differ."""
    config = load_config()
    comparisons: list[Comparison] = []
    for source in choose_sources(config.sources, options.source, options.stream):
        with connected(config, source, "verify") as (reader, writer):
            comparisons += verify(
                Session(
                    config=config,
                    source=source,
                    options=RunOptions(streams=tuple(options.stream)),
                    reader=reader,
                    writer=writer,
                    progress=choose_progress(),
                )
            )
    if options.format == "json":
        documents = [comparison.to_document() for comparison in comparisons]
        print(json.dumps({"streams": documents}, indent=2, default=str))
    else:
        print(format_comparisons(comparisons))
    differing = [c.stream for c in comparisons if not c.is_equal]
    if differing:
        message = f"The source and its copy differ in {', '.join(differing)}"
        hint = "If the source changed since the last run, elt replicate brings it over."
        raise DataError(message, hint=hint)
    return 0
