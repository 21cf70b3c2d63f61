"""Decides when a replication is tried, and tried again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from elt.control.observed import CronJob, Job

_FIRST_DELAY = timedelta(seconds=30)
_LONGEST_DELAY = timedelta(minutes=10)
#: 30 seconds, doubled this often, are beyond the longest delay.
_MOST_DOUBLINGS = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """When a replication may start, None for never, and which try it is."""

    at: datetime | None
    number: int = 1


def next_attempt(
    previous: Job | None, template: CronJob, demands: Sequence[Job], now: datetime
) -> Attempt:
    """Return the next try for some demands, after the Job that has the name."""
    if previous is None or not was_tried(previous, demands):
        return Attempt(at=now)
    if has_changed(template, previous):
        return Attempt(at=now)
    if previous.is_permanently_failed:
        return Attempt(at=None, number=previous.attempt)
    return Attempt(at=retry_time(previous), number=previous.attempt + 1)


def was_tried(previous: Job, demands: Sequence[Job]) -> bool:
    """Tell whether a Job was a try for all of these demands, and failed.

    The first replication, where no dbt Job asks for one, has no demands.
    """
    if not previous.is_failed or previous.run_id is None:
        return False
    return all(demand.uid in previous.demand_uids for demand in demands)


def has_changed(template: CronJob, previous: Job) -> bool:
    """Tell whether the template is not the one that a Job was stamped from."""
    return template.generation != previous.template_generation


def retry_time(failed: Job) -> datetime:
    """Return when a Job that failed for a passing reason is tried again."""
    doublings = min(failed.attempt - 1, _MOST_DOUBLINGS)
    delay = min(_FIRST_DELAY * (1 << doublings), _LONGEST_DELAY)
    return (failed.finished_at or failed.created_at) + delay
