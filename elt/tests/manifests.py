"""Manifests of dbt for tests: a test names the nodes that matter to it."""

import json
from pathlib import Path

from elt.lineage.manifest import Manifest, parse_manifest


class ManifestBuilder:
    """Makes the document that dbt would write for a few sources and nodes."""

    def __init__(self, version=12):
        self.document = {
            "metadata": {
                "dbt_schema_version": (
                    f"https://schemas.getdbt.com/dbt/manifest/v{version}.json"
                )
            },
            "sources": {},
            "nodes": {},
            "exposures": {},
            "macros": {},
            "child_map": {},
        }

    def source(self, name="films", schema="raw", **facts):
        key = f"source.p.{schema}.{name}"
        ordinary = {"name": name, "schema": schema, "identifier": name}
        self.document["sources"][key] = ordinary | facts
        self.document["child_map"].setdefault(key, [])
        return key

    def node(self, name, *parents, kind="model", section="nodes", macros=(), **facts):
        """Add a node that reads from others; return its id."""
        key = f"{kind}.p.{name}"
        self.document.setdefault(section, {})[key] = {
            "name": name,
            "resource_type": kind,
            "depends_on": {"nodes": list(parents), "macros": list(macros)},
        } | facts
        self.document["child_map"].setdefault(key, [])
        for parent in parents:
            self.document["child_map"][parent].append(key)
        return key

    def model(self, name, *parents, code="", **facts):
        return self.node(name, *parents, raw_code=code, **facts)

    def test(self, name, *parents, **arguments):
        """Add a generic test with its arguments."""
        metadata = {"name": "a_test", "kwargs": arguments | {"model": "{{ … }}"}}
        code = "{{ test_a_test(**_dbt_generic_test_kwargs) }}"
        return self.node(
            name, *parents, kind="test", test_metadata=metadata, raw_code=code
        )

    def exposure(self, name, *parents):
        return self.node(name, *parents, kind="exposure", section="exposures")

    def macro(self, name, code, *macros, package="p"):
        key = f"macro.{package}.{name}"
        called = {"macros": list(macros)}
        self.document["macros"][key] = {"macro_sql": code, "depends_on": called}
        return key

    def parse(self) -> Manifest:
        return parse_manifest(self.document, Path("manifest.json"))

    def write(self, folder):
        path = folder / "manifest.json"
        path.write_text(json.dumps(self.document))
        return path
