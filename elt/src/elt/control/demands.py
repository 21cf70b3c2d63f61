"""Decides what asks for a replication: dbt Jobs that wait, and a person's wishes."""

from __future__ import annotations

from elt.control.actions import Action, ClearRunNow, StampDbt
from elt.control.keys import Component, job_name, short_hash
from elt.control.observed import CronJob, Job, Observed


def waiting_demands(observed: Observed) -> tuple[Job, ...]:
    """Return the dbt Jobs that wait for a replication, oldest first.

    One that was released before, and suspended again by a person, is left alone.
    """
    return tuple(
        job
        for job in observed.jobs_of(Component.DBT)
        if job.is_suspended
        and not job.is_finished
        and not job.is_terminating
        and job.run_id is None
    )


def has_wish(observed: Observed) -> bool:
    """Tell whether `elt/run-now` on the template still waits to be obeyed."""
    template = observed.template
    if template is None or template.run_now is None:
        return False
    return not _is_obeyed(observed, template, Component.REPLICATOR)


def never_replicated(observed: Observed) -> bool:
    """Tell whether the first replication is due, where no dbt Job asks for one."""
    template = observed.template
    return (
        observed.dbt is None
        and template is not None
        and template.last_scheduled_at is None
        and not any(job.is_complete for job in observed.jobs_of(Component.REPLICATOR))
    )


def first_build(observed: Observed) -> tuple[Action, ...]:
    """Return how to ask for a build after the installation, before the schedule."""
    cronjob = observed.dbt
    if cronjob is None or cronjob.last_scheduled_at is not None:
        return ()
    if observed.jobs_of(Component.DBT):
        return ()
    if observed.job_named(observed.names.replicator) is not None:
        return ()
    return (StampDbt(cronjob=cronjob, name=job_name(cronjob.name, "first")),)


def wished_build(observed: Observed) -> tuple[Action, ...]:
    """Return how to obey `elt/run-now` on CronJob elt-dbt."""
    cronjob = observed.dbt
    if cronjob is None or cronjob.run_now is None:
        return ()
    if _is_obeyed(observed, cronjob, Component.DBT):
        return ()
    name = job_name(cronjob.name, f"now-{short_hash(cronjob.uid, cronjob.run_now)}")
    # The same value was wished for before, and that Job is still there.
    while (holder := observed.job_named(name)) is not None:
        name = job_name(cronjob.name, f"now-{short_hash(holder.uid, cronjob.run_now)}")
    return (
        StampDbt(cronjob=cronjob, name=name, is_wish=True),
        ClearRunNow(cronjob=cronjob, value=cronjob.run_now),
    )


def obeyed_wishes(observed: Observed) -> tuple[Action, ...]:
    """Return how to take back wishes that were obeyed, and not yet cleared."""
    carriers = (
        (observed.template, Component.REPLICATOR),
        (observed.dbt, Component.DBT),
    )
    return tuple(
        ClearRunNow(cronjob=cronjob, value=cronjob.run_now)
        for cronjob, component in carriers
        if cronjob is not None
        and cronjob.run_now is not None
        and _is_obeyed(observed, cronjob, component)
    )


def _is_obeyed(observed: Observed, cronjob: CronJob, component: Component) -> bool:
    """Tell whether a Job was stamped for the wish that a CronJob now carries.

    The same value may be wished for again, so it is the version of the CronJob that
    counts. At worst, when the controller was killed between stamping and clearing and
    the CronJob changed meanwhile, a wish is obeyed twice; it is never lost.
    """
    jobs = observed.jobs_of(component)
    return any(job.wish == cronjob.resource_version for job in jobs)
