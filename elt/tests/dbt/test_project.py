"""The rules of dbt-project-evaluator, read from the manifest: no database is needed."""

import re
from collections import Counter
from pathlib import Path

import pytest

LAYERS = {"staging": "stg_", "intermediate": "int_", "marts": ""}
UNIQUENESS = {"unique", "unique_combination_of_columns"}


@pytest.fixture(scope="module")
def manifest(make_dbt):
    dbt = make_dbt({})
    dbt("parse")
    return dbt.artifact("manifest.json")


@pytest.fixture
def models(manifest):
    return _of_type(manifest, "model")


@pytest.fixture
def tests(manifest):
    return _of_type(manifest, "test")


def test_only_staging_reads_sources(models):
    readers = [m["name"] for m in models if _parents(m, "source")]

    assert readers == [m["name"] for m in models if _layer(m) == "staging"]


def test_staging_reads_one_source_and_nothing_else(models):
    parents = {
        m["name"]: m["depends_on"]["nodes"] for m in models if _layer(m) == "staging"
    }

    assert {name for name, ids in parents.items() if len(ids) != 1} == set()


def test_every_source_is_read_once(manifest, models):
    reads = Counter(parent for m in models for parent in _parents(m, "source"))

    assert reads == dict.fromkeys(manifest["sources"], 1)


def test_no_layer_reads_from_a_later_one(manifest, models):
    order = list(LAYERS)
    backwards = [
        (m["name"], parent)
        for m in models
        for parent in _parents(m, "model")
        if order.index(_layer(manifest["nodes"][parent])) > order.index(_layer(m))
    ]

    assert backwards == []


def test_every_model_that_is_not_a_mart_is_used(models):
    used = {parent for m in models for parent in _parents(m, "model")}
    unused = [m["name"] for m in models if m["unique_id"] not in used]

    assert all(_layer(m) == "marts" for m in models if m["name"] in unused)


def test_no_model_names_a_table_itself(models):
    hard_coded = re.compile(r"^\s*(from|\w+ join)\s+\w+\.\w", re.MULTILINE)

    assert [m["name"] for m in models if hard_coded.search(m["raw_code"])] == []


def test_names_tell_the_layer(models):
    prefixes = tuple(prefix for prefix in LAYERS.values() if prefix)
    misnamed = [
        m["name"]
        for m in models
        if not m["name"].startswith(LAYERS[_layer(m)])
        or (_layer(m) == "marts" and m["name"].startswith(prefixes))
    ]

    assert misnamed == []


def test_staging_is_named_after_its_source(manifest, models):
    for model in models:
        for parent in _parents(model, "source"):
            source = manifest["sources"][parent]
            expected = f"stg_{source['source_name']}__{source['name']}"
            assert model["name"] == expected
            assert Path(model["path"]).parent.name == source["source_name"]


def test_every_model_has_its_properties_beside_it(models):
    apart = [
        m["name"]
        for m in models
        if Path((m["patch_path"] or "").split("://")[-1])
        != Path(m["original_file_path"]).with_suffix(".yml")
    ]

    assert apart == []


def test_every_source_has_freshness(manifest):
    stale = [
        source["unique_id"]
        for source in manifest["sources"].values()
        if not (source["freshness"] or {}).get("error_after", {}).get("count")
        or not (source["loaded_at_query"] or source["loaded_at_field"])
    ]

    assert stale == []


def test_every_model_has_a_tested_key(models, tests):
    not_null = {
        (t["attached_node"], t["column_name"])
        for t in tests
        if _generic_name(t) == "not_null"
    }
    keyed = {
        t["attached_node"]
        for t in tests
        if _generic_name(t) in UNIQUENESS
        and not t["config"]["where"]
        and all((t["attached_node"], c) in not_null for c in _key_columns(t))
    }

    assert {m["unique_id"] for m in models} - keyed == set()


@pytest.mark.parametrize(
    "kind", ["model", "seed", "snapshot", "exposure", "macro", "source", "group"]
)
def test_everything_is_described(manifest, kind):
    things = _of_type(manifest, kind)

    assert things
    assert [t["unique_id"] for t in things if not _description(t)] == []


def test_every_listed_column_is_described(manifest):
    tables = [t for k in ("model", "seed", "snapshot") for t in _of_type(manifest, k)]
    undescribed = [
        f"{table['name']}.{column['name']}"
        for table in tables
        for column in table["columns"].values()
        if not column["description"]
    ]

    assert undescribed == []


def test_marts_are_public_tables_with_contracts(models):
    marts = [m for m in models if _layer(m) == "marts"]

    assert {m["config"]["access"] for m in marts} == {"public"}
    assert {m["config"]["materialized"] for m in marts} == {"table", "incremental"}
    assert {m["contract"]["enforced"] for m in marts} == {True}


def test_nothing_but_marts_is_public(models):
    assert {_layer(m) for m in models if m["config"]["access"] == "public"} == {"marts"}


def test_every_model_has_an_owner(manifest, models):
    owners = {g["name"]: g["owner"] for g in manifest["groups"].values()}

    assert all(owners[m["config"]["group"]]["email"] for m in models)


def test_exposures_depend_on_marts(manifest):
    parents = [
        manifest["nodes"][parent]
        for exposure in manifest["exposures"].values()
        for parent in exposure["depends_on"]["nodes"]
    ]

    assert parents
    assert {_layer(parent) for parent in parents} == {"marts"}


def test_business_rules_warn_and_all_else_fails(tests):
    severities = {t["name"]: t["config"]["severity"].lower() for t in tests}
    warnings = {name for name, severity in severities.items() if severity == "warn"}

    assert all("film" in name for name in warnings)
    assert len(warnings) == 5


def test_a_developer_has_one_schema_for_all_layers(make_dbt):
    dbt = make_dbt({"USER": "ada"})

    dbt("parse", "--target", "dev")

    nodes = dbt.artifact("manifest.json")["nodes"].values()
    assert {node["schema"] for node in nodes} == {"dbt_ada"}


def test_no_package_has_to_be_fetched(manifest, dbt_project):
    projects = {node["package_name"] for node in manifest["nodes"].values()}

    assert projects == {"postgres_elt_dbt"}
    assert not (dbt_project / "packages.yml").exists()
    assert not (dbt_project / "dependencies.yml").exists()


def test_every_key_is_one_that_dbt_knows(make_dbt, monkeypatch):
    # dbt checks YAML against its own schema, but only for some adapters.
    from dbt.jsonschemas import jsonschemas  # noqa: PLC0415  takes seconds

    monkeypatch.setattr(jsonschemas, "_JSONSCHEMA_SUPPORTED_ADAPTERS", {"postgres"})

    make_dbt({})("parse", "--no-partial-parse", "--show-all-deprecations")


def _of_type(manifest, kind):
    """Return the project's own things of a kind."""
    folder = "nodes" if kind in {"model", "seed", "snapshot", "test"} else f"{kind}s"
    return [
        thing
        for thing in manifest[folder].values()
        if thing["resource_type"] == kind
        and thing["package_name"] == "postgres_elt_dbt"
    ]


def _layer(model):
    return model["fqn"][1]


def _parents(model, kind):
    return [p for p in model["depends_on"]["nodes"] if p.startswith(f"{kind}.")]


def _description(thing):
    if thing["resource_type"] == "source":
        return thing["description"] and thing["source_description"]
    return thing["description"]


def _generic_name(test):
    """Return the name of the generic test behind a test, None for a singular one."""
    return test.get("test_metadata", {}).get("name")


def _key_columns(test):
    combination = test["test_metadata"]["kwargs"].get("combination_of_columns")
    return combination or [test["column_name"]]
