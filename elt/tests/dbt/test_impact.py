"""What a real project has downstream of a column, by the manifest that dbt writes."""

import pytest
from integration.replication import configure

from elt.lineage.impact import find_impact
from elt.lineage.manifest import read_manifest
from elt.replication.check import check


@pytest.fixture(scope="module")
def manifest(dbt):
    dbt("parse")
    return read_manifest(dbt.target / "manifest.json")


def impact_of(manifest, table, column):
    return find_impact(manifest, [("raw", table)], [column]).names


def test_a_mail_address_goes_no_further_than_staging(manifest):
    names = impact_of(manifest, "users", "email")

    assert "stg_cinema__users" in names["model"]
    assert "source_unique_cinema_users_email" in names["test"]
    assert "film_ratings" not in names["model"]
    assert "film_leaderboard" not in names["exposure"]


def test_a_price_is_downstream_to_the_dashboard(manifest):
    names = impact_of(manifest, "films", "price")

    assert {"stg_cinema__films", "film_ratings"} < set(names["model"])
    assert names["snapshot"] == ("films_snapshot",)
    assert "accepted_range_film_ratings_price__0" in names["test"]
    assert "source_not_null_cinema_films_title" not in names["test"]
    assert "film_leaderboard" in names["exposure"]
    assert "ratings" not in names["model"]


def test_a_new_column_that_nobody_lists_reaches_nothing(manifest):
    assert impact_of(manifest, "films", "synopsis") == {}


def test_every_model_is_downstream_of_some_table(manifest):
    tables = [table for schema, table in manifest.sources if schema == "raw"]

    impact = find_impact(manifest, [("raw", table) for table in tables], None)

    models = {n.name for n in manifest.nodes.values() if n.kind == "model"}
    assert {name for name in models if not name.startswith("stg_elt__")} == set(
        impact.names["model"]
    )


def test_a_check_names_the_marts_behind_a_column(
    cinema, replicate, module_databases, manifest
):
    replicate()
    cinema("alter table films rename column price to cost")
    config = configure(module_databases)

    report = check(config, config.sources[0], manifest)

    texts = [f.text for f in report.findings if f.subject == "dbt"]
    assert any(
        "public.films changed (price)" in t and "film_ratings" in t for t in texts
    )
    assert any("exposures: film_leaderboard" in t for t in texts)
