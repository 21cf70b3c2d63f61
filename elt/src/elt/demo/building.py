"""dbt on the databases of the demo: everything, and the unit tests as well."""

from __future__ import annotations

from collections.abc import Mapping

from elt.transformation.dbt import Dbt
from elt.transformation.results import BuildReport, error_of


def build(variables: Mapping[str, str]) -> BuildReport:
    """Build every model and run every test; raise an EltError where one fails.

    Unit tests come last: those of an incremental model need its table.
    """
    dbt = Dbt(variables)
    dbt.parse()
    dbt.build()
    dbt.run_unit_tests()
    error = error_of(dbt.results, dbt.problems)
    if error is not None:
        raise error
    return BuildReport(results=dbt.results)
