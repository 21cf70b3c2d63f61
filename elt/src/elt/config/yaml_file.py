"""Reads a YAML file, the only thing here that knows PyYAML.

Where there is no file, nothing imports this: PyYAML takes 11 ms of a run's 150.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from elt.config.problems import Problems


class _Loader(yaml.SafeLoader):
    """A safe loader that refuses a key given twice; PyYAML keeps the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002  PyYAML's signature
        """Build a mapping, or raise for a repeated key."""
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value} is given twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def read_document(path: Path, problems: Problems) -> object:
    """Read a YAML file; note why it cannot be read and return an empty mapping."""
    try:
        document: object = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506  a SafeLoader
    except OSError as error:
        problems.add("ELT_CONFIG", f"cannot read {path}: {error.strerror}")
    except UnicodeDecodeError:
        problems.add("ELT_CONFIG", f"{path} is not UTF-8")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = f", line {mark.line + 1}" if mark else ""
        words = ", ".join(filter(None, [error.context, error.problem]))
        problems.add(f"{path}{line}", words)
    except (yaml.YAMLError, ValueError) as error:
        # ValueError: a date such as 2026-02-30.
        problems.add(str(path), f"is not YAML: {str(error).splitlines()[0]}")
    else:
        return {} if document is None else document
    return {}
