"""`elt teardown`: drop what elt has made at the sources."""

from __future__ import annotations

import argparse

from elt.commands.arguments import choose_sources
from elt.config import load_config
from elt.replication.teardown import tear_down


def run(options: argparse.Namespace) -> int:
    """Print what was dropped, source by source."""
    config = load_config()
    for source in choose_sources(config.sources, options.source):
        dropped = tear_down(config, source)
        what = f"dropped {', '.join(dropped)}" if dropped else "nothing to drop"
        print(f"source {source.name}: {what}")
    return 0
