"""`elt seed`: create and fill the cinema at the source, or play its application."""

from __future__ import annotations

import argparse
import os
import sys

from elt.commands.arguments import at_least
from elt.config import database_settings, retry_settings, warn_of_unknown
from elt.seed.script import script
from elt.seed.seeder import run_seed
from elt.seed.traffic import run_traffic


def run(options: argparse.Namespace) -> int:
    """Seed the source; with traffic, go on by changing it for a while."""
    if options.scale is not None:
        at_least("--scale", options.scale, 0)
    if options.print_sql:
        sys.stdout.writelines(script(1 if options.scale is None else options.scale))
        return 0
    settings = database_settings("SOURCE", os.environ)
    retry = retry_settings(os.environ)
    warn_of_unknown(os.environ, {"SOURCE"})
    run_seed(settings, scale=options.scale, retry=retry)
    if options.traffic is not None:
        at_least("--traffic", options.traffic, 0)
        run_traffic(settings, options.traffic, retry=retry)
    return 0
