"""Whatever statement of a run fails: before or after, nothing between, and a next run.

`--seeds 20` fails each statement in turn, in ten minutes; `make test` every twentieth.
"""

import pytest
from integration.following import batches, step
from integration.incremental import differing
from integration.logical import LOGICAL
from integration.replication import leftovers, run, wait_until
from integration.small_changes import (
    CHANGED,
    TABLES,
    change,
    numbers_to_harm,
    rows_of,
    with_tables,
)

from elt.config import PublishPolicy, StreamConfig, SyncMode
from elt.errors import EltError
from elt.postgres import statements

_STEP = 20
#: They fail for no reason of their own.
_SPARED = "savepoint "
#: Such a message tells of what failed before, and not why.
_MISLEADING = ("already exists", "does not exist", "is aborted")


class Failing:
    """Runs statements, but for the one that is to fail at its server."""

    def __init__(self, real):
        self._real = real
        self.left = None
        self.has_failed = False

    def __call__(self, connection, statement, parameters):
        if self.left is not None and not str(statement).startswith(_SPARED):
            self.left -= 1
            if self.left == 0:
                self.has_failed = True
                return self._real(connection, "select 1 / 0", None)
        return self._real(connection, statement, parameters)

    def fail(self, number):
        """Let the statement of a number fail, from now on."""
        self.left, self.has_failed = number, False

    def stop(self):
        """Let nothing fail any more."""
        self.left = None


@pytest.fixture
def tables(databases):
    """Return databases of which the source has tables."""
    return with_tables(databases)


@pytest.fixture
def failing(monkeypatch):
    """Return what lets statements fail."""
    found = Failing(statements._run)
    monkeypatch.setattr(statements, "_run", found)
    return found


@pytest.fixture
def numbers(request, failing):
    """Yield the numbers of statements to fail, until a run has fewer."""
    return numbers_to_harm(request, _STEP, lambda: failing.has_failed)


@pytest.mark.parametrize("publish", PublishPolicy)
@pytest.mark.parametrize("mode", SyncMode)
def test_statement_of_a_run_that_fails(tables, failing, numbers, mode, publish):
    streams = (("public.t2", StreamConfig(mode=SyncMode.FULL_REFRESH)),)
    source = {"mode": mode, "streams": streams}
    options = {"source": source, "publish": publish, "workers": 1}
    run(tables, **options)
    for number in numbers:
        before = rows_of(tables.destination, "raw")
        change(tables, number)
        failing.fail(number)
        failed, told = {}, []
        try:
            report = run(tables, allow_shrink=True, **options)
            failed, told = report.failures, list(report.failures.values())
        except EltError as error:
            failed, told = dict.fromkeys(f"public.{t}" for t in TABLES), [error]
        failing.stop()
        after = rows_of(tables.source, "public")
        assert rows_of(tables.destination, "raw") == {
            t: before[t] if f"public.{t}" in failed else after[t] for t in TABLES
        }, number
        assert not [e for e in told if any(m in e.message for m in _MISLEADING)], number
        change(tables, number + 1)
        assert not run(tables, allow_shrink=True, **options).failures
        wait_until(lambda: not leftovers(tables.destination), "the end of all")
    assert differing(tables, source=source) == []


def test_statement_of_a_batch_that_fails(tables, failing, numbers):
    for number in numbers:
        with batches(tables, allow_shrink=1.0) as opened:
            before = rows_of(tables.destination, "raw")
            change(tables, number, CHANGED[:-1])
            possible = [rows_of(tables.source, "public")]
            failing.fail(number)
            told = []
            try:
                step(opened)
            except EltError as error:
                # What fails after the commit changes nothing any more.
                possible, told = [before, *possible], [error]
            failing.stop()
            assert rows_of(tables.destination, "raw") in possible, number
            assert not [e for e in told if any(m in e.message for m in _MISLEADING)]
    assert differing(tables, source=LOGICAL) == []
