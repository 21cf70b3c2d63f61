"""The manifest of a dbt project, for the commands that name what a change reaches."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from elt.config import Config

if TYPE_CHECKING:
    from elt.lineage.manifest import Manifest


def read_manifest_of(options: argparse.Namespace, config: Config) -> Manifest | None:
    """Read the manifest that the command line or the environment names, if one does."""
    path = options.dbt_manifest or config.dbt_manifest
    if path is None:
        return None
    from elt.lineage.manifest import read_manifest  # noqa: PLC0415  few have one

    return read_manifest(path)
