"""`elt prune`: drop replicas that no run brings up to date any longer."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import closing

from elt.commands.arguments import choose_sources
from elt.config import Config, load_config
from elt.postgres import Connection, connect
from elt.replication.prune import list_sources, prune
from elt.tables import human_count


def run(options: argparse.Namespace) -> int:
    """Print what became of each; raise for those that had to stay, if there are any."""
    config = load_config()
    settings = config.destination.connection
    kept = []
    with closing(connect(settings, application_name="elt prune")) as connection:
        for name, covers in _choose(config, options, connection).items():
            lines = 0
            for pruned in prune(
                connection, name, covers, options.stream, dry_run=options.dry_run
            ):
                print(f"source {name}: {pruned.text}", flush=True)
                lines += 1
                if pruned.error is not None:
                    kept.append(pruned.error)
            if not lines:
                print(f"source {name}: nothing to drop")
    if kept:
        message = f"{human_count(len(kept), 'replica')} could not be dropped"
        raise type(kept[0])(message, hint="What is in the way stands beside each.")
    return 0


def _choose(
    config: Config, options: argparse.Namespace, connection: Connection
) -> dict[str, Callable[[str], bool]]:
    """Return what elt.yaml wants of each source that the command line means.

    That is nothing of one that only the state knows any more.
    """
    configured = {source.name for source in config.sources}
    if options.source in list_sources(connection) - configured:
        return {options.source: lambda _: False}
    chosen = choose_sources(config.sources, options.source, options.stream)
    return {source.name: source.covers for source in chosen}
