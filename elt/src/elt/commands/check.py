"""`elt check`: a doctor's report, before anything is written."""

from __future__ import annotations

import argparse
import json

from elt.commands.arguments import choose_sources
from elt.commands.manifest import read_manifest_of
from elt.config import load_config
from elt.replication.check import check
from elt.replication.findings.finding import format_report, worst


def run(options: argparse.Namespace) -> int:
    """Print what stands in the way of a run; return the exit code it would have."""
    config = load_config()
    manifest = read_manifest_of(options, config)
    sources = choose_sources(config.sources, options.source)
    reports = [check(config, source, manifest) for source in sources]
    if options.format == "json":
        documents = [report.to_document() for report in reports]
        print(json.dumps({"sources": documents}, indent=2, default=str))
    else:
        print("\n\n".join(format_report(report) for report in reports))
    return worst(report.exit_code for report in reports)
