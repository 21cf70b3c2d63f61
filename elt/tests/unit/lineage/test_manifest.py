"""What is read of a manifest of dbt, and what is refused as none."""

import gzip
import json

import pytest
from manifests import ManifestBuilder

from elt.errors import ConfigError
from elt.lineage.manifest import read_manifest


def write(folder, content):
    path = folder / "manifest.json"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("version", [7, 8, 9, 10, 11, 12, 20])
def test_versions_from_dbt_1_3_on_are_read(version, tmp_path):
    builder = ManifestBuilder(version)
    builder.model("stg_films", builder.source(), code="select 1")

    manifest = read_manifest(builder.write(tmp_path))

    assert manifest.sources == {("raw", "films"): ("source.p.raw.films",)}
    assert manifest.children["source.p.raw.films"] == ("model.p.stg_films",)
    assert manifest.nodes["model.p.stg_films"].name == "stg_films"


def test_a_manifest_may_be_compressed(tmp_path):
    builder = ManifestBuilder()
    builder.source()
    text = json.dumps(builder.document).encode()

    manifest = read_manifest(write(tmp_path, gzip.compress(text)))

    assert ("raw", "films") in manifest.sources


def test_a_source_without_identifier_is_a_table_of_its_name():
    builder = ManifestBuilder()
    builder.source("films", identifier=None)

    assert ("raw", "films") in builder.parse().sources


def test_a_version_of_a_model_is_part_of_its_name():
    builder = ManifestBuilder()
    key = builder.model("films", builder.source(), version=2)

    assert builder.parse().nodes[key].name == "films.v2"


def _without(key):
    document = ManifestBuilder().document
    del document[key]
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    "content, words",
    [
        pytest.param(b"", "is not JSON", id="empty"),
        pytest.param(b'{"nodes": ', "is not JSON", id="cut off"),
        pytest.param(b"\xff\xfe\x00", "is not JSON", id="of another encoding"),
        pytest.param(
            b"\x1f\x8b damaged", "is not JSON|Cannot read", id="a bad archive"
        ),
        pytest.param(b"[]", "is not one", id="a list"),
        pytest.param(b'{"nodes": {}}', "names no version", id="of nobody"),
        pytest.param(
            b'{"metadata": {"dbt_schema_version": '
            b'"https://schemas.getdbt.com/dbt/run-results/v6.json"}}',
            "names no version",
            id="another artifact of dbt",
        ),
        pytest.param(_without("sources"), "is damaged", id="without sources"),
        pytest.param(_without("child_map"), "is damaged", id="without its graph"),
        pytest.param(
            json.dumps(ManifestBuilder().document | {"nodes": {"a": 1}}).encode(),
            "is damaged",
            id="with a node that is none",
        ),
    ],
)
def test_a_file_that_is_no_manifest_is_refused(content, words, tmp_path):
    path = write(tmp_path, content)

    with pytest.raises(ConfigError, match=words) as refusal:
        read_manifest(path)

    assert str(path) in refusal.value.message
    assert "dbt parse" in refusal.value.hint


def test_a_manifest_of_dbt_1_2_is_refused(tmp_path):
    path = ManifestBuilder(6).write(tmp_path)

    with pytest.raises(ConfigError, match="version 6") as refusal:
        read_manifest(path)

    assert "dbt 1.3" in refusal.value.hint


@pytest.mark.parametrize("name", ["absent.json", "."])
def test_a_file_that_cannot_be_read_is_refused(name, tmp_path):
    with pytest.raises(ConfigError, match="Cannot read") as refusal:
        read_manifest(tmp_path / name)

    assert refusal.value.exit_code == 78
    assert "dbt parse" in refusal.value.hint
