"""`elt dbt`: build the dbt project on the replicas, and record how it went."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from elt.config import database_settings, retry_settings, warn_of_unknown
from elt.transformation.dbt import Dbt
from elt.transformation.project import (
    destination_variables,
    locate_project,
    project_variables,
    require_profiles,
)
from elt.transformation.transformer import BuildOptions, transform


def run(options: argparse.Namespace) -> int:
    """Build the project that is named, baked into the image, or in the checkout."""
    settings = database_settings("DESTINATION", os.environ)
    retry = retry_settings(os.environ)
    warn_of_unknown(os.environ, {"DESTINATION"})
    named = options.project or os.environ.get("DBT_PROJECT_DIR")
    project = locate_project(named, Path.cwd())
    variables = project_variables(project, os.environ) | destination_variables(settings)
    require_profiles({**os.environ, **variables}, Path.cwd())
    build = BuildOptions(select=options.select, full_refresh=options.full_refresh)
    transform(Dbt(variables), settings, retry, build)
    return 0
