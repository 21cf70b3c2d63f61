"""`elt dbt-sources`: dbt sources YAML from the catalog of the destination."""

from __future__ import annotations

import argparse
import sys
from contextlib import closing

from elt.config import PublishPolicy, load_config
from elt.dbt_sources.freshness import parse_period
from elt.dbt_sources.reading import read_tables
from elt.dbt_sources.rendering import SourceOptions, render_sources
from elt.errors import UsageError
from elt.postgres import connect


def run(options: argparse.Namespace) -> int:
    """Print the YAML for one source."""
    config = load_config()
    names = [source.name for source in config.sources]
    source = options.source or names[0]
    if source not in names or (options.source is None and len(names) > 1):
        message = f"--source must be one of {', '.join(names)}"
        raise UsageError(message)
    source_options = SourceOptions(
        name=options.name,
        warn_after=parse_period(options.warn_after),
        error_after=parse_period(options.error_after),
        is_published_apart=config.publish is PublishPolicy.EACH,
    )
    settings = config.destination.connection
    with closing(connect(settings, application_name="elt dbt-sources")) as connection:
        tables = read_tables(connection, source)
    sys.stdout.write(render_sources(tables, source_options))
    return 0
