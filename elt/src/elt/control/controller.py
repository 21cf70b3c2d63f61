"""The loop: list, decide, act, tell, until a signal ends it.

Nothing is remembered that cannot be read again, so a controller that was killed
anywhere goes on where it was. Watches only wake it; a timer does when nothing happens.
"""

from __future__ import annotations

import socket
import sys
import threading
from dataclasses import replace
from datetime import datetime, timedelta

from elt import logs
from elt.control.acting import act
from elt.control.actions import Action, Decision
from elt.control.cluster import Cluster
from elt.control.complaints import Complaints
from elt.control.demands import waiting_demands
from elt.control.events import Storyteller
from elt.control.failures import ConflictError, RefusedError
from elt.control.keys import Names, Resource
from elt.control.metrics import Metrics
from elt.control.observation import observe
from elt.control.observed import Observed, Rules
from elt.control.obstacles import is_starting
from elt.control.ordering import decide
from elt.control.runs import find_completed_init
from elt.control.serving import Health
from elt.control.status import StatusPage
from elt.control.story import find_notes, give_up_notes, refusal_note
from elt.control.watching import Backoff
from elt.errors import EltError

log = logs.logger(__name__)

#: What a watch misses is found after so long.
_LONGEST_PAUSE = timedelta(seconds=60)
#: A pod says in its own status why it cannot start, and pods are not watched.
_STARTING_PAUSE = timedelta(seconds=5)
#: Changes come in bursts: of a Job, of its pods, by ourselves.
_COALESCE_SECONDS = 0.2


def look(
    cluster: Cluster, names: Names, rules: Rules, page: StatusPage
) -> tuple[Observed, datetime]:
    """Return what is there, and the API server's time."""
    jobs = cluster.list_objects(Resource.JOBS)
    observed = observe(
        jobs=jobs.items,
        cronjobs=cluster.list_objects(Resource.CRONJOBS).items,
        pods=cluster.list_objects(Resource.PODS).items,
        names=names,
        rules=rules,
    )
    page.load()
    completed_init = find_completed_init(page.runs)
    return replace(observed, completed_init=completed_init), jobs.now


class Controller:
    """Brings the chain forward, pass by pass."""

    def __init__(
        self,
        cluster: Cluster,
        names: Names,
        rules: Rules,
        *,
        metrics: Metrics,
        health: Health,
    ) -> None:
        self._cluster = cluster
        self._names = names
        self._rules = rules
        self._metrics = metrics
        self._health = health
        self._storyteller = Storyteller(cluster, reporter=socket.gethostname())
        self._page = StatusPage(cluster, names.status)
        self._complaints = Complaints()

    def run(self, wake: threading.Event, stop: threading.Event) -> None:
        """Make pass after pass, when woken or when it is time."""
        backoff = Backoff()
        while not stop.is_set():
            wake.clear()
            self._health.beat()
            if (pause := self._try_pass()) is None:
                # Not woken: changes of others would make it a hot loop.
                stop.wait(backoff.next_seconds())
                continue
            backoff.reset()
            wake.wait(pause.total_seconds())
            stop.wait(_COALESCE_SECONDS)

    def run_pass(self) -> timedelta:
        """Bring the chain one step further; return how long nothing more is due."""
        observed, now = look(self._cluster, self._names, self._rules, self._page)
        self._health.listed()
        decision = decide(observed, now)
        self._storyteller.tell(give_up_notes(observed, decision), now)
        failure = self._act(decision, now)
        self._health.beat()
        self._tell(observed, _summarize(decision, failure), now)
        if failure is not None:
            raise failure
        self._metrics.record_pass(now)
        return _pause(observed, decision, now)

    def _try_pass(self) -> timedelta | None:
        """Make a pass; None, and a line in the log, when it failed."""
        try:
            pause = self.run_pass()
        except ConflictError as error:
            log.info("postponed action", error=error.message)
            return None
        except EltError as error:
            if self._complaints.is_new(error):
                log.error("failed pass", error=error.message, hint=error.hint)
            return None
        except Exception:  # noqa: BLE001  a bug must not end the order for ever
            logs.log_uncaught(*sys.exc_info())
            return None
        if self._complaints.settle():
            log.info("recovered")
        return pause

    def _act(self, decision: Decision, now: datetime) -> EltError | None:
        """Do what was decided, up to the first thing that cannot be done."""
        for action in decision.actions:
            try:
                act(self._cluster, action, self._names)
            except EltError as error:
                self._tell_refusal(action, error, now)
                return error
        return None

    def _tell_refusal(self, action: Action, error: EltError, now: datetime) -> None:
        if isinstance(error, RefusedError):
            self._storyteller.tell([refusal_note(action, error)], now)

    def _tell(self, observed: Observed, summary: str, now: datetime) -> None:
        """Say what is happening: in Events, in the ConfigMap, in metrics."""
        self._storyteller.tell(find_notes(observed, now), now)
        before = self._page.runs
        self._page.update(summary, observed)
        self._metrics.record_runs(before, self._page.runs)
        if observed.template is not None:
            self._metrics.record_installation(observed.template.created_at)
        demands = waiting_demands(observed)
        waited = now - demands[0].created_at if demands else timedelta()
        self._metrics.record_demand(waited)


def _summarize(decision: Decision, failure: EltError | None) -> str:
    """Return what is happening, also when the API server does not let it happen."""
    if not isinstance(failure, RefusedError):
        return decision.summary
    return f"{decision.summary} It could not be done: {failure.message}."


def _pause(observed: Observed, decision: Decision, now: datetime) -> timedelta:
    """Return how long nothing is due if nothing happens."""
    if decision.actions:
        return timedelta()
    pauses = [_LONGEST_PAUSE]
    if decision.again_at is not None:
        # The API server's time has whole seconds, and may already be almost the next.
        pauses.append(max(decision.again_at - now, timedelta(seconds=1)))
    if any(is_starting(observed, job) for job in observed.jobs):
        pauses.append(_STARTING_PAUSE)
    return min(pauses)
