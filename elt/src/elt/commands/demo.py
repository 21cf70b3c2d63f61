"""`elt demo`: the whole pipeline on two throw-away servers of this machine."""

from __future__ import annotations

import argparse

from elt.commands.arguments import at_least
from elt.commands.extras import require_extra
from elt.demo.pipeline import end_demo, locate_demo, run_demo


def run(options: argparse.Namespace) -> int:
    """Run the demo, or remove it."""
    if options.scale is not None:
        at_least("--scale", options.scale, 0)
    if not options.down:
        # Else it would be missed at the last step.
        require_extra("demo", "dbt", "dbt.cli", "dbt.adapters.postgres")
    demo = locate_demo(options.directory)
    if options.down:
        end_demo(demo)
    else:
        run_demo(demo, scale=options.scale)
    return 0
