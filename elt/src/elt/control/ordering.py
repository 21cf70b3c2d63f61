"""Decides what comes next: init, then a replication, then dbt, one thing at a time.

Pure: `decide` sees one listing of the cluster and the API server's time. A dbt Job is
born suspended, and is then a *demand* for a replication. A replication that is *fresh*
for the demand releases it; where there is none, the replicator Job is stamped.
"""

from __future__ import annotations

from datetime import datetime

from elt.control.actions import (
    Action,
    ClearRunNow,
    Decision,
    DeleteJob,
    GiveUp,
    Release,
    StampReplicator,
)
from elt.control.demands import (
    first_build,
    has_wish,
    never_replicated,
    obeyed_wishes,
    waiting_demands,
    wished_build,
)
from elt.control.freshness import deadline_of, fresh_replication
from elt.control.keys import short_hash
from elt.control.moments import moment
from elt.control.observed import CronJob, Job, Observed, names_of
from elt.control.obstacles import is_initialized, running_work, stalled_work
from elt.control.retries import Attempt, next_attempt
from elt.control.summaries import (
    failure_summary,
    idle_summary,
    init_summary,
    running_summary,
    stalled_summary,
    waits,
)


def decide(observed: Observed, now: datetime) -> Decision:
    """Return the actions that bring the chain one step further, and why."""
    if not is_initialized(observed):
        return Decision(summary=init_summary(observed, now))
    if asked := first_build(observed) or wished_build(observed):
        summary = "A dbt Job is stamped, which then waits for a replication."
        return Decision(actions=asked, summary=summary)
    step = _next_step(observed, now)
    return Decision(
        actions=(*step.actions, *obeyed_wishes(observed)),
        summary=step.summary,
        again_at=step.again_at,
    )


def _next_step(observed: Observed, now: datetime) -> Decision:
    demands = waiting_demands(observed)
    if running := running_work(observed):
        return Decision(summary=running_summary(observed, running, demands, now))
    fresh = {d.uid: r for d in demands if (r := fresh_replication(observed, d, now))}
    stalled = stalled_work(observed)
    hopeless = [d for d in demands if stalled or d.uid not in fresh]
    overdue = [d for d in hopeless if now >= deadline_of(observed, d)]
    if overdue:
        return _give_up(observed, overdue)
    if stalled:
        summary = stalled_summary(stalled, demands)
        return Decision(summary=summary, again_at=_deadline(observed, demands))
    released = next((demand for demand in demands if demand.uid in fresh), None)
    if released is not None:
        return _release(released, fresh[released.uid])
    if demands or has_wish(observed) or never_replicated(observed):
        return _replicate(observed, demands, now)
    return Decision(summary=idle_summary(observed))


def _give_up(observed: Observed, overdue: list[Job]) -> Decision:
    actions = tuple(
        GiveUp(
            job=demand,
            why="no replication for it was complete before its deadline, "
            f"{moment(deadline_of(observed, demand))}",
        )
        for demand in overdue
    )
    return Decision(actions=actions, summary=f"{names_of(overdue)} waited too long.")


def _release(demand: Job, replication: Job) -> Decision:
    started = replication.started_at or replication.created_at
    release = Release(
        job=demand,
        replication=replication,
        run_id=replication.run_id or make_run_id(started, replication.uid),
    )
    summary = f"Job {demand.name} is released, as Job {replication.name} is complete."
    return Decision(actions=(release,), summary=summary)


def _replicate(observed: Observed, demands: tuple[Job, ...], now: datetime) -> Decision:
    name = observed.names.replicator
    deadline = _deadline(observed, demands)
    if observed.template is None:
        summary = f"There is no CronJob {name} to stamp from.{waits(demands)}"
        return Decision(summary=summary, again_at=deadline)
    previous = observed.job_named(name)
    if previous is not None and previous.is_terminating:
        return Decision(summary=f"Job {name} is being deleted.", again_at=deadline)
    attempt = next_attempt(previous, observed.template, demands, now)
    if has_wish(observed):
        attempt = Attempt(at=now)
    if previous is not None and (attempt.at is None or attempt.at > now):
        summary = failure_summary(observed, previous, attempt, demands)
        again_at = min(filter(None, (attempt.at, deadline)), default=None)
        return Decision(summary=summary, again_at=again_at)
    stamp = StampReplicator(
        template=observed.template,
        run_id=make_run_id(now, observed.template.uid, *(d.uid for d in demands)),
        demands=demands,
        attempt=attempt.number,
        is_wish=has_wish(observed),
    )
    cause = f" for {names_of(demands)}" if demands else ""
    return Decision(
        actions=_stamp(stamp, previous, observed.template),
        summary=f"Job {name} is stamped{cause}.",
        again_at=deadline,
    )


def _stamp(
    stamp: StampReplicator, previous: Job | None, template: CronJob
) -> tuple[Action, ...]:
    """Return a stamping with what must happen before and after it."""
    before = () if previous is None else (DeleteJob(job=previous),)
    if not stamp.is_wish or template.run_now is None:
        return (*before, stamp)
    return (*before, stamp, ClearRunNow(cronjob=template, value=template.run_now))


def make_run_id(at: datetime, *parts: str) -> str:
    """Return the id of a replication: its second, and digits of what it is for."""
    return f"{at:%Y%m%d-%H%M%S}-{short_hash(at.isoformat(), *parts)}"


def _deadline(observed: Observed, demands: tuple[Job, ...]) -> datetime | None:
    return min((deadline_of(observed, demand) for demand in demands), default=None)
