"""`elt replicate`: one sync run over all streams of all sources."""

from __future__ import annotations

import argparse

from elt import logs
from elt.commands.arguments import choose_sources, read_manifest_of
from elt.config import load_config
from elt.errors import EltError
from elt.progress import choose_progress
from elt.replication.replicator import replicate
from elt.replication.session import RunOptions, summarize

log = logs.logger(__name__)


def run(options: argparse.Namespace) -> int:
    """Replicate source after source; go on after one that failed, then fail."""
    config = load_config()
    run_options = RunOptions(
        streams=tuple(options.stream),
        allow_shrink=options.allow_shrink,
        full=options.full,
        manifest=read_manifest_of(options, config),
    )
    errors: list[EltError] = []
    sources = choose_sources(config.sources, options.source, options.stream)
    for source in sources:
        try:
            report = replicate(config, source, run_options, choose_progress())
        except EltError as error:
            if len(sources) == 1:
                raise
            log.error("failed source", source=source.name, error=error.message)
            errors.append(error)
        else:
            if report.failures:
                errors.append(summarize(report.failures, source.name))
    if len(errors) > 1:
        message = f"{len(errors)} of {len(sources)} sources failed"
        raise type(errors[0])(message) from errors[0]
    if errors:
        raise errors[0]
    return 0
