"""The manifest of a dbt project, for the commands that name what a change reaches."""

from __future__ import annotations

import argparse

from elt.config import Config
from elt.lineage.manifest import Manifest, read_manifest


def read_manifest_of(options: argparse.Namespace, config: Config) -> Manifest | None:
    """Read the manifest that the command line or the environment names, if one does."""
    path = options.dbt_manifest or config.dbt_manifest
    return None if path is None else read_manifest(path)
