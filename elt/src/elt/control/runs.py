"""Runs: the Jobs that ran, of which ConfigMap elt-status keeps the newest."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from elt.control.fields import text
from elt.control.keys import Component
from elt.control.moments import format_time, parse_moment
from elt.control.observed import Job, Observed, Outcome
from elt.control.results import Slot, describe_result, find_slot, read_slot

_MOST_RUNS = 20
_RUNNING = "running"
#: The Job went away before it was seen to end.
_DELETED = "deleted"


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """A Job that ran or runs."""

    uid: str
    run_id: str
    component: Component
    job: str
    started_at: datetime
    finished_at: datetime | None = None
    result: str = _RUNNING
    sentence: str = ""
    #: What it measured of a replication slot; None where there is none.
    slot: Slot | None = None

    @property
    def is_running(self) -> bool:
        """The Job has not ended as far as we know."""
        return self.result == _RUNNING

    @property
    def seconds(self) -> float | None:
        """How long it took; None as long as it runs."""
        if self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()

    def to_document(self) -> dict[str, object]:
        """Return the run as it stands in the ConfigMap."""
        slot = asdict(self.slot) if self.slot else {}
        return {
            "run": self.run_id,
            "kind": self.component.value,
            "job": self.job,
            "uid": self.uid,
            "start": format_time(self.started_at),
            "end": format_time(self.finished_at) if self.finished_at else "",
            "result": self.result,
            "sentence": self.sentence,
            **slot,
        }


def read_runs(written: str) -> tuple[Run, ...]:
    """Return the runs that were written; what makes no sense is left out."""
    try:
        documents = json.loads(written)
    except ValueError:
        return ()
    if not isinstance(documents, list):
        return ()
    return tuple(filter(None, map(_read_run, documents)))


def write_runs(runs: Sequence[Run]) -> str:
    """Return runs as the ConfigMap holds them."""
    documents = [run.to_document() for run in runs]
    return json.dumps(documents, indent=1, ensure_ascii=False)


def merge_runs(known: Sequence[Run], observed: Observed) -> tuple[Run, ...]:
    """Return the newest runs, newest first; the Jobs of most are deleted by now.

    The newest init run stays, however many came after it: nothing else tells that there
    was one.
    """
    runs = {run.uid: run for run in known}
    for job in observed.jobs:
        before = runs.get(job.uid)
        if before is None or before.is_running:
            run = _run_of(observed, job)
            if run is not None:
                runs[job.uid] = run
    present = {job.uid for job in observed.jobs}
    merged = [
        _deleted(run) if run.is_running and run.uid not in present else run
        for run in runs.values()
    ]
    merged.sort(key=lambda run: (run.started_at, run.job), reverse=True)
    return (*merged[:_MOST_RUNS], *_list_inits(merged[_MOST_RUNS:])[:1])


def find_completed_init(runs: Iterable[Run]) -> str | None:
    """Return the name of the last init Job that was complete."""
    complete = (run for run in _list_inits(runs) if run.result == Outcome.COMPLETE)
    return next((run.job for run in complete), None)


def _list_inits(runs: Iterable[Run]) -> list[Run]:
    return [run for run in runs if run.component is Component.INIT]


def _run_of(observed: Observed, job: Job) -> Run | None:
    """Return the run that a Job is, None for one that never started."""
    started_at = job.started_at or job.finished_at
    if started_at is None:
        return None
    return Run(
        uid=job.uid,
        run_id=job.run_id or "",
        component=job.component,
        job=job.name,
        started_at=started_at,
        finished_at=job.finished_at,
        result=job.outcome.value if job.outcome else _RUNNING,
        sentence=describe_result(observed, job) if job.is_finished else "",
        slot=find_slot(observed, job) if job.is_finished else None,
    )


def _deleted(run: Run) -> Run:
    return Run(
        uid=run.uid,
        run_id=run.run_id,
        component=run.component,
        job=run.job,
        started_at=run.started_at,
        result=_DELETED,
        sentence="The Job was deleted before it ended.",
    )


def _read_run(document: object) -> Run | None:
    if not isinstance(document, dict):
        return None
    started_at = parse_moment(text(document, "start"))
    kind = text(document, "kind")
    if started_at is None or kind not in list(Component):
        return None
    return Run(
        uid=text(document, "uid"),
        run_id=text(document, "run"),
        component=Component(kind),
        job=text(document, "job"),
        started_at=started_at,
        finished_at=parse_moment(text(document, "end")),
        result=text(document, "result"),
        sentence=text(document, "sentence"),
        slot=read_slot(document),
    )
