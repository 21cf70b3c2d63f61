"""`elt control`: the Kubernetes controller, or one look at what it would do."""

from __future__ import annotations

import argparse
from datetime import timedelta

from elt.commands.arguments import at_least
from elt.commands.extras import require_extra
from elt.control.keys import Names
from elt.control.observed import Rules
from elt.errors import UsageError

#: Of the packages that the extra brings.
_MODULES = ("kubernetes.client", "urllib3.response", "prometheus_client.core")


def run(options: argparse.Namespace) -> int:
    """Control a release until a signal ends it, or for one pass."""
    at_least("--start-deadline", options.start_deadline, 1)
    at_least("--max-staleness", options.max_staleness, 0)
    if options.dry_run and not options.once:
        raise UsageError("--dry-run needs --once", hint="A plan is of one moment.")
    require_extra("controller", "The client of Kubernetes", *_MODULES)
    from elt.control.service import Service  # noqa: PLC0415  imports the client

    service = Service(
        namespace=options.namespace,
        names=Names(
            release=options.release,
            fullname=options.name,
            init_job=options.init_job or None,
        ),
        rules=Rules(
            start_deadline=timedelta(seconds=options.start_deadline),
            max_staleness=timedelta(seconds=options.max_staleness),
        ),
    )
    if options.dry_run:
        print(service.plan())
    elif options.once:
        service.step()
    else:
        service.run(options.port)
    return 0
