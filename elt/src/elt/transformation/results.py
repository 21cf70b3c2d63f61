"""What dbt made of the nodes of a project, as records; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from elt.errors import DataError, EltError, TemporaryError
from elt.postgres import sqlstate_of
from elt.tables import human_seconds

_FAILED = frozenset({"error", "fail", "runtime error", "partial success"})
_SOURCE = "source"
#: Seconds; dbt counts from the year 1 when there is nothing to count from.
_NEVER = 1e10
_SHOWN_FAILURES = 5
#: Class of SQLSTATEs that say the model is wrong, though a stream would be read anew.
_WRONG_STATEMENT = "42"


@dataclass(frozen=True, kw_only=True, slots=True)
class NodeResult:
    """What came of one node: a model, a test, a source whose freshness was asked."""

    name: str
    #: model, test, seed, snapshot, unit_test, operation, source …
    kind: str
    #: In dbt's words: success, pass, warn, fail, error, skipped …
    status: str
    message: str | None
    seconds: float
    #: Rows for which a test did not hold.
    failures: int | None = None

    @property
    def is_failed(self) -> bool:
        """Whether the node could not be built, or its test does not hold.

        A stale source is no failure: the replication before dbt is what answers for it.
        """
        return self.kind != _SOURCE and self.status in _FAILED

    @property
    def is_warned(self) -> bool:
        """Whether a person may want to look at it."""
        is_stale = self.kind == _SOURCE and self.status != "pass"
        return is_stale or self.status == "warn"

    @property
    def has_run(self) -> bool:
        """Whether it was its turn: nothing before it had failed."""
        return self.status != "skipped"


@dataclass(frozen=True, kw_only=True, slots=True)
class BuildReport:
    """What dbt built, and what its tests had to say."""

    results: Sequence[NodeResult]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many nodes of each kind had their turn."""
        return Counter(result.kind for result in self.results if result.has_run)

    @property
    def warnings(self) -> Sequence[NodeResult]:
        """Tests that warned, and stale sources."""
        return [result for result in self.results if result.is_warned]

    @property
    def failures(self) -> Sequence[NodeResult]:
        """Nodes that failed."""
        return [result for result in self.results if result.is_failed]

    @property
    def status(self) -> str:
        """The worst of all, in the words of the state."""
        if self.failures:
            return "error"
        return "warn" if self.warnings else "success"


def read_results(results: Iterable[Any]) -> list[NodeResult]:
    """Return records for the results of a command of dbt."""
    return [
        NodeResult(
            name=_name_of(result.node),
            kind=str(result.node.resource_type),
            status=str(result.status),
            message=_age_of(result) or result.message,
            seconds=round(result.execution_time, 3),
            failures=result.failures,
        )
        for result in results
    ]


def read_event(data: Any) -> NodeResult:  # noqa: ANN401  dbt has no types
    """Return the record for a node that dbt tells of while it runs."""
    node, result = data.node_info, data.run_result
    name = str(node.node_name)
    if node.resource_type == _SOURCE:
        name = ".".join(str(node.unique_id).split(".")[-2:])
    return NodeResult(
        name=name,
        kind=str(node.resource_type),
        status=str(result.status),
        message=str(result.message) or None,
        seconds=round(result.execution_time, 3),
        failures=result.num_failures or None,
    )


def error_of(
    results: Sequence[NodeResult], problems: Iterable[EltError]
) -> EltError | None:
    """Return one error for all nodes that failed; None when none did.

    What the destination said tells whether another run may succeed.
    """
    failures = [result for result in results if result.is_failed]
    if not failures:
        return None
    count = "1 node" if len(failures) == 1 else f"{len(failures)} nodes"
    shown = [f"\n  {f.name}: {f.message}" for f in failures[:_SHOWN_FAILURES]]
    message = f"{count} of dbt failed:{''.join(shown)}"
    passing = [problem for problem in problems if _may_pass(problem)]
    return type(passing[-1])(message) if passing else DataError(message)


def _may_pass(problem: EltError) -> bool:
    state = sqlstate_of(problem) or ""
    is_wrong = state.startswith(_WRONG_STATEMENT)
    return isinstance(problem, TemporaryError) and not is_wrong


def _age_of(result: Any) -> str | None:  # noqa: ANN401  dbt has no types
    """Return how old a source is, in words; None for other nodes."""
    age = getattr(result, "age", None)
    if age is None:
        return None
    return f"loaded {human_seconds(age)} ago" if age < _NEVER else "never loaded"


def _name_of(node: Any) -> str:  # noqa: ANN401  dbt has no types
    is_source = str(node.resource_type) == _SOURCE
    return f"{node.source_name}.{node.name}" if is_source else str(node.name)
