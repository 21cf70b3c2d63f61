"""Puts the controller together: connection, loop, bells, port; ends it at a signal."""

from __future__ import annotations

import threading

from elt import __version__, logs
from elt.control.cluster import Cluster
from elt.control.controller import Controller, look
from elt.control.keys import Names, Resource
from elt.control.kube import Connection
from elt.control.metrics import Metrics
from elt.control.observed import Rules
from elt.control.ordering import decide
from elt.control.plan import format_plan
from elt.control.serving import Health, serve
from elt.control.status import StatusPage
from elt.control.watching import Bell
from elt.errors import InterruptedRun
from elt.interruption import pause

log = logs.logger(__name__)

#: A request that hangs is not waited for: it happened or not, both is fine.
_GRACE_SECONDS = 1.0


class Service:
    """The controller of one release."""

    def __init__(self, *, namespace: str | None, names: Names, rules: Rules) -> None:
        self._names = names
        self._rules = rules
        self._metrics = Metrics()
        self._health = Health()
        connection = Connection(count=self._metrics.count_request)
        self._cluster = Cluster(
            connection, selector=names.selector, namespace=namespace
        )

    def plan(self) -> str:
        """Return what would be done now, and why; write nothing."""
        page = StatusPage(self._cluster, self._names.status)
        observed, now = look(self._cluster, self._names, self._rules, page)
        return format_plan(observed, decide(observed, now), now)

    def step(self) -> None:
        """Bring the chain one step further."""
        self._controller().run_pass()

    def run(self, port: int) -> None:
        """Keep the order until a signal says stop; an ending that was asked for."""
        stop, wake = threading.Event(), threading.Event()
        serve(port, health=self._health, render=self._metrics.render)
        controller = self._controller()
        loop = threading.Thread(
            target=controller.run, args=(wake, stop), name="elt-loop", daemon=True
        )
        loop.start()
        for resource in (Resource.JOBS, Resource.CRONJOBS):
            bell = Bell(self._cluster, resource, ring=wake.set, stop=stop)
            bell.start()
        log.info(
            "started controller",
            version=__version__,
            namespace=self._cluster.namespace,
            release=self._names.release,
            port=port,
        )
        try:
            pause(threading.TIMEOUT_MAX)
        except InterruptedRun:
            stop.set()
            wake.set()
            loop.join(_GRACE_SECONDS)
            log.info("stopped controller")

    def _controller(self) -> Controller:
        return Controller(
            self._cluster,
            self._names,
            self._rules,
            metrics=self._metrics,
            health=self._health,
        )
