"""Decides which replication serves which demand, and for how long one is awaited."""

from __future__ import annotations

from datetime import datetime

from elt.control.keys import Component
from elt.control.observed import Job, Observed


def serves(replication: Job, demand: Job) -> bool:
    """Tell whether a replication, once complete, is what a demand waits for.

    Either it was stamped for it, or it started in a later second.
    """
    if demand.uid in replication.demand_uids:
        return True
    started = replication.started_at
    return started is not None and started > demand.created_at


def fresh_replication(observed: Observed, demand: Job, now: datetime) -> Job | None:
    """Return the newest complete replication that a demand may be released by."""
    fresh = [
        job
        for job in observed.jobs_of(Component.REPLICATOR)
        if job.is_complete and (serves(job, demand) or _is_young(observed, job, now))
    ]
    return fresh[-1] if fresh else None


def deadline_of(observed: Observed, demand: Job) -> datetime:
    """Return when a demand is given up.

    It counts from the demand's creation, or from when its turn came: while the init
    Job or a run that was not for it was under way, nothing could be done for it.
    """
    turns = [
        job.finished_at
        for job in observed.jobs
        if job.finished_at is not None
        and not (job.component is Component.REPLICATOR and serves(job, demand))
    ]
    return max([demand.created_at, *turns]) + observed.rules.start_deadline


def _is_young(observed: Observed, replication: Job, now: datetime) -> bool:
    started = replication.started_at
    staleness = observed.rules.max_staleness
    return bool(staleness) and started is not None and now - started <= staleness
