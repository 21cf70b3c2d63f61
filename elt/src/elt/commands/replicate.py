"""`elt replicate`: one sync run over all streams of all sources."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from elt import logs
from elt.commands.arguments import choose_sources, parse_duration
from elt.commands.manifest import read_manifest_of
from elt.config import Config, SourceConfig, load_config
from elt.errors import EltError, InterruptedRun, UsageError
from elt.progress import choose_progress
from elt.replication.logical.seam import guarding
from elt.replication.replicator import replicate
from elt.replication.sessions.session import RunOptions, summarize

log = logs.logger(__name__)

_EVERY = "1h"


def run(options: argparse.Namespace) -> int:
    """Replicate source after source; go on after one that failed, then fail."""
    if options.every is not None and not options.follow:
        hint = "Without it there is one run; a scheduler starts the next one."
        raise UsageError("--every needs --follow", hint=hint)
    config = load_config()
    run_options = RunOptions(
        streams=tuple(options.stream),
        allow_shrink=options.allow_shrink,
        full=options.full,
        manifest=read_manifest_of(options, config),
    )
    sources = choose_sources(config.sources, options.source, options.stream)
    if options.follow:
        return _follow(config, sources, run_options, options.every or _EVERY)
    with guarding(sources):
        _replicate(config, sources, run_options)
    return 0


def _replicate(
    config: Config, sources: Sequence[SourceConfig], run_options: RunOptions
) -> None:
    errors: list[EltError] = []
    for source in sources:
        try:
            report = replicate(config, source, run_options, choose_progress())
        except InterruptedRun:
            raise
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


def _follow(
    config: Config,
    sources: Sequence[SourceConfig],
    first_run: RunOptions,
    every: str,
) -> int:
    """Follow one source until a signal says stop; that is no failure."""
    if len(sources) > 1:
        names = ", ".join(source.name for source in sources)
        message = "--follow needs --source, as there are several"
        raise UsageError(message, hint=f"The sources are {names}.")
    if first_run.streams:
        message = "--follow takes all streams of a source: it cannot have --stream"
        hint = "What a source keeps for a stream that is left out has no end."
        raise UsageError(message, hint=hint)
    # What a run without --follow never needs, and would wait for (decision 24).
    from elt.replication.follow.batch_plan import nothing_to_follow  # noqa: PLC0415
    from elt.replication.follow.follower import Follower, FollowOptions  # noqa: PLC0415

    [source] = sources
    if not source.may_be_logical:
        raise nothing_to_follow(source)
    follow_options = FollowOptions(
        first_run=first_run, every_seconds=parse_duration("--every", every)
    )
    follower = Follower(
        config=config,
        source=source,
        options=follow_options,
        progress=choose_progress(),
    )
    with guarding(sources):
        follower.follow()
    return 0
