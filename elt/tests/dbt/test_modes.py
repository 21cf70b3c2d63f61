"""The project is built, and its tests hold, in whatever mode streams are replicated."""

import pytest


@pytest.fixture(scope="module", autouse=True)
def replicas(cinema, replicate):
    """Replicate in full once; the modes go on from there."""
    replicate()
    return cinema


@pytest.mark.parametrize("mode", ["incremental", "logical"])
def test_project_builds_on_rows_that_changed(replicas, replicate, dbt, warehouse, mode):
    replicate(mode)
    title = f"Replicated by mode {mode}"
    replicas(f"update films set title = '{title}' where film_id = 1")
    replicas(
        "delete from ratings where rating_id in (select min(rating_id) from ratings)"
    )
    replicate(mode)

    results = dbt("build").results

    good = {"success", "pass", "warn", "no-op"}
    failed = [result.node.name for result in results if result.status not in good]
    assert failed == []
    titles = "select film_title from film_ratings where film_id = 1"
    assert warehouse(titles) == [(title,)]
    health = "select is_verified, coalesce(is_reconciled, true) from stream_health"
    assert set(warehouse(health)) == {(True, True)}
