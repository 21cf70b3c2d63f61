"""`elt status`: a row per stream, from the state at the destination."""

from __future__ import annotations

import argparse
import json
from contextlib import closing

from elt.config import load_destination
from elt.postgres import connect
from elt.replication.status import format_status, read_status


def run(options: argparse.Namespace) -> int:
    """Print what is known of every stream."""
    settings = load_destination().connection
    with closing(connect(settings, application_name="elt status")) as connection:
        status = read_status(connection)
    if options.format == "json":
        print(json.dumps(status.to_document(), indent=2, default=str))
    else:
        print(format_status(status))
    return 0
